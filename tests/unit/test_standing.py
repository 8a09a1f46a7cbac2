"""Standing: what is confirmed at once, what is only reported, and who may confirm it."""

import pytest

from tests.unit.acting import (
    ANONYMOUS,
    ANOTHER_BUYER,
    BUYER,
    OFFICIAL,
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
    GRANT,
    TO_IN_PRINCIPLE,
    TO_MINISTRY_APPROVED,
    TO_PROPOSED,
    VOTE_OF_MIIT,
)
from workflow.domain.application import confirmed_state, standing
from workflow.domain.principal import Principal
from workflow.machine import Engine

NDRC, MIIT, MOFCOM = officer("ndrc"), officer("miit"), officer("mofcom")
BOTH = officer("miit", "mofcom", name="both")


def confirm(case: Case, who: Principal, seq: int, grade: str = OFFICIAL) -> set[str]:
    return codes(case.post(who, "confirm", None, {"seq": seq}, grade=grade))


def test_an_officers_official_notice_confirms_at_once(case: Case) -> None:
    assert accepted(case.post(*GRANT)).record["standing"] == "confirmed"
    assert standing(case.snapshot) == "confirmed"


@pytest.mark.parametrize("grade", [STATEMENT, PRESS, ANONYMOUS])
def test_an_officer_with_less_only_reports(case: Case, grade: str) -> None:
    assert accepted(case.post(*GRANT, grade=grade)).record["standing"] == "reported"
    assert standing(case.snapshot) == "reported"


def test_a_recorder_never_confirms_whatever_it_shows(case: Case) -> None:
    record = accepted(case.post(RECORDER, "grant_in_principle", "ndrc", grade=OFFICIAL)).record
    assert record["standing"] == "reported"
    assert decisive(case.ask(RECORDER, "confirm", "ndrc", {"seq": 2})) == (
        3,
        "recorder-never-confirms",
    )


def test_a_buyer_confirms_its_own_act_by_its_own_statement(case: Case) -> None:
    carry(case, *TO_IN_PRINCIPLE)
    for grade, expected in [(OFFICIAL, "confirmed"), (STATEMENT, "confirmed"), (PRESS, "reported")]:
        record = accepted(case.ask(THE_BUYER, "declare_order", grade=grade)).record
        assert record["standing"] == expected


def test_standing_does_not_matter_for_notes_and_confirmations(case: Case) -> None:
    assert accepted(case.post(RECORDER, "note", grade=[])).record["standing"] is None
    accepted(case.post(RECORDER, "grant_in_principle", "ndrc"))
    record = accepted(case.post(NDRC, "confirm", None, {"seq": 3})).record
    assert record["standing"] is None
    assert standing(case.snapshot) == "confirmed"


def test_confirmed_state_is_the_state_after_the_longest_confirmed_beginning(case: Case) -> None:
    carry(case, GRANT)
    accepted(case.post(RECORDER, "approve", "miit", grade=PRESS))
    accepted(case.post(MOFCOM, "approve"))
    assert case.state == "ministry_approved"
    assert confirmed_state(case.snapshot) == "in_principle"
    accepted(case.post(RECORDER, "set_conditions", None, {"none": True}))
    assert confirmed_state(case.snapshot) == "in_principle"
    assert confirm(case, NDRC, 5) == set()
    assert confirmed_state(case.snapshot) == "in_principle", "the vote before is still a report"
    assert confirm(case, MIIT, 3) == set()
    assert confirmed_state(case.snapshot) == "ndrc_conditioned"
    assert standing(case.snapshot) == "confirmed"


def test_after_a_confirmation_the_next_report_bounds_the_confirmed_state(case: Case) -> None:
    accepted(case.post(RECORDER, "grant_in_principle", "ndrc"))
    accepted(case.post(RECORDER, "approve", "miit"))
    accepted(case.post(RECORDER, "approve", "mofcom"))
    assert confirmed_state(case.snapshot) == "submitted"
    confirm(case, NDRC, 2)
    assert confirmed_state(case.snapshot) == "in_principle"
    confirm(case, MIIT, 3)
    assert confirmed_state(case.snapshot) == "in_principle"
    confirm(case, MOFCOM, 4)
    assert confirmed_state(case.snapshot) == "ministry_approved"


def test_of_ten_reports_the_earliest_counts_and_not_the_first_in_text_order(case: Case) -> None:
    carry(case, *[(RECORDER, "note")] * 7)
    accepted(case.post(RECORDER, "grant_in_principle", "ndrc"))
    accepted(case.post(RECORDER, "approve", "miit"))
    accepted(case.post(RECORDER, "approve", "mofcom"))
    assert sorted(case.snapshot["unconfirmed"]) == ["10", "11", "9"]
    assert confirmed_state(case.snapshot) == "submitted"


