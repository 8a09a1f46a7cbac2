"""The picture of a procedure: complete, in words as well, and harmless wherever it is shown."""

import json
import re
import subprocess
import sys
from itertools import combinations
from pathlib import Path
from xml.etree import ElementTree

import pytest

from workflow.domain.procedure import Procedure
from workflow.procedures import load, load_packaged, parse, svg
from workflow.procedures.diagram import Language
from workflow.procedures.wording import width, wrapped

PERMIT = Path(__file__).with_name("permit.yaml")
SVG = "{http://www.w3.org/2000/svg}"
LANGUAGES: tuple[Language, ...] = ("en", "zh")
SHIPPED = [pytest.param(one, id=f"{name}-{v}") for (name, v), one in load_packaged().items()]


def drawn(text: str) -> ElementTree.Element:
    return ElementTree.fromstring(text)  # noqa: S314 - drawn by this process


def words(picture: ElementTree.Element, look: str = "") -> list[str]:
    """The texts of boxes of a look, each box's lines in one."""
    groups = [one for one in picture.iter(f"{SVG}g") if look in (one.get("class") or "").split()]
    told = [" ".join(text.text or "" for text in one.iter(f"{SVG}text")) for one in groups]
    return [one for one in told if one]


def test_states_and_events_of_a_small_procedure() -> None:
    picture = drawn(svg(load(PERMIT), current="granted"))
    assert words(picture, "main") == ["Asked", "Agreed", "Granted current state"]
    assert words(picture, "side") == ["Closed"]
    assert words(picture, "current") == ["Granted current state"]
    assert words(picture, "event") == [
        "Ask buyer",
        "Agree Office and Bureau",
        "Grant Office",
        "Ship Bureau, if nothing left to ship",
        "Close Bureau",
    ]


def test_who_cannot_see_reads_every_way_in_words() -> None:
    picture = drawn(svg(load(PERMIT), current="granted"))
    title, told = picture.find(f"{SVG}title"), picture.find(f"{SVG}desc")
    assert title is not None
    assert told is not None
    assert picture.get("role") == "img"
    assert picture.get("aria-labelledby") == f"{title.get('id')} {told.get('id')}"
    assert title.text == "Permit"
    assert told.text == (
        "It begins with: Ask (buyer), in the state Asked. "
        "Asked: Agree (Office and Bureau) leads to Agreed. "
        "Agreed: Grant (Office) leads to Granted. "
        "Granted: Ship (Bureau, if nothing left to ship) leads to Closed. "
        "Asked: Close (Bureau) leads to Closed. "
        "The current state is Granted."
    )


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("procedure", SHIPPED)
def test_the_shipped_procedures_are_drawn_whole(procedure: Procedure, lang: Language) -> None:
    picture = drawn(svg(procedure, lang))
    states = words(picture, "state")
    assert sorted(states) == sorted(getattr(s.label, lang) for s in procedure.live_states.values())
    moves = [(e, m) for e in procedure.events.values() for m in e.moves if m.target]
    assert len(words(picture, "event")) == len(moves) + 1
    lines = [one for one in picture.iter(f"{SVG}path") if one.get("class") == "line"]
    assert len(lines) == 2 + sum(len(move.sources) + 1 for _, move in moves)
    assert picture.get("lang") == lang


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("procedure", SHIPPED)
def test_no_box_covers_another_and_all_are_on_the_paper(
    procedure: Procedure, lang: Language
) -> None:
    current = next(iter(procedure.states))
    picture = drawn(svg(procedure, lang, current))
    boxes = [
        tuple(float(one.get(key, "")) for key in ("x", "y", "width", "height"))
        for group in picture.iter(f"{SVG}g")
        if (group.get("class") or "").startswith(("state", "event"))
        and group.find(f"{SVG}text") is not None
        for one in group.findall(f"{SVG}rect")[:1]
    ]
    assert len(boxes) > len(procedure.states)
    for (x, y, w, h), (left, top, across, down) in combinations(boxes, 2):
        apart = x + w <= left or left + across <= x or y + h <= top or top + down <= y
        assert apart
    shift = re.search(r"translate\(([\d.]+) ([\d.]+)\)", svg(procedure, lang, current))
    assert shift
    for x, y, w, h in boxes:
        assert x >= 0
        assert y >= 0
        assert x + w + float(shift[1]) <= float(picture.get("width", ""))
        assert y + h + float(shift[2]) <= float(picture.get("height", ""))


def test_no_text_can_become_markup() -> None:
    evil = "</text><script>alert(1)</script>&amp;\"' \ufffe"
    text = PERMIT.read_text(encoding="utf-8")
    for name in ("Close", "Asked", "Bureau", "Permit"):
        text = text.replace(f"en: {name},", f"en: {json.dumps(f'{name} {evil}')},")
    picture = drawn(svg(parse(text.encode(), "permit.yaml"), "en", "asked"))
    assert {one.tag.removeprefix(SVG) for one in picture.iter()} <= {
        *("svg", "title", "desc", "style", "rect", "g", "path", "circle", "text")
    }
    read = " ".join("".join(one.itertext()) for one in picture.iter(f"{SVG}text"))
    assert read.count("<script>alert(1)</script>&amp;") >= 4


def test_nothing_is_asked_for_from_outside() -> None:
    for lang in LANGUAGES:
        for procedure in load_packaged().values():
            text = svg(procedure, lang).replace('xmlns="http://www.w3.org/2000/svg"', "")
            assert not re.search(r"https?:|url\(|@import|href|<script|\bon\w+=", text)


def test_the_same_picture_in_every_process() -> None:
    code = "from workflow.procedures import *; print(*map(svg, load_packaged().values()))"
    runs = {
        subprocess.run(
            [sys.executable, "-c", code],
            check=True,
            capture_output=True,
            env={"PYTHONHASHSEED": seed, "PYTHONIOENCODING": "utf-8"},
            cwd=Path(__file__).parents[3],
        ).stdout
        for seed in ("1", "2")
    }
    assert len(runs) == 1


def test_long_texts_go_on_in_the_next_line() -> None:
    assert wrapped("Approved by the ministries", 10, 70) == ["Approved by", "the", "ministries"]
    assert wrapped("国家发改委已定条件", 10, 42) == ["国家发改", "委已定条", "件"]
    assert wrapped("英伟达 H200 加速器", 10, 60) == ["英伟达", "H200 加速", "器"]
    assert wrapped("Unbreakable", 10, 20) == ["Unbreakable"]
    assert width("国", 10) == 10


def test_where_an_application_was_and_may_go_is_marked() -> None:
    procedure = load(PERMIT)
    ahead = {
        move.target
        for spec in procedure.events.values()
        for move in spec.moves
        if procedure.initial in move.sources
    } - {None, procedure.initial}
    picture = svg(procedure, "en", current=procedure.initial, been={"granted"})
    looks = [set(one.split()) for one in re.findall(r'<g class="state ([\w ]+)">', picture)]
    drawn_states = looks[: len(procedure.live_states)]
    assert sum("current" in look for look in drawn_states) == 1
    assert sum("been" in look for look in drawn_states) == 1
    assert sum("next" in look for look in drawn_states) == len(ahead) > 0
    assert "was here before" in picture
    assert "was here before" not in svg(procedure, "en", current=procedure.initial)
