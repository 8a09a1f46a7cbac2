"""Timers: what time will bring to applications, and what it should have brought already."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, NamedTuple, cast

from fastapi import Response

from api import answers
from api.console.naming import Names
from api.console.operating import operator_of
from api.console.pages.operations import LATE_MS
from api.console.routing import page
from api.console.visit import Visit
from workflow.domain import clock, deadlines
from workflow.domain.application import Snapshot
from workflow.domain.record import Document
from workflow.domain.terms import OVERDUE
from workflow.service import now
from workflow.store import Due, Position

TIMERS = 100
"""Applications on a page."""

AHEAD = {
    "hour": timedelta(hours=1),
    "day": timedelta(days=1),
    "week": timedelta(days=7),
    "month": timedelta(days=31),
    "year": timedelta(days=366),
}
"""How far one may look ahead."""


class Timed(NamedTuple):
    """An application whose time has come, or comes. `event` is what the clock then posts, for the
    sake of `deadline`; with no event that deadline of an authority runs out, and with no deadline
    the application hangs on another one, which is looked at.
    """

    application: str
    name: Mapping[str, str]
    names: Names
    state: str
    at: str
    late: bool
    deadline: str | None
    event: str | None


async def show(visit: Visit) -> Response:
    """What is late, and what comes within the time that the address names."""
    operator_of(visit)
    ahead = visit.one_of("within", *AHEAD) or "month"
    at = clock.milliseconds(now())
    until = at + AHEAD[ahead] // timedelta(milliseconds=1)
    place = answers.position_of(visit.asked("cursor"))
    after = None if place is None else Due(*place)
    found = await visit.parts.store.listing.soonest("application", until, TIMERS + 1, after)
    shown = found[:TIMERS]
    values: dict[str, Any] = {
        "timed": await _timed(visit, shown, at - LATE_MS),
        "ahead": ahead,
        "following": answers.position_cursor(Position(*shown[-1])) if len(found) > TIMERS else None,
        "overdue": await _overdue(visit),
        "at": clock.of_milliseconds(at),
    }
    return visit.page("timers.html", **values)


ROUTES = (page("/operations/timers", show),)


async def _overdue(visit: Visit) -> bool:
    """Whether the time limit of an application has passed; no timer tells of it any more."""
    found = await visit.parts.queries.applications(visit.reader, [OVERDUE], None, 1, None)
    return bool(found.items)


async def _timed(visit: Visit, due: Sequence[Due], late: int) -> list[Timed]:
    """Applications that are due; those that were so by `late` (Unix ms) are late."""
    documents = await _documents(visit, [f"application/{one.id}" for one in due])
    buyers = await _documents(
        visit, sorted({f"buyer/{one.snapshot['buyer']}" for one in documents.values()})
    )
    found = []
    for one in due:
        document = documents.get(f"application/{one.id}")
        if document is not None:
            buyer = buyers.get(f"buyer/{document.snapshot['buyer']}")
            name = _unnamed(document) if buyer is None else buyer.snapshot["name"]
            found.append(_line(visit, one, document, name, one.since <= late))
    return found


def _line(visit: Visit, due: Due, document: Document, name: Any, late: bool) -> Timed:
    names, snapshot = visit.names_of(document), cast(Snapshot, document.snapshot)
    at = clock.of_milliseconds(due.since)
    deadline, event = _what(names, snapshot, at)
    return Timed(due.id, name, names, snapshot["state"], at, late, deadline, event)


def _what(names: Names, snapshot: Snapshot, at: str) -> tuple[str | None, str | None]:
    """Which deadline ends at an instant, and what the clock posts then."""
    for timer in deadlines.timers(names.procedure, snapshot):
        if timer.due == at:
            return names.deadline(timer.name), names.event(timer.event)
    limit = deadlines.limit(names.procedure, snapshot)
    if limit is not None and deadlines.overdue_from(names.procedure, snapshot) == at:
        return names.deadline(limit.deadline.id), None
    return None, None


async def _documents(visit: Visit, subjects: Sequence[str]) -> dict[str, Document]:
    stored = await visit.parts.store.read_many(subjects)
    pairs = zip(subjects, stored, strict=True)
    return {subject: Document.decode(text) for subject, text in pairs if text is not None}


def _unnamed(document: Document) -> dict[str, str]:
    buyer: str = document.snapshot["buyer"]
    return {"en": buyer, "zh": buyer}
