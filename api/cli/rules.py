"""A procedure, and what differs between two, as tables."""

from rich.console import Group, RenderableType

from api.cli.output import Output
from api.cli.tables import Column, Grid, card
from workflow.domain.procedure import EventSpec, Procedure, State
from workflow.procedures.comparison import Difference


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
