"""Board: the applications of one procedure by their state, the main line from left to right."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import Response

from api import views
from api.console.pages import live
from api.console.routing import page
from api.console.visit import Visit
from workflow.domain.procedure import Procedure
from workflow.domain.record import Document
from workflow.service import now

CARDS = 12
"""Cards in a column; the list has the others."""

Found = tuple[str, Document]


@dataclass(frozen=True, slots=True)
class Card:
    """An application at a glance; `moves`: types of the events with which whoever looks may bring
    it into another state.
    """

    application: dict[str, Any]
    buyer: dict[str, str]
    moves: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """The newest applications in some states; `more`: where the list has others."""

    states: tuple[str, ...]
    cards: Sequence[Card]
    more: tuple[str, ...]


async def show(visit: Visit) -> Response:
    """A column for each state of the main line, and one for all that lie beside it."""
    after = await live.place(visit)
    regimes = {names.procedure.name: names for names in visit.regimes()}
    wanted = visit.one_of("procedure", *regimes)
    names = regimes[wanted] if wanted else next(iter(regimes.values()))
    procedure = names.procedure
    main = [state for state in procedure.live_states if procedure.states[state].line == "main"]
    side = [state for state in procedure.live_states if state not in main]
    columns = [(state,) for state in main] + ([tuple(side)] if side else [])
    return visit.page(
        "board.html",
        after=after,
        regimes=regimes,
        names=names,
        quorum=_quorum(procedure),
        columns=await asyncio.gather(*(_column(visit, procedure, one) for one in columns)),
    )


ROUTES = (page("/board", show),)


def _quorum(procedure: Procedure) -> tuple[str, ...]:
    """The authorities that have to agree; each card shows which of them have."""
    return tuple(dict.fromkeys(who for spec in procedure.events.values() for who in spec.quorum))


async def _column(visit: Visit, procedure: Procedure, states: tuple[str, ...]) -> Column:
    queries, mark = visit.parts.queries, f"procedure={procedure.name}"
    pages = await asyncio.gather(
        *(
            queries.applications(visit.reader, [f"state={state}", mark], None, CARDS, None)
            for state in states
        )
    )
    found = [item for one in pages for item in one.items]
    found.sort(key=lambda item: item[1].snapshot["created_at"], reverse=True)
    more = [
        state
        for state, one in zip(states, pages, strict=True)
        if one.next is not None or len(found) > CARDS
    ]
    return Column(states, await _cards(visit, found[:CARDS]), tuple(more))


async def _cards(visit: Visit, found: Sequence[Found]) -> list[Card]:
    queries, at = visit.parts.queries, now()
    named = await queries.names({document.snapshot["buyer"] for _, document in found})
    return [_card(visit, item, named[item[1].snapshot["buyer"]], at) for item in found]


def _card(visit: Visit, found: Found, buyer: dict[str, str], at: str) -> Card:
    application, document = found
    engine = visit.parts.catalog.engine(document)
    outlook = engine.outlook(document, visit.reader, at)
    moving = {
        type_
        for type_, _ in outlook.allowed
        if any(move.target is not None for move in engine.procedure.events[type_].moves)
    }
    shown = views.listed(application, document, engine.procedure, at)
    return Card(shown, buyer, tuple(type_ for type_ in engine.procedure.events if type_ in moving))
