"""What forms take and what they do not: nothing that could not be read again, nothing that was
typed before somebody else acted, and every no is told in the language of the page.
"""

import re

import httpx
import pytest

from tests.e2e.conftest import Demonstration
from tests.e2e.console.test_application import NOTE, hidden, text_of
from tests.e2e.console.test_opening import OPENING

SOURCE = {
    "evidence.0.grade": "official_notice",
    "evidence.0.title": "Notice",
    "evidence.0.publisher": "The authority",
    "evidence.0.published_at": "2026-02-02T09:00",
}


@pytest.fixture(scope="session")
def address(demonstration: Demonstration) -> str:
    return f"/applications/{demonstration.overview()['alibaba']['application']}"


@pytest.fixture
def officer(demonstration: Demonstration) -> dict[str, str]:
    return demonstration.key("ndrc")


def posted(pages: httpx.Client, place: str, headers: dict[str, str], **typed: str) -> str:
    """The number of the record that a form makes."""
    answer = pages.post(
        place, data=hidden(pages.get(place, headers=headers)) | typed, headers=headers
    )
    (seq,) = re.findall(r"posted=(\d+)", answer.headers["Location"])
    return str(seq)


def test_no_form_writes_what_nobody_could_read(
    pages: httpx.Client, address: str, officer: dict[str, str], demonstration: Demonstration
) -> None:
    before = demonstration.get(f"/v1{address}").json()["version"]
    note, buyer = f"{address}/events/note", demonstration.key("buyer")
    forms: list[tuple[str, dict[str, str], dict[str, str]]] = [
        (note, officer, {"data.text": "x\x00y"}),
        (f"{address}/events/correct?seq=1", officer, {"event.reason": "x\x00y"}),
        ("/applications/new", buyer, OPENING | {"application.reference": "x\x00y"}),
    ]
    for place, who, typed in forms:
        form = hidden(pages.get(place, headers=who)) | typed
        for more in ({}, {"dry_run": "1"}):
            answer = pages.post(place, data=form | more, headers=who)
            assert answer.status_code == 422
            assert "NUL" in text_of(answer)
    assert demonstration.get(f"/v1{address}").json()["version"] == before
    zh = officer | {"Accept-Language": "zh"}
    assert "文本中含有空字符" in text_of(pages.post(note, data={"data.text": "\x00"}, headers=zh))


def test_a_number_may_not_be_endless(pages: httpx.Client, demonstration: Demonstration) -> None:
    buyer = demonstration.key("buyer") | {"Accept-Language": "zh"}
    place = "/applications/new"
    shown = pages.get(place, headers=buyer)
    assert 'title="请用阿拉伯数字填写整数，例如 50,000。"' in shown.text
    form = hidden(shown) | OPENING
    for digits in ("9" * 5_000, str(2**53)):
        answer = pages.post(place, data=form | {"application.goods.units": digits}, headers=buyer)
        assert answer.status_code == 422
        assert "此项不符合要求： 请填写整数数字" in text_of(answer)


def test_what_is_wrong_with_no_field_is_told(
    pages: httpx.Client, address: str, officer: dict[str, str]
) -> None:
    for place in (f"{address}/events/note", "/applications/new"):
        answer = pages.post(place, data=NOTE | OPENING, headers=officer | {"Accept-Language": "zh"})
        assert answer.status_code == 422
        assert "表单的防重复标记缺失或无效" in text_of(answer)


def test_a_reason_is_told_in_the_language_of_the_page(pages: httpx.Client, address: str) -> None:
    zh = {"Accept-Language": "zh"}
    assert "无法识别所填的时间" in text_of(
        pages.get(address, params={"as_of": "2026-02-30"}, headers=zh)
    )


def test_nobody_is_told_of_a_success_that_was_none(
    pages: httpx.Client, address: str, officer: dict[str, str]
) -> None:
    for forged in ("已批准", "999", "0", "9" * 400, "-1"):
        assert "It is recorded" not in pages.get(address, params={"posted": forged}).text
    seq = posted(pages, f"{address}/events/note", officer, **NOTE)
    told = pages.get(address, params={"posted": seq})
    assert f"It is recorded as no. {seq}." in text_of(told)
    assert f'<a href="{address}/trail/{seq}">To the record</a>' in told.text


