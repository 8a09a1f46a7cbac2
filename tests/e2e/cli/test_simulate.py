"""`clearance simulate`: a candidate against the trails of a service, or exported ones."""

from pathlib import Path
from typing import Any

import pytest

from tests.e2e.cli.conftest import NOTICE, Command
from tests.unit.versions import second_text
from workflow.procedures.loader import PACKAGED

RUMOUR = {
    "grade": "anonymous_source",
    "title": "It is said",
    "publisher": "A blog",
    "published_at": "2026-01-30T00:00:00+08:00",
}
NOBODY = {"CLEARANCE_URL": "http://127.0.0.1:9"}
"""Where no service answers."""


@pytest.fixture
def candidate(clearance: Command) -> Path:
    """A version that takes no rumour for a clearance in principle."""
    path = clearance.folder / "second.yaml"
    path.write_text(second_text(), encoding="utf-8")
    return path


@pytest.fixture
def rumoured(clearance: Command) -> str:
    """An application that was cleared in principle, as a rumour has it."""
    application = clearance.opened()
    event = {"type": "grant_in_principle", "authority": "ndrc", "evidence": [RUMOUR]}
    clearance.client.post(application, event)
    return application


def one(told: dict[str, Any], application: str) -> dict[str, Any]:
    (found,) = (each for each in told["applications"] if each["application"] == application)
    return dict(found)


def test_every_trail_of_the_service_is_replayed(
    clearance: Command, candidate: Path, rumoured: str
) -> None:
    before = clearance.version(rumoured)
    told = clearance.json("simulate", candidate, code=1)
    assert told["checked"] >= len(told["applications"]) >= 1
    assert told["procedure"]["version"] == 2
    found = one(told, rumoured)
    assert (found["state"], found["reached"], found["elsewhere"]) == (
        "in_principle",
        "submitted",
        True,
    )
    (refused,) = found["refused"]
    assert (refused["seq"], refused["refusals"][0]["code"]) == (2, "evidence-too-weak")
    assert clearance.version(rumoured) == before


def test_it_is_told_to_people_in_both_languages(
    clearance: Command, candidate: Path, rumoured: str
) -> None:
    shown = clearance("simulate", candidate, code=1, COLUMNS="200").stdout
    assert rumoured in shown
    assert "2 grant_in_principle: The evidence must be at least" in shown
    assert "Nothing was written." in " ".join(shown.split())
    assert "未写入任何内容" in clearance("simulate", candidate, "--lang", "zh", code=1).stdout


def test_a_gate_that_would_not_be_open_is_told_in_both_languages(clearance: Command) -> None:
    application = clearance.opened()
    clearance(
        "post", application, "clear_export", "--as", "bis", *NOTICE, "--data", "reference=BIS-1"
    )
    clearance("export", application, "a.jsonl")
    text = (PACKAGED / "h200_import.yaml").read_text(encoding="utf-8")
    effect = "    payload: export_reference\n    effect: open_gate\n"
    assert effect in text
    stricter = clearance.folder / "stricter.yaml"
    stricter.write_text(text.replace(effect, f"{effect}    reason: required\n"), encoding="utf-8")
    told = clearance.json("simulate", stricter, "a.jsonl", code=1)
    (found,) = told["applications"]
    other = {"kind": "gate", "name": "export", "present": "open", "reached": "shut"}
    assert (found["elsewhere"], found["otherwise"]) == (False, [other])
    asked = ("simulate", stricter, "a.jsonl")
    shown = clearance(*asked, code=1, COLUMNS="200").stdout
    assert "Gate export: open -> shut" in shown
    assert "0 would stand elsewhere, 1 gates, 0 licences and 0 draws" in shown
    shown = clearance(*asked, "--lang", "zh", code=1, COLUMNS="200").stdout
    assert "闸门 export: open -> shut" in shown
    assert "1 个闸门、0 份许可证、0 笔额度提取将不同" in shown


def test_a_time_limit_that_would_end_otherwise_is_told_in_both_languages(
    clearance: Command, rumoured: str
) -> None:
    clearance("export", rumoured, "a.jsonl")
    text = (PACKAGED / "h200_import.yaml").read_text(encoding="utf-8")
    slower = clearance.folder / "slower.yaml"
    slower.write_text(text.replace("working_days: 45", "working_days: 400"), encoding="utf-8")
    asked = ("simulate", slower, "a.jsonl")
    (found,) = clearance.json(*asked, code=1)["applications"]
    assert (found["elsewhere"], found["refused"], found["timed"]) == (False, [], True)
    (other,) = found["otherwise"]
    assert (other["kind"], other["name"]) == ("deadline", "joint_decision")
    shown = clearance(*asked, code=1, COLUMNS="200").stdout
    assert f"Last day of joint_decision: {other['present']} -> {other['reached']}" in shown
    assert "the time limits of 1 would end otherwise" in " ".join(shown.split())
    shown = clearance(*asked, "--lang", "zh", code=1, COLUMNS="200").stdout
    assert "时限 joint_decision 的末日" in shown


def test_under_the_rules_in_force_nothing_is_other(clearance: Command, rumoured: str) -> None:
    told = clearance.json("simulate", "h200-import")
    assert told["applications"] == []
    assert told["checked"] >= 1
    bar = clearance.errors_on_a_terminal("simulate", "h200-import", seen=True)
    assert "Simulating" in bar
    assert clearance.errors_on_a_terminal("simulate", "h200-import", seen=False) == ""


def test_exported_trails_are_replayed_without_a_service(
    clearance: Command, candidate: Path, rumoured: str
) -> None:
    other = clearance.opened()
    for application, name in ((rumoured, "a.jsonl"), (other, "b.json")):
        clearance("export", application, name)
    alone = Command(clearance.folder, clearance.client, clearance.environment | NOBODY)
    told = alone.json("simulate", candidate, "a.jsonl", "b.json", code=1)
    assert told["checked"] == 2
    assert [each["application"] for each in told["applications"]] == [rumoured]
    alone("simulate", candidate, "b.json")


def test_what_is_no_whole_trail_is_told(clearance: Command, rumoured: str) -> None:
    clearance("export", rumoured, "a.jsonl")
    lines = (clearance.folder / "a.jsonl").read_bytes().splitlines(keepends=True)
    (clearance.folder / "end.jsonl").write_bytes(lines[-1])
    (clearance.folder / "text.txt").write_text("hello")
    for name in ("end.jsonl", "text.txt", "missing.jsonl"):
        assert name in clearance("simulate", "h200-import", name, code=2).stderr
    clearance("simulate", "missing.yaml", code=2)
