"""Statistics: how much happens, how long it takes, what stands still, and what is refused."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from babel.dates import format_date
from fastapi import Response

from api.answers import PRIVATE
from api.console import figures, present, window
from api.console.charts import PATH, Chart, charts_of, draw
from api.console.figures import Cause, Course, Length
from api.console.formats import LOCALES
from api.console.naming import Names
from api.console.routing import page
from api.console.visit import Visit
from api.journal import Filter, What
from api.journal import page as journal_page
from api.overview import line
from api.routes.procedures import HARMLESS, SVG
from api.sealing import Foreign
from workflow.domain import access
from workflow.service import now

STUCK = 50
"""Overdue applications that are shown, the longest of those that are looked at."""

REFUSALS, DRAWN = 1_000, 10
"""Entries of the journal that are counted, and reasons that are drawn."""

ORDERS: tuple[figures.By, ...] = ("recorded_at", "effective_at")
DAY_SHORT = {"en": "d MMM", "zh": "M月d日"}
PARTIAL = "*"
"""Behind a day that was not counted wholly."""
MONTH_SHORT = {"en": "MMM y", "zh": "y年M月"}


class Stuck(NamedTuple):
    """Applications that are overdue, the longest first, of so many that were found; `whole`: there
    are no others.
    """

    lines: Sequence[Mapping[str, Any]]
    found: int
    whole: bool


class Refusals(NamedTuple):
    """Why events were refused; `whole`: there are no others. `since`: the first attempt that was
    looked at.
    """

    causes: Sequence[Cause]
    whole: bool
    since: str | None


async def show(visit: Visit) -> Response:
    """The figures of one procedure, of what whoever asks may see."""
    regimes = {names.procedure.name: names for names in visit.regimes()}
    wanted = visit.one_of("procedure", *regimes)
    names = regimes[wanted] if wanted else next(iter(regimes.values()))
    by = visit.one_of("by", *ORDERS) or ORDERS[0]
    reader, parts = visit.reader, visit.parts
    found = await window.newest(parts.queries, reader, names.procedure.name)
    stays = await window.stays(parts.store, found, names.procedure)
    cut = None if found.whole or not found.records else found.records[-1]["recorded_at"]
    course = figures.course(found.records, "effective_at" if by == ORDERS[1] else ORDERS[0], cut)
    states = list(names.procedure.states)
    lengths = figures.lengths(stays, states)
    there = await present.newest(parts.queries, reader, names.procedure.name)
    refusals = await _refusals(visit)
    charts = await charts_of(parts.store, reader)
    events = _events(visit, course)
    return visit.page(
        "statistics.html",
        regimes=regimes,
        names=names,
        by=by,
        taken_at=now(),
        window=found,
        course=course,
        periods=list(zip(course.periods, events.labels, strict=True)),
        there=there,
        presences=present.presences(there.items, states),
        lengths=lengths,
        stays=stays,
        stuck=await _stuck(visit, names),
        refusals=refusals,
        pictures={
            "events": charts.address(events),
            "lengths": charts.address(_lengths(visit, names, lengths)),
            "refusals": charts.address(_causes(refusals)),
        },
    )


async def picture(visit: Visit) -> Response:
    """One of its charts."""
    charts = await charts_of(visit.parts.store, visit.reader)
    try:
        chart = charts.of(visit.asked("of") or "")
    except Foreign as error:
        raise visit.nothing() from error
    drawn = await asyncio.to_thread(draw, chart)
    return Response(drawn, 200, PRIVATE | HARMLESS, SVG)


ROUTES = (page("/statistics", show), page(PATH, picture))


async def _stuck(visit: Visit, names: Names) -> Stuck:
    """The longest overdue; no index knows which passed its limit first, so of the newest."""
    queries, catalog, at = visit.parts.queries, visit.parts.catalog, now()
    found = await present.overdue(queries, visit.reader, names.procedure.name)
    shown = present.longest_first(catalog, found.items)[:STUCK]
    rows = await queries.lines(shown)
    lines = [
        line(row, catalog, at)
        | {"names": visit.names_of(document), "since": document.snapshot["entered_at"]}
        for row, (_, document) in zip(rows, shown, strict=True)
    ]
    return Stuck(lines, len(found.items), found.whole)


async def _refusals(visit: Visit) -> Refusals | None:
    """What the journal of access has of it; None for whom the journal is not."""
    if access.may_see_journal(visit.reader) is not None:
        return None
    wanted = Filter(what=What.REFUSED)
    found = await journal_page(visit.parts.journal, wanted, REFUSALS, None, newest=True)
    since = min((one["at"] for one in found.entries), default=None)
    causes = figures.causes(figures.of_events(found.entries))
    return Refusals(causes, found.next is None, since)


def _events(visit: Visit, course: Course) -> Chart:
    pattern = (MONTH_SHORT if course.months else DAY_SHORT)[visit.language]
    locale = LOCALES[visit.language]
    labels = [
        format_date(one.begins, pattern, locale) + ("" if one.whole else PARTIAL)
        for one in course.periods
    ]
    series = [
        [one.confirmed for one in course.periods],
        [one.reported for one in course.periods],
        [one.other for one in course.periods],
    ]
    return Chart("standing", lying=False, labels=labels, series=series)


def _lengths(visit: Visit, names: Names, lengths: Sequence[Length]) -> Chart:
    lengths = [one for one in lengths if one.spread]
    reports = visit.say("%(state)s (reports)")
    labels = [
        reports % {"state": names.state(one.state)} if one.reported else names.state(one.state)
        for one in lengths
    ]
    series = [[one.spans[place] for one in lengths] for place in range(len(figures.LIMITS) + 1)]
    return Chart("length", lying=True, labels=labels, series=series)


def _causes(refusals: Refusals | None) -> Chart:
    drawn = [] if refusals is None else refusals.causes[:DRAWN]
    counts = [one.times for one in drawn]
    return Chart("plain", lying=True, labels=[one.code for one in drawn], series=[counts])
