"""Instants: UTC, milliseconds, fixed width; text order is time order."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflow.domain import clock

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MILLISECOND = timedelta(milliseconds=1)
MOMENTS = st.integers(-(6 * 10**16), 2 * 10**17).map(lambda n: EPOCH + timedelta(microseconds=n))


@given(one=MOMENTS, other=MOMENTS)
def test_text_order_is_time_order(one: datetime, other: datetime) -> None:
    first, second = clock.instant(one), clock.instant(other)
    assert len(first) == len("2026-01-28T00:00:00.000Z")
    assert (first < second) is ((one - EPOCH) // MILLISECOND < (other - EPOCH) // MILLISECOND)
    assert clock.moment(first) <= one < clock.moment(first) + MILLISECOND


@given(moment=MOMENTS)
def test_milliseconds_count_from_1970(moment: datetime) -> None:
    text = clock.instant(moment)
    assert clock.milliseconds(text) == (moment - EPOCH) // MILLISECOND


def test_an_instant_is_the_same_wherever_it_was_said() -> None:
    shanghai = timezone(timedelta(hours=8))
    said = datetime(2026, 1, 28, 0, 0, 0, 123_999, shanghai)
    assert clock.instant(said) == "2026-01-27T16:00:00.123Z"


def test_later_carries_over() -> None:
    assert clock.later("2026-12-31T23:59:59.500Z", timedelta(seconds=1)) == (
        "2027-01-01T00:00:00.500Z"
    )


def test_the_calendar_ends_where_it_ends() -> None:
    """What comes from an address is not far enough from the edge to be reckoned with."""
    day = timedelta(days=1)
    assert clock.later("0001-01-01T05:00:00.000Z", -day) == clock.FIRST
    assert clock.later("9999-12-31T15:59:59.999Z", day) == clock.LAST
    assert clock.day_in(clock.FIRST, "America/New_York") == date.min
    assert clock.day_in(clock.LAST, "Asia/Shanghai") == date.max


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-01-27T15:59:59.999Z", date(2026, 1, 27)),
        ("2026-01-27T16:00:00.000Z", date(2026, 1, 28)),
    ],
)
def test_a_day_is_that_of_the_zone(text: str, day: date) -> None:
    assert clock.day_in(text, "Asia/Shanghai") == day


DAYS = st.dates(date(1970, 1, 2), date(2100, 1, 1))


@given(day=DAYS, zone=st.sampled_from(["Asia/Shanghai", "America/New_York", "UTC"]))
def test_a_day_lasts_from_its_first_instant_to_the_one_before_the_next(
    day: date, zone: str
) -> None:
    first, last = clock.beginning_of(day, zone), clock.end_of(day, zone)
    assert clock.later(last, MILLISECOND) == clock.beginning_of(day + timedelta(days=1), zone)
    assert clock.day_in(first, zone) == clock.day_in(last, zone) == day


def test_the_days_at_the_ends_of_the_calendar_are_those_of_no_zone() -> None:
    assert clock.beginning_of(date.min, "Asia/Shanghai") == "0001-01-01T00:00:00.000Z"
    assert clock.end_of(date.max, "America/New_York") == "9999-12-31T23:59:59.999Z"
