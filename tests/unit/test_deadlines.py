"""Deadlines: from when they count, what stops them, what the clock does about them."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from tests.unit.acting import RECORDER, THE_BUYER, THE_CLOCK, Case, accepted, carry, codes, officer
from tests.unit.journeys import (
    EXPIRE,
    GRANT,
    ISSUE,
    JOURNEYS,
    SUSPEND,
    TO_MINISTRY_APPROVED,
    TO_PROPOSED,
    VOTE_OF_MIIT,
    VOTE_OF_MOFCOM,
)
from workflow.domain import deadlines
from workflow.domain.calendar import working_days_between
from workflow.domain.deadlines import Timer
from workflow.domain.procedure import Deadline
from workflow.domain.terms import Entry, of_application, same_place
from workflow.machine import Engine

MIIT, MOFCOM, NDRC = officer("miit"), officer("mofcom"), officer("ndrc")


def noon(month: int, day: int, year: int = 2026) -> str:
    """Noon in Shanghai."""
    return f"{year}-{month:02d}-{day:02d}T04:00:00.000Z"


def end_of(month: int, day: int) -> str:
    """The last millisecond of a day in Shanghai."""
    return f"2026-{month:02d}-{day:02d}T15:59:59.999Z"


def at(case: Case, now: str) -> Case:
    """The case at another time."""
    case.now = now
    return case


def begun(engine: Engine, now: str = noon(1, 30)) -> Case:
    """An application submitted on Friday, 30 January 2026."""
    case = at(Case(engine), now)
    accepted(case.create())
    return case


def shown(case: Case) -> tuple[Any, ...]:
    return tuple(deadlines.shown(case.engine.procedure, case.snapshot).values())


def left(case: Case, now: str) -> int | None:
    return deadlines.working_days_left(case.engine.procedure, case.snapshot, now)


def timers(case: Case) -> list[Timer]:
    return deadlines.timers(case.engine.procedure, case.snapshot)


def entry(case: Case) -> Entry:
    return of_application("a1", case.snapshot, case.engine.procedure)


def ask(case: Case, name: str, now: str) -> None:
    at(case, now)
    accepted(case.post(MIIT, "request_information", None, {"query": name, "question": "Which?"}))


def answer(case: Case, name: str, now: str) -> None:
    at(case, now)
    accepted(case.post(THE_BUYER, "provide_information", None, {"query": name, "answer": "This."}))


def extend(case: Case, days: int, **more: Any) -> Any:
    data = {"working_days": days}
    return case.post(MIIT, "extend_deadline", None, data, reason="Experts.", **more)


class TestCounting:
    """From the entry of the first state on, in the working days of the procedure's country."""

    def test_a_decision_takes_twenty_working_days(self, engine: Engine) -> None:
        assert shown(begun(engine)) == (end_of(3, 5), None, False)

    @pytest.mark.parametrize(
        ("now", "days"),
        [
            (noon(1, 30), 20),
            (noon(2, 13), 10),
            ("2026-02-13T16:00:00.000Z", 9),  # Saturday, 14 February in Shanghai: worked
            (noon(3, 5), 0),
            (end_of(3, 5), 0),
            (noon(3, 6), -1),
        ],
    )
    def test_the_days_left_are_those_after_today(self, engine: Engine, now: str, days: int) -> None:
        assert left(begun(engine), now) == days

    def test_they_are_counted_back_however_far(self, engine: Engine) -> None:
        due, today = date(2026, 3, 5), date(2036, 3, 5)
        later = (due + timedelta(days=number + 1) for number in range((today - due).days))
        worked = sum(working_days_between(day - deadlines.DAY, day, "CN") for day in later)
        assert left(begun(engine), noon(3, 5, 2036)) == -worked < -2_000

    def test_the_day_is_that_of_the_zone_of_the_procedure(self, engine: Engine) -> None:
        assert shown(begun(engine, "2026-01-29T15:59:59.999Z")) == (end_of(3, 4), None, False)
        assert shown(begun(engine, "2026-01-29T16:00:00.000Z")) == (end_of(3, 5), None, False)

    def test_a_deadline_of_two_states_runs_on_from_the_first(self, engine: Engine) -> None:
        case = carry(at(begun(engine), noon(2, 2)), GRANT)
        assert shown(case) == (end_of(4, 13), None, False)
        carry(at(case, noon(3, 2)), VOTE_OF_MIIT, VOTE_OF_MOFCOM)
        assert case.state == "ministry_approved"
        assert shown(case) == (end_of(4, 13), None, False)
        assert case.snapshot["clocks"] == {"joint_decision": noon(2, 2)}

    def test_the_next_deadline_begins_anew(self, engine: Engine) -> None:
        case = carry(begun(engine), *TO_MINISTRY_APPROVED)
        case.now = noon(2, 2)
        carry(case, *JOURNEYS["ndrc_conditioned"][len(TO_MINISTRY_APPROVED) :])
        assert shown(case) == (end_of(2, 14), None, False), "a Saturday that is worked"
        assert case.snapshot["clocks"] == {}

    def test_what_the_applicant_dates_back_counts_from_its_receipt(self, engine: Engine) -> None:
        """But for what others enter: they tell what was received when."""
        for who, due in ((THE_BUYER, end_of(3, 5)), (RECORDER, end_of(2, 2))):
            case = at(Case(engine), noon(1, 30))
            accepted(case.create(who, at=noon(1, 5)))
            assert case.snapshot["entered_at"] == noon(1, 5)
            assert shown(case) == (due, None, False)

    def test_what_is_dated_before_the_receipt_extends_once_and_makes_no_days(
        self, engine: Engine
    ) -> None:
        case = at(Case(engine), noon(1, 30))
        accepted(case.create(THE_BUYER, at=noon(1, 5)))
        assert [left(case, noon(1, day)) for day in (5, 30)] == [20, 20]
        accepted(extend(case, 10, at=noon(1, 20)))
        assert shown(case) == (end_of(3, 19), None, False)
        assert codes(extend(case, 10, at=noon(1, 20))) == {"deadline-extended"}

    def test_an_answer_ends_the_wait_when_it_is_there(self, engine: Engine) -> None:
        case = begun(engine)
        ask(case, "q1", noon(2, 4))
        at(case, noon(2, 6))
        data = {"query": "q1", "answer": "This."}
        accepted(case.post(THE_BUYER, "provide_information", None, data, at=noon(2, 4)))
        assert shown(case) == (end_of(3, 9), None, False), "as if it were not dated back"

    def test_an_end_beyond_the_published_calendar_is_provisional(self, engine: Engine) -> None:
        assert shown(begun(engine, noon(12, 3))) == (end_of(12, 31), None, False)
        assert shown(begun(engine, noon(12, 4)))[1:] == (None, True)

    @pytest.mark.parametrize("state", ["licensed", "shipped", "refused", "withdrawn"])
    def test_no_authority_is_late_where_none_has_to_decide(
        self, engine: Engine, state: str
    ) -> None:
        case = carry(begun(engine), *JOURNEYS[state])
        assert shown(case) == (None, None, False)
        assert left(case, noon(2, 2)) is None
        assert entry(case).times.overdue_from is None


