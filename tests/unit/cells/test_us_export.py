"""The engine of us-export gives the answer of its table in every state x event x authority."""

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
    officer,
)
from tests.unit.cells.table import BEFORE_CREATION, TABLE, Cell, check_every_cell_is_there, read
from tests.unit.cells.test_cells import outcome
from tests.unit.exporting import AGREE, APPEAL, ASK, JOURNEYS, Step, begun
from workflow.domain.principal import Principal
from workflow.domain.record import Decision
from workflow.domain.refusals import Refused
from workflow.machine import Engine
from workflow.procedures import load_packaged

CELLS = read(TABLE.with_name("us_export.txt").read_text(encoding="utf-8"))
BLOCKS = sorted({(cell.event, cell.situation or "") for cell in CELLS})
REPORTED = "the act that entered the state is only reported"

SITUATIONS: dict[str, tuple[str, list[Step]]] = {
    "two departments agree": ("referred", [AGREE["state"], AGREE["energy"]]),
    "all departments agree": ("referred", [*AGREE.values()]),
    "the applicant has appealed": ("denied", [APPEAL]),
    "the applicant has appealed, and is denied": ("denied", [APPEAL]),
}
"""Situation -> the state in which it arises, and how."""

OTHERS = {
    "buyer": THE_BUYER,
    "other": ANOTHER_BUYER,
    "auditor": AUDITOR,
    "operator": OPERATOR,
    "clock": THE_CLOCK,
}


@pytest.fixture(scope="module")
def export() -> Engine:
    return Engine(load_packaged()["us-export", 1])


def reach(engine: Engine, cell: Cell) -> Case:
    """The application in the state, with what must have happened there."""
    if cell.situation == REPORTED:
        return reach_by_report(engine, cell.state)
    case = begun(engine, *JOURNEYS[cell.state])
    state, steps = SITUATIONS.get(cell.situation or "", ("", []))
    if cell.state == state:
        carry(case, *steps)
    if cell.event == "correct":
        carry(case, (RECORDER, "note"))  # the first record cannot be corrected
    if cell.situation == "the applicant is asked" and cell.state in ASKING:
        carry(case, ASK)
    return case


ASKING = ("received", "referred", "held_without_action")


def reach_by_report(engine: Engine, state: str) -> Case:
    case = Case(engine)
    if not JOURNEYS[state]:
        accepted(case.create(RECORDER, authority="buyer"))
        return case
    *steps, (_, kind) = JOURNEYS[state]
    case = begun(engine, *steps)
    return carry(case, (RECORDER, kind, "bis"))


def actor_of(cell: Cell) -> tuple[Principal, str | None]:
    if cell.actor in OTHERS:
        return OTHERS[cell.actor], None
    if cell.actor.startswith("r:"):
        named = cell.actor.removeprefix("r:")
        return RECORDER, None if named == "-" else named
    return officer(cell.actor, name=f"{cell.actor}-z"), None


def data_of(cell: Cell, case: Case) -> dict[str, Any] | None:
    if cell.event == "confirm":
        return {"seq": int(max(case.snapshot["unconfirmed"], key=int))}
    denied = cell.situation == "the applicant has appealed, and is denied"
    return {"accept": False} if denied else None


def answer_of(engine: Engine, cell: Cell) -> Decision | Refused:
    who, named = actor_of(cell)
    if cell.state == BEFORE_CREATION:
        return Case(engine).create(who, STATEMENT, authority=named)
    case = reach(engine, cell)
    assert case.state == cell.state
    return case.ask(who, cell.event, named, data_of(cell, case))


@pytest.mark.parametrize(("event", "situation"), BLOCKS)
def test_every_cell_has_its_answer(export: Engine, event: str, situation: str) -> None:
    block = [cell for cell in CELLS if (cell.event, cell.situation or "") == (event, situation)]
    found = ((cell, outcome(answer_of(export, cell))) for cell in block)
    assert [f"{cell}, but {told}" for cell, told in found if told != cell.expected] == []


def test_the_table_has_every_cell_once(export: Engine) -> None:
    check_every_cell_is_there(CELLS, export.procedure, OTHERS)
