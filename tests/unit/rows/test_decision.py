"""The rows of the decision: clearance, order, votes, recusal, refusal, return, withdrawal."""

import pytest

from tests.unit.acting import (
    RECORDER,
    THE_BUYER,
    Case,
    accepted,
    carry,
    codes,
    decisive,
    officer,
    told,
)
from tests.unit.journeys import GRANT, ORDER, TO_PROPOSED, VOTE_OF_MIIT, VOTE_OF_MOFCOM
from workflow.domain.record import Decision
from workflow.domain.refusals import Refused

MIIT, MOFCOM, NDRC = officer("miit"), officer("mofcom"), officer("ndrc")
DEPUTY = officer("miit", name="deputy")


@pytest.fixture
def cleared(case: Case) -> Case:
    """Cleared in principle."""
    return carry(case, GRANT)


@pytest.mark.parametrize("body", ["miit", "mofcom", "ndrc"])
def test_grant_in_principle_is_possible_for_each_of_three(case: Case, body: str) -> None:
    carry(case, (officer(body), "grant_in_principle"))
    assert (case.state, case.snapshot["entered_by"]) == ("in_principle", body)


def test_declare_order_may_be_restated_until_a_licence_is_proposed(case: Case) -> None:
    carry(case, *TO_PROPOSED[:-1], ORDER)
    assert codes(case.ask(*ORDER)) == set()
    carry(case, TO_PROPOSED[-1])
    assert codes(case.ask(*ORDER)) == {"licence-already-proposed"}


def test_approve_leads_on_with_the_last_of_the_two(cleared: Case) -> None:
    carry(cleared, VOTE_OF_MOFCOM)
    assert cleared.state == "in_principle"
    carry(cleared, VOTE_OF_MIIT)
    assert cleared.state == "ministry_approved"


def test_recuse_hands_the_vote_to_the_deputy_alone(cleared: Case) -> None:
    carry(cleared, (MIIT, "recuse"))
    refused = cleared.ask(*VOTE_OF_MIIT)
    assert decisive(refused) == (6, "deputy-votes")
    assert told(refused).parameters == {"authority": "miit", "deputy": "deputy"}
    assert codes(cleared.ask(*VOTE_OF_MOFCOM)) == set()
    carry(cleared, (DEPUTY, "approve"), VOTE_OF_MOFCOM)
    assert cleared.state == "ministry_approved"


def test_recuse_takes_back_a_vote_that_was_cast(cleared: Case) -> None:
    carry(cleared, VOTE_OF_MIIT, (MIIT, "recuse"))
    assert cleared.snapshot["votes"] == {"approve": {}}
    carry(cleared, VOTE_OF_MOFCOM)
    assert cleared.state == "in_principle"
    carry(cleared, (DEPUTY, "approve"))
    assert cleared.state == "ministry_approved"


def test_recuse_frees_who_voted_for_another_authority(cleared: Case) -> None:
    """Who took the vote back is not held to have voted."""
    both = officer("miit", "mofcom", name="both")
    carry(cleared, (both, "approve", "miit"))
    assert codes(cleared.ask(both, "approve", "mofcom")) == {"four-eyes"}
    carry(cleared, (both, "recuse", "miit"))
    assert codes(cleared.ask(both, "approve", "mofcom")) == set()


def test_recuse_names_somebody_else(cleared: Case) -> None:
    refused = cleared.ask(MIIT, "recuse", None, {"deputy": MIIT.name})
    assert codes(refused) == {"deputy-is-oneself"}
    assert codes(cleared.ask(RECORDER, "recuse", "miit", {"deputy": MIIT.name})) == set()


def test_recuse_leaves_the_confirmation_of_a_reported_vote_to_the_deputy(cleared: Case) -> None:
    carry(cleared, (MIIT, "recuse"), (RECORDER, "approve", "miit"))
    vote = {"seq": cleared.document.version}
    assert codes(cleared.ask(MIIT, "confirm", None, vote)) == {"deputy-votes"}
    assert codes(cleared.ask(DEPUTY, "confirm", None, vote)) == set()


@pytest.mark.parametrize(("kind", "state"), [("refuse", "refused"), ("return", "returned")])
def test_refuse_as_return_is_for_whose_turn_it_is(cleared: Case, kind: str, state: str) -> None:
    assert codes(cleared.ask(NDRC, kind)) == {"not-its-turn"}
    assert codes(cleared.ask(MIIT, kind, reason=None)) == {"reason-required"}
    carry(cleared, (MIIT, kind))
    assert (cleared.state, cleared.snapshot["entered_by"]) == (state, "miit")


def test_return_is_the_end(case: Case) -> None:
    carry(case, (MIIT, "return"))
    assert codes(case.ask(THE_BUYER, "appeal")) == {"transition-not-allowed"}


def test_withdraw_is_possible_until_the_licence(case: Case) -> None:
    carry(case, *TO_PROPOSED)
    accepted(case.post(THE_BUYER, "withdraw"))
    assert case.state == "withdrawn"


class TestExtendDeadline:
    def test_extend_deadline_is_possible_once(self, cleared: Case) -> None:
        carry(cleared, (MIIT, "extend_deadline"))
        extension = cleared.snapshot["extensions"]["joint_decision"]
        assert (extension["working_days"], extension["seq"]) == (10, 3)
        refused = cleared.ask(MOFCOM, "extend_deadline", None, {"working_days": 1})
        assert codes(refused) == {"deadline-extended"}

    def test_extend_deadline_stays_within_what_the_law_allows(self, cleared: Case) -> None:
        assert codes(self.by(cleared, 15)) == set()
        refused = self.by(cleared, 16)
        assert decisive(refused) == (6, "extension-too-long")
        assert told(refused).parameters == {"working_days": 15}

    def test_extend_deadline_is_for_whose_turn_it_is_with_reasons(self, cleared: Case) -> None:
        assert codes(cleared.ask(NDRC, "extend_deadline")) == {"not-its-turn"}
        assert codes(cleared.ask(MIIT, "extend_deadline", reason=None)) == {"reason-required"}

    def test_extend_deadline_counts_for_one_deadline_at_a_time(self, case: Case) -> None:
        carry(case, (NDRC, "extend_deadline"), GRANT, (MIIT, "extend_deadline"))
        assert case.snapshot["extensions"].keys() == {"decision", "joint_decision"}

    def by(self, case: Case, days: int) -> Decision | Refused:
        return case.ask(MIIT, "extend_deadline", None, {"working_days": days})
