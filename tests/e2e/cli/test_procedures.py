"""Procedures on the command line: shown, drawn, compared."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.e2e.cli.conftest import NOTICE, Command
from tests.unit.automatic import FILE
from workflow.procedures.loader import PACKAGED

SHIPPED = PACKAGED / "h200_import.yaml"


def changed(clearance: Command, old: str, new: str) -> str:
    """The shipped procedure in a file, with one change."""
    text = SHIPPED.read_text(encoding="utf-8")
    assert old in text
    path = clearance.folder / "other.yaml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return str(path)


def test_a_procedure_is_shown(clearance: Command) -> None:
    shown = clearance("procedure", "show", "h200-import").stdout
    assert "Cleared in principle" in shown
    assert clearance("procedure", "show", SHIPPED).stdout == shown
    assert "原则同意" in clearance("procedure", "show", "h200-import/1", "--lang", "zh").stdout
    told = clearance.json("procedure", "show", "h200-import")
    assert told["events"]["approve"]["quorum"] == ["miit", "mofcom"]
    clearance("procedure", "show", "nothing", code=4)
    clearance("procedure", "show", "h200-import/99", code=4)
    clearance("procedure", "show", "missing.yaml", code=2)
    assert "no service is asked" in " ".join(
        clearance("procedure", "show", "--help", COLUMNS="200").stdout.split()
    )


def test_a_check_for_programs(clearance: Command) -> None:
    assert clearance.json("procedure", "check", SHIPPED)["ok"]
    bad = changed(clearance, "guards: [condition_new]", "guards: [condition_knew]")
    told = clearance.json("procedure", "check", bad, code=1)
    assert "condition_knew" in told["problems"][0]["detail"]
    assert told["problems"][0]["line"] > 1


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ("zh: 批准}", "zh: 核准}", ("changed", "events", "approve.label.zh")),
        ("guards: [its_turn]", "guards: []", ("changed", "events", "refuse.guards")),
        (
            "accept: press_report, confirm: official_notice",
            "accept: official_notice, confirm: official_notice",
            ("changed", "events", "meet_condition.evidence.accept"),
        ),
        ("working_days: 20", "working_days: 25", ("changed", "deadlines", "decision.working_days")),
    ],
)
def test_what_differs_is_named(
    clearance: Command, old: str, new: str, found: tuple[str, str, str]
) -> None:
    other = changed(clearance, old, new)
    told = clearance.json("procedure", "diff", "h200-import", other, code=1)["differences"]
    assert [(one["kind"], one["part"], one["name"]) for one in told] == [found]
    assert found[2] in clearance("procedure", "diff", "h200-import", other, code=1).stdout


def test_what_is_added_and_removed(clearance: Command) -> None:
    event = "  give_up_balance:\n"
    other = changed(clearance, event, "  leave_balance:\n")
    told = clearance.json("procedure", "diff", SHIPPED, other, code=1)["differences"]
    kinds = {(one["kind"], one["name"]) for one in told if one["part"] == "events"}
    assert kinds == {("removed", "give_up_balance"), ("added", "leave_balance")}
    same = clearance("procedure", "diff", "h200-import", SHIPPED)
    assert same.stdout == "They do not differ.\n"


def test_a_picture_marks_where_an_application_stands(clearance: Command) -> None:
    application = clearance.opened()
    clearance("post", application, "grant_in_principle", "--as", "miit", *NOTICE)
    drawn = clearance("procedure", "diagram", "--application", application).stdout
    assert "class in_principle current" in drawn
    marked = clearance("procedure", "diagram", "h200-import", "--state", "in_principle").stdout
    assert marked == drawn
    clearance("procedure", "diagram", "h200-import", "-o", "picture.svg", "--format", "svg")
    assert (clearance.folder / "picture.svg").read_text(encoding="utf-8").startswith("<svg")
    clearance("procedure", "diagram", "h200-import", "--state", "nowhere", code=4)
    clearance("procedure", "diagram", code=2)


def served_from(clearance: Command, folder: Path) -> Command:
    """The command of somebody whose own procedures lie in a folder."""
    setting = {"CLEARANCE_PROCEDURES": str(folder)}
    return replace(clearance, environment=clearance.environment | setting)


def test_own_procedures_are_known_by_the_setting(clearance: Command) -> None:
    folder = clearance.folder / "own"
    folder.mkdir()
    (folder / "automatic.yml").write_text(FILE, encoding="utf-8")
    candidate = clearance.folder / "candidate.yaml"
    candidate.write_text(FILE.replace("max_uses: 6", "max_uses: 2"), encoding="utf-8")
    arguments = ("procedure", "diff", "automatic-import", str(candidate))
    told = clearance(*arguments, code=4).stderr
    assert "this installation has no procedure automatic-import" in told
    own = served_from(clearance, folder)
    shown = own(*arguments, code=1).stdout
    assert "max_uses" in shown
    assert "Automatic" in own("procedure", "show", "automatic-import/1").stdout
    assert "automatic-import" in own("simulate", "nothing", code=4).stderr
    offered = own(
        _CLEARANCE_COMPLETE="complete_bash",
        COMP_WORDS="clearance procedure show aut",
        COMP_CWORD="3",
    )
    assert offered.stdout.split() == ["automatic-import", "automatic-import/1"]


def test_an_unsound_folder_of_own_procedures_is_told_and_completion_goes_on(
    clearance: Command,
) -> None:
    folder = clearance.folder / "own"
    folder.mkdir()
    (folder / "a.yaml").write_text("- 1", encoding="utf-8")
    own = served_from(clearance, folder)
    told = own("procedure", "show", "h200-import", code=2).stderr
    assert f"{folder}/a.yaml:1: a procedure file is a mapping" in told
    for command in ("log", "recover", "--replace"), ("simulate", "h200-import"):
        assert "a.yaml:1" in own(*command, code=2).stderr
    offered = own(
        _CLEARANCE_COMPLETE="complete_bash",
        COMP_WORDS="clearance procedure show h2",
        COMP_CWORD="3",
    )
    assert offered.stdout.split() == ["h200-import", "h200-import/1"]