class TestPause:
    """While information is awaited from the applicant, the clock stands still."""

    def test_it_stands_still_and_goes_on(self, engine: Engine) -> None:
        case = begun(engine)
        ask(case, "q1", noon(2, 4))
        assert shown(case) == (None, noon(2, 4), False)
        assert entry(case).times.overdue_from is None
        assert left(case, noon(2, 4)) == left(case, noon(9, 9)) == 17
        answer(case, "q1", noon(2, 6))
        assert shown(case) == (end_of(3, 9), None, False), "two days later than without"
        assert left(case, noon(2, 6)) == 17

    def test_an_answer_on_the_same_day_moves_nothing(self, engine: Engine) -> None:
        case = begun(engine)
        ask(case, "q1", noon(2, 4))
        answer(case, "q1", noon(2, 4))
        assert shown(case) == (end_of(3, 5), None, False)

    def test_two_queries_at_once_stop_it_once(self, engine: Engine) -> None:
        case = begun(engine)
        ask(case, "q1", noon(2, 4))
        ask(case, "q2", noon(2, 5))
        answer(case, "q1", noon(2, 6))
        assert shown(case) == (None, noon(2, 4), False)
        answer(case, "q2", noon(2, 9))
        assert shown(case) == (end_of(3, 10), None, False), "from 4 to 9 February: three days"

    def test_one_query_within_another_adds_nothing(self, engine: Engine) -> None:
        case = begun(engine)
        ask(case, "q1", noon(2, 3))
        ask(case, "q2", noon(2, 4))
        answer(case, "q2", noon(2, 5))
        answer(case, "q1", noon(2, 6))
        assert shown(case) == (end_of(3, 10), None, False)

    def test_two_queries_one_after_the_other_add_up(self, engine: Engine) -> None:
        case = begun(engine)
        for name, asked, answered in (("q1", 2, 3), ("q2", 4, 5)):
            ask(case, name, noon(2, asked))
            answer(case, name, noon(2, answered))
        assert shown(case) == (end_of(3, 9), None, False)

    def test_a_wait_from_an_earlier_state_counts_from_the_entry_on(self, engine: Engine) -> None:
        case = begun(engine)
        ask(case, "q1", noon(2, 2))
        carry(at(case, noon(2, 4)), GRANT)
        assert shown(case) == (None, noon(2, 4), False)
        answer(case, "q1", noon(2, 5))
        assert shown(case) == (end_of(4, 16), None, False)

    def test_a_query_on_the_last_day_leaves_the_day_of_the_answer(self, engine: Engine) -> None:
        case = begun(engine)
        ask(case, "q1", noon(3, 5))
        answer(case, "q1", noon(3, 8))  # a Sunday
        assert shown(case) == (end_of(3, 9), None, False)

    def test_nothing_stops_a_clock_that_has_run_out(self, engine: Engine) -> None:
        case = begun(engine)
        ask(case, "q1", noon(3, 6))
        assert shown(case) == (end_of(3, 5), None, False)


