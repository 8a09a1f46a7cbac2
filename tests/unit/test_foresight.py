"""What holds whatever the data is told before anybody posts; what the data decides is left open."""

from typing import Any

import pytest

from tests.unit.acting import (
    BUYER,
    PRESS,
    RECORDER,
    THE_BUYER,
    Case,
    accepted,
    carry,
    officer,
)
from tests.unit.journeys import (
    ACCEPT,
    ISSUE,
    JOURNEYS,
    ORDER,
    PROPOSE_CONDITION,
    SHIP_ALL,
    TO_LICENSED,
    TO_NDRC_CONDITIONED,
    TO_PROPOSED,
    Step,
)
from workflow.domain.application import QUERIES_KEPT
from workflow.domain.principal import Principal
from workflow.domain.refusals import Refusal

MIIT, MOFCOM, NDRC, CUSTOMS, BIS = map(officer, ("miit", "mofcom", "ndrc", "customs", "bis"))
SECOND = officer("mofcom", name="mofcom-b")
APPROVED = JOURNEYS["ministry_approved"]
AFTER = "2027-01-01T00:00:00.000Z"
"""When the licence of every other test is over."""

ASK: Step = (NDRC, "request_information")
TELL: Step = (THE_BUYER, "provide_information")
HOLD: Step = (NDRC, "hold", None, {"hold": "h1", "blocks": ["approve"]})
AGAIN: Step = (NDRC, "hold", None, {"hold": "h2", "blocks": ["approve"]})
RELEASE: Step = (NDRC, "release")
SHIP: Step = (CUSTOMS, "record_shipment")
REVERSE: Step = (CUSTOMS, "reverse_shipment")
WAIVE: Step = (NDRC, "waive_condition")
CONSENT: Step = (NDRC, "consent")
EXTEND: Step = (NDRC, "extend_deadline")
FIX_SHARE: Step = (MOFCOM, "fix_allocation")
ONCE: Step = (
    *(MOFCOM, "propose_licence", None),
    {"units": 1_000, "valid_from": "2026-01-01", "valid_until": "2026-12-31", "max_uses": 1},
)
OF_MIIT: Step = (MIIT, "propose_condition", None, {"condition": "m1", "kind": "unit_cap"})


def told(case: Case, who: Principal, kind: str, **pools: dict[str, Any]) -> dict[str, Refusal]:
    """The reasons against an event by their codes; none where it is possible."""
    outlook = case.engine.outlook(case.document, who, case.now, None, pools)
    refusals = dict(outlook.refused).get(kind, ())
    assert (kind in {one for one, _ in outlook.allowed}) == (not refusals)
    return {refusal.code: refusal for refusal in refusals}


ROWS: list[tuple[list[Step], Principal, str, set[str]]] = [
    # the conditions
    ([*APPROVED, PROPOSE_CONDITION], NDRC, "set_conditions", {"conditions-not-fixed"}),
    (APPROVED, NDRC, "set_conditions", set()),
    (APPROVED, NDRC, "fix_condition", {"unknown-condition"}),
    ([*APPROVED, OF_MIIT], NDRC, "fix_condition", {"condition-of-another"}),
    ([*APPROVED, OF_MIIT], MIIT, "fix_condition", set()),
    ([*APPROVED, PROPOSE_CONDITION, CONSENT], MIIT, "fix_condition", set()),
    ([*APPROVED, PROPOSE_CONDITION, WAIVE], NDRC, "fix_condition", {"condition-settled"}),
    ([*APPROVED, PROPOSE_CONDITION, WAIVE], NDRC, "waive_condition", {"condition-settled"}),
    ([*APPROVED, PROPOSE_CONDITION, WAIVE], NDRC, "consent", {"condition-settled"}),
    (
        [*APPROVED, PROPOSE_CONDITION, WAIVE, OF_MIIT],  # one is settled, one another's
        NDRC,
        "waive_condition",
        {"condition-settled", "condition-of-another"},
    ),
    (TO_NDRC_CONDITIONED, NDRC, "meet_condition", {"condition-not-accepted"}),
    (TO_NDRC_CONDITIONED, THE_BUYER, "claim_met", {"condition-not-accepted"}),
    ([*TO_NDRC_CONDITIONED, ACCEPT], NDRC, "meet_condition", set()),
    ([*TO_NDRC_CONDITIONED, ACCEPT], THE_BUYER, "claim_met", set()),
    ([*TO_NDRC_CONDITIONED, ACCEPT], MIIT, "meet_condition", {"condition-of-another"}),
    # the licence
    (TO_NDRC_CONDITIONED, MOFCOM, "propose_licence", {"order-not-declared"}),
    ([*TO_NDRC_CONDITIONED, ORDER, ACCEPT], MOFCOM, "propose_licence", set()),
    (TO_LICENSED, CUSTOMS, "record_shipment", set()),
    ([*TO_PROPOSED, ONCE, ISSUE, SHIP], CUSTOMS, "record_shipment", {"uses-exhausted"}),
    ([*TO_PROPOSED, ONCE, ISSUE, SHIP, REVERSE], CUSTOMS, "record_shipment", set()),
    (TO_LICENSED, CUSTOMS, "reverse_shipment", {"unknown-shipment"}),
    ([*TO_LICENSED, SHIP, REVERSE], CUSTOMS, "reverse_shipment", {"shipment-reversed"}),
    ([*TO_LICENSED, SHIP_ALL], CUSTOMS, "reverse_shipment", set()),
    # what interrupts the course
    ([], THE_BUYER, "provide_information", {"unknown-query"}),
    ([ASK], THE_BUYER, "provide_information", set()),
    ([ASK, TELL], THE_BUYER, "provide_information", {"query-answered"}),
    ([], NDRC, "release", {"unknown-hold"}),
    ([HOLD], NDRC, "release", set()),
    ([HOLD], MIIT, "release", {"hold-of-another"}),
    ([HOLD, RELEASE], NDRC, "release", {"hold-released"}),
    ([HOLD, RELEASE, AGAIN], NDRC, "release", set()),
    ([], NDRC, "extend_deadline", set()),
    ([EXTEND], NDRC, "extend_deadline", {"deadline-extended"}),
    (TO_NDRC_CONDITIONED, MOFCOM, "extend_deadline", {"extension-too-long"}),
    # the rest
    ([], THE_BUYER, "confirm", {"nothing-to-confirm"}),
    ([], THE_BUYER, "correct", {"not-correctable", "nothing-to-correct"}),
    ([ASK], THE_BUYER, "correct", set()),
    ([], THE_BUYER, "claim_allocation", set()),
    ([FIX_SHARE], THE_BUYER, "claim_allocation", {"allocation-fixed"}),
    ([FIX_SHARE], MOFCOM, "fix_allocation", set()),
]


