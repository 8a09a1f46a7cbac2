"""What records say in figures: how many a day, how long each state lasted, why not."""

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final, NamedTuple

from api.console.formats import ZONE
from api.console.window import Days, Stay
from api.faults import FAULTS, TITLES_OF_KIND
from workflow.domain import clock
from workflow.domain.procedure import Label
from workflow.domain.refusals import REASONS

PERIODS = 62
"""Days that are told one by one, at the most; of more, months are, the latest so many."""

MESSAGE = "{message}"
"""A sentence that says nothing without what it names."""

POSTING = re.compile(r"(/v1)?/(applications|buyers|pools)\b")
"""Where events are posted, by the API or by a page."""

DAY = 86_400
LIMITS = (1 * DAY, 7 * DAY, 30 * DAY, 90 * DAY)
"""Seconds at which one span of lengths ends and the next begins."""


@dataclass(frozen=True, slots=True)
class Period:
    """A day or a month by its first day: records that are confirmed, only reported, and those of
    which it does not matter. `whole`: none of it was left out.
    """

    begins: date
    confirmed: int
    reported: int
    other: int
    whole: bool = True

    @property
    def total(self) -> int:
        """All of them."""
        return self.confirmed + self.reported + self.other


class Course(NamedTuple):
    """Periods one after the other, the earliest first; `months`, or days. `earlier`: records of
    the time before.
    """

    periods: Sequence[Period]
    months: bool
    earlier: int


class Spread(NamedTuple):
    """How long a state lasted, in seconds: the shortest, the median, the third quartile, the
    longest.
    """

    shortest: int
    median: int
    quartile: int
    longest: int


class Length(NamedTuple):
    """How often a state was left, as far as it is confirmed or (`reported`) not; how long it had
    lasted, where that is known of one of them at least; and how many fall into each span between
    `LIMITS`. Of `unknown` it is not known.
    """

    state: str
    reported: bool
    times: int
    unknown: int
    spread: Spread | None
    spans: tuple[int, ...]


class Cause(NamedTuple):
    """A reason for which something was refused: how often, and when last."""

    code: str
    meaning: Label
    times: int
    last: str


def course(counted: Days, since: str | None = None) -> Course:
    """How many records there are of each day, of days without any too. Where those are left out
    that were recorded before an instant (`since`), no day is whole that begins before it: nothing
    takes effect more than a minute later than it is recorded.
    """
    if not counted:
        return Course((), months=False, earlier=0)
    days = [day for day, _ in counted]
    months = (max(days) - min(days)).days >= PERIODS
    if months:
        counted = _monthly(counted)
        days = [day for day, _ in counted]
    periods = [
        Period(
            day,
            counted[day, "confirmed"],
            counted[day, "reported"],
            counted[day, None],
            since is None or clock.beginning_of(day, ZONE.key) >= since,
        )
        for day in _from(min(days), max(days), months)
    ]
    return Course(periods[-PERIODS:], months, sum(one.total for one in periods[:-PERIODS]))


def lengths(stays: Iterable[Stay], states: Sequence[str]) -> list[Length]:
    """The states that were left, in the order of the procedure; what it does not know comes last.
    Reports stand by themselves, behind what is confirmed of their state.
    """
    known: dict[str, dict[bool, list[int | None]]] = {}
    for one in stays:
        known.setdefault(one.state, {}).setdefault(one.reported, []).append(one.seconds)
    order = [*states, *sorted(set(known) - set(states))]
    return [
        _length(state, reported, found)
        for state in order
        if state in known
        for reported, found in sorted(known[state].items())
    ]


class Causes:
    """Refused attempts of the journal by their code."""

    def __init__(self) -> None:
        self._times: Final[Counter[str]] = Counter()
        self._last: Final[dict[str, str]] = {}

    def take(self, entries: Iterable[Mapping[str, Any]]) -> None:
        """Count some more of them."""
        for one in entries:
            code = one["code"] or ""
            self._times[code] += one["count"]
            self._last[code] = max(self._last.get(code, ""), one["at"])

    def told(self) -> list[Cause]:
        """The most frequent first."""
        frequent = self._times.most_common()
        return [Cause(code, meaning(code), times, self._last[code]) for code, times in frequent]


def of_events(entries: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Those of the journal's refused attempts that somebody meant to post: pages, keys and the like
    are not of the procedures. No event is known where nobody got as far as to name one.
    """
    return [
        one
        for one in entries
        if one["method"] == "POST" and (one["event"] or POSTING.match(one["route"] or ""))
    ]


def meaning(code: str) -> Label:
    """What a code says, whatever it was about."""
    if code in REASONS:
        reason = REASONS[code]
        whole = (
            reason.detail if "{message}" not in reason.detail.en else TITLES_OF_KIND[reason.kind]
        )
        return Label(_blank(whole.en), _blank(whole.zh))
    return FAULTS[code].title if code in FAULTS else Label(code, code)


def _monthly(counted: Days) -> Days:
    found: Days = Counter()
    for (day, standing), count in counted.items():
        found[day.replace(day=1), standing] += count
    return found


def _from(first: date, last: date, months: bool) -> Iterator[date]:
    """Every day, or the first one of every month."""
    day = first
    while day <= last:
        yield day
        day += timedelta(days=1)
        if months:
            day = (day + timedelta(days=30)).replace(day=1)


def _length(state: str, reported: bool, stays: Sequence[int | None]) -> Length:
    found = sorted(one for one in stays if one is not None)
    count, times = len(found), len(stays)
    spread = None
    if found:
        median, quartile = found[(count - 1) // 2], found[(3 * count + 3) // 4 - 1]
        spread = Spread(found[0], median, quartile, found[-1])
    counted = Counter(bisect_right(LIMITS, one) for one in found)
    spans = tuple(counted[place] for place in range(len(LIMITS) + 1))
    return Length(state, reported, times, times - count, spread, spans)


def _blank(sentence: str) -> str:
    """A sentence without what it names."""
    return re.sub(r"{\w+}[.。]?", "…", sentence)
