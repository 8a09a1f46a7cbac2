"""The environment, which is read here alone."""

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Literal

PREFIX = "CLEARANCE_"

_WORDS = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}


class Unfit(ValueError):
    """A setting that the service will not start with; the message is for the operator."""


_asked: set[str] = set()


def variable(name: str) -> str | None:
    """A variable without its prefix; None where it is not set or empty."""
    _asked.add(PREFIX + name)
    return os.environ.get(PREFIX + name) or None


def unknown() -> list[str]:
    """The variables with the prefix that nothing in this process has asked for."""
    return sorted(name for name in os.environ if name.startswith(PREFIX) and name not in _asked)


def standard(name: str) -> str | None:
    """A variable that other programs have as well; None where it is not set or empty."""
    return os.environ.get(name) or None


def yes(name: str, *, otherwise: bool) -> bool:
    """A variable that says yes or no, and what it is where it is not set. Raises Unfit."""
    word = variable(name)
    if word is not None and word.lower() not in _WORDS:
        raise Unfit(f"{PREFIX}{name} is yes or no, not {word}")
    return otherwise if word is None else _WORDS[word.lower()]


def read(parsers: Mapping[str, Callable[[str], Any]]) -> dict[str, Any]:
    """The variables that are set, by the names of their fields. Raises Unfit."""
    given = ((name, parse, variable(name.upper())) for name, parse in parsers.items())
    found = {}
    for name, parse, text in given:
        try:
            if text is not None:
                found[name] = parse(text)
        except ValueError as error:
            raise Unfit(f"{PREFIX}{name.upper()} is not a number: {text}") from error
    return found


def own_procedures() -> Path | None:
    """The folder of the operator's own procedures, for a command that starts no service."""
    folder = variable("PROCEDURES")
    return None if folder is None else Path(folder)


def several(text: str) -> tuple[str, ...]:
    """Values separated by commas."""
    return tuple(part.strip() for part in text.split(",") if part.strip())


def language() -> Literal["en", "zh"]:
    """The language of the user's locale: Chinese or else English (POSIX.1-2024, chapter 8.2)."""
    named = (os.environ.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    locale = next(filter(None, named), "")
    return "zh" if locale.lower().startswith("zh") else "en"
