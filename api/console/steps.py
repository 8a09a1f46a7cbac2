"""How far an application has come: the main line of its procedure, step by step."""

from collections.abc import Collection
from typing import Any, Literal, NamedTuple

from workflow.domain.procedure import Procedure

Place = Literal["past", "now", "ahead"]


class Tick(NamedTuple):
    """One authority's vote, of several that are needed; `vote` None: it has not voted."""

    authority: str
    vote: dict[str, Any] | None


class Step(NamedTuple):
    """A state on the main line; `sure` where all that led to it is confirmed, and `ticks` are the
    votes that lead on from it.
    """

    state: str
    place: Place
    sure: bool
    ticks: tuple[Tick, ...]


def steps_of(
    procedure: Procedure,
    application: dict[str, Any],
    been: Collection[str],
    confirmed: Collection[str],
) -> list[Step]:
    """The main line. Where the application stands beside it, the step it left the line at is the
    last that is past. `been`: the states that its records tell of; `confirmed`: those of the
    records before the first that is only reported.
    """
    line = [name for name, state in procedure.live_states.items() if state.line == "main"]
    present = application["state"]
    reached = line.index(present) if present in line else _furthest(line, been) + 0.5
    sure = _sure(line, application, confirmed)
    return [
        Step(name, _place(number, reached), number <= sure, ticks_of(procedure, application, name))
        for number, name in enumerate(line)
    ]


def ticks_of(procedure: Procedure, application: dict[str, Any], state: str) -> tuple[Tick, ...]:
    """The votes of every quorum that is asked in a state."""
    return tuple(
        Tick(authority, application["approvals"].get(authority))
        for spec in procedure.events.values()
        if spec.quorum and state in spec.sources
        for authority in spec.quorum
    )


def _sure(line: list[str], application: dict[str, Any], confirmed: Collection[str]) -> int:
    """The last step that is confirmed to be reached; -1 where none is."""
    state = application["confirmed_state"]
    if application["standing"] == "confirmed":
        return len(line)
    if state is None:
        return -1
    return line.index(state) if state in line else _furthest(line, confirmed)


def _furthest(line: list[str], states: Collection[str]) -> int:
    return max((number for number, name in enumerate(line) if name in states), default=0)


def _place(number: int, reached: float) -> Place:
    if number == reached:
        return "now"
    return "past" if number < reached else "ahead"
