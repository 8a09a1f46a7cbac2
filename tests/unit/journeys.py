"""How each state is reached: by events alone, each by an officer with an official notice."""

from typing import Any

from tests.unit.acting import THE_BUYER, THE_CLOCK, officer

Step = tuple[Any, ...]

GRANT: Step = (officer("ndrc"), "grant_in_principle")
VOTE_OF_MIIT: Step = (officer("miit"), "approve")
VOTE_OF_MOFCOM: Step = (officer("mofcom"), "approve")
PROPOSE_CONDITION: Step = (officer("ndrc"), "propose_condition")
FIX_CONDITION: Step = (officer("ndrc"), "fix_condition")
SET_CONDITIONS: Step = (officer("ndrc"), "set_conditions")
ORDER: Step = (THE_BUYER, "declare_order")
ACCEPT: Step = (THE_BUYER, "accept_conditions")
CLEAR_EXPORT: Step = (officer("bis"), "clear_export")
PROPOSE_LICENCE: Step = (officer("mofcom"), "propose_licence")
ISSUE: Step = (officer("mofcom", name="mofcom-b"), "issue_licence")
PROPOSE_SHORT_LICENCE: Step = (
    officer("mofcom"),
    "propose_licence",
    None,
    {"units": 1_000, "valid_from": "2026-01-01", "valid_until": "2026-01-31"},
)
SUSPEND: Step = (officer("mofcom"), "suspend")
REVOKE: Step = (officer("mofcom"), "revoke")
EXPIRE: Step = (THE_CLOCK, "expire")
SHIP_ALL: Step = (
    officer("customs"),
    "record_shipment",
    None,
    {"shipment": "s0", "units": 1_000},
)

TO_IN_PRINCIPLE = [GRANT]
TO_MINISTRY_APPROVED = [*TO_IN_PRINCIPLE, VOTE_OF_MIIT, VOTE_OF_MOFCOM]
TO_NDRC_CONDITIONED = [*TO_MINISTRY_APPROVED, PROPOSE_CONDITION, FIX_CONDITION, SET_CONDITIONS]
TO_PROPOSED = [*TO_NDRC_CONDITIONED, ORDER, ACCEPT, CLEAR_EXPORT, PROPOSE_LICENCE]
TO_LICENSED = [*TO_PROPOSED, ISSUE]

JOURNEYS: dict[str, list[Step]] = {
    "submitted": [],
    "in_principle": TO_IN_PRINCIPLE,
    "ministry_approved": TO_MINISTRY_APPROVED,
    "ndrc_conditioned": TO_NDRC_CONDITIONED,
    "licensed": TO_LICENSED,
    "shipped": [*TO_LICENSED, SHIP_ALL],
    "suspended": [*TO_LICENSED, SUSPEND],
    "expired": [*TO_PROPOSED, PROPOSE_SHORT_LICENCE, ISSUE, EXPIRE],
    "revoked": [*TO_LICENSED, REVOKE],
    "returned": [(officer("miit"), "return")],
    "refused": [(officer("ndrc"), "refuse")],
    "withdrawn": [(THE_BUYER, "withdraw")],
}
"""State -> the events behind the submission that lead to it; nothing is only reported."""
