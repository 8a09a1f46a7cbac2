"""How far an application has come, what a record changed, and the calendar of a deadline."""

from datetime import date
from typing import Any

import pytest

from api.console.changes import Change, changes_of
from api.console.steps import steps_of
from api.console.workdays import running
from workflow.domain.procedure import Procedure
from workflow.procedures import load_packaged

PROCEDURE: Procedure = load_packaged()["h200-import", 1]
LINE = ["submitted", "in_principle", "ministry_approved", "ndrc_conditioned", "licensed", "shipped"]


def application(state: str, **approvals: dict[str, Any]) -> dict[str, Any]:
    known = {"confirmed_state": state, "standing": "confirmed", "approvals": approvals}
    return {"state": state} | known


@pytest.mark.parametrize(
    ("state", "been", "places"),
    [
        ("submitted", set(), "now ahead ahead ahead ahead ahead"),
        ("ministry_approved", set(), "past past now ahead ahead ahead"),
        ("shipped", set(), "past past past past past now"),
        ("refused", {"submitted", "in_principle"}, "past past ahead ahead ahead ahead"),
        ("suspended", {"submitted", "licensed"}, "past past past past past ahead"),
    ],
)
def test_each_step_is_past_now_or_ahead(state: str, been: set[str], places: str) -> None:
    steps = steps_of(PROCEDURE, application(state), been, set())
    assert all(step.sure for step in steps)
    assert [step.state for step in steps] == LINE
    assert " ".join(step.place for step in steps) == places


def test_both_ministries_have_a_tick_each() -> None:
    vote = {"seq": 4, "effective_at": "2026-01-29T16:00:00.000Z", "standing": "reported"}
    steps = steps_of(PROCEDURE, application("in_principle", miit=vote), set(), set())
    (asked,) = [step for step in steps if step.ticks]
    assert asked.state == "in_principle"
    assert dict(asked.ticks) == {"miit": vote, "mofcom": None}


@pytest.mark.parametrize(
    ("state", "confirmed_state", "before", "sure"),
    [
        ("ministry_approved", None, set(), 0),
        ("ministry_approved", "in_principle", {"submitted", "in_principle"}, 2),
        ("licensed", "suspended", {"ministry_approved", "suspended"}, 3),
    ],
)
def test_what_is_only_reported_is_not_told_as_sure(
    state: str, confirmed_state: str | None, before: set[str], sure: int
) -> None:
    told = application(state) | {"standing": "reported", "confirmed_state": confirmed_state}
    steps = steps_of(PROCEDURE, told, set(), before)
    assert [step.sure for step in steps] == [number < sure for number in range(len(LINE))]


def test_a_change_has_what_stood_there_before() -> None:
    record = {"changes": {"set": {"/state": "b", "/votes/x/y": {"n": 1}}, "unset": ["/notes/1"]}}
    before = {"state": "a", "votes": {"x": {}}, "notes": {"1": "old"}}
    assert list(changes_of(record, before)) == [
        Change("/state", "a", "b"),
        Change("/votes/x/y/n", None, "1"),
        Change("/notes/1", "old", None),
    ]
    assert [one.before for one in changes_of(record, None)] == [None] * 3


def test_a_deadline_is_counted_on_the_calendar_of_its_country() -> None:
    """20 working days from Friday 30 January 2026: Saturday 14 and 28 February are worked for the
    days off of the Spring Festival (notice of the State Council on the holidays of 2026).
    """
    snapshot: Any = {
        "state": "submitted",
        "entered_at": "2026-01-29T16:00:00.000Z",
        "clocks": {},
        "queries": {},
        "extensions": {},
    }
    found = running(PROCEDURE, snapshot)
    assert found is not None
    days = {day.date: day for week in found.weeks for day in week}
    assert found.first == date(2026, 1, 30)
    assert all(len(week) == 7 and week[0].date.isoweekday() == 1 for week in found.weeks)
    counted = [day for day in days.values() if day.within and day.counts]
    assert len(counted) == found.deadline.working_days
    assert counted[-1].date == found.last
    assert (days[date(2026, 2, 14)].counts, days[date(2026, 2, 14)].moved) == (True, True)
    assert (days[date(2026, 2, 17)].counts, days[date(2026, 2, 17)].moved) == (False, True)
    assert (days[date(2026, 2, 7)].counts, days[date(2026, 2, 7)].moved) == (False, False)
    assert not days[found.first].within
