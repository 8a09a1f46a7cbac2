"""Evidence: the order of grades, what an event takes, and what a buyer's own word is worth."""

from itertools import combinations

import pytest

from tests.unit.acting import (
    ANONYMOUS,
    OFFICIAL,
    PRESS,
    RECORDER,
    STATEMENT,
    THE_BUYER,
    Case,
    accepted,
    codes,
    evidence,
    officer,
)
from tests.unit.journeys import JOURNEYS, TO_PROPOSED
from workflow.domain.evidence import RANK, reaches, strength
from workflow.domain.principal import Role
from workflow.machine import Engine

STRONGEST_FIRST = [OFFICIAL, STATEMENT, PRESS, ANONYMOUS]


def test_the_order_of_grades() -> None:
    assert sorted(RANK, key=lambda grade: -RANK[grade]) == STRONGEST_FIRST


@pytest.mark.parametrize("threshold", STRONGEST_FIRST)
@pytest.mark.parametrize("grade", STRONGEST_FIRST)
def test_a_grade_reaches_itself_and_all_that_are_weaker(grade: str, threshold: str) -> None:
    enough = STRONGEST_FIRST.index(grade) <= STRONGEST_FIRST.index(threshold)
    assert reaches(evidence(grade), Role.RECORDER, threshold) is enough


def test_the_best_piece_counts() -> None:
    for one, other in combinations(STRONGEST_FIRST, 2):
        assert strength(evidence(other, one), Role.OFFICER) == RANK[one]


def test_no_evidence_reaches_only_no_threshold() -> None:
    assert reaches((), Role.RECORDER, None)
    assert not reaches((), Role.RECORDER, ANONYMOUS)


def test_a_buyers_evidence_is_a_companys_statement_at_best() -> None:
    assert not reaches(evidence(OFFICIAL), Role.BUYER, OFFICIAL)
    assert reaches(evidence(OFFICIAL), Role.BUYER, STATEMENT)
    assert not reaches(evidence(PRESS), Role.BUYER, STATEMENT)
    for role in Role:
        assert reaches(evidence(OFFICIAL), role, OFFICIAL) is (role is not Role.BUYER)


@pytest.mark.parametrize(
    ("kind", "state", "authority", "least"),
    [
        ("grant_in_principle", "submitted", "ndrc", ANONYMOUS),
        ("approve", "in_principle", "miit", ANONYMOUS),
        ("clear_export", "submitted", "bis", PRESS),
        ("record_shipment", "licensed", "customs", PRESS),
        ("claim_allocation", "submitted", "buyer", None),
        ("note", "submitted", "bis", None),
    ],
)
def test_less_than_an_event_takes_is_too_weak(
    engine: Engine, kind: str, state: str, authority: str, least: str | None
) -> None:
    case = Case(engine)
    accepted(case.create())
    for step in JOURNEYS[state]:
        accepted(case.post(*step))
    enough = (
        STRONGEST_FIRST[: STRONGEST_FIRST.index(least) + 1] if least else [*STRONGEST_FIRST, ""]
    )
    for grade in [*STRONGEST_FIRST, ""]:
        given = [grade] if grade else []
        found = codes(case.ask(RECORDER, kind, authority, grade=given))
        assert found == (set() if grade in enough else {"evidence-too-weak"})


def test_a_licence_is_not_issued_on_an_anonymous_source(engine: Engine) -> None:
    case = Case(engine)
    accepted(case.create())
    for step in TO_PROPOSED:
        accepted(case.post(*step))
    second = officer("mofcom", name="mofcom-b")
    refused = case.ask(second, "issue_licence", grade=ANONYMOUS)
    assert codes(refused) == {"evidence-too-weak"}
    assert accepted(case.ask(second, "issue_licence", grade=PRESS)).record["standing"] == "reported"


def test_a_creation_needs_no_evidence_but_is_then_only_reported(engine: Engine) -> None:
    case = Case(engine)
    assert accepted(case.create(THE_BUYER, [])).record["standing"] == "reported"


def test_the_record_keeps_the_evidence_as_given(case: Case) -> None:
    given = [PRESS, OFFICIAL]
    record = accepted(case.post(officer("ndrc"), "grant_in_principle", grade=given)).record
    assert record["evidence"] == list(evidence(*given))
