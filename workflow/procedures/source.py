"""YAML read in one way only, and the line on which everything stands.

Text, whole numbers, `true`, `false` and `null` are all there is: no tags, no anchors, no second
document, no key twice. `yes`, `no` and dates stay text (YAML 1.2, section 10.3, less floats).
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import yaml

Path = tuple[str | int, ...]
"""Keys and indexes from the top of a file to a value in it."""

MAX_DEPTH = 32

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_INTEGER = re.compile(r"-?(0|[1-9][0-9]{0,15})")
_CONSTANTS = {"": None, "~": None, "null": None, "true": True, "false": False}


class Problem(NamedTuple):
    """What is wrong with a procedure file, and on which line."""

    file: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}"


class ProcedureError(Exception):
    """A procedure file that cannot be used; it prints every problem on a line of its own."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(map(str, sorted(problems, key=lambda problem: problem[:2]))))
        self.problems = tuple(sorted(problems, key=lambda problem: problem[:2]))


@dataclass(frozen=True, slots=True)
class Source:
    """The content of a file and where each part of it stands."""

    file: str
    content: Any
    lines: dict[Path, int]
    problems: list[Problem]

    def known(self, path: Path) -> Path:
        """The longest beginning of a path that the file has."""
        while path not in self.lines:
            path = path[:-1]
        return path

    def problem(self, path: Path, message: str) -> Problem:
        """A problem at the place nearest to the path."""
        return Problem(self.file, self.lines[self.known(path)], message)


def read(text: bytes, file: str) -> Source:
    """Read a file. Raises ProcedureError where it cannot be read at all; lesser problems are
    left in the source's `problems`.
    """
    try:
        reader = _Reader(yaml.parse(text.decode("utf-8-sig"), Loader=_LOADER), file)
        content = reader.document()
    except UnicodeDecodeError as error:
        line = text.count(b"\n", 0, error.start) + 1
        raise ProcedureError([Problem(file, line, "not UTF-8")]) from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        told = getattr(error, "problem", None) or "it has a character that YAML does not allow"
        line = mark.line + 1 if mark else 1
        raise ProcedureError([Problem(file, line, f"not YAML: {told}")]) from error
    return Source(file, content, reader.lines, reader.problems)


class _Reader:
    """Makes a value of YAML's events, noting lines and problems on the way."""

    def __init__(self, events: Iterator[Any], file: str) -> None:
        self.events = events
        self.file = file
        self.lines: dict[Path, int] = {(): 1}
        self.problems: list[Problem] = []

    def document(self) -> Any:
        first = next((event for event in self.events if isinstance(event, yaml.NodeEvent)), None)
        content = None if first is None else self._node(first, ())
        for event in self.events:
            if isinstance(event, yaml.DocumentStartEvent):
                self._note(event, "a second document begins; a file holds one")
        return content

    def _note(self, event: Any, message: str) -> None:
        self.problems.append(Problem(self.file, event.start_mark.line + 1, message))

    def _node(self, event: Any, path: Path) -> Any:
        self.lines.setdefault(path, event.start_mark.line + 1)
        if event.anchor is not None:
            self._note(event, "anchors and aliases are not read; write the value out")
        if isinstance(event, yaml.AliasEvent):
            return None
        if event.tag is not None:
            self._note(event, f"the tag {event.tag} is not read")
        if isinstance(event, yaml.ScalarEvent):
            return self._scalar(event)
        if len(path) >= MAX_DEPTH:
            line = event.start_mark.line + 1
            raise ProcedureError([Problem(self.file, line, f"deeper than {MAX_DEPTH} levels")])
        return self._list(path) if isinstance(event, yaml.SequenceStartEvent) else self._map(path)

    def _scalar(self, event: Any) -> str | int | bool | None:
        text = self._text(event)
        if event.style or event.tag is not None:
            return text
        if text in _CONSTANTS:
            return _CONSTANTS[text]
        return int(text) if _INTEGER.fullmatch(text) else text

    def _text(self, event: Any) -> str:
        text: str = event.value
        for character in text:
            if unicodedata.category(character) in ("Cc", "Cs") and character != "\n":
                self._note(event, f"a text holds the character U+{ord(character):04X}")
                return ""
        return text

    def _list(self, path: Path) -> list[Any]:
        items: list[Any] = []
        while not isinstance(event := next(self.events), yaml.SequenceEndEvent):
            here = (*path, len(items))
            items.append(self._node(event, here))
            if isinstance(items[-1], str):
                self.lines.setdefault((*path, items[-1]), self.lines[here])
        return items

    def _map(self, path: Path) -> dict[str, Any]:
        mapping: dict[str, Any] = {}
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            key = self._key(event)
            here = (*path, key)
            if key in mapping:
                self._note(event, f"`{key}` stands here twice; first on line {self.lines[here]}")
            self.lines.setdefault(here, event.start_mark.line + 1)
            value = self._node(next(self.events), here)
            mapping.setdefault(key, value)
        return mapping

    def _key(self, event: Any) -> str:
        if isinstance(event, yaml.ScalarEvent):
            if event.anchor is not None or event.tag is not None:
                self._note(event, "a key has an anchor or a tag; write a plain word")
            return self._text(event)
        line = event.start_mark.line + 1
        raise ProcedureError([Problem(self.file, line, "a key must be a plain word")])
