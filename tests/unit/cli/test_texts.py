"""The sentences of the command: each in both languages, each used, none missing."""

import re
from pathlib import Path
from string import Formatter

from api import cli
from api.cli.texts import TEXTS

SOURCES = "\n".join(
    path.read_text(encoding="utf-8")
    for path in Path(cli.__file__).parent.glob("*.py")
    if path.name != "texts.py"
)


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def test_both_languages_say_the_same_things() -> None:
    for name, text in TEXTS.items():
        assert text.en, name
        assert text.zh, name
        assert fields(text.en) == fields(text.zh), name
        assert re.search(r"[\u4e00-\u9fff]", text.zh) or name == "reason", name


def test_every_sentence_is_used() -> None:
    for name in TEXTS:
        used = f'"{name}"' in SOURCES or f'"{name.removeprefix("verify-")}"' in SOURCES
        assert used or name in {"reported", "confirmed"}, name


def test_every_sentence_that_is_used_exists() -> None:
    asked = re.findall(r'(?:words|say|note)\(\s*"([a-z-]+)"', SOURCES)
    assert asked
    assert set(asked) <= TEXTS.keys()
