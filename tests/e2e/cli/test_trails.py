"""Trails on the command line: shown, exported whole or not at all, verified."""

import json
from pathlib import Path

import pytest

from api.client import expect
from tests.e2e.cli.conftest import Command
from tests.e2e.commands import PATIENCE


@pytest.fixture
def application(clearance: Command) -> str:
    """An application with four records."""
    identifier = clearance.opened()
    for number in range(3):
        expect(
            clearance.client.post(identifier, {"type": "note", "data": {"text": f"note {number}"}})
        )
    return identifier


def test_a_trail_is_shown(clearance: Command, application: str) -> None:
    records = clearance.json("trail", application)["items"]
    assert [record["seq"] for record in records] == [1, 2, 3, 4]
    newest = clearance.json("trail", application, "--newest-first", "--limit", "1")["items"]
    assert [record["seq"] for record in newest] == [4]
    notes = clearance.json("trail", application, "--type", "note", "--by", "local")["items"]
    assert len(notes) == 3
    assert "local (local, recorder)" in clearance("trail", application).stdout
    clearance("trail", "nothing", code=4)


@pytest.mark.parametrize("name", ["trail.jsonl", "trail.json"])
def test_an_export_is_verified(clearance: Command, application: str, name: str) -> None:
    head = expect(clearance.client.application(application)).value.head
    told = clearance.json("export", application, name)
    assert told == {"file": name, "records": 4, "head": head, "verified": True}
    verdict = clearance.json("verify", name, "--head", head)
    assert (verdict["ok"], verdict["checked"], verdict["head"]) == (True, 4, head)
    forged = clearance.folder / f"forged-{name}"
    text = (clearance.folder / name).read_text(encoding="utf-8")
    forged.write_text(text.replace("note 1", "note 9"), encoding="utf-8")
    bad = clearance.json("verify", forged.name, code=1)
    assert (bad["ok"], bad["first_bad"], bad["checked"]) == (False, 3, 2)
    chinese = clearance("verify", forged.name, "--lang", "zh", code=1).stdout
    assert "损坏：第 3 条：哈希与内容不符" in chinese


def test_a_part_of_a_trail_says_that_it_is_not_verified(
    clearance: Command, application: str
) -> None:
    told = clearance.json("export", application, "notes.jsonl", "--type", "note")
    assert (told["records"], told["verified"]) == (3, False)
    assert "cannot be verified" in clearance("export", application, "n", "--type", "note").stdout


def test_an_export_to_standard_output(clearance: Command, application: str) -> None:
    lines = clearance("export", application, "-").stdout.splitlines()
    assert [json.loads(line)["seq"] for line in lines] == [1, 2, 3, 4]
    page = json.loads(clearance("export", application, "-", "--format", "json").stdout)
    assert (len(page["items"]), page["next"]) == (4, None)


def test_what_fails_leaves_what_was_there(clearance: Command) -> None:
    kept = clearance.folder / "kept.jsonl"
    kept.write_text("before")
    clearance("export", "nothing", kept, code=4)
    assert kept.read_text() == "before"
    application = clearance.opened()
    clearance("export", application, clearance.folder / "no" / "folder", code=2)
    clearance("export", application, clearance.folder, code=2)
    assert left_in(clearance.folder) == ["kept.jsonl"]


def left_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("seen", [True, False], ids=["on a terminal", "elsewhere"])
def test_progress_is_shown_on_a_terminal_alone(
    clearance: Command, application: str, seen: bool
) -> None:
    clearance("export", application, "trail.jsonl")
    note = {"application": application, "event": {"type": "note", "data": {"text": "hi"}}}
    (clearance.folder / "notes.jsonl").write_text(json.dumps(note))
    for command, word in (
        (("export", application, "other.jsonl"), "Exporting"),
        (("verify", "trail.jsonl"), "Verifying"),
        (("import", "notes.jsonl"), "Importing"),
    ):
        assert (word in clearance.errors_on_a_terminal(*command, seen=seen)) is seen


def test_a_reader_that_goes_away_is_no_fault(clearance: Command, application: str) -> None:
    process = clearance.start("trail", application)
    assert process.stdout is not None
    process.stdout.close()
    assert process.communicate(timeout=PATIENCE) == ("", "")


def test_a_proof_is_written_for_the_verifier(clearance: Command, application: str) -> None:
    """As soon as there is one; the file and the log's key are enough."""
    told = clearance.json("trail", application, "--seq", "2", "--proof", "second.tlog-proof")
    assert (told["file"], told["seq"]) == ("second.tlog-proof", 2)
    (clearance.folder / "log.key").write_text(expect(clearance.client.log_key()))
    clearance("verify", "second.tlog-proof", "--key", "log.key")
    clearance("trail", application, "--proof", "p", code=2)
    clearance("trail", application, "--seq", "9", "--proof", "p", code=4)


def test_the_service_checks_a_trail_itself(clearance: Command, application: str) -> None:
    clearance("trail", application, "--seq", "4", "--proof", "last.tlog-proof")
    found = clearance.json("trail", application, "--check")
    assert (found["ok"], found["checked"], found["log"]["checked_to"]) == (True, 4, 4)
    told = clearance("trail", application, "--check").stdout
    assert "OK: 4 records" in told
    assert "The log has the first 4 of 4 records" in told
    assert (
        "含有 4 条记录中的前 4 条"
        in clearance("trail", application, "--check", "--lang", "zh").stdout
    )
