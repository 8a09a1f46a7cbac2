"""A procedure's parts as plain facts, and what differs between the facts of two."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any, NamedTuple

from workflow.domain import canonical
from workflow.domain.procedure import Procedure

HEAD = ("title", "time_zone", "calendar", "initial", "migrates_from", "licence")
PARTS = ("states", "events", "authorities", "gates", "links", "deadlines")
KINDS = ADDED, REMOVED, CHANGED = ("added", "removed", "changed")


class Difference(NamedTuple):
    """One thing that is in one procedure and not, or not so, in the other. `before` and `after`
    are values as JSON, None where there is none.
    """

    kind: str
    part: str
    name: str
    before: str | None
    after: str | None


def facts(found: Procedure) -> dict[str, Any]:
    """A procedure as plain values: what stands at its head, then its parts by id."""
    events = {found.creation.type: found.creation, **found.events}
    return {
        "title": found.title._asdict(),
        "time_zone": found.time_zone,
        "calendar": found.calendar,
        "initial": found.initial,
        "migrates_from": _plain(found.migrates_from),
        "licence": _plain(found.licence),
        "states": {state.id: _plain(asdict(state)) for state in found.states.values()},
        "events": {spec.type: _plain(asdict(spec)) for spec in events.values()},
        "authorities": {one.id: _plain(asdict(one)) for one in found.authorities.values()},
        "gates": {gate: {"label": _plain(label)} for gate, label in found.gates.items()},
        "links": {
            gate: {"label": _plain(found.gates[gate]), **_plain(link._asdict())}
            for gate, link in found.links.items()
        },
        "deadlines": {one.id: _plain(asdict(one)) for one in found.deadlines.values()},
    }


def differences(before: Procedure, after: Procedure) -> Iterator[Difference]:
    """What was added, removed and changed, part by part, field by field."""
    return between(facts(before), facts(after))


def between(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Difference]:
    """The same of the facts of two procedures."""
    for name in HEAD:
        yield from _changes("procedure", name, old[name], new[name])
    for part in PARTS:
        yield from _of_part(part, old[part], new[part])


def _of_part(part: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Difference]:
    for name, was in old.items():
        if name not in new:
            yield Difference(REMOVED, part, name, _json(was["label"]), None)
    for name, now in new.items():
        if name not in old:
            yield Difference(ADDED, part, name, None, _json(now["label"]))
            continue
        yield from _changes(part, name, old[name], now)


def _changes(part: str, name: str, was: Any, now: Any) -> Iterator[Difference]:
    """What changed, by the fields in which it lies."""
    if isinstance(was, dict) and isinstance(now, dict) and was.keys() == now.keys():
        for field, value in now.items():
            yield from _changes(part, f"{name}.{field}", was[field], value)
    elif was != now:
        yield Difference(CHANGED, part, name, _json(was), _json(now))


def _plain(value: Any) -> Any:
    """Labels as mappings, tuples as lists."""
    if hasattr(value, "_asdict"):
        return _plain(value._asdict())
    if isinstance(value, dict):
        return {name: _plain(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    return value


def _json(value: Any) -> str:
    return canonical.encode(value).decode()
