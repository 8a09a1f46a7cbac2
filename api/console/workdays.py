"""A deadline on its calendar: which days count, and which do not."""

from datetime import date, timedelta
from typing import NamedTuple

from workflow.domain import clock, deadlines
from workflow.domain.application import Snapshot
from workflow.domain.calendar import working_days_between
from workflow.domain.procedure import Deadline, Procedure

DAY = timedelta(days=1)
LONGEST = 40
"""Weeks that are shown at the most."""


class Day(NamedTuple):
    """One day. `counts`: it is a working day; `moved`: by decree, against its weekday."""

    date: date
    counts: bool
    moved: bool
    within: bool


class Running(NamedTuple):
    """A deadline that runs: since which day, to which, and the weeks between (Monday first)."""

    deadline: Deadline
    first: date
    last: date
    weeks: list[list[Day]]


def running(procedure: Procedure, snapshot: Snapshot) -> Running | None:
    """The deadline that ends first, on the calendar of its country; None where none runs."""
    found = deadlines.limit(procedure, snapshot)
    if found is None:
        return None
    first = clock.day_in(deadlines.begun(snapshot, found.deadline), procedure.time_zone)
    monday = first - DAY * first.weekday()
    weeks = [
        [
            _day(monday + DAY * (7 * week + place), first, found.last_day, procedure.calendar)
            for place in range(7)
        ]
        for week in range(min((found.last_day - monday).days // 7 + 1, LONGEST))
    ]
    return Running(found.deadline, first, found.last_day, weeks)


def _day(day: date, first: date, last: date, country: str) -> Day:
    counts = working_days_between(day - DAY, day, country) == 1
    return Day(day, counts, counts != (day.isoweekday() <= 5), first < day <= last)
