"""The rows of the conditions: from the proposal to the word of the authority that owns one."""

from typing import Any

import pytest

from tests.unit.acting import (
    PRESS,
    RECORDER,
    STATEMENT,
    THE_BUYER,
    Case,
    accepted,
    carry,
    codes,
    decisive,
    officer,
    told,
)
from tests.unit.journeys import (
    ACCEPT,
    FIX_CONDITION,
    ISSUE,
    ORDER,
    PROPOSE_CONDITION,
    PROPOSE_LICENCE,
    SET_CONDITIONS,
    TO_LICENSED,
    TO_MINISTRY_APPROVED,
    TO_NDRC_CONDITIONED,
    TO_PROPOSED,
)
from workflow.domain import conditions

NDRC, MIIT, MOFCOM = officer("ndrc"), officer("miit"), officer("mofcom")
C1 = {"condition": "c1"}


def status(case: Case, name: str = "c1") -> str:
    return case.snapshot["conditions"][name]["status"]


def proposal(kind: str, value: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {**C1, "kind": kind, "value": value, **more}


@pytest.fixture
def approved(case: Case) -> Case:
    """Both ministries have approved."""
    return carry(case, *TO_MINISTRY_APPROVED)


@pytest.fixture
def conditioned(case: Case) -> Case:
    """One condition of the NDRC, accepted, and the order declared."""
    return carry(case, *TO_NDRC_CONDITIONED, ORDER, ACCEPT)


def test_propose_condition_may_leave_the_figure_open(approved: Case) -> None:
    """As reported in January 2026: a portion of domestic chips, without a quota."""
    assert conditions.stage(approved.snapshot) == "not_defined"
    carry(approved, (NDRC, "propose_condition", None, proposal("domestic_share", {})))
    term = approved.snapshot["conditions"]["c1"]
    assert term["value"] == {"basis_points": None, "counted_by": "units"}
    assert not conditions.is_complete(term["kind"], term["value"])
    assert conditions.stage(approved.snapshot) == "open"


def test_fix_condition_gives_the_figure(approved: Case) -> None:
    carry(approved, (NDRC, "propose_condition", None, proposal("domestic_share", {})))
    carry(approved, (NDRC, "fix_condition", None, {**C1, "value": {"basis_points": 3_000}}))
    assert status(approved) == "fixed"
    assert conditions.stage(approved.snapshot) == "defined"


class TestConsent:
    def test_fix_condition_of_another_needs_its_consent(self, approved: Case) -> None:
        carry(approved, (NDRC, "propose_condition", None, proposal("unit_cap", {"units": 5})))
        change = {**C1, "value": {"units": 9}}
        assert codes(approved.ask(MIIT, "fix_condition", None, change)) == {"condition-of-another"}
        carry(approved, (NDRC, "consent"), (MIIT, "fix_condition", None, change))
        assert approved.snapshot["conditions"]["c1"]["value"] == {"units": 9}
        assert approved.snapshot["conditions"]["c1"]["authority"] == "ndrc"

    def test_consent_is_for_the_owner_to_give(self, approved: Case) -> None:
        carry(approved, PROPOSE_CONDITION)
        refused = approved.ask(MIIT, "consent")
        assert decisive(refused) == (6, "condition-of-another")
        assert told(refused).parameters == {"owner": "ndrc"}
        assert codes(approved.ask(NDRC, "consent", None, {"condition": "c9"})) == {
            "unknown-condition"
        }

    def test_consent_is_used_up_by_one_change(self, approved: Case) -> None:
        carry(approved, PROPOSE_CONDITION, (NDRC, "consent"), (MIIT, "fix_condition"))
        assert codes(approved.ask(MIIT, "fix_condition")) == {"condition-of-another"}
        carry(approved, (NDRC, "consent"), FIX_CONDITION)
        assert codes(approved.ask(MIIT, "waive_condition")) == {"condition-of-another"}

    def test_consent_is_no_word_on_whether_it_is_met(self, conditioned: Case) -> None:
        carry(conditioned, (NDRC, "consent"))
        assert codes(conditioned.ask(MIIT, "meet_condition")) == {"condition-of-another"}

    def test_consent_comes_too_late_once_it_is_settled(self, conditioned: Case) -> None:
        carry(conditioned, (NDRC, "meet_condition"))
        assert codes(conditioned.ask(NDRC, "consent")) == {"condition-settled"}


class TestWaiving:
    def test_waive_condition_frees_the_buyer_of_it(self, approved: Case) -> None:
        carry(approved, (NDRC, "propose_condition", None, proposal("unit_cap", {"units": 5})))
        carry(approved, FIX_CONDITION, SET_CONDITIONS, ORDER, ACCEPT)
        assert codes(approved.ask(*PROPOSE_LICENCE)) == {"beyond-cap"}
        carry(approved, (NDRC, "waive_condition"), PROPOSE_LICENCE, ISSUE)
        assert (status(approved), approved.state) == ("waived", "licensed")

    def test_waive_condition_is_for_the_owner_or_by_its_consent(self, approved: Case) -> None:
        carry(approved, PROPOSE_CONDITION)
        assert codes(approved.ask(MOFCOM, "waive_condition")) == {"condition-of-another"}
        carry(approved, (NDRC, "consent"), (MOFCOM, "waive_condition"))
        assert status(approved) == "waived"
        assert codes(approved.ask(NDRC, "waive_condition")) == {"condition-settled"}

    def test_waive_condition_leaves_none_to_declare_final(self, approved: Case) -> None:
        carry(approved, PROPOSE_CONDITION, (NDRC, "waive_condition"))
        assert conditions.stage(approved.snapshot) == "not_defined"
        assert codes(approved.ask(NDRC, "set_conditions")) == {"conditions-missing"}
        carry(approved, (NDRC, "set_conditions", None, {"none": True}))
        assert conditions.stage(approved.snapshot) == "none"

    def test_waive_condition_of_what_is_not_there(self, approved: Case) -> None:
        assert codes(approved.ask(NDRC, "waive_condition")) == {"unknown-condition"}


def test_set_conditions_says_explicitly_that_there_are_none(approved: Case) -> None:
    assert codes(approved.ask(NDRC, "set_conditions")) == {"conditions-missing"}
    carry(approved, (NDRC, "set_conditions", None, {"none": True}))
    assert conditions.stage(approved.snapshot) == "none"
    carry(approved, PROPOSE_CONDITION)
    assert conditions.stage(approved.snapshot) == "open"


def test_accept_conditions_takes_every_fixed_one(conditioned: Case) -> None:
    assert status(conditioned) == "accepted"
    assert codes(conditioned.ask(*ACCEPT)) == {"nothing-to-accept"}


class TestMeeting:
    def test_claim_met_is_a_claim_and_no_more(self, conditioned: Case) -> None:
        carry(conditioned, (THE_BUYER, "claim_met"))
        claimed = conditioned.document.version
        assert conditioned.snapshot["conditions"]["c1"]["claimed"] == claimed
        assert status(conditioned) == "accepted"
        carry(conditioned, (NDRC, "meet_condition"))
        assert status(conditioned) == "met"
        assert codes(conditioned.ask(THE_BUYER, "claim_met")) == {"condition-settled"}

    def test_claim_met_needs_evidence(self, conditioned: Case) -> None:
        assert codes(conditioned.ask(THE_BUYER, "claim_met", grade=[])) == {"evidence-too-weak"}
        assert codes(conditioned.ask(THE_BUYER, "claim_met", grade=STATEMENT)) == set()
        assert codes(conditioned.ask(RECORDER, "claim_met", "buyer", grade=PRESS)) == set()

    def test_claim_met_is_void_when_the_condition_is_fixed_anew(self, conditioned: Case) -> None:
        carry(conditioned, (THE_BUYER, "claim_met"), FIX_CONDITION)
        assert conditioned.snapshot["conditions"]["c1"]["claimed"] is None
        refused = conditioned.ask(THE_BUYER, "claim_met")
        assert decisive(refused) == (6, "condition-not-accepted")
        assert told(refused).parameters == {"condition": "c1", "status": "fixed"}

    def test_claim_met_of_what_is_not_there(self, conditioned: Case) -> None:
        refused = conditioned.ask(THE_BUYER, "claim_met", None, {"condition": "c9"})
        assert codes(refused) == {"unknown-condition"}

    def test_meet_condition_is_the_word_of_its_authority(self, conditioned: Case) -> None:
        assert codes(conditioned.ask(MIIT, "meet_condition")) == {"condition-of-another"}
        assert codes(conditioned.ask(NDRC, "meet_condition", grade=[])) == {"evidence-too-weak"}
        carry(conditioned, (NDRC, "meet_condition"))
        assert codes(conditioned.ask(NDRC, "meet_condition")) == {"condition-settled"}

    @pytest.mark.parametrize("way_out", ["meet_condition", "waive_condition"])
    def test_meet_condition_or_its_waiver_opens_the_way_to_the_licence(
        self, approved: Case, way_out: str
    ) -> None:
        data = proposal("reporting", {"every_days": 90}, precedent=True)
        carry(approved, (NDRC, "propose_condition", None, data), FIX_CONDITION, SET_CONDITIONS)
        carry(approved, ORDER, ACCEPT, PROPOSE_LICENCE)
        assert codes(approved.ask(*ISSUE)) == {"precedent-not-met"}
        carry(approved, (NDRC, way_out), ISSUE)
        assert approved.state == "licensed"

    def test_meet_condition_may_come_after_the_last_shipment(self, case: Case) -> None:
        carry(case, *TO_LICENSED)
        carry(
            case, (officer("customs"), "record_shipment", None, {"shipment": "s", "units": 1_000})
        )
        accepted(case.post(NDRC, "meet_condition"))
        assert (case.state, status(case)) == ("shipped", "met")


def test_propose_licence_needs_the_conditions_accepted(case: Case) -> None:
    carry(case, *TO_NDRC_CONDITIONED, ORDER)
    assert codes(case.ask(*PROPOSE_LICENCE)) == {"conditions-not-accepted"}


def test_issue_licence_needs_another_officer(case: Case) -> None:
    carry(case, *TO_PROPOSED)
    assert codes(case.ask(MOFCOM, "issue_licence")) == {"four-eyes"}
    carry(case, ISSUE)
    assert case.state == "licensed"
