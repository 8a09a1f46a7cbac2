"""The rows of what the buyer may only ask for: withdrawal, another quantity, an appeal."""

import pytest

from tests.unit.acting import (
    RECORDER,
    THE_BUYER,
    Case,
    carry,
    codes,
    decisive,
    officer,
    told,
)
from tests.unit.journeys import (
    GRANT,
    ORDER,
    PROPOSE_LICENCE,
    TO_IN_PRINCIPLE,
    TO_LICENSED,
    TO_MINISTRY_APPROVED,
    TO_PROPOSED,
    VOTE_OF_MIIT,
    VOTE_OF_MOFCOM,
)
from workflow.domain import ledger
from workflow.domain.predicates import waiting_on

MIIT, MOFCOM, NDRC = officer("miit"), officer("mofcom"), officer("ndrc")
MORE = (THE_BUYER, "amend", None, {"units": 2_000})
LESS = (THE_BUYER, "amend", None, {"units": 10})
YES, NO = {"accept": True}, {"accept": False}


def awaited(case: Case) -> list[str]:
    return waiting_on(case.engine.procedure, case.snapshot)


@pytest.fixture
def ordered(case: Case) -> Case:
    """Cleared in principle, the order declared, MIIT's vote cast."""
    return carry(case, *TO_IN_PRINCIPLE, ORDER, VOTE_OF_MIIT)


class TestWithdrawal:
    @pytest.fixture
    def licensed(self, case: Case) -> Case:
        """A licence for 1,000 units, of which 400 are shipped."""
        return carry(case, *TO_LICENSED, (officer("customs"), "record_shipment"))

    def test_request_withdrawal_waits_for_mofcom(self, licensed: Case) -> None:
        assert awaited(licensed) == ["customs"]
        carry(licensed, (THE_BUYER, "request_withdrawal"))
        assert (licensed.state, awaited(licensed)) == ("licensed", ["mofcom", "customs"])
        assert codes(licensed.ask(THE_BUYER, "request_withdrawal")) == {"request-pending"}

    def test_answer_withdrawal_grants_it_and_takes_the_rest_back(self, licensed: Case) -> None:
        assert codes(licensed.ask(MOFCOM, "answer_withdrawal")) == {"no-request"}
        carry(licensed, (THE_BUYER, "request_withdrawal"), (MOFCOM, "answer_withdrawal"))
        assert licensed.state == "withdrawn"
        assert ledger.drawn(licensed.snapshot) == 400
        assert licensed.snapshot["requests"]["withdrawal"]["answer"] == "granted"

    def test_answer_withdrawal_may_be_a_no_and_the_request_made_again(self, licensed: Case) -> None:
        carry(licensed, (THE_BUYER, "request_withdrawal"))
        carry(licensed, (MOFCOM, "answer_withdrawal", None, NO))
        assert (licensed.state, awaited(licensed)) == ("licensed", ["customs"])
        assert ledger.drawn(licensed.snapshot) == 1_000
        carry(licensed, (THE_BUYER, "request_withdrawal"), (MOFCOM, "answer_withdrawal"))
        assert licensed.state == "withdrawn"


