"""The engine of the guide's automatic import licence gives the answer of its table in every state
x event x authority.
"""

from typing import Any

import pytest

from tests.unit.acting import (
    ANOTHER_BUYER,
    AUDITOR,
    OPERATOR,
    RECORDER,
    STATEMENT,
    THE_BUYER,
    THE_CLOCK,
    Case,
    accepted,
    officer,
)
from tests.unit.automatic import (
    ASK,
    AUTOMATIC,
    EXPIRE,
    GRANTED,
    JOURNEYS,
    ORDER,
    TELL,
    Step,
    begun,
    ship,
)
from tests.unit.cells.table import BEFORE_CREATION, TABLE, Cell, check_every_cell_is_there, read
from tests.unit.cells.test_cells import outcome
from workflow.domain.principal import Principal
from workflow.domain.record import Decision
from workflow.domain.refusals import Refused
from workflow.machine import Engine

CELLS = read(TABLE.with_name("automatic_import.txt").read_text(encoding="utf-8"))
BLOCKS = sorted({(cell.event, cell.situation or "") for cell in CELLS})
REPORTED = "the act that entered the state is only reported"

SITUATIONS: dict[str, tuple[str, list[Step]]] = {
    "what is to be imported is declared": ("applied", [ORDER]),
    "documents are asked for": ("applied", [ORDER, ASK]),
    "documents were asked for, and handed in": ("applied", [ORDER, ASK, TELL]),
    "for longer than six months": ("applied", [ORDER]),
    "for more than six uses": ("applied", [ORDER]),
    "the sixth": ("licensed", [ship(number) for number in range(5)]),
    "the seventh": ("licensed", [ship(number) for number in range(6)]),
    "something was shipped": ("licensed", [ship(0)]),
}
"""Situation -> the state in which it arises, and how."""

TIMES = {
    "the last day": "2026-08-01T15:59:59.999Z",
    "the day after the last": "2026-08-01T16:00:00.000Z",
}
"""When the event is posted: around the midnight that ends six months from 2 February."""

OTHERS = {
    "buyer": THE_BUYER,
    "other": ANOTHER_BUYER,
    "auditor": AUDITOR,
    "operator": OPERATOR,
    "clock": THE_CLOCK,
}


def reach(engine: Engine, cell: Cell) -> Case:
    """The application in the state, with what must have happened there."""
    if cell.situation == REPORTED:
        return reach_by_report(engine, cell.state)
    case = begun(*JOURNEYS[cell.state], engine=engine)
    state, steps = SITUATIONS.get(cell.situation or "", ("", []))
    if cell.state == state:
        for step in steps:
            accepted(case.post(*step))
    case.now = TIMES.get(cell.situation or "", case.now)
    return case


def reach_by_report(engine: Engine, state: str) -> Case:
    steps = JOURNEYS[state]
    if not steps:
        case = Case(engine)
        accepted(case.create(RECORDER, authority="buyer"))
        return case
    own = [step for step in steps if step is not EXPIRE]
    who, kind, *more = own[-1]
    body = "buyer" if who is THE_BUYER else min(who.authorities)
    reported: Step = (RECORDER, kind, body, *more[1:])
    return begun(*own[:-1], reported, *steps[len(own) :], engine=engine)


def actor_of(cell: Cell) -> tuple[Principal, str | None]:
    if cell.actor in OTHERS:
        return OTHERS[cell.actor], None
    if cell.actor.startswith("r:"):
        named = cell.actor.removeprefix("r:")
        return RECORDER, None if named == "-" else named
    return officer(cell.actor, name=f"{cell.actor}-z"), None


def data_of(cell: Cell, case: Case) -> dict[str, Any] | None:
    match cell.event, cell.situation:
        case "confirm", _:
            return {"seq": int(max(case.snapshot["unconfirmed"], key=int))}
        case "grant_licence", "for longer than six months":
            return {**GRANTED, "valid_from": "2026-03-01", "valid_until": "2026-09-01"}
        case "grant_licence", "for more than six uses":
            return {**GRANTED, "max_uses": 7}
        case "grant_licence", _:
            return GRANTED
        case "record_shipment", "all of it":
            return {"shipment": "s9", "units": 1_000}
        case "record_shipment", _:
            return {"shipment": "s9", "units": 100}
        case "reverse_shipment", _:
            return {"shipment": "s0"}
    return None


def answer_of(engine: Engine, cell: Cell) -> Decision | Refused:
    who, named = actor_of(cell)
    if cell.state == BEFORE_CREATION:
        return Case(engine).create(who, STATEMENT, authority=named)
    case = reach(engine, cell)
    assert case.state == cell.state
    return case.ask(who, cell.event, named, data_of(cell, case))


@pytest.fixture(scope="module")
def automatic() -> Engine:
    return Engine(AUTOMATIC)


@pytest.mark.parametrize(("event", "situation"), BLOCKS)
def test_every_cell_has_its_answer(automatic: Engine, event: str, situation: str) -> None:
    block = [cell for cell in CELLS if (cell.event, cell.situation or "") == (event, situation)]
    found = ((cell, outcome(answer_of(automatic, cell))) for cell in block)
    assert [f"{cell}, but {told}" for cell, told in found if told != cell.expected] == []


def test_the_table_has_every_cell_once() -> None:
    check_every_cell_is_there(CELLS, AUTOMATIC, OTHERS)
