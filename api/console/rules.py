"""What a procedure's rules say, in the words of a page; and what differs between two, in words.

It needs the facts of a procedure alone, so it tells of a candidate that nobody has published, too.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final, NamedTuple

import orjson

from api.console.naming import COMMAS, PAUSES, coded, named, told
from api.console.provisos import DERIVED, FIELDS, GUARDS, MOVES, TURNS
from api.dossier.data import NO, YES
from workflow.domain.procedure import Label
from workflow.procedures.comparison import between
from workflow.procedures.wording import OTHERS

Facts = Mapping[str, Any]

BETWEEN = {"en": (", ", "; "), "zh": ("，", "；")}
"""What stands between the fields of a part, and between such parts."""

UNNAMED: Facts = {part: {} for part in ("states", "events", "gates", "authorities")}
"""Facts in which nothing has a name, so that all is called by its code."""


class Row(NamedTuple):
    """One difference in words. `kind` is added, removed or changed; `part` says of what: states,
    events; `fields` are the words of where in it. Empty: there is nothing.
    """

    kind: str
    part: str
    name: str
    code: str
    fields: tuple[str, ...]
    before: str
    after: str


class Rules:
    """Names the parts of a procedure by its facts. What it does not know is called by its code."""

    def __init__(self, facts: Facts, language: str) -> None:
        self.facts: Final = facts
        self._language: Final = language
        self._comma: Final = COMMAS[language]
        self._words: Final[Mapping[str, Callable[[str], str]]] = {
            **dict.fromkeys(("sources", "target", "states", "initial"), self.state),
            **dict.fromkeys(("by", "who", "quorum"), self.actor),
            **dict.fromkeys(("four_eyes", "event"), self.event),
            **dict.fromkeys(("accept", "confirm"), self._code),
            "gate": self.gate,
            "guards": self.guard,
            "until": self.until,
            "when": self.when,
        }

    def state(self, code: str) -> str:
        return self._label("states", code)

    def event(self, code: str) -> str:
        return self._label("events", code)

    def gate(self, code: str) -> str:
        return self._label("gates", code)

    def actor(self, code: str) -> str:
        """Whose act it is, by a short name."""
        known = self.facts["authorities"].get(code)
        if known is not None:
            return told(known["short"], self._language)
        return self._known(OTHERS, code)

    def guard(self, code: str) -> str:
        """What must hold."""
        return self._known(GUARDS, code)

    def when(self, code: str) -> str:
        """When an event leads on."""
        return self._known(MOVES, code)

    def until(self, code: str) -> str:
        """How long somebody is waited for."""
        return self._known(TURNS, code)

    def field(self, word: str) -> str:
        """What a field of a procedure is called."""
        known = FIELDS.get(word)
        return named(word, self._language) if known is None else told(known, self._language)

    def part(self, part: str, code: str) -> str:
        """What one of the states, events, authorities, gates or deadlines is called."""
        return self._label(part, code)

    def listed(self, part: str, codes: Iterable[str]) -> str:
        """Several of them, with commas between."""
        return self._comma.join(self._apart(self.part(part, code)) for code in codes)

    def value(self, field: str, value: Any) -> str:
        """A value of a field in words; empty where there is none."""
        if value is None or value in ([], {}):
            return ""
        if isinstance(value, bool):
            return told(YES if value else NO, self._language)
        if isinstance(value, list):
            joint = BETWEEN[self._language][1] if isinstance(value[0], dict) else self._comma
            told_each = (self.value(field, one) for one in value)
            plain = isinstance(value[0], str)
            return joint.join(self._apart(one) if plain else one for one in told_each)
        if isinstance(value, dict):
            return self._composed(field, value)
        if isinstance(value, int):
            return f"{value:,}"
        words = self._words.get(field)
        return str(value) if words is None else words(value)

    def _composed(self, field: str, value: Mapping[str, Any]) -> str:
        """A text, what becomes of states, or fields with their names."""
        if value.keys() == {"en", "zh"}:
            return told(value, self._language)
        if field == "states":
            return self._comma.join(f"{old} → {new}" for old, new in value.items())
        parts = ((name, self.value(name, inner)) for name, inner in value.items())
        told_parts = [f"{self.field(name)} {words}" for name, words in parts if words]
        return BETWEEN[self._language][0].join(told_parts)

    def _apart(self, name: str) -> str:
        """A name as a member of a list: what has a comma in it would read as two."""
        return f"“{name}”" if PAUSES[self._language] in name else name

    def _label(self, part: str, code: str) -> str:
        known = self.facts[part].get(code)
        return code if known is None else told(known["label"], self._language)

    def _code(self, code: str) -> str:
        return coded(code, self._language)

    def _known(self, words: Mapping[str, Label], code: str) -> str:
        known = words.get(code)
        return code if known is None else told(known, self._language)


def differences(before: Rules, after: Rules, language: str) -> Iterator[Row]:
    """What was added, removed and changed, in the words of the one and of the other."""
    codes = Rules(UNNAMED, language)
    for one in between(before.facts, after.facts):
        first, *rest = one.name.split(".")
        fields, code = (rest, first) if one.part != "procedure" else ([first, *rest], "")
        if DERIVED.intersection(fields):
            continue
        was, now = _told(before, fields, one.before), _told(after, fields, one.after)
        if was == now:  # two codes that are called the same
            was, now = _told(codes, fields, one.before), _told(codes, fields, one.after)
        speaker = before if one.after is None else after
        yield Row(
            kind=one.kind,
            part=one.part,
            name=speaker.part(one.part, code) if code else "",
            code=code,
            fields=tuple(speaker.field(word) for word in fields),
            before=was,
            after=now,
        )


def _told(rules: Rules, fields: list[str], value: str | None) -> str:
    return "" if value is None else rules.value(fields[-1] if fields else "", orjson.loads(value))
