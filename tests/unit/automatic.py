"""The automatic import licence of docs/procedures.md: one file, and how its states are reached."""

import re
from pathlib import Path
from typing import Any

from tests.unit.acting import STATEMENT, THE_BUYER, THE_CLOCK, Case, accepted, carry, officer
from workflow.machine import Engine
from workflow.procedures import parse

Step = tuple[Any, ...]

GUIDE = Path(__file__).parents[2] / "docs" / "procedures.md"
BLOCKS = re.findall(r"```yaml\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
FILE: str = next(text for text in BLOCKS if "automatic-import" in text)
"""The whole procedure, as the guide prints it."""

AUTOMATIC = parse(FILE.encode(), "automatic_import.yaml")

MOFCOM, CUSTOMS = officer("mofcom"), officer("customs")
GRANTED = {"licence": "AUTO-2026-0001", "units": 1_000}

ORDER: Step = (THE_BUYER, "declare_order")
GRANT: Step = (MOFCOM, "grant_licence", None, GRANTED)
ASK: Step = (MOFCOM, "request_information")
TELL: Step = (THE_BUYER, "provide_information")
SHIP_ALL: Step = (CUSTOMS, "record_shipment", None, {"shipment": "s0", "units": 1_000})
EXPIRE: Step = (THE_CLOCK, "expire")
AFTER = "2026-08-02T00:00:00.000Z"
"""When a licence of 2 February is over."""

JOURNEYS: dict[str, list[Step]] = {
    "applied": [],
    "licensed": [ORDER, GRANT],
    "used_up": [ORDER, GRANT, SHIP_ALL],
    "expired": [ORDER, GRANT, EXPIRE],
    "refused": [(MOFCOM, "refuse")],
    "withdrawn": [(THE_BUYER, "withdraw")],
}
"""State -> the events behind the application that lead to it; nothing is only reported."""


def ship(number: int, units: int = 100) -> Step:
    """One of several shipments."""
    return CUSTOMS, "record_shipment", None, {"shipment": f"s{number}", "units": units}


def begun(*steps: Step, engine: Engine | None = None) -> Case:
    """An application of the buyer, carried on; the clock expires it when its time has come."""
    case = Case(engine or Engine(AUTOMATIC))
    accepted(case.create(THE_BUYER, STATEMENT))
    for step in steps:
        if step is EXPIRE:
            case.now = AFTER
        carry(case, step)
    return case