@pytest.mark.parametrize(("steps", "who", "kind", "codes"), ROWS)
def test_what_holds_for_any_data_is_told(
    case: Case, steps: list[Step], who: Principal, kind: str, codes: set[str]
) -> None:
    found = told(carry(case, *steps), who, kind)
    assert (codes <= found.keys()) if codes else not found
    for refusal in found.values():
        assert all(refusal.detail)


def test_beyond_a_fixed_answer_every_way_out_is_told(case: Case) -> None:
    carry(case, *APPROVED, PROPOSE_CONDITION)
    found = told(case, NDRC, "set_conditions")
    assert found.keys() == {"conditions-not-fixed", "conditions-exist"}


def test_a_licence_that_is_over_takes_no_shipment(case: Case) -> None:
    carry(case, *TO_LICENSED)
    case.now = AFTER
    assert told(case, CUSTOMS, "record_shipment").keys() == {"outside-validity"}


def test_where_nothing_is_left_no_shipment_is_possible(case: Case) -> None:
    carry(case, *TO_LICENSED)
    licence = case.snapshot["licence"]
    assert licence is not None
    spent = {**case.document.snapshot, "licence": {**licence, "balance": 0}}
    case.document = case.document._replace(snapshot=spent)
    assert told(case, CUSTOMS, "record_shipment").keys() == {"beyond-balance"}


def test_that_there_is_no_more_room_is_told(case: Case) -> None:
    for number in range(QUERIES_KEPT):
        assert not told(case, NDRC, "request_information")
        question = {"query": f"q{number}", "question": "Who?"}
        accepted(case.post(NDRC, "request_information", None, question))
    assert told(case, NDRC, "request_information").keys() == {"limit-reached"}


def pool(drawn: int, units: int = 2_000) -> dict[str, Any]:
    claim = {"units": units, "bound": "exactly", "buyers": [BUYER], "superseded_by": None}
    return {"claims": {"k1": claim}, "drawn": drawn, "reserved": 0, "reservations": {}}


def pooled(case: Case, *steps: Step) -> Case:
    accepted(case.create(pool="joint-1"))
    return carry(case, *steps)


@pytest.fixture
def alone(case: Case) -> Case:
    """A case that is yet to begin."""
    return Case(case.engine)


def test_a_pool_with_too_little_left_stands_in_the_way_of_the_licence(alone: Case) -> None:
    pooled(alone, *TO_PROPOSED)
    assert not told(alone, SECOND, "issue_licence", **{"joint-1": pool(1_000)})
    short = told(alone, SECOND, "issue_licence", **{"joint-1": pool(1_001)})
    assert short["beyond-pool"].parameters == {"pool": "joint-1", "free": 999, "units": 1_000}
    assert not told(alone, SECOND, "issue_licence", **{"joint-1": pool(1_001, 0)})


def test_so_of_a_licence_that_has_lapsed_and_is_issued_again(alone: Case) -> None:
    pooled(alone, *JOURNEYS["expired"])
    assert not told(alone, MOFCOM, "reissue_licence", **{"joint-1": pool(0)})
    found = told(alone, MOFCOM, "reissue_licence", **{"joint-1": pool(1_500)})
    assert found.keys() == {"beyond-pool"}


def test_evidence_is_taken_to_be_the_best(case: Case) -> None:
    accepted(case.post(RECORDER, "grant_in_principle", "ndrc", grade=PRESS))
    assert not told(case, NDRC, "confirm")
    assert told(case, BIS, "confirm").keys() == {"wrong-authority"}


def test_fixing_is_told_by_what_would_be_complete(case: Case) -> None:
    share = {"condition": "d1", "kind": "domestic_share", "value": {}}
    carry(case, *APPROVED, (NDRC, "propose_condition", None, share))
    assert not told(case, NDRC, "fix_condition")
    accepted(
        case.post(NDRC, "fix_condition", None, {"condition": "d1", "value": {"basis_points": 1}})
    )
