"""The engine gives the answer of the table in every state x event x authority."""

from functools import cache
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
    carry,
    decisive,
    officer,
)
from tests.unit.cells.situations import BODIES, MINISTRIES, OTHER_DATA, prepared, time_of
from tests.unit.cells.table import BEFORE_CREATION, TABLE, Cell, check_every_cell_is_there, read
from tests.unit.journeys import JOURNEYS, Step
from workflow.domain.principal import Principal
from workflow.domain.record import Decision
from workflow.domain.refusals import Refused
from workflow.machine import Engine

CELLS = read(TABLE.read_text(encoding="utf-8"))
A_RECORD: Step = (RECORDER, "note")
"""A second one, in every state: the first cannot be corrected."""


def data_of(cell: Cell, case: Case) -> dict[str, Any] | None:
    """Data that is fine in the cell; None: that of every other test."""
    body = cell.actor.removeprefix("r:")
    own = (cell.situation or "").startswith("each ")
    match cell.event:
        case "fix_condition" | "waive_condition" | "consent":
            return {"condition": f"of-{body if own and body in MINISTRIES else 'ndrc'}"}
        case "release":
            return {"hold": f"of-{body if own and body in BODIES else 'ndrc'}"}
        case "reverse_shipment" if cell.state == "shipped":
            return {"shipment": "s0"}
        case "confirm":
            return {"seq": int(max(case.snapshot["unconfirmed"], key=int))}
        case _:
            return OTHER_DATA.get((cell.event, cell.situation))


@cache
def reach(engine: Engine, event: str, state: str, situation: str | None) -> Case:
    """The application in the state, by events alone, with what must have happened there."""
    if event == "confirm":
        return reach_by_report(engine, state)
    case = Case(engine)
    accepted(case.create())
    carry(case, *JOURNEYS[state], *prepared(event, state, situation))
    if event == "correct":
        carry(case, A_RECORD)
    case.now = time_of(situation)
    return case


def reach_by_report(engine: Engine, state: str) -> Case:
    """The same, but the last act of somebody is only what a recorder reports."""
    case = Case(engine)
    if not JOURNEYS[state]:
        accepted(case.create(RECORDER))
        return case
    accepted(case.create())
    steps = JOURNEYS[state]
    last = max(place for place, step in enumerate(steps) if step[0] is not THE_CLOCK)
    who, kind, *more = steps[last]
    body = "buyer" if who is THE_BUYER else min(who.authorities)
    reported: Step = (RECORDER, kind, body, *more[1:])
    carry(case, *steps[:last], reported, *steps[last + 1 :])
    assert case.snapshot["unconfirmed"].keys() == {str(last + 2)}
    return case


def actor_of(cell: Cell) -> tuple[Principal, str | None]:
    """Who posts, and the authority that is named."""
    others = {
        "buyer": THE_BUYER,
        "other": ANOTHER_BUYER,
        "auditor": AUDITOR,
        "operator": OPERATOR,
        "clock": THE_CLOCK,
    }
    if cell.actor in others:
        return others[cell.actor], None
    if cell.actor.startswith("r:"):
        named = cell.actor.removeprefix("r:")
        return RECORDER, None if named == "-" else named
    return officer(cell.actor, name=f"{cell.actor}-z"), None


def answer_of(engine: Engine, cell: Cell) -> Decision | Refused:
    who, named = actor_of(cell)
    if cell.state == BEFORE_CREATION:
        return Case(engine).create(who, STATEMENT, authority=named)
    case = reach(engine, cell.event, cell.state, cell.situation)
    assert case.state == cell.state
    return case.ask(who, cell.event, named, data_of(cell, case))


def outcome(answer: Decision | Refused) -> tuple[int, str] | str:
    refused = decisive(answer)
    if refused is not None:
        return refused
    target = accepted(answer).record["to"]
    assert target is not None
    return target


def differences(engine: Engine, cells: list[Cell]) -> list[str]:
    found = ((cell, outcome(answer_of(engine, cell))) for cell in cells)
    return [f"{cell}, but {told}" for cell, told in found if told != cell.expected]


BLOCKS = sorted({(cell.event, cell.situation or "") for cell in CELLS})


@pytest.mark.parametrize(("event", "situation"), BLOCKS)
def test_every_cell_has_its_answer(engine: Engine, event: str, situation: str) -> None:
    block = [cell for cell in CELLS if (cell.event, cell.situation or "") == (event, situation)]
    assert differences(engine, block) == []


def test_a_wrong_answer_in_the_table_is_found(engine: Engine) -> None:
    cell = next(cell for cell in CELLS if (cell.event, cell.actor) == ("withdraw", "buyer"))
    assert cell.mark == ">"
    for mark in "+TNWORCA":
        wrong = Cell(cell.event, cell.target, cell.situation, cell.state, cell.actor, mark)
        assert len(differences(engine, [wrong])) == 1


def test_the_table_has_every_cell_once(engine: Engine) -> None:
    check_every_cell_is_there(
        CELLS, engine.procedure, ("buyer", "other", "auditor", "operator", "clock")
    )


def test_a_refusal_names_the_state_and_what_the_state_knows(engine: Engine) -> None:
    for state in engine.procedure.live_states:
        case = Case(engine)
        accepted(case.create())
        carry(case, *JOURNEYS[state])
        refused = case.ask(AUDITOR, "note")
        assert isinstance(refused, Refused)
        here = [cell for cell in CELLS if cell.state == state]
        unknown = {cell.event for cell in here if cell.mark == "T"}
        assert refused.state == state
        assert set(refused.allowed) == {cell.event for cell in here} - unknown