class TestExtension:
    """Once, with reasons."""

    def test_it_adds_working_days(self, engine: Engine) -> None:
        case = begun(engine)
        before = case.snapshot
        accepted(extend(case, 10))
        assert shown(case) == (end_of(3, 19), None, False)
        assert not same_place(before, case.snapshot)

    def test_it_is_granted_once_and_no_further_than_the_law(self, engine: Engine) -> None:
        case = begun(engine)
        assert codes(extend(case, 11)) == {"extension-too-long"}
        accepted(extend(case, 3))
        assert codes(extend(case, 3)) == {"deadline-extended"}

    def test_after_an_appeal_the_deadline_begins_anew_and_so_does_its_extension(
        self, engine: Engine
    ) -> None:
        """Whoever counts the days and whoever grants more of them ask the same."""
        case = carry(begun(engine), GRANT)
        accepted(extend(case, 15))
        assert codes(extend(case, 1)) == {"deadline-extended"}
        assert left(at(case, noon(2, 2)), noon(2, 2)) == 59
        carry(case, (MIIT, "refuse"), (THE_BUYER, "appeal"), (MIIT, "answer_appeal"))
        assert case.state == "in_principle"
        assert left(case, noon(2, 2)) == 45
        accepted(extend(case, 15))
        assert left(case, noon(2, 2)) == 60
        assert codes(extend(case, 1)) == {"deadline-extended"}

    def test_no_authority_extends_the_validity_of_a_licence(self, engine: Engine) -> None:
        case = carry(begun(engine), *JOURNEYS["licensed"])
        assert codes(extend(case, 3)) == {"transition-not-allowed"}


