"""The records of a period, counted as they are read, the newest first: so statistics take no more
memory than they tell, and others are answered in between.
"""

import asyncio
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Literal, NamedTuple

import orjson

from api.console.formats import ZONE
from workflow.domain import clock
from workflow.domain.principal import Principal
from workflow.domain.procedure import Procedure
from workflow.domain.record import Document
from workflow.queries import Queries
from workflow.store import ArchiveUnreadable, Store
from workflow.trails import ForeignPlace, Place, TrailFilter, Wanted

RECORDS, PAGE, PAGES = 50_000, 2_000, 50
"""Records that are counted at the most, and how they are read: so many of a page of a search over
all trails, and so many pages, since whoever sees few of the records has as many passed over. About
0.1 ms a record (`python -m tests.benchmarks.pages`).
"""

AT_ONCE = 100
"""Records that are counted before others are answered; about 2 ms."""

DEPARTURES, FURTHER, STEP, TOGETHER, STRETCH = 5_000, 100, 20, 20, 200
"""Departures from a state of which the arrival is looked for, records of its trail that are read
for that beyond the window, records read at a time, departures looked at together, and
documents that are read in one go.
"""

ENTERED, BROUGHT = "/entered_at", "/entered_seq"
"""What a record changes that brings an application into a state: since when it is there, and by
which record.
"""

RESTATING = frozenset({"correct", "migrate"})
"""Effects of events that say anew in which state an application is, and move it nowhere."""

By = Literal["recorded_at", "effective_at"]
Record = dict[str, Any]
Days = Counter[tuple[date, str | None]]
"""Records by their day in Beijing and their standing."""


class Stay(NamedTuple):
    """How long an application that left a state was there, in seconds; None: not known. `reported`:
    its arrival or its departure is nothing but a report.
    """

    state: str
    seconds: int | None
    reported: bool = False


class Departure(NamedTuple):
    """An application leaves a state by a record."""

    subject: str
    seq: int
    state: str
    at: str


class View(NamedTuple):
    """What is thought by now of the records of a trail: those that nobody has confirmed, and those
    that a correction has superseded.
    """

    unconfirmed: Collection[str] = frozenset()
    corrected: Collection[str] = frozenset()


PLAIN = View()


class Arrival(NamedTuple):
    """Since when an application is in its state, and by which record."""

    seq: int
    at: str


@dataclass
class Window:
    """What was counted of a procedure's records. `whole`: there are no others in the period, and
    `everything`: before it neither; `since`: when the oldest of them was recorded. `left`:
    departures with their arrivals, as far as these were met.
    """

    by: By = "recorded_at"
    records: int = 0
    whole: bool = False
    everything: bool = False
    since: str | None = None
    days: Days = field(default_factory=Counter)
    left: list[tuple[Departure, Arrival | None]] = field(default_factory=list)
    waiting: dict[str, tuple[int, int]] = field(default_factory=dict)
    """By subject the departure of which the arrival comes next, and the last record met of it."""

    def take(self, record: Record, procedure: Procedure) -> None:
        """Count one that is older than those before it."""
        self.records += 1
        self.since = record["recorded_at"]
        self.days[clock.day_in(record[self.by], ZONE.key), record["standing"]] += 1
        subject, arrival = record["subject"], _arrival(record)
        if subject in self.waiting:
            place, _ = self.waiting[subject]
            if arrival is None:
                self.waiting[subject] = place, record["seq"]
            else:
                self.left[place] = self.left[place][0], arrival
                del self.waiting[subject]
        departure = _departure(record, procedure)
        if departure is not None and len(self.left) < DEPARTURES:
            self.waiting[subject] = len(self.left), record["seq"]
            self.left.append((departure, None))


