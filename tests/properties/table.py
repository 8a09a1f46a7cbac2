"""The procedure's table of states and events, as the reference model reads it.

Nothing of `workflow` is used.
"""

from typing import NamedTuple

from tests.properties.history import MINISTRIES

BODIES = ("miit", "mofcom", "ndrc", "customs", "bis", "buyer")
GRADES = ("anonymous_source", "press_report", "company_statement", "official_notice")
MAIN = (
    "submitted",
    "in_principle",
    "ministry_approved",
    "ndrc_conditioned",
    "licensed",
    "shipped",
)
EVERYWHERE = (*MAIN, "returned", "refused", "withdrawn")


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
    "propose_condition": _ministerial(MAIN[1:5]),
    "fix_condition": _ministerial(MAIN[1:5]),
    "set_conditions": _ministerial(MAIN[2:3], "ndrc_conditioned", "ndrc"),
    "accept_conditions": _by_buyer(MAIN[3:5]),
    "propose_licence": _ministerial(MAIN[3:4], None, "mofcom"),
    "issue_licence": Rule(("mofcom",), MAIN[3:4], "licensed", "press_report"),
    "record_shipment": Rule(("customs",), MAIN[4:5], "shipped", "press_report"),
    "give_up_balance": _by_buyer(MAIN[4:5], "shipped"),
    "clear_export": Rule(("bis",), MAIN[:5], None, "press_report"),
    "withhold_export": Rule(("bis",), MAIN[:5], None, "press_report"),
    "claim_allocation": _by_buyer(MAIN[:4]),
    "note": Rule(BODIES, EVERYWHERE, None, None, None),
    "confirm": Rule(BODIES, EVERYWHERE, None, None, None),
    "create": _by_buyer((), "submitted"),
}