class TestTimers:
    """What the clock posts, and that it looks at the time itself."""

    def test_a_licence_expires_on_the_day_after_its_last(self, engine: Engine) -> None:
        case = carry(begun(engine), *JOURNEYS["licensed"])
        assert timers(case) == [Timer("expiry", "expire", "2026-12-31T16:00:00.000Z")]
        carry(case, SUSPEND)
        assert [timer.due for timer in timers(case)] == ["2026-12-31T16:00:00.000Z"]

    def test_the_key_is_the_same_for_whoever_posts(self, engine: Engine) -> None:
        case = carry(begun(engine), *JOURNEYS["licensed"])
        (timer,) = timers(case)
        key = timer.key(case.snapshot)
        assert key == f"timer:expiry:{timer.due}:{case.document.version}"
        accepted(case.post(officer("customs"), "record_shipment"))
        assert timer.key(case.snapshot) == key

    def test_the_clock_is_refused_before_its_time(self, engine: Engine) -> None:
        case = carry(begun(engine), *JOURNEYS["licensed"])
        (timer,) = timers(case)
        assert codes(case.ask(*EXPIRE)) == {"still-valid"}
        at(case, timer.due)
        assert codes(case.ask(officer("mofcom"), "expire")) == {"wrong-authority"}
        carry(case, EXPIRE)
        assert (case.state, timers(case)) == ("expired", [])

    def test_a_licence_for_ever_has_no_timer(self, engine: Engine) -> None:
        eternal = {"units": 1_000, "valid_from": "2026-01-01", "valid_until": "9999-12-31"}
        case = carry(begun(engine), *TO_PROPOSED)
        accepted(case.post(officer("mofcom"), "propose_licence", None, eternal))
        carry(case, ISSUE)
        assert timers(case) == []


class TestLapse:
    """A deadline with an event, which no shipped procedure has."""

    @pytest.fixture
    def lapsing(self, engine: Engine) -> Engine:
        """The shipped procedure, where an application that nobody clears in principle expires."""
        procedure = engine.procedure
        decision = replace(procedure.deadlines["decision"], event="expire", extension=0)
        guards, (move,) = ("time_has_come",), procedure.events["expire"].moves
        spec = replace(
            procedure.events["expire"],
            guards=guards,
            effect=None,
            moves=(replace(move, sources=("submitted",)),),
        )
        limits: dict[str, Deadline] = {"decision": decision}
        events = {**procedure.events, "expire": spec}
        return Engine(replace(procedure, deadlines=limits, events=events))

    def test_it_is_posted_when_the_time_has_come(self, lapsing: Engine) -> None:
        case = begun(lapsing)
        (timer,) = timers(case)
        assert timer.due == "2026-03-05T16:00:00.000Z"
        assert codes(at(case, end_of(3, 5)).ask(THE_CLOCK, "expire")) == {"not-yet-due"}
        accepted(at(case, timer.due).post(THE_CLOCK, "expire"))
        assert timers(case) == []

    def test_nothing_stops_it_and_no_authority_is_late(self, lapsing: Engine) -> None:
        case = begun(lapsing)
        ask(case, "q1", noon(2, 4))
        assert [timer.due for timer in timers(case)] == ["2026-03-05T16:00:00.000Z"]
        assert shown(case) == (None, None, False)
        assert entry(case).times.overdue_from is None


def test_an_application_is_overdue_from_the_day_after_on(engine: Engine) -> None:
    place = entry(begun(engine)).times
    assert place.overdue_from == "2026-03-05T16:00:00.000Z"
    assert not place.overdue(end_of(3, 5))
    assert place.overdue("2026-03-05T16:00:00.000Z")
