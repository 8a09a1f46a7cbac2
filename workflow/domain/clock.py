"""Instants as text: UTC, milliseconds, fixed width, so that text order is time order.

An instant is written `2026-01-28T00:00:00.000Z` (RFC 3339 section 5.6).
"""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

FIRST, LAST = "0001-01-01T00:00:00.000Z", "9999-12-31T23:59:59.999Z"
"""The ends of the calendar."""

NO_TIME = timedelta()

FUTURE_TOLERANCE = timedelta(seconds=60)
"""How far ahead of our clock an act may claim to have taken effect."""


def instant(moment: datetime) -> str:
    """Write an aware datetime as an instant."""
    text = moment.astimezone(UTC).isoformat(timespec="milliseconds")
    return text[:23] + "Z"


def moment(text: str) -> datetime:
    """Read an instant."""
    return datetime.fromisoformat(text)


def milliseconds(text: str) -> int:
    """Unix time of an instant in milliseconds."""
    return round(moment(text).timestamp() * 1000)


def of_milliseconds(unix: int) -> str:
    """The instant of a Unix time in milliseconds."""
    return instant(EPOCH + timedelta(milliseconds=unix))


def later(text: str, by: timedelta) -> str:
    """The instant so much later; the first or the last there is where that lies beyond it."""
    try:
        return instant(moment(text) + by)
    except OverflowError:
        return LAST if by > NO_TIME else FIRST


def day_in(text: str, zone: str) -> date:
    """The calendar day of an instant in a zone (IANA name)."""
    there = moment(text)
    try:
        return there.astimezone(ZoneInfo(zone)).date()
    except OverflowError:  # at either end of the calendar no zone fits any more
        return there.date()


@lru_cache(maxsize=1024)
def beginning_of(day: date, zone: str) -> str:
    """The first instant of a day in a zone."""
    return _local(day, time.min, zone)


@lru_cache(maxsize=1024)
def end_of(day: date, zone: str) -> str:
    """The last millisecond of a day in a zone."""
    return _local(day, time(23, 59, 59, 999_000), zone)


def _local(day: date, at: time, zone: str) -> str:
    try:
        return instant(datetime.combine(day, at, ZoneInfo(zone)))
    except OverflowError:  # at either end of the calendar no zone fits any more
        return instant(datetime.combine(day, at, UTC))
