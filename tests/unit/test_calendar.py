"""Working days, against the notice of the General Office of the State Council for 2026."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflow.domain import calendar

CHINA, STATES = "CN", "US"
DAY = timedelta(days=1)
WORKED_WEEKENDS = [(1, 4), (2, 14), (2, 28), (5, 9), (9, 20), (10, 10)]
FREE_WEEKDAYS = [
    *((1, day) for day in (1, 2)),
    *((2, day) for day in (16, 17, 18, 19, 20, 23)),
    (4, 6),
    *((5, day) for day in (1, 4, 5)),
    (6, 19),
    (9, 25),
    *((10, day) for day in (1, 2, 5, 6, 7)),
]


def works(day: date, country: str = CHINA) -> bool:
    return calendar.working_days_between(day - DAY, day, country) == 1


def days(year: int) -> list[date]:
    return [date(year, 1, 1) + number * DAY for number in range(365)]


def test_the_weekends_that_china_works_in_2026() -> None:
    worked = [(d.month, d.day) for d in days(2026) if d.isoweekday() > 5 and works(d)]
    assert worked == WORKED_WEEKENDS


def test_the_weekdays_that_china_takes_off_in_2026() -> None:
    free = [(d.month, d.day) for d in days(2026) if d.isoweekday() <= 5 and not works(d)]
    assert free == FREE_WEEKDAYS


def test_another_country_has_other_days() -> None:
    assert works(date(2026, 2, 17), STATES)
    assert not works(date(2026, 7, 3), STATES), "Independence Day falls on a Saturday"
    assert works(date(2026, 7, 3))
    assert not works(date(2026, 2, 14), STATES)


@pytest.mark.parametrize(
    ("start", "count", "end"),
    [
        (date(2026, 1, 30), 0, date(2026, 1, 30)),
        (date(2026, 1, 30), 1, date(2026, 2, 2)),
        (date(2026, 1, 31), 1, date(2026, 2, 2)),
        (date(2026, 1, 30), 10, date(2026, 2, 13)),
        (date(2026, 1, 30), 11, date(2026, 2, 14)),
        (date(2026, 1, 30), 12, date(2026, 2, 24)),
        (date(2026, 1, 30), 20, date(2026, 3, 5)),
        (date(2025, 12, 31), 1, date(2026, 1, 4)),
        (date(2026, 12, 31), 1, date(2027, 1, 4)),
    ],
)
def test_days_are_counted_from_the_day_after(start: date, count: int, end: date) -> None:
    assert calendar.add_working_days(start, count, CHINA) == end
    assert calendar.working_days_between(start, end, CHINA) == count


@given(
    start=st.dates(date(2024, 1, 1), date(2029, 12, 31)),
    count=st.integers(1, 600),
    country=st.sampled_from([CHINA, STATES]),
)
def test_counting_day_by_day_ends_on_the_same_day(start: date, count: int, country: str) -> None:
    day, left = start, count
    while left:
        day += DAY
        left -= works(day, country)
    assert calendar.add_working_days(start, count, country) == day
    assert calendar.working_days_between(start, day, country) == count
    assert calendar.working_days_between(day, start, country) == -count


def test_years_without_a_chart_count_their_weekdays() -> None:
    assert calendar.working_days_between(date(1899, 12, 31), date(1900, 1, 7), CHINA) == 5
    assert calendar.working_days_between(date(2199, 12, 31), date(2200, 1, 5), CHINA) == 3


def test_a_calendar_by_decree_is_known_as_far_as_it_is_published() -> None:
    """The notice for 2027 comes with a later release of the calendar, and with it this line."""
    assert calendar.published_until(CHINA) == date(2026, 12, 31)
    assert calendar.published_until(STATES) == date(9999, 12, 31)


def test_which_countries_are_known() -> None:
    assert calendar.known(CHINA)
    assert calendar.known(STATES)
    assert not calendar.known("XX")


@pytest.mark.parametrize(
    ("first", "last"),
    [
        (date(1945, 3, 3), date(1951, 5, 6)),
        (date(2098, 10, 8), date(2103, 1, 25)),
        (date(1, 1, 1), date(2, 12, 31)),
    ],
)
def test_years_are_counted_as_their_days_are(first: date, last: date) -> None:
    """Those included whose holidays are not looked up."""
    counted = sum(works(first + number * DAY + DAY) for number in range((last - first).days))
    assert calendar.working_days_between(first, last, CHINA) == counted
    assert calendar.working_days_between(last, first, CHINA) == -counted
