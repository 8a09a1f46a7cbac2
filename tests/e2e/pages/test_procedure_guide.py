"""docs/procedures.md: its procedure is checked, drawn and walked, its commands are run."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e.commands import CLEARANCE
from tests.e2e.conftest import Demonstration
from tests.unit.acting import STATEMENT, THE_BUYER, Case, accepted, decisive, officer
from workflow.domain.payloads import PAYLOADS
from workflow.domain.predicates import MOVE_FACTS, TURN_FACTS, waiting_on
from workflow.domain.rules import EFFECTS, GUARDS
from workflow.machine import Engine
from workflow.procedures import load
from workflow.procedures.names import IMPLIED_GUARDS

ROOT = Path(__file__).parents[3]
GUIDE = (ROOT / "docs" / "procedures.md").read_text(encoding="utf-8")
OUTCOME = re.compile(r"\$ \.venv/bin/clearance (.+)\n(.+)")


def block(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", GUIDE, re.DOTALL)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the guide's procedure, and with the mistake that it tells of."""
    text, _ = block("yaml")
    (tmp_path / "substance_permit.yaml").write_text(text, encoding="utf-8")
    misspelt = text.replace("guards: [its_turn]", "guards: [its_turm]")
    (tmp_path / "misspelt.yaml").write_text(misspelt, encoding="utf-8")
    return tmp_path


def test_the_commands_print_what_the_guide_says(folder: Path) -> None:
    outcomes = OUTCOME.findall("\n".join(block("console")))
    assert len(outcomes) == 2
    for command, printed in outcomes:
        run = [CLEARANCE, *command.split()]
        done = subprocess.run(run, cwd=folder, capture_output=True, check=False, timeout=30)
        beginning, _, _ = printed.partition("...")
        assert done.stdout.decode().startswith(beginning)


def test_the_snippet_draws_it(folder: Path) -> None:
    (code,) = block("python")
    subprocess.run([sys.executable, "-c", code], cwd=folder, check=True, timeout=30)
    assert "Permit for a hazardous substance" in (folder / "substance_permit.svg").read_text()


def test_it_is_walked_as_the_guide_says(folder: Path) -> None:
    rows = re.findall(r"^\| (buyer|office|bureau) \| `(\w+)` \| (.+) \|$", GUIDE, re.MULTILINE)
    case = Case(Engine(load(folder / "substance_permit.yaml")))
    for who, event, outcome in rows:
        if event == "ask":
            answer = case.create()
        elif who == "buyer":
            answer = case.post(THE_BUYER, event, grade=STATEMENT)
        else:
            answer = case.post(officer(who), event)
        expected = re.findall(r"`([\w-]+)`", outcome)[0]
        if outcome.startswith("no:"):
            found = decisive(answer)
            assert found is not None
            assert found[1] == expected
        else:
            accepted(answer)
            assert case.state == expected
        if event == "agree" and expected == "asked":
            assert waiting_on(case.engine.procedure, case.snapshot) == ["bureau"]
    assert [event for _, event, _ in rows] == ["ask", "agree", "refuse", "agree"]


def test_the_tables_name_every_word_that_a_procedure_may_use() -> None:
    first_cells = re.findall(r"^\| (`.+?) \|", GUIDE, re.MULTILINE)
    named = set(re.findall(r"`(\w+)`", " ".join(first_cells)))
    known = {*GUARDS.keys() - {*IMPLIED_GUARDS}, *EFFECTS, *MOVE_FACTS, *TURN_FACTS}
    assert known <= named
    keys = {"evidence", "four_eyes", "reason", "unattributed", "if_match", "gate", "within_days"}
    assert named <= known | keys | {"reason: required"}
    effects = dict(re.findall(r"^\| (`\w+_?.*?) \| (`\w+`.*?) \| .+ \|$", GUIDE, re.MULTILINE))
    for names, payloads in effects.items():
        for name in re.findall(r"`(\w+)`", names):
            if name in EFFECTS:
                assert set(re.findall(r"`(\w+)`", payloads)) == set(EFFECTS[name].payloads)
                assert set(EFFECTS[name].payloads) <= set(PAYLOADS)


def test_the_picture_of_a_shipped_procedure_is_fetched(demonstration: Demonstration) -> None:
    (command,) = block("bash")
    command = command.replace("http://127.0.0.1:8000", demonstration.service.url)
    command = command.replace("data/demo", str(demonstration.folder))
    done = subprocess.run(["/bin/bash", "-euc", command], capture_output=True, check=True)
    assert "当前状态：已发许可证。" in done.stdout.decode()