async def counted(
    queries: Queries, reader: Principal, procedure: Procedure, by: By, since: str | None
) -> Window:
    """The newest records of a procedure's applications that the reader sees, of those that were
    recorded from an instant on (None: of all).
    """
    wanted = Wanted(TrailFilter(since=since), procedure=procedure.name)
    found = Window(by)
    place: Place | None = None
    for _ in range(PAGES):
        limit = min(PAGE, RECORDS - found.records)
        try:
            page = await queries.search_trails(reader, wanted, limit, place, newest=True)
        except ForeignPlace:  # its applications have just become too many for the place
            return found
        for number, text in enumerate(page.records):
            if number % AT_ONCE == 0:
                await asyncio.sleep(0)
            found.take(orjson.loads(text), procedure)
        place = page.next
        if place is None or found.records == RECORDS:
            break
    found.whole = place is None
    found.everything = found.whole and (
        since is None or await _nothing_before(queries, reader, wanted, since)
    )
    return found


async def _nothing_before(queries: Queries, reader: Principal, wanted: Wanted, since: str) -> bool:
    """Whether it is sure that the reader sees no such record from before an instant."""
    earlier = replace(wanted, records=TrailFilter(until=since))
    page = await queries.search_trails(reader, earlier, 1, None, newest=True)
    return not page.records and page.next is None


async def stays(store: Store, window: Window) -> list[Stay]:
    """How long those that left a state had been there, the newest departures first. What stays
    where it is does not count yet, nor what a correction has undone.
    """
    unmet = list(window.waiting.values())
    for first in range(0, len(unmet), TOGETHER):
        some = unmet[first : first + TOGETHER]
        asked = (_begun(store, window.left[place][0], last) for place, last in some)
        for (place, _), arrival in zip(some, await asyncio.gather(*asked), strict=True):
            window.left[place] = window.left[place][0], arrival
    views = await _views(store, sorted({one.subject for one, _ in window.left}))
    return [
        _stay(one, arrival, view)
        for one, arrival in window.left
        if str(one.seq) not in (view := views.get(one.subject, PLAIN)).corrected
    ]


def seconds(since: str, until: str) -> int | None:
    """From one instant to another; None where they are the same, as of two acts of which nothing
    but the day is known, or a correction has put them the other way round.
    """
    lasted = clock.milliseconds(until) - clock.milliseconds(since)
    return lasted // 1000 if lasted > 0 else None


def _stay(left: Departure, arrival: Arrival | None, view: View) -> Stay:
    if arrival is None or str(arrival.seq) in view.corrected:
        return Stay(left.state, None, str(left.seq) in view.unconfirmed)
    reported = not {str(left.seq), str(arrival.seq)}.isdisjoint(view.unconfirmed)
    return Stay(left.state, seconds(arrival.at, left.at), reported)


async def _views(store: Store, subjects: Sequence[str]) -> dict[str, View]:
    """By subject what is thought of its records by now, where that is anything."""
    found: dict[str, View] = {}
    for first in range(0, len(subjects), STRETCH):
        some = subjects[first : first + STRETCH]
        for subject, stored in zip(some, await store.read_many(some), strict=True):
            if stored is not None:
                snapshot = Document.decode(stored).snapshot
                view = View(frozenset(snapshot["unconfirmed"]), frozenset(snapshot["corrections"]))
                if any(view):
                    found[subject] = view
    return found


def _departure(record: Record, procedure: Procedure) -> Departure | None:
    known, gained = procedure.events, record["changes"]["set"]
    if record["from"] in (None, record["to"]) or ENTERED not in gained:
        return None
    if record["type"] in known and known[record["type"]].effect in RESTATING:
        return None
    return Departure(record["subject"], record["seq"], record["from"], gained[ENTERED])


def _arrival(record: Record) -> Arrival | None:
    """Since when an application is in its state, and by which record, where this one tells it."""
    gained = record["changes"]["set"]
    if ENTERED not in gained:
        return None
    return Arrival(gained.get(BROUGHT, record["seq"]), gained[ENTERED])


async def _begun(store: Store, left: Departure, seq: int) -> Arrival | None:
    """How it came into the state that it left, by a record before this one."""
    last, end = seq - 1, max(0, seq - 1 - FURTHER)
    while last > end:
        first = max(end + 1, last - STEP + 1)
        try:
            texts = await store.records(left.subject, first, last)
        except ArchiveUnreadable:
            return None
        for text in reversed(texts):
            found = _arrival(orjson.loads(text))
            if found is not None:
                return found
        last = first - 1
    return None
