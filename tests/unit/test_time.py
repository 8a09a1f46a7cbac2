"""When an act was learned and when it took effect."""

from datetime import timedelta

import pytest

from tests.unit.acting import (
    NOW,
    RECORDER,
    THE_BUYER,
    Case,
    accepted,
    codes,
    decisive,
    officer,
    told,
)
from tests.unit.journeys import GRANT
from workflow.domain import clock
from workflow.machine import Engine

NDRC = officer("ndrc")


def shifted(**by: float) -> str:
    return clock.later(NOW, timedelta(**by))


@pytest.mark.parametrize(
    ("ahead", "fine"), [(0, True), (1, True), (59_999, True), (60_000, True), (60_001, False)]
)
def test_an_act_takes_effect_at_most_a_minute_ahead(case: Case, ahead: int, fine: bool) -> None:
    answer = case.ask(*GRANT, at=shifted(milliseconds=ahead))
    assert decisive(answer) == (None if fine else (1, "effective-in-future"))


@pytest.mark.parametrize(("ahead", "fine"), [(60_000, True), (60_001, False)])
def test_so_does_a_creation(engine: Engine, ahead: int, fine: bool) -> None:
    answer = Case(engine).create(at=shifted(milliseconds=ahead))
    assert decisive(answer) == (None if fine else (1, "effective-in-future"))


def test_the_future_is_told_before_who_may_not(case: Case, engine: Engine) -> None:
    """422 comes before 403 and 409 in the order of checks."""
    ahead = shifted(days=1)
    assert decisive(case.ask(officer("bis"), "approve", at=ahead)) == (1, "effective-in-future")
    assert decisive(case.ask(officer("miit"), "approve", at=ahead)) == (1, "effective-in-future")
    assert decisive(Case(engine).create(officer("miit"), at=ahead)) == (1, "effective-in-future")
    unregistered = Case(engine).create(officer("miit"), pool="joint-9")
    assert decisive(unregistered) == (1, "pool-not-registered")


def test_an_act_does_not_precede_the_state_it_happens_in(engine: Engine) -> None:
    case = Case(engine)
    accepted(case.create(at=shifted(days=-10)))
    assert decisive(case.ask(*GRANT, at=shifted(days=-10, milliseconds=-1))) == (
        6,
        "effective-before-state",
    )
    accepted(case.post(*GRANT, at=shifted(days=-5)))
    assert case.snapshot["entered_at"] == shifted(days=-5)
    early = case.ask(officer("miit"), "approve", at=shifted(days=-6))
    assert codes(early) == {"effective-before-state"}
    assert told(early).parameters == {"entered_at": shifted(days=-5)}
    accepted(case.post(officer("miit"), "approve", at=shifted(days=-5)))


def test_an_act_that_leaves_the_state_leaves_its_beginning_too(case: Case) -> None:
    accepted(case.post(THE_BUYER, "claim_allocation", at=shifted(seconds=30)))
    assert case.snapshot["entered_at"] == NOW
    assert case.snapshot["entered_seq"] == 1


def test_a_note_may_be_of_an_earlier_state_but_not_of_none(engine: Engine) -> None:
    case = Case(engine)
    accepted(case.create(at=shifted(days=-10)))
    accepted(case.post(*GRANT, at=shifted(days=-5)))
    accepted(case.post(RECORDER, "note", at=shifted(days=-8)))
    refused = case.ask(RECORDER, "note", at=shifted(days=-11))
    assert codes(refused) == {"effective-before-state"}
    assert told(refused).parameters == {"entered_at": shifted(days=-10)}


def test_by_default_an_act_takes_effect_when_it_is_learned(case: Case) -> None:
    case.now = shifted(hours=1)
    record = accepted(case.post(*GRANT)).record
    assert record["effective_at"] == record["recorded_at"] == shifted(hours=1)


def test_but_not_before_a_state_that_began_a_moment_ahead(case: Case) -> None:
    accepted(case.post(*GRANT, at=shifted(seconds=60)))
    record = accepted(case.post(officer("miit"), "approve")).record
    assert record["recorded_at"] == NOW
    assert record["effective_at"] == shifted(seconds=60)


def test_recorded_at_never_runs_backwards(case: Case) -> None:
    seen = []
    for hours in (0, 2, 1, -5, 3, 2.5):
        case.now = shifted(hours=hours)
        seen.append(accepted(case.post(RECORDER, "note")).record["recorded_at"])
    assert seen == [shifted(hours=hour) for hour in (0, 2, 2, 2, 3, 3)]


def test_the_future_is_measured_from_what_was_recorded_last(case: Case) -> None:
    case.now = shifted(hours=2)
    accepted(case.post(RECORDER, "note"))
    case.now = NOW
    assert codes(case.ask(RECORDER, "note", at=shifted(hours=2))) == set()


def test_the_application_begins_when_its_creation_took_effect(engine: Engine) -> None:
    case = Case(engine)
    accepted(case.create(at=shifted(days=-3)))
    assert case.snapshot["effective_at"] == shifted(days=-3)
    assert case.snapshot["entered_at"] == shifted(days=-3)
    assert case.snapshot["created_at"] == NOW
