"""How each state of us-export is reached: by events alone, by officers with official notices."""

from typing import Any

from tests.unit.acting import STATEMENT, THE_BUYER, Case, accepted, carry, officer
from workflow.machine import Engine

Step = tuple[Any, ...]

BIS, SECOND_OF_BIS = officer("bis"), officer("bis", name="bis-b")

REFER: Step = (BIS, "refer")
AGREE: dict[str, Step] = {
    body: (officer(body), "concur") for body in ("state", "defense", "energy")
}
HOLD: Step = (BIS, "hold_without_action")
SIGN_OFF: Step = (BIS, "sign_off")
COUNTERSIGN: Step = (SECOND_OF_BIS, "countersign")
APPROVE: Step = (SECOND_OF_BIS, "approve")
DENY: Step = (SECOND_OF_BIS, "deny")
RETURN: Step = (BIS, "return")
REVOKE: Step = (BIS, "revoke")
ASK: Step = (BIS, "request_information")
APPEAL: Step = (THE_BUYER, "appeal")

TO_COUNTERSIGNED = [SIGN_OFF, COUNTERSIGN]
TO_APPROVED = [*TO_COUNTERSIGNED, APPROVE]

JOURNEYS: dict[str, list[Step]] = {
    "received": [],
    "referred": [REFER],
    "held_without_action": [HOLD],
    "signed_off": [SIGN_OFF],
    "countersigned": TO_COUNTERSIGNED,
    "approved": TO_APPROVED,
    "denied": [*TO_COUNTERSIGNED, DENY],
    "returned_without_action": [RETURN],
    "revoked": [*TO_APPROVED, REVOKE],
}
"""State -> the events behind the application that lead to it; nothing is only reported."""


def begun(engine: Engine, *steps: Step) -> Case:
    """An application of the buyer, carried on."""
    case = Case(engine)
    accepted(case.create(THE_BUYER, STATEMENT))
    return carry(case, *steps)
