"""Joint approval: both ministries, in any order, one vote each."""

from itertools import permutations

import pytest

from tests.unit.acting import RECORDER, Case, accepted, carry, codes, officer, told
from tests.unit.journeys import GRANT, VOTE_OF_MIIT, VOTE_OF_MOFCOM
from workflow.domain.predicates import waiting_on


@pytest.mark.parametrize("order", list(permutations(["miit", "mofcom"])))
def test_the_last_of_the_two_moves_the_state(case: Case, order: tuple[str, str]) -> None:
    carry(case, GRANT)
    first = accepted(case.post(officer(order[0]), "approve")).record
    assert (first["from"], first["to"]) == ("in_principle", "in_principle")
    assert waiting_on(case.engine.procedure, case.snapshot) == [order[1]]
    last = accepted(case.post(officer(order[1]), "approve")).record
    assert (last["from"], last["to"]) == ("in_principle", "ministry_approved")
    assert case.snapshot["entered_seq"] == last["seq"]


@pytest.mark.parametrize("votes", [2, 3, 5])
def test_however_often_one_ministry_votes_it_has_one_vote(case: Case, votes: int) -> None:
    carry(case, GRANT, *[VOTE_OF_MIIT] * votes)
    assert case.state == "in_principle"
    assert case.snapshot["votes"]["approve"].keys() == {"miit"}
    assert case.snapshot["votes"]["approve"]["miit"]["seq"] == case.document.version
    assert sum(one.record["type"] == "approve" for one in case.decisions) == votes, "all are kept"
    carry(case, VOTE_OF_MOFCOM)
    assert case.state == "ministry_approved"


def test_a_vote_says_since_when(case: Case) -> None:
    carry(case, GRANT)
    at = "2026-02-02T04:00:30.000Z"
    accepted(case.post(officer("miit"), "approve", at=at, authority="miit"))
    assert case.snapshot["votes"]["approve"] == {"miit": {"seq": 3, "effective_at": at}}


def test_reports_make_a_quorum_too(case: Case) -> None:
    carry(case, GRANT, (RECORDER, "approve", "mofcom"), (RECORDER, "approve", "miit"))
    assert case.state == "ministry_approved"


def test_who_has_voted_is_no_longer_waited_for(case: Case) -> None:
    carry(case, GRANT, VOTE_OF_MIIT)
    refused = case.ask(officer("miit"), "refuse")
    assert codes(refused) == {"not-its-turn"}
    assert told(refused).parameters == {"authority": "miit", "waiting_on": "mofcom"}
    assert codes(case.ask(officer("mofcom"), "refuse")) == set()


def test_a_quorum_stands_from_the_latest_of_its_votes_on(case: Case) -> None:
    """Whichever was posted last: MOFCOM's earlier vote may become known after MIIT's."""
    carry(case, GRANT)
    accepted(case.post(officer("miit"), "approve", at="2026-02-02T04:00:20.000Z"))
    accepted(case.post(officer("mofcom"), "approve", at="2026-02-02T04:00:10.000Z"))
    assert case.state == "ministry_approved"
    assert case.snapshot["entered_at"] == "2026-02-02T04:00:20.000Z"


def test_namesakes_of_two_ministries_are_two_persons(case: Case) -> None:
    carry(case, GRANT)
    accepted(case.post(officer("miit", name="wang"), "approve"))
    accepted(case.post(officer("mofcom", name="wang"), "approve"))
    assert case.state == "ministry_approved"