class TestAmendment:
    def test_amend_changes_nothing_until_it_is_answered(self, ordered: Case) -> None:
        carry(ordered, MORE)
        assert ordered.snapshot["order"] == {"units": 1_000, "agent": "Example Trading"}
        assert ordered.snapshot["requests"]["amendment"]["units"] == 2_000
        assert codes(ordered.ask(*LESS)) == {"request-pending"}

    def test_amend_needs_an_order(self, case: Case) -> None:
        carry(case, GRANT)
        assert codes(case.ask(*MORE)) == {"order-not-declared"}

    def test_answer_amendment_upward_opens_the_votes_again(self, ordered: Case) -> None:
        carry(ordered, MORE, (MOFCOM, "answer_amendment"))
        assert ordered.snapshot["order"] == {"units": 2_000, "agent": "Example Trading"}
        assert ordered.snapshot["votes"] == {"approve": {}}
        assert (ordered.state, awaited(ordered)) == ("in_principle", ["miit", "mofcom"])
        carry(ordered, VOTE_OF_MOFCOM, VOTE_OF_MIIT)
        assert ordered.state == "ministry_approved"

    def test_answer_amendment_upward_forgets_who_voted(self, ordered: Case) -> None:
        both = officer("miit", "mofcom", name="miit-a")
        carry(ordered, MORE, (MOFCOM, "answer_amendment"))
        assert codes(ordered.ask(both, "approve", "mofcom")) == set()

    def test_answer_amendment_downward_leaves_the_votes(self, ordered: Case) -> None:
        carry(ordered, LESS, (MOFCOM, "answer_amendment"))
        assert ordered.snapshot["order"] == {"units": 10, "agent": "Example Trading"}
        assert ordered.snapshot["votes"]["approve"].keys() == {"miit"}

    def test_answer_amendment_may_be_a_no(self, ordered: Case) -> None:
        carry(ordered, MORE, (MOFCOM, "answer_amendment", None, NO))
        assert ordered.snapshot["order"] == {"units": 1_000, "agent": "Example Trading"}
        assert ordered.snapshot["votes"]["approve"].keys() == {"miit"}
        assert codes(ordered.ask(MOFCOM, "answer_amendment")) == {"no-request"}

    def test_answer_amendment_is_for_whose_turn_it_is(self, ordered: Case) -> None:
        carry(ordered, MORE)
        assert codes(ordered.ask(MIIT, "answer_amendment")) == {"not-its-turn"}

    def test_answer_amendment_upward_leads_back_to_the_votes(self, case: Case) -> None:
        carry(case, *TO_MINISTRY_APPROVED, ORDER, MORE, (NDRC, "answer_amendment"))
        assert (case.state, awaited(case)) == ("in_principle", ["miit", "mofcom"])

    @pytest.mark.parametrize(
        ("asked", "state"), [(MORE, "in_principle"), (LESS, "ndrc_conditioned")]
    )
    def test_answer_amendment_voids_what_was_proposed(
        self, case: Case, asked: tuple[object, ...], state: str
    ) -> None:
        carry(case, *TO_PROPOSED, asked, (MOFCOM, "answer_amendment"))
        assert (case.state, case.snapshot["proposal"]) == (state, None)
        refused = codes(case.ask(*PROPOSE_LICENCE))
        assert refused == {"transition-not-allowed" if asked is MORE else "beyond-order"}


class TestAppeal:
    @pytest.fixture
    def refused(self, ordered: Case) -> Case:
        """Refused by MOFCOM, after MIIT had voted."""
        return carry(ordered, (MOFCOM, "refuse"))

    def test_appeal_waits_for_the_authority_that_refused(self, refused: Case) -> None:
        assert awaited(refused) == []
        assert codes(refused.ask(THE_BUYER, "appeal", reason=None)) == {"reason-required"}
        carry(refused, (THE_BUYER, "appeal"))
        assert (refused.state, awaited(refused)) == ("refused", ["mofcom"])
        assert codes(refused.ask(THE_BUYER, "appeal")) == {"request-pending"}

    @pytest.mark.parametrize(
        ("at", "found"),
        [
            ("2026-04-03T15:59:59.999Z", set()),  # 3 April 23:59 in Shanghai
            ("2026-04-03T16:00:00.000Z", {"too-late"}),  # 4 April 00:00
        ],
    )
    def test_appeal_is_possible_for_sixty_days(
        self, refused: Case, at: str, found: set[str]
    ) -> None:
        """Refused on 2 February 2026, so that the sixtieth day after it is 3 April."""
        refused.now = at
        answer = refused.ask(THE_BUYER, "appeal")
        assert codes(answer) == found
        if found:
            assert decisive(answer) == (6, "too-late")
            assert told(answer).parameters == {"last": "2026-04-03"}

    def test_answer_appeal_is_for_the_authority_that_refused(self, refused: Case) -> None:
        assert codes(refused.ask(MOFCOM, "answer_appeal")) == {"no-request"}
        carry(refused, (THE_BUYER, "appeal"))
        answer = refused.ask(MIIT, "answer_appeal")
        assert decisive(answer) == (6, "decision-of-another")
        assert told(answer).parameters == {"owner": "mofcom"}
        assert codes(refused.ask(RECORDER, "answer_appeal", "mofcom")) == set()

    def test_answer_appeal_granted_leads_back_and_opens_the_votes(self, refused: Case) -> None:
        carry(refused, (THE_BUYER, "appeal"), (MOFCOM, "answer_appeal", None, YES))
        assert (refused.state, refused.snapshot["votes"]) == ("in_principle", {"approve": {}})
        carry(refused, VOTE_OF_MIIT, VOTE_OF_MOFCOM)
        assert refused.state == "ministry_approved"

    def test_answer_appeal_denied_leaves_the_refusal(self, refused: Case) -> None:
        carry(refused, (THE_BUYER, "appeal"), (MOFCOM, "answer_appeal", None, NO))
        assert (refused.state, awaited(refused)) == ("refused", [])
        assert refused.snapshot["requests"]["appeal"]["answer"] == "denied"
