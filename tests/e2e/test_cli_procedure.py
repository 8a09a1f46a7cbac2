"""`clearance procedure check FILE`: what is wrong with a procedure, and on which line."""

import re
from pathlib import Path

import pytest

from tests.e2e.commands import run
from workflow.procedures.loader import PACKAGED

SHIPPED = PACKAGED / "h200_import.yaml"


def test_the_shipped_procedure_is_good() -> None:
    done = run("procedure", "check", SHIPPED)
    assert done.returncode == 0
    assert done.stdout.startswith("OK: h200-import version 1, ")


def test_every_problem_is_told_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "bad.yaml"
    text = SHIPPED.read_text(encoding="utf-8")
    text = text.replace("guards: [condition_new]", "guards: [condition_knew]")
    text = text.replace("effect: give_up_balance", "effect: give_up_hope")
    path.write_text(text, encoding="utf-8")
    lines = text.splitlines()
    done = run("procedure", "check", path)
    assert done.returncode == 1
    told = {
        int(found[1]): found[2]
        for found in re.finditer(
            rf"^{re.escape(str(path))}:(\d+): (.+)$", done.stdout, re.MULTILINE
        )
    }
    for word in ("condition_knew", "give_up_hope"):
        assert any(word in message and word in lines[line - 1] for line, message in told.items())


@pytest.mark.parametrize("content", [b"", b"- 1", b"procedure: [", b"\xff", b"a: 1\na: 2\n"])
def test_what_is_no_procedure_is_told_in_a_line(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "none.yaml"
    path.write_bytes(content)
    done = run("procedure", "check", path)
    assert done.returncode == 1
    assert re.match(rf"{re.escape(str(path))}:\d+: .+\n", done.stdout)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    done = run("procedure", "check", tmp_path / "missing.yaml")
    assert done.returncode == 1
    assert "missing.yaml" in done.stdout + done.stderr


@pytest.mark.parametrize("arguments", [(), ("procedure",), ("--help",), ("serve", "--help")])
def test_help_is_offered(arguments: tuple[str, ...]) -> None:
    done = run(*arguments)
    assert "Usage: clearance" in done.stdout
