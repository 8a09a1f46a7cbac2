"""A procedure's parts as plain facts: shown as tables, and compared."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any, NamedTuple

from rich.console import Group, RenderableType

from api.cli.output import Output
from api.cli.tables import Column, Grid, card
from workflow.domain import canonical
from workflow.domain.procedure import EventSpec, Procedure, State

HEAD = ("title", "time_zone", "calendar", "initial", "migrates_from", "licence")
PARTS = ("states", "events", "authorities", "gates", "links", "deadlines")


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
    old, new = facts(before), facts(after)
    for name in HEAD:
        yield from _changes("procedure", name, old[name], new[name])
    for part in PARTS:
        yield from _between(part, old[part], new[part])


def _between(part: str, old: dict[str, Any], new: dict[str, Any]) -> Iterator[Difference]:
    for name, was in old.items():
        if name not in new:
            yield Difference("removed", part, name, _json(was["label"]), None)
    for name, now in new.items():
        if name not in old:
            yield Difference("added", part, name, None, _json(now["label"]))
            continue
        yield from _changes(part, name, old[name], now)


def _changes(part: str, name: str, was: Any, now: Any) -> Iterator[Difference]:
    """What changed, by the fields in which it lies."""
    if isinstance(was, dict) and isinstance(now, dict) and was.keys() == now.keys():
        for field, value in now.items():
            yield from _changes(part, f"{name}.{field}", was[field], value)
    elif was != now:
        yield Difference("changed", part, name, _json(was), _json(now))


def procedure_tables(output: Output, found: Procedure) -> RenderableType:
    """Its head, its states and its events."""
    words, label = output.words, output.label
    head = card(
        (
            (words("procedure"), f"{found.name} {found.version}"),
            (words("title"), label(found.title._asdict())),
            (words("digest"), found.digest),
            (words("licence"), _licence(output, found)),
        )
    )
    states = Grid(
        Column(words("state"), whole=True), Column(words("name")), Column(words("waiting-on"))
    )
    for state in found.states.values():
        states.row(state.id, label(state.label._asdict()), _turns(state))
    events = Grid(
        Column(words("event"), whole=True),
        Column(words("name"), under=0),
        Column(words("by"), under=0),
        Column(words("from")),
        Column(words("to"), under=3),
        Column(words("evidence")),
        Column(words("guards"), under=5),
    )
    for spec in (found.creation, *found.events.values()):
        events.row(
            spec.type,
            label(spec.label._asdict()),
            ", ".join(spec.by),
            words("any") if spec.anytime else ", ".join(spec.sources),
            _targets(spec),
            f"{spec.evidence.accept or '-'} / {spec.evidence.confirm or '-'}",
            ", ".join(spec.guards),
        )
    return Group(head, states, events)


def difference_table(output: Output, found: list[Difference]) -> RenderableType:
    """Differences, one a line."""
    words = output.words
    made = Grid(
        Column(words("difference"), whole=True),
        Column(words("part"), under=0),
        Column(words("name")),
        Column(words("before")),
        Column(words("after"), under=3),
    )
    for one in found:
        made.row(words(one.kind), words.code(one.part), one.name, one.before, one.after)
    return made


def _licence(output: Output, found: Procedure) -> str:
    """What every licence is by the procedure itself, in words."""
    rule, words = found.licence, output.words
    if rule is None:
        return ""
    terms = {
        "at-most-months": rule.months,
        "at-most-days": rule.days,
        "at-most-uses": rule.max_uses,
    }
    return ", ".join(words(name, number=most) for name, most in terms.items() if most)


def _turns(state: State) -> str:
    return ", ".join(
        turn.who if turn.until is None else f"{turn.who} ({turn.until})" for turn in state.turns
    )


def _targets(spec: EventSpec) -> str:
    moves = (
        move.target if move.when is None else f"{move.target} ({move.when})"
        for move in spec.moves
        if move.target
    )
    return ", ".join(dict.fromkeys(moves))


def _plain(value: Any) -> Any:
    """Labels as mappings, tuples as lists."""
    if hasattr(value, "_asdict"):
        return dict(value._asdict())
    if isinstance(value, dict):
        return {name: _plain(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    return value


def _json(value: Any) -> str:
    return canonical.encode(value).decode()
