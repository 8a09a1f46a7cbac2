"""A procedure: the versioned rules of one licensing regime, as values.

The loader in `workflow/procedures` makes these from a YAML file and checks them; nothing
here reads a file.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

OPERATOR = "operator"
"""In `by`: an act of whoever runs the service, and nobody else's to enter (a migration)."""

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
    reserved: bool
    """Part of the regime, but nothing in this version leads to it."""
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
    within_days: int | None
    """Possible for so many calendar days after the state was entered (None: always)."""
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
    """A time limit with its legal basis: so many working days of the procedure's calendar, or
    `after` a date of the licence. `event` is what the clock posts once it has passed; None: the
    application is overdue, and nothing else happens.
    """

    id: str
    label: Label
    states: tuple[str, ...]
    working_days: int | None
    after: str | None
    extension: int
    event: str | None
    basis: Label


class LicenceRule(NamedTuple):
    """What a licence is by the procedure itself: valid for so many calendar months or days at the
    most, and used so often (None: the procedure does not say).
    """

    months: int | None
    days: int | None
    max_uses: int | None


class GateLink(NamedTuple):
    """A gate hangs on an application under another procedure: in which of its states the gate is
    open, and in which it is shut.
    """

    gate: str
    procedure: str
    opens: tuple[str, ...]
    shuts: tuple[str, ...]


class Origin(NamedTuple):
    """The earlier version from which applications may migrate, and where they stand then; a state
    that is not named keeps its name.
    """

    version: int
    states: Mapping[str, str]


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
    migrates_from: Origin | None = None
    links: Mapping[str, GateLink] = field(default_factory=dict)
    """Gate -> what it hangs on where somebody has linked it."""
    licence: LicenceRule | None = None

    @property
    def live_states(self) -> Mapping[str, State]:
        """The states that an application can come to."""
        return {name: state for name, state in self.states.items() if not state.reserved}