def test_who_comes_second_is_told_what_was_first(
    pages: httpx.Client, address: str, officer: dict[str, str]
) -> None:
    place = f"{address}/events/note"
    first = hidden(pages.get(place, headers=officer)) | NOTE
    seq = posted(pages, place, officer, **NOTE)
    further = pages.post(place, data=first | {"more": "1"}, headers=officer)
    unfit = pages.post(place, data=first | {"event.effective_at": "soon"}, headers=officer)
    assert [further.status_code, unfit.status_code] == [200, 422]
    assert {hidden(further)["seen"], hidden(unfit)["seen"]} == {first["seen"]}
    answer = pages.post(place, data=first, headers=officer)
    assert answer.status_code == 412
    assert hidden(answer)["seen"] != first["seen"]
    told = text_of(answer)
    assert "since you opened this form, this was recorded" in told
    assert re.search(rf"no\. {seq} Note, NDRC, ", told)
    assert "no longer at the version" not in told


def test_a_correction_changes_something_and_enter_posts_none(
    pages: httpx.Client, address: str, officer: dict[str, str]
) -> None:
    seq = posted(pages, f"{address}/events/note", officer, **NOTE)
    place = f"{address}/events/correct?seq={seq}"
    sheet = pages.get(place, headers=officer)
    first = re.findall(r"<button[^>]*>", sheet.text.split("<main", 1)[1])[0]
    assert 'name="dry_run"' in first
    moment = dict(re.findall(r'name="(data.with.effective_at)"[^>]* value="([^"]+)"', sheet.text))
    same = {f"data.with.{name}": value for name, value in NOTE.items()}
    same |= hidden(sheet) | moment | {"data.with.authority": "ndrc", "event.reason": "Once more"}
    answer = pages.post(place, data=same, headers=officer)
    assert answer.status_code == 422
    assert "Nothing is changed yet" in text_of(answer)
    changed = same | {"data.with.data.text": "Seen twice"}
    tried = pages.post(place, data=changed | {"dry_run": "1"}, headers=officer)
    assert re.search(r"/text Seen at the counter Seen twice", text_of(tried))
    assert pages.post(place, data=changed, headers=officer).status_code == 303


def test_a_source_that_is_needed_is_not_said_to_be_optional(
    pages: httpx.Client, address: str, officer: dict[str, str]
) -> None:
    place = f"{address}/events/grant_in_principle?authority=ndrc"
    answer = pages.get(place, headers=officer)
    whose = text_of(answer).split("As things stand")[0]
    assert "You act for: National Development and Reform Commission" in whose
    assert "Ministry" not in whose
    others = text_of(pages.get(place)).split("As things stand")[0]
    assert "An act of: Ministry of Industry" in others
    note = pages.get(f"{address}/events/note", headers=officer)
    assert "You act for: National Development and Reform Commission" in text_of(note)
    needed = answer.text
    assert "It needs a source of at least this grade:" in needed
    assert "without it, it is refused" in needed
    assert 'id="evidence-0-title" name="evidence.0.title" required' in needed
    free = note.text
    assert "leave it out where there is no source" in free
    assert 'name="evidence.0.title" required' not in free


def test_several_are_chosen_by_boxes(
    pages: httpx.Client, address: str, officer: dict[str, str]
) -> None:
    place = f"{address}/events/hold"
    shown = pages.get(place, headers=officer)
    assert '<input type="checkbox" name="data.blocks" value="approve">' in shown.text
    offered = set(re.findall(r'name="data.blocks" value="(\w+)"', shown.text))
    assert not offered & {"release", "withhold_export", "expire", "migrate"}
    confirm = text_of(pages.get(f"{address}/events/confirm", headers=officer))
    assert "…" not in confirm
    typed = hidden(shown) | SOURCE | {"data.hold": "h 1", "data.blocks": ["approve", "note"]}
    again = pages.post(place, data=typed, headers=officer)
    assert re.findall(r'name="data.blocks" value="(\w+)" checked', again.text) == [
        "approve",
        "note",
    ]


def test_news_begin_where_the_page_ends(
    pages: httpx.Client, address: str, officer: dict[str, str]
) -> None:
    """What is recorded between the making of a page and the opening of its stream is counted."""
    for page in ("/", "/board", "/audit", address):
        (stream, after) = re.findall(
            r'data-live="([^"]+)" data-after="([^"]+)"', pages.get(page).text
        )[0]
        posted(pages, f"{address}/events/note", officer, **NOTE)
        with pages.stream("GET", stream, params={"after": after}) as answer:
            lines = answer.iter_lines()
            assert "event: record" in (next(lines) for _ in range(8)), page
