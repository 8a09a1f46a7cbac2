"""What may happen next: what somebody may do or enter, and what stands in the way of the others."""

from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple

from workflow.domain.authority import authorise
from workflow.domain.principal import Actor, Principal, Role
from workflow.domain.procedure import ANYONE, Procedure
from workflow.domain.refusals import Refusal
from workflow.machine import Outlook

Way = tuple[str, str | None]
"""An event, and the body that it would be an act of; None where a report leaves it out."""


class Reports(NamedTuple):
    """What somebody may only enter as it was reported: `next` leads on along the main line, and of
    the rest by the body whose act it would be; first of those that are waited for.
    """

    next: list[Way]
    others: dict[str | None, list[Way]]

    def __bool__(self) -> bool:
        return bool(self.next or self.others)


class Obstacle(NamedTuple):
    """Why an event is not possible now for these bodies."""

    kind: str
    bodies: tuple[str, ...]
    refusals: tuple[Refusal, ...]


def obstacles(procedure: Procedure, state: str, outlooks: Mapping[str, Outlook]) -> list[Obstacle]:
    """Of the events that lead on from a state, those that a body whose act it is may not post;
    bodies with the same reasons stand together. `outlooks`: of each body.
    """
    refused = {body: dict(outlook.refused) for body, outlook in outlooks.items()}
    found: list[Obstacle] = []
    for spec in procedure.events.values():
        if not any(move.target and state in move.sources for move in spec.moves):
            continue
        reasons: list[tuple[tuple[Refusal, ...], list[str]]] = []
        for body in spec.by:
            why = refused.get(body, {}).get(spec.type)
            if why is None:
                continue
            alike = next((bodies for known, bodies in reasons if known == why), None)
            if alike is None:
                reasons.append((why, [body]))
            else:
                alike.append(body)
        found += [Obstacle(spec.type, tuple(bodies), why) for why, bodies in reasons]
    return found


def ways(
    procedure: Procedure, who: Principal, buyer: str, outlook: Outlook
) -> tuple[list[Way], list[Way]]:
    """What somebody may do, and what somebody may only enter as it was reported."""
    mine: list[Way] = []
    reported: list[Way] = []
    for way in outlook.allowed:
        (reported if enters(procedure, who, buyer, way) else mine).append(way)
    return mine, reported


def reports(
    procedure: Procedure, state: str, awaited: Collection[str], reported: Iterable[Way]
) -> Reports:
    """The long list of what may be entered, in groups."""
    found = Reports([], {body: [] for body in (*awaited, *procedure.authorities)})
    for way in reported:
        moves = procedure.events[way[0]].moves
        leads = {move.target for move in moves if move.target and state in move.sources}
        if any(procedure.states[target].line == "main" for target in leads - {state}):
            found.next.append(way)
        else:
            found.others.setdefault(way[1], []).append(way)
    return found._replace(others={body: some for body, some in found.others.items() if some})


def enters(procedure: Procedure, who: Principal, buyer: str, way: Way) -> bool:
    """Whether somebody would enter this as another's act, and not do it; what anyone may do,
    everybody does.
    """
    spec, body = procedure.events[way[0]], way[1]
    if body is None and ANYONE in spec.by:
        return False
    actor = authorise(procedure, spec, who, buyer, body)
    return isinstance(actor, Actor) and actor.role is Role.RECORDER
