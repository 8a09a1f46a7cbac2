"""The newest records: what statistics are made of, so that they take the same however many there
are.
"""

import asyncio
from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

import orjson

from workflow.domain import clock
from workflow.domain.principal import Principal
from workflow.domain.procedure import Procedure
from workflow.domain.record import Document
from workflow.queries import Queries
from workflow.store import ArchiveUnreadable, Store
from workflow.trails import ForeignPlace, Place, Wanted

RECORDS, PAGES = 1_000, 3
"""Records that are counted, and pages of a search over all trails that are read for them: whoever
sees few of the records there are has as many passed over.
"""

DEPARTURES, FURTHER, STEP = 300, 100, 20
"""Departures from a state of which the arrival is looked for, records of its trail that are read
for that beyond the window, and records read at a time.
"""

ENTERED, BROUGHT = "/entered_at", "/entered_seq"
"""What a record changes that brings an application into a state: since when it is there, and by
which record.
"""

RESTATING = frozenset({"correct", "migrate"})
"""Effects of events that say anew in which state an application is, and move it nowhere."""

Record = dict[str, Any]


class Window(NamedTuple):
    """Records of all that somebody sees of a procedure, the newest first; `whole`: there are no
    older ones.
    """

    records: Sequence[Record]
    whole: bool


class Stay(NamedTuple):
    """How long an application that left a state was there, in seconds; None: not known. `reported`:
    its arrival or its departure is nothing but a report.
    """

    state: str
    seconds: int | None
    reported: bool = False


class _Departure(NamedTuple):
    subject: str
    seq: int
    state: str
    at: str


class _Arrival(NamedTuple):
    seq: int
    at: str


async def newest(queries: Queries, reader: Principal, procedure: str) -> Window:
    """The newest records of a procedure's applications that the reader sees."""
    wanted, found = Wanted(procedure=procedure), list[Record]()
    place: Place | None = None
    for _ in range(PAGES):
        left = RECORDS - len(found)
        try:
            page = await queries.search_trails(reader, wanted, left, place, newest=True)
        except ForeignPlace:  # its applications have just become too many for the place
            return Window(found, whole=False)
        found += map(orjson.loads, page.records)
        place = page.next
        if place is None or len(found) == RECORDS:
            break
    return Window(found, place is None)


async def stays(store: Store, window: Window, procedure: Procedure) -> list[Stay]:
    """How long those that left a state had been there, the newest departures first. What stays
    where it is does not count yet.
    """
    entered = _entered(window)
    left = _departures(window, procedure)[:DEPARTURES]
    begun = await asyncio.gather(*(_begun(store, entered, one) for one in left))
    unconfirmed = await _unconfirmed(store, sorted({one.subject for one in left}))
    return [
        _stay(one, arrival, unconfirmed.get(one.subject, frozenset()))
        for one, arrival in zip(left, begun, strict=True)
    ]


def seconds(since: str, until: str) -> int | None:
    """From one instant to another; None where they are the same, as of two acts of which nothing
    but the day is known, or a correction has put them the other way round.
    """
    lasted = clock.milliseconds(until) - clock.milliseconds(since)
    return lasted // 1000 if lasted > 0 else None


def _stay(left: _Departure, arrival: _Arrival | None, unconfirmed: Collection[str]) -> Stay:
    if arrival is None:
        return Stay(left.state, None, str(left.seq) in unconfirmed)
    reported = not {str(left.seq), str(arrival.seq)}.isdisjoint(unconfirmed)
    return Stay(left.state, seconds(arrival.at, left.at), reported)


async def _unconfirmed(store: Store, subjects: Sequence[str]) -> dict[str, Collection[str]]:
    """By subject its records that nobody has confirmed by now."""
    found = zip(subjects, await store.read_many(subjects), strict=True)
    return {
        subject: Document.decode(stored).snapshot["unconfirmed"].keys()
        for subject, stored in found
        if stored is not None
    }


def _departures(window: Window, procedure: Procedure) -> list[_Departure]:
    known = procedure.events
    return [
        _Departure(one["subject"], one["seq"], one["from"], one["changes"]["set"][ENTERED])
        for one in window.records
        if one["from"] not in (None, one["to"])
        and ENTERED in one["changes"]["set"]
        and not (one["type"] in known and known[one["type"]].effect in RESTATING)
    ]


def _entered(window: Window) -> dict[str, list[tuple[int, _Arrival]]]:
    """By subject the records of the window that brought it into a state, the newest first."""
    found: dict[str, list[tuple[int, _Arrival]]] = {}
    for one in window.records:
        arrival = _arrival(one)
        if arrival is not None:
            found.setdefault(one["subject"], []).append((one["seq"], arrival))
    return found


def _arrival(record: Record) -> _Arrival | None:
    """Since when an application is in its state, and by which record, where this one tells it."""
    gained = record["changes"]["set"]
    if ENTERED not in gained:
        return None
    return _Arrival(gained.get(BROUGHT, record["seq"]), gained[ENTERED])


async def _begun(
    store: Store, entered: dict[str, list[tuple[int, _Arrival]]], left: _Departure
) -> _Arrival | None:
    """How it came into the state that it left."""
    for seq, arrival in entered[left.subject]:
        if seq < left.seq:
            return arrival
    last, end = left.seq - 1, max(0, left.seq - 1 - FURTHER)
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
