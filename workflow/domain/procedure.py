"""A procedure: the versioned rules of one licensing regime, as values.

The loader in `workflow/procedures` makes these from a YAML file and checks them; nothing
here reads a file.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

ANYONE = "anyone"
"""In `by`: an act of whoever may post at all (a note)."""


class Label(NamedTuple):
    """A text in both languages of the house."""

    en: str
    zh: str


@dataclass(frozen=True, slots=True)
class Authority:
    """A body empowered to act."""

    id: str
    label: Label
    short: Label


@dataclass(frozen=True, slots=True)
class Turn:
    """Who is waited for in a state, until a named predicate holds (None: all along)."""

    who: str
    until: str | None


@dataclass(frozen=True, slots=True)
class State:
    """A state; `sentence` tells it to a reader, `sentence_in_pool` when a joint quantity is
    shared (it may name `{units}`, the quantity in words).
    """

    id: str
    label: Label
    line: str
    final: bool
    turns: tuple[Turn, ...]
    sentence: Label
    sentence_in_pool: Label


@dataclass(frozen=True, slots=True)
class Move:
    """One transition: from any of these states to one (None: stays), when a predicate holds
    of the snapshot as it would be after the act (None: always).
    """

    sources: tuple[str, ...]
    target: str | None
    when: str | None


@dataclass(frozen=True, slots=True)
class Thresholds:
    """The least grade an event takes, and the least that confirms it.

    `accept` None: no evidence needed. `confirm` None: standing does not matter.
    """

    accept: str | None
    confirm: str | None


@dataclass(frozen=True, slots=True)
class EventSpec:
    """The rules of one event type."""

    type: str
    label: Label
    by: tuple[str, ...]
    moves: tuple[Move, ...]
    guards: tuple[str, ...]
    evidence: Thresholds
    payload: str
    effect: str | None
    quorum: tuple[str, ...]
    four_eyes: tuple[str, ...]
    gate: str | None
    reason_required: bool
    unattributed: bool
    if_match: bool
    anytime: bool
    """May happen in any state and enters none: no lower bound from the state's entry."""
    guarded: bool
    """Some event's `four_eyes` names this one, so who did it is remembered."""

    @property
    def sources(self) -> tuple[str, ...]:
        """The states in which the event may happen."""
        return tuple(dict.fromkeys(source for move in self.moves for source in move.sources))


@dataclass(frozen=True, slots=True)
class Deadline:
    """A time limit in working days of a calendar (ISO 3166 country), with its legal basis."""

    id: str
    label: Label
    states: tuple[str, ...]
    working_days: int
    extension: int
    basis: str


@dataclass(frozen=True, slots=True)
class Procedure:
    """One version of one regime. `digest` is the SHA-256 of its canonical content."""

    name: str
    version: int
    digest: str
    title: Label
    time_zone: str
    calendar: str
    initial: str
    creation: EventSpec
    authorities: Mapping[str, Authority]
    states: Mapping[str, State]
    events: Mapping[str, EventSpec]
    gates: Mapping[str, Label]
    deadlines: Mapping[str, Deadline]
    assumptions: tuple[Label, ...]
