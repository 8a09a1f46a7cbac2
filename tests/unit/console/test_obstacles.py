"""What stands in the way of everybody, and what is done or only entered."""

import pytest

from api.console.naming import Names
from api.console.obstacles import enters, obstacles, reports, ways
from tests.unit.acting import RECORDER, THE_BUYER, Case, carry, officer
from tests.unit.journeys import GRANT, JOURNEYS, VOTE_OF_MIIT
from workflow.domain.foresight import ANY
from workflow.domain.principal import BUYER_AUTHORITY, SYSTEM, anybody_of


def told(case: Case) -> dict[tuple[str, tuple[str, ...]], set[str]]:
    procedure, snapshot = case.engine.procedure, case.document.snapshot
    outlooks = {
        body: case.engine.outlook(case.document, anybody_of(body, snapshot["buyer"]), case.now)
        for body in (*procedure.authorities, BUYER_AUTHORITY, *SYSTEM)
    }
    found = obstacles(procedure, snapshot["state"], outlooks)
    return {(one.kind, one.bodies): {why.code for why in one.refusals} for one in found}


def test_the_rules_are_asked_for_the_body_whose_act_it_is(case: Case) -> None:
    carry(case, *JOURNEYS["ndrc_conditioned"])
    found = told(case)
    assert found["issue_licence", ("mofcom",)] >= {"conditions-not-accepted"}
    said = {code for codes in found.values() for code in codes}
    assert not said & {"wrong-authority", "role-may-not", "not-your-application"}


def test_only_the_body_that_may_not_is_named(case: Case) -> None:
    carry(case, GRANT, VOTE_OF_MIIT)
    found = told(case)
    assert [bodies for kind, bodies in found if kind == "refuse"] == [("miit",), ("ndrc",)]
    assert not any("mofcom" in bodies for _, bodies in found)


@pytest.mark.parametrize("state", ["submitted", "licensed"])
def test_nothing_is_told_of_what_only_stands_for_something(case: Case, state: str) -> None:
    carry(case, *JOURNEYS[state])
    names = Names(case.engine.procedure, "zh")
    for body in (*names.procedure.authorities, BUYER_AUTHORITY):
        who = anybody_of(body, case.document.snapshot["buyer"])
        for _, refusals in case.engine.outlook(case.document, who, case.now).refused:
            assert not any(ANY in names.refusal(one) for one in refusals)


def test_a_recorder_enters_what_others_do(case: Case) -> None:
    carry(case, GRANT)
    procedure, buyer = case.engine.procedure, case.document.snapshot["buyer"]
    for who in (RECORDER, officer("miit"), THE_BUYER):
        outlook = case.engine.outlook(case.document, who, case.now)
        mine, reported = ways(procedure, who, buyer, outlook)
        assert sorted(map(str, mine + reported)) == sorted(map(str, outlook.allowed))
        assert mine
        assert bool(reported) == (who is RECORDER)
    assert enters(procedure, RECORDER, buyer, ("refuse", "ndrc"))
    assert not enters(procedure, RECORDER, buyer, ("note", None))


def test_what_leads_on_comes_first_and_the_rest_by_whose_act_it_is(case: Case) -> None:
    carry(case, GRANT, VOTE_OF_MIIT)
    procedure, snapshot = case.engine.procedure, case.document.snapshot
    outlook = case.engine.outlook(case.document, RECORDER, case.now)
    _, reported = ways(procedure, RECORDER, snapshot["buyer"], outlook)
    found = reports(procedure, snapshot["state"], ["mofcom"], reported)
    assert {kind for kind, _ in found.next} == {"approve"}
    assert next(iter(found.others)) == "mofcom"
    assert all(one[1] == body for body, some in found.others.items() for one in some)
    again = [*found.next, *(one for some in found.others.values() for one in some)]
    assert sorted(map(str, again)) == sorted(map(str, reported))
    assert not reports(procedure, snapshot["state"], [], [])
