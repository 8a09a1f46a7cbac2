"""The ways through a procedure: which states can be reached, left, and hold a licence."""

from collections.abc import Iterator
from typing import NamedTuple

from workflow.domain.licence import ISSUING
from workflow.procedures.format import ANY_STATE, EventEntry, MoveEntry, ProcedureFile
from workflow.procedures.source import Path

Found = tuple[Path, str]
"""Where a problem is, and the sentence about it."""

QUORUM = "quorum_reached"
NEEDS_LICENCE = (
    "record_shipment",
    "reverse_shipment",
    "give_up_balance",
    "expire_licence",
    "reissue_licence",
)


class Way(NamedTuple):
    """One way that an event may go, and where the file says so."""

    path: Path
    event: str
    sources: tuple[str, ...]
    target: str | None
    when: str | None
    anywhere: bool


def ways_of(file: ProcedureFile, kind: str) -> list[Way]:
    """The ways of an event: `any` written out, a quorum's predicate put in."""
    event = file.events[kind]
    at: Path = ("events", kind)
    written: list[tuple[Path, EventEntry | MoveEntry]] = [(at, event)]
    written += [((*at, "moves", number), move) for number, move in enumerate(event.moves or ())]
    found: list[Way] = []
    for path, entry in written:
        if entry.from_ is None:
            continue
        anywhere = entry.from_ == [ANY_STATE]
        sources = tuple(file.states) if anywhere else tuple(entry.from_)
        when = entry.when or (QUORUM if event.quorum and entry.to else None)
        found.append(Way(path, kind, sources, entry.to, when, anywhere))
    return found


def ways(file: ProcedureFile) -> list[Way]:
    """Every way of every event."""
    return [way for kind in file.events for way in ways_of(file, kind)]


def problems_of_flow(file: ProcedureFile) -> Iterator[Found]:
    """What is wrong with the ways taken together."""
    yield from _unreachable(file)
    yield from _dead_ends(file)
    yield from _rivals(file)
    yield from _licences(file)


def _steps(file: ProcedureFile) -> Iterator[tuple[str, Way, str]]:
    """Every single step between two states that exist."""
    for way in ways(file):
        if way.target in file.states:
            for source in way.sources:
                if source in file.states:
                    yield source, way, way.target


def _reached(file: ProcedureFile) -> set[str]:
    reached, steps = {file.initial}, list(_steps(file))
    while new := {to for source, _, to in steps if source in reached} - reached:
        reached |= new
    return reached


def _unreachable(file: ProcedureFile) -> Iterator[Found]:
    reached = _reached(file)
    for name, state in file.states.items():
        if name not in reached and not state.reserved:
            yield ("states", name), f"no way leads from `{file.initial}` to `{name}`"
        if name in reached and state.reserved:
            told = f"`{name}` is reserved, but a way leads to it"
            yield ("states", name, "reserved"), told


def _dead_ends(file: ProcedureFile) -> Iterator[Found]:
    for source, way, target in _steps(file):
        if file.states[source].final:
            told = f"`{source}` is final, but `{way.event}` leads from it to `{target}`"
            yield (*way.path, "from", source), told


def _rivals(file: ProcedureFile) -> Iterator[Found]:
    """One event has one way out of a state; with a predicate, it stays otherwise."""
    for kind in file.events:
        seen: set[str] = set()
        for way in ways_of(file, kind):
            for source in sorted(seen.intersection(way.sources)):
                told = f"two ways of `{kind}` leave `{source}`, and both could be taken"
                yield (*way.path, "from", source), told
            seen.update(way.sources)


def _licences(file: ProcedureFile) -> Iterator[Found]:
    """A licence is issued once, by leaving a state, and used only where every way has issued
    one.
    """
    held, issued = _licensed(file), _after_issue(file)
    for way in ways(file):
        effect = file.events[way.event].effect
        path = (*way.path, "from")
        if effect in ISSUING and (way.target is None or way.when is not None):
            yield way.path, f"`{way.event}` issues a licence, so it must always lead on (`to`)"
        for source in way.sources:
            if effect in NEEDS_LICENCE and source not in held:
                yield (*path, source), f"`{effect}` needs a licence; `{source}` may have none"
            if effect in ISSUING and source in issued:
                told = f"`{source}` may have a licence already; a second would hide it"
                yield (*path, source), told


def _after_issue(file: ProcedureFile) -> set[str]:
    """The states that can be reached with a licence."""
    steps = list(_steps(file))
    found = {to for _, way, to in steps if file.events[way.event].effect in ISSUING}
    while new := {to for source, _, to in steps if source in found} - found:
        found |= new
    return found


def _licensed(file: ProcedureFile) -> set[str]:
    """The states that cannot be reached without a licence."""
    held, steps = _reached(file) - {file.initial}, list(_steps(file))
    while lost := {
        target
        for source, way, target in steps
        if target in held and source not in held and file.events[way.event].effect not in ISSUING
    }:
        held -= lost
    return held