def test_an_application_that_is_only_reported_has_no_confirmed_state(engine: Engine) -> None:
    case = Case(engine)
    accepted(case.create(RECORDER))
    carry(case, GRANT)
    assert confirmed_state(case.snapshot) is None
    assert confirm(case, THE_BUYER, 1, STATEMENT) == set()
    assert confirmed_state(case.snapshot) == "in_principle"


class TestConfirming:
    def test_only_what_is_reported_awaits_it(self, case: Case) -> None:
        carry(case, GRANT)
        accepted(case.post(RECORDER, "note"))
        for seq in (1, 2, 3, 4, 99):
            assert confirm(case, NDRC, seq) == {"nothing-to-confirm"}

    def test_once_only(self, case: Case) -> None:
        accepted(case.post(RECORDER, "grant_in_principle", "ndrc"))
        assert confirm(case, NDRC, 2) == set()
        assert confirm(case, NDRC, 2) == {"nothing-to-confirm"}

    def test_only_by_the_authority_whose_act_it_was(self, case: Case) -> None:
        accepted(case.post(RECORDER, "grant_in_principle", "ndrc"))
        for who in (MIIT, MOFCOM, officer("bis"), THE_BUYER):
            assert decisive(case.ask(who, "confirm", None, {"seq": 2})) == (3, "wrong-authority")
        assert decisive(case.ask(ANOTHER_BUYER, "confirm", None, {"seq": 2})) == (
            3,
            "not-your-application",
        )

    def test_a_report_of_nobody_by_any_authority_that_could_have_acted(self, case: Case) -> None:
        accepted(case.post(RECORDER, "grant_in_principle"))
        assert case.snapshot["unconfirmed"]["2"]["authority"] is None
        assert case.snapshot["acted"].keys() == {"buyer"}
        for who in (officer("customs"), officer("bis"), THE_BUYER):
            assert codes(case.ask(who, "confirm", None, {"seq": 2})) == {"wrong-authority"}
        for who in (MIIT, MOFCOM, NDRC):
            assert codes(case.ask(who, "confirm", None, {"seq": 2})) == set()

    def test_needs_the_grade_that_confirms_the_act(self, case: Case) -> None:
        accepted(case.post(RECORDER, "grant_in_principle", "ndrc"))
        accepted(case.post(RECORDER, "declare_order"))
        assert confirm(case, NDRC, 2, STATEMENT) == {"evidence-too-weak"}
        assert confirm(case, THE_BUYER, 3, PRESS) == {"evidence-too-weak"}
        assert confirm(case, THE_BUYER, 3, STATEMENT) == set()
        assert confirm(case, NDRC, 2, OFFICIAL) == set()

    def test_not_by_an_officer_of_the_buyers_own_organisation(self, case: Case) -> None:
        accepted(case.post(RECORDER, "grant_in_principle", "ndrc"))
        insider = officer(BUYER, "ndrc", name="insider")
        assert confirm(case, insider, 2) == {"own-organisation"}

    def test_leaves_the_record_as_it_is(self, case: Case) -> None:
        accepted(case.post(RECORDER, "grant_in_principle", "ndrc"))
        before = case.trail[1]
        confirm(case, NDRC, 2)
        assert case.trail[1] == before
        assert case.snapshot["unconfirmed"] == {}


