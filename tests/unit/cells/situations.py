"""What must have happened in a state for an event of the table to be fine there."""

from collections.abc import Callable
from typing import Any

from tests.unit.acting import NOW, THE_BUYER, officer
from tests.unit.journeys import (
    ACCEPT,
    FIX_CONDITION,
    ORDER,
    PROPOSE_CONDITION,
    PROPOSE_LICENCE,
    VOTE_OF_MIIT,
    Step,
)

MINISTRIES = ("miit", "mofcom", "ndrc")
BODIES = (*MINISTRIES, "customs", "bis")

ORDERED = ("in_principle", "ministry_approved", "ndrc_conditioned")
ASKED = ("submitted", *ORDERED, "licensed", "suspended")
UNDER_TERMS = (*ORDERED, "licensed", "suspended", "expired")
HELD = ("submitted", *UNDER_TERMS, "shipped", "refused")

TIMES = {
    "the last day": "2026-12-31T15:59:59.999Z",
    "the day after the last": "2026-12-31T16:00:00.000Z",
}
"""Situation -> when the event is posted: around the midnight of Shanghai in which 2026 ends."""

NEW_HOLD = {"hold": "new", "blocks": ["note"]}
OTHER_DATA: dict[tuple[str, str | None], dict[str, Any]] = {
    ("propose_condition", None): {
        "condition": "new",
        "kind": "end_use",
        "value": {"excluded": ["military"]},
    },
    ("set_conditions", "none, and it is said so"): {"none": True},
    ("record_shipment", "the whole balance"): {"shipment": "s1", "units": 1_000},
    ("answer_withdrawal", "asked for, and denied"): {"accept": False},
    ("answer_appeal", "the buyer has appealed, and is denied"): {"accept": False},
    ("hold", None): NEW_HOLD,
    ("hold", "ndrc holds it"): NEW_HOLD,
}
"""Event and situation -> its data, where it is not that of every other test."""

Prepare = Callable[[str], list[Step]]


def nothing(_state: str) -> list[Step]:
    return []


def only_in(states: tuple[str, ...], *steps: Step) -> Prepare:
    return lambda present: list(steps) if present in states else []


def condition_of(body: str) -> Step:
    return officer(body), "propose_condition", None, {"condition": f"of-{body}", "kind": "other"}


def hold_of(body: str, *blocks: str) -> Step:
    return officer(body), "hold", None, {"hold": f"of-{body}", "blocks": [*blocks, "withdraw"]}


def amendment(units: int) -> Step:
    return THE_BUYER, "amend", None, {"units": units}


CONSENT: Step = (officer("ndrc"), "consent", None, {"condition": "of-ndrc"})
SHIP_SOME: Step = (officer("customs"), "record_shipment")
REQUEST_WITHDRAWAL: Step = (THE_BUYER, "request_withdrawal")
APPEAL: Step = (THE_BUYER, "appeal")
ASK: Step = (officer("ndrc"), "request_information")

SITUATIONS: dict[str, Prepare] = {
    "no vote yet": nothing,
    "there is no later version": nothing,
    "miit has voted": only_in(("in_principle",), VOTE_OF_MIIT),
    "order declared": only_in(ORDERED, ORDER),
    "more units asked for": only_in(ORDERED, ORDER, amendment(1_001)),
    "fewer units asked for": only_in(ORDERED, ORDER, amendment(999)),
    "asked for": only_in(("licensed",), REQUEST_WITHDRAWAL),
    "asked for, and denied": only_in(("licensed",), REQUEST_WITHDRAWAL),
    "the buyer has appealed": only_in(("refused",), APPEAL),
    "the buyer has appealed, and is denied": only_in(("refused",), APPEAL),
    "each has proposed a condition of its own": only_in(
        UNDER_TERMS, *map(condition_of, MINISTRIES)
    ),
    "ndrc has proposed a condition": only_in(UNDER_TERMS, condition_of("ndrc")),
    "ndrc has proposed a condition, and consents": only_in(
        UNDER_TERMS, condition_of("ndrc"), CONSENT
    ),
    "none, and it is said so": nothing,
    "ndrc has a condition, accepted": only_in(("ndrc_conditioned",), ACCEPT),
    "a part of the balance": nothing,
    "the whole balance": nothing,
    "something was shipped": only_in(("licensed",), SHIP_SOME),
    "issued by another officer": nothing,
    "the last day": nothing,
    "the day after the last": nothing,
    "order declared, conditions accepted": only_in(("ndrc_conditioned",), ORDER, ACCEPT),
    "proposed by another officer, all confirmed": only_in(
        ("ndrc_conditioned",), ORDER, ACCEPT, PROPOSE_LICENCE
    ),
    "ndrc has asked": only_in(ASKED, ASK),
    "ndrc holds it": only_in(HELD, hold_of("ndrc", "hold")),
    "ndrc holds something": only_in(HELD, hold_of("ndrc")),
    "each holds something": only_in(HELD, *map(hold_of, BODIES)),
    "the act that entered the state is only reported": nothing,
}


def prepared(event: str, state: str, situation: str | None) -> list[Step]:
    """The events that make the situation, where the state knows the event at all."""
    if situation == "one condition, fixed":
        if event == "set_conditions":
            return only_in(("ministry_approved",), PROPOSE_CONDITION, FIX_CONDITION)(state)
        return only_in(("licensed", "suspended", "expired"), FIX_CONDITION)(state)
    return SITUATIONS[situation](state) if situation else []


def time_of(situation: str | None) -> str:
    """When the event is posted."""
    return TIMES.get(situation or "", NOW)
