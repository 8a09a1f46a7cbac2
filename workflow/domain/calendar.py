"""Working days of a country, days moved by decree included: a weekend that China works, a
weekday that it takes off instead.

The days come with the package `holidays`; for China it carries the yearly notices of the General
Office of the State Council. A later notice comes with a later release of it.
"""

import warnings
from bisect import bisect_right
from collections.abc import Iterable
from datetime import date
from functools import cache, lru_cache
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from holidays import HolidayBase

CHARTED = range(1950, 2101)
"""Years whose holidays are looked up; of others the weekdays count."""

DECREED = range(2000, 2051)
"""Years among which the last one with days moved by decree is looked for."""


def known(country: str) -> bool:
    """Whether there is a calendar of the country (ISO 3166, two letters)."""
    try:
        _calendar(country)
    except LookupError:
        return False
    return True


def add_working_days(start: date, days: int, country: str) -> date:
    """The working day so many after a day, which itself does not count; 0: the day itself."""
    if days == 0:
        return start
    year = start.year
    place = bisect_right(_working_days(country, year), start.toordinal()) + days - 1
    while place >= (length := _length(country, year)):
        place -= length
        year += 1
    return date.fromordinal(_working_days(country, year)[place])


def working_days_between(first: date, last: date, country: str) -> int:
    """The working days after `first`, up to `last` and with it; below zero where `last` is the
    earlier one.
    """
    if last < first:
        return -working_days_between(last, first, country)
    charted = range(max(first.year, CHARTED.start), min(last.year, CHARTED.stop))
    weekdays = _weekdays_before(last.year) - _weekdays_before(first.year)
    whole = weekdays + sum(_exceptions(country, year) for year in charted)
    return whole + _up_to(last, country) - _up_to(first, country)


@cache
def published_until(country: str) -> date:
    """The last day of the published calendar. A country that moves days by decree publishes its
    calendar from year to year; of the others the law tells every year.
    """
    moved = (day.year for day in _holidays(country, DECREED).weekend_workdays)
    return date(max((year for year in moved if year in DECREED), default=date.max.year), 12, 31)


def _up_to(day: date, country: str) -> int:
    """The working days of its year up to a day, and with it."""
    return bisect_right(_working_days(country, day.year), day.toordinal())


@lru_cache(maxsize=256)
def _working_days(country: str, year: int) -> tuple[int, ...]:
    """The working days of a year by their ordinals (`date.toordinal`), in order."""
    first, last = date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal()
    days = map(date.fromordinal, range(first, last + 1))
    if year not in CHARTED:
        return tuple(day.toordinal() for day in days if day.isoweekday() <= 5)
    calendar = _holidays(country, (year,))
    return tuple(day.toordinal() for day in days if calendar.is_working_day(day))


@cache
def _length(country: str, year: int) -> int:
    """How many working days a year has."""
    return len(_working_days(country, year))


@cache
def _exceptions(country: str, year: int) -> int:
    """How many working days a year has beyond its weekdays; below zero where it has fewer."""
    return _length(country, year) - (_weekdays_before(year + 1) - _weekdays_before(year))


@cache
def _weekdays_before(year: int) -> int:
    """The Mondays to Fridays before a year, from the first day of the calendar on, a Monday."""
    weeks, days = divmod(date(year, 1, 1).toordinal() - 1, 7)
    return 5 * weeks + min(days, 5)


def _holidays(country: str, years: Iterable[int]) -> "HolidayBase":
    """The holidays of some years."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that some of its days are not known beyond a year
        return _calendar(country)(years=years, expand=False)


@cache
def _calendar(country: str) -> "type[HolidayBase]":
    """The calendar of a country. Raises LookupError where there is none.

    Its module is loaded by itself: asked for one country, the package imports all 250.
    """
    import holidays  # noqa: PLC0415 - only who counts days waits for it
    from holidays.registry import COUNTRIES  # noqa: PLC0415

    places = {code: (name, kind) for name, (kind, code, *_) in COUNTRIES.items()}
    name, kind = places[country]
    path = Path(holidays.__file__).with_name("countries") / f"{name}.py"
    spec = spec_from_file_location(f"holidays.countries.{name}", path)
    if spec is None or spec.loader is None:
        raise LookupError(country)
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    found: type[HolidayBase] = getattr(module, kind)
    return found