class TestFourEyes:
    def test_no_officer_votes_for_both_ministries(self, case: Case) -> None:
        carry(case, GRANT, (BOTH, "approve", "miit"))
        refused = case.ask(BOTH, "approve", "mofcom")
        assert decisive(refused) == (6, "four-eyes")
        assert codes(case.ask(MOFCOM, "approve")) == set()

    def test_an_officer_may_vote_again_for_the_same_ministry(self, case: Case) -> None:
        carry(case, GRANT, (BOTH, "approve", "miit"), (BOTH, "approve", "miit"))
        assert case.state == "in_principle"

    def test_reports_may_come_from_one_recorder(self, case: Case) -> None:
        carry(case, GRANT, (RECORDER, "approve", "miit"), (RECORDER, "approve", "mofcom"))
        assert case.state == "ministry_approved"

    def test_their_confirmations_may_not_come_from_one_officer(self, case: Case) -> None:
        carry(case, GRANT, (RECORDER, "approve", "miit"), (RECORDER, "approve", "mofcom"))
        accepted(case.post(BOTH, "confirm", "miit", {"seq": 3}))
        assert codes(case.ask(BOTH, "confirm", "mofcom", {"seq": 4})) == {"four-eyes"}
        assert codes(case.ask(MOFCOM, "confirm", "mofcom", {"seq": 4})) == set()

    def test_a_voter_does_not_confirm_the_other_ministrys_vote(self, case: Case) -> None:
        carry(case, GRANT, (BOTH, "approve", "miit"), (RECORDER, "approve", "mofcom"))
        assert codes(case.ask(BOTH, "confirm", "mofcom", {"seq": 4})) == {"four-eyes"}

    def test_a_confirmer_does_not_cast_the_other_ministrys_vote(self, case: Case) -> None:
        carry(case, GRANT, (RECORDER, "approve", "miit"))
        accepted(case.post(BOTH, "confirm", "miit", {"seq": 3}))
        assert codes(case.ask(BOTH, "approve", "mofcom")) == {"four-eyes"}

    def test_who_only_stood_behind_an_earlier_vote_is_free(self, case: Case) -> None:
        carry(case, GRANT, (BOTH, "approve", "miit"), VOTE_OF_MIIT)
        assert codes(case.ask(BOTH, "approve", "mofcom")) == set()

    def test_confirming_a_vote_that_was_cast_anew_does_not_displace_the_voter(
        self, case: Case
    ) -> None:
        carry(case, GRANT, (RECORDER, "approve", "miit"), VOTE_OF_MIIT)
        accepted(case.post(BOTH, "confirm", "miit", {"seq": 3}))
        assert case.snapshot["persons"]["approve.miit"] == {"seq": 4, "name": MIIT.identity}

    def test_an_officer_who_voted_on_weak_evidence_stays_behind_the_vote(self, case: Case) -> None:
        carry(case, GRANT)
        accepted(case.post(MIIT, "approve", grade=PRESS))
        accepted(case.post(BOTH, "confirm", "miit", {"seq": 3}))
        assert case.snapshot["persons"]["approve.miit"]["name"] == MIIT.identity

    def test_the_proposer_does_not_issue(self, case: Case) -> None:
        carry(case, *TO_PROPOSED)
        assert decisive(case.ask(MOFCOM, "issue_licence")) == (6, "four-eyes")

    def test_who_confirmed_a_reported_proposal_does_not_issue(self, case: Case) -> None:
        carry(case, *TO_PROPOSED[:-1], (RECORDER, "propose_licence"))
        accepted(case.post(MOFCOM, "confirm", None, {"seq": case.document.version}))
        assert codes(case.ask(MOFCOM, "issue_licence")) == {"four-eyes"}
        assert codes(case.ask(officer("mofcom", name="mofcom-b"), "issue_licence")) == set()

    def test_the_proposer_does_not_confirm_a_reported_licence(self, case: Case) -> None:
        carry(case, *TO_PROPOSED, (RECORDER, "issue_licence"))
        seq = case.document.version
        assert case.state == "licensed"
        assert codes(case.ask(MOFCOM, "confirm", None, {"seq": seq})) == {"four-eyes"}
        second = officer("mofcom", name="mofcom-b")
        assert codes(case.ask(second, "confirm", None, {"seq": seq})) == set()


def test_no_licence_while_anything_is_only_reported(case: Case) -> None:
    carry(case, *TO_PROPOSED[:1], (RECORDER, "approve", "miit"), *TO_PROPOSED[2:])
    second = officer("mofcom", name="mofcom-b")
    refused = case.ask(second, "issue_licence")
    assert codes(refused) == {"not-confirmed"}
    assert told(refused).parameters == {"records": "3"}
    accepted(case.post(MIIT, "confirm", None, {"seq": 3}))
    assert codes(case.ask(second, "issue_licence")) == set()


def test_the_conditions_may_be_set_on_reports_alone(case: Case) -> None:
    reports = [("grant_in_principle", "ndrc"), ("approve", "miit"), ("approve", "mofcom")]
    carry(case, *((RECORDER, kind, body) for kind, body in reports))
    accepted(case.post(RECORDER, "set_conditions", "ndrc", {"none": True}))
    assert case.state == "ndrc_conditioned"
    assert confirmed_state(case.snapshot) == "submitted"


def test_every_step_of_a_confirmed_journey_moves_the_confirmed_state(case: Case) -> None:
    for step in TO_MINISTRY_APPROVED:
        carry(case, step)
        assert confirmed_state(case.snapshot) == case.state
