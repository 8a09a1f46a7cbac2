"""The sentences of the command: each in both languages, each used, none missing."""

import re
from pathlib import Path
from string import Formatter
from typing import Any

from typer.main import get_command

from api import cli
from api.cli.help_zh import HELP, speak_chinese
from api.cli.sentences import FAILURES, LINES
from api.cli.texts import TEXTS
from api.codes import CODES
from api.journal import What
from workflow.domain.payloads import CONDITION_VALUES
from workflow.domain.principal import Role, Scope
from workflow.procedures.comparison import KINDS, PARTS

EVERY = [*TEXTS.items(), *FAILURES.items(), *LINES.items(), *CODES.items()]

SOURCES = "\n".join(
    path.read_text(encoding="utf-8")
    for path in Path(cli.__file__).parent.glob("*.py")
    if path.name not in ("texts.py", "sentences.py", "help_zh.py")
)


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def test_both_languages_say_the_same_things() -> None:
    for name, text in EVERY:
        assert text.en, name
        assert text.zh, name
        assert fields(text.en) == fields(text.zh), name
        assert re.search(r"[\u4e00-\u9fff]", text.zh) or name == "reason", name


def test_every_sentence_is_used() -> None:
    for name in (*TEXTS, *FAILURES, *LINES):
        used = f'"{name}"' in SOURCES or f'"{name.removeprefix("verify-")}"' in SOURCES
        assert used or name in {"reported", "confirmed", *KINDS}, name


def test_every_sentence_that_is_used_exists() -> None:
    asked = re.findall(r'(?:words|say|note)\(\s*"([a-z-]+)"', SOURCES)
    assert asked
    assert set(asked) <= TEXTS.keys()
    raised = re.findall(r'(?:Failure|problem)\(\s*"([a-z-]+)"', SOURCES)
    assert set(raised) == FAILURES.keys()
    assert set(re.findall(r'Wrong\(\s*"([a-z0-9-]+)"', SOURCES)) == LINES.keys()


def test_every_code_has_a_name() -> None:
    statuses = {"proposed", "fixed", "accepted", "met", "waived", "unknown", "claimed"}
    for code in (
        *Role,
        *Scope,
        *CONDITION_VALUES,
        *statuses,
        "open",
        "shut",
        "procedure",
        *PARTS,
        *What,
    ):
        assert code in CODES


def helps(command: Any) -> set[str]:
    """What a command and those below it say of themselves."""
    said = {command.help, command.epilog, *(one.help for one in command.params)}
    return said.union(*map(helps, getattr(command, "commands", {}).values()))


def test_help_is_told_in_chinese_as_well() -> None:
    made = get_command(cli.app)
    english = helps(made) - {None}
    assert english <= HELP.keys()
    assert HELP.keys() <= english
    speak_chinese(made)
    assert all(re.search(r"[\u4e00-\u9fff]", text) for text in helps(made) - {None})
