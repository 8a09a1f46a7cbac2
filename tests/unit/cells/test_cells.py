"""The engine gives the answer of the table in every state x event x authority."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.unit.acting import (
    ANOTHER_BUYER,
    AUDITOR,
    OPERATOR,
    RECORDER,
    STATEMENT,
    THE_BUYER,
    Case,
    accepted,
    carry,
    decisive,
    officer,
)
from tests.unit.cells.table import TABLE, Cell, read
from tests.unit.journeys import (
    ACCEPT,
    FIX_CONDITION,
    JOURNEYS,
    ORDER,
    PROPOSE_CONDITION,
    PROPOSE_LICENCE,
    VOTE_OF_MIIT,
    Step,
)
from workflow.domain.principal import Principal
from workflow.domain.record import Decision
from workflow.domain.refusals import Refused
from workflow.machine import Engine

CELLS = read(TABLE.read_text(encoding="utf-8"))
MINISTRIES = ("miit", "mofcom", "ndrc")
BEFORE_CREATION = "-"

Prepare = Callable[[str], list[Step]]


def nothing(_state: str) -> list[Step]:
    return []


def only_in(state: str, *steps: Step) -> Prepare:
    return lambda present: list(steps) if present == state else []


def own_conditions(state: str) -> list[Step]:
    if state not in ("in_principle", "ministry_approved", "ndrc_conditioned", "licensed"):
        return []
    return [
        (officer(body), "propose_condition", None, {"condition": f"of-{body}", "kind": "other"})
        for body in MINISTRIES
    ]


SITUATIONS: dict[str, Prepare] = {
    "no vote yet": nothing,
    "miit has voted": only_in("in_principle", VOTE_OF_MIIT),
    "each has proposed a condition of its own": own_conditions,
    "none, and it is said so": nothing,
    "a part of the balance": nothing,
    "the whole balance": nothing,
    "order declared, conditions accepted": only_in("ndrc_conditioned", ORDER, ACCEPT),
    "proposed by another officer, all confirmed": only_in(
        "ndrc_conditioned", ORDER, ACCEPT, PROPOSE_LICENCE
    ),
    "the act that entered the state is only reported": nothing,
}


def prepared(cell: Cell) -> list[Step]:
    """What must have happened in the cell's state for the event to be fine there."""
    if cell.situation == "one condition, fixed":
        if cell.event == "set_conditions":
            return only_in("ministry_approved", PROPOSE_CONDITION, FIX_CONDITION)(cell.state)
        return only_in("licensed", FIX_CONDITION)(cell.state)
    return SITUATIONS[cell.situation](cell.state) if cell.situation else []


def data_of(cell: Cell, case: Case) -> dict[str, Any] | None:
    """Data that is fine in the cell; None: that of every other test."""
    body = cell.actor.removeprefix("r:")
    match cell.event, cell.situation:
        case "propose_condition", _:
            return {"condition": "new", "kind": "end_use", "value": {"excluded": ["military"]}}
        case "fix_condition", _:
            return {"condition": f"of-{body if body in MINISTRIES else 'ndrc'}"}
        case "set_conditions", "none, and it is said so":
            return {"none": True}
        case "record_shipment", "the whole balance":
            return {"shipment": "s1", "units": 1_000}
        case "confirm", _:
            return {"seq": case.document.version}
        case _:
            return None


def reach(engine: Engine, cell: Cell) -> Case:
    """The application in the cell's state, by events alone."""
    if cell.event == "confirm":
        return reach_by_report(engine, cell)
    case = Case(engine)
    accepted(case.create())
    return carry(case, *JOURNEYS[cell.state], *prepared(cell))


def reach_by_report(engine: Engine, cell: Cell) -> Case:
    """The same, but the last act is only what a recorder reports."""
    case = Case(engine)
    if not JOURNEYS[cell.state]:
        accepted(case.create(RECORDER))
        return case
    accepted(case.create())
    *earlier, (who, kind, *more) = JOURNEYS[cell.state]
    body = "buyer" if who is THE_BUYER else min(who.authorities)
    carry(case, *earlier, (RECORDER, kind, body, *more[1:]))
    assert case.snapshot["unconfirmed"].keys() == {str(case.document.version)}
    return case


def actor_of(cell: Cell) -> tuple[Principal, str | None]:
    """Who posts, and the authority that is named."""
    others = {
        "buyer": THE_BUYER,
        "other": ANOTHER_BUYER,
        "auditor": AUDITOR,
        "operator": OPERATOR,
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
    case = reach(engine, cell)
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
    procedure = engine.procedure
    actors = {
        *procedure.authorities,
        *(f"r:{body}" for body in (*procedure.authorities, "buyer", "-")),
        *("buyer", "other", "auditor", "operator"),
    }
    blocks = {(cell.event, cell.situation) for cell in CELLS}
    assert {event for event, _ in blocks} == {*procedure.events, procedure.creation.type}
    wanted = {
        (event, situation, state, actor)
        for event, situation in blocks
        for state in ([BEFORE_CREATION] if event == "create" else procedure.states)
        for actor in actors
    }
    found = [(cell.event, cell.situation, cell.state, cell.actor) for cell in CELLS]
    assert len(found) == len(set(found))
    assert set(found) == wanted


def test_a_refusal_names_the_state_and_what_the_state_knows(engine: Engine) -> None:
    for state in engine.procedure.states:
        case = Case(engine)
        accepted(case.create())
        carry(case, *JOURNEYS[state])
        refused = case.ask(AUDITOR, "note")
        assert isinstance(refused, Refused)
        here = [cell for cell in CELLS if cell.state == state]
        unknown = {cell.event for cell in here if cell.mark == "T"}
        assert refused.state == state
        assert set(refused.allowed) == {cell.event for cell in here} - unknown
