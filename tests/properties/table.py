"""The procedure's table of states and events, as the reference model reads it.

Nothing of `workflow` is used.
"""

from typing import NamedTuple

from tests.properties.history import MINISTRIES

BODIES = ("miit", "mofcom", "ndrc", "customs", "bis", "buyer")
CLOCK, LINK = "system:clock", "system:link"
GRADES = ("anonymous_source", "press_report", "company_statement", "official_notice")
MAIN = (
    "submitted",
    "in_principle",
    "ministry_approved",
    "ndrc_conditioned",
    "licensed",
    "shipped",
)
EVERYWHERE = (*MAIN, "suspended", "expired", "revoked", "returned", "refused", "withdrawn")
UNDER_TERMS = (*MAIN[1:5], "suspended", "expired")
LATE = (*MAIN[3:], "suspended", "expired")
OPEN = (*MAIN[:5], "suspended")
STOPPABLE = GATED = (*MAIN, "suspended", "expired", "refused")
REASONED = ("refuse", "return", "suspend", "revoke", "appeal", "extend_deadline")


class Rule(NamedTuple):
    """One row of the table: whose act, in which states, leading where, on what evidence."""

    by: tuple[str, ...]
    states: tuple[str, ...]
    target: str | None = None
    accept: str | None = None
    confirm: str | None = "official_notice"


def _ministerial(states: tuple[str, ...], target: str | None = None, *by: str) -> Rule:
    return Rule(by or MINISTRIES, states, target, "anonymous_source")


def _by_buyer(states: tuple[str, ...], target: str | None = None) -> Rule:
    return Rule(("buyer",), states, target, None, "company_statement")


TABLE = {
    "grant_in_principle": _ministerial(MAIN[:1], "in_principle"),
    "declare_order": _by_buyer(MAIN[1:4]),
    "approve": _ministerial(MAIN[1:2], "ministry_approved", "miit", "mofcom"),
    "refuse": _ministerial(MAIN[:4], "refused"),
    "return": _ministerial(MAIN[:4], "returned"),
    "withdraw": _by_buyer(MAIN[:4], "withdrawn"),
    "recuse": _ministerial(MAIN[:2], None, "miit", "mofcom"),
    "extend_deadline": _ministerial(MAIN[:4]),
    "amend": _by_buyer(MAIN[1:4]),
    "answer_amendment": _ministerial(MAIN[1:4], "in_principle"),
    "request_withdrawal": _by_buyer(MAIN[4:5]),
    "answer_withdrawal": _ministerial(MAIN[4:5], "withdrawn", "mofcom"),
    "appeal": _by_buyer(("refused",)),
    "answer_appeal": _ministerial(("refused",), "in_principle"),
    "propose_condition": _ministerial(UNDER_TERMS),
    "fix_condition": _ministerial(UNDER_TERMS),
    "waive_condition": _ministerial(UNDER_TERMS),
    "consent": _ministerial(UNDER_TERMS),
    "claim_met": Rule(("buyer",), LATE, None, "press_report", "company_statement"),
    "meet_condition": Rule(MINISTRIES, LATE, None, "press_report"),
    "set_conditions": _ministerial(MAIN[2:3], "ndrc_conditioned", "ndrc"),
    "accept_conditions": _by_buyer((*MAIN[3:5], "suspended", "expired")),
    "propose_licence": _ministerial(MAIN[3:4], None, "mofcom"),
    "issue_licence": Rule(("mofcom",), MAIN[3:4], "licensed", "press_report"),
    "record_shipment": Rule(("customs",), MAIN[4:5], "shipped", "press_report"),
    "give_up_balance": _by_buyer(MAIN[4:5], "shipped"),
    "reverse_shipment": Rule(("customs",), MAIN[4:6], "licensed", "press_report"),
    "suspend": Rule(("mofcom",), MAIN[4:5], "suspended", "press_report"),
    "reinstate": Rule(("mofcom",), ("suspended",), "licensed", "press_report"),
    "revoke": Rule(("mofcom",), ("licensed", "suspended"), "revoked", "press_report"),
    "expire": Rule((CLOCK,), ("licensed", "suspended"), "expired", None, None),
    "reissue_licence": Rule(("mofcom",), ("licensed", "expired"), "licensed", "press_report"),
    "clear_export": Rule(("bis", LINK), GATED, None, "press_report"),
    "withhold_export": Rule(("bis", LINK), GATED, None, "press_report"),
    "link_export": Rule(("bis", "buyer"), GATED, None, None, None),
    "claim_allocation": _by_buyer(MAIN[:4]),
    "fix_allocation": _ministerial(MAIN[:4], None, "mofcom"),
    "request_information": _ministerial(OPEN, None, *BODIES[:5]),
    "provide_information": _by_buyer(OPEN),
    "hold": _ministerial(STOPPABLE, None, *BODIES[:5]),
    "release": _ministerial(STOPPABLE, None, *BODIES[:5]),
    "note": Rule(BODIES, EVERYWHERE, None, None, None),
    "confirm": Rule(BODIES, EVERYWHERE, None, None, None),
    "create": _by_buyer((), "submitted"),
}

REREADING = {
    "correct": Rule(BODIES, EVERYWHERE, None, None, None),
    "migrate": Rule(("operator",), EVERYWHERE, None, None, None),
}
"""The rows of what rewrites nothing, and yet says how the trail is read."""
