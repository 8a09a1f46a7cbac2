"""Statistics: how much happens, how long it takes, what stands still, and what is refused."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any, NamedTuple

from babel.dates import format_date
from fastapi import Response

from api.answers import PRIVATE
from api.console import figures, present, refusals, window
from api.console.charts import PATH, Chart, charts_of, draw
from api.console.figures import Course, Length
from api.console.formats import LOCALES, ZONE
from api.console.naming import Names
from api.console.present import Census, Longest
from api.console.refusals import Refusals
from api.console.routing import page
from api.console.visit import Visit
from api.console.window import By, Window
from api.overview import line
from api.routes.procedures import HARMLESS, SVG
from api.sealing import Foreign
from workflow.domain import access, clock
from workflow.overviews import STRETCH
from workflow.service import now

DRAWN = 10
"""Reasons of refusals that are drawn."""

ORDERS: tuple[By, ...] = ("recorded_at", "effective_at")
STUCK: tuple[Longest, ...] = ("state", "limit")
PERIODS = {"30": 30, "7": 7, "90": 90, "all": None}
"""Days of Beijing up to today, the first ones where nothing is asked for; None: all there are."""

DAY_SHORT = {"en": "d MMM", "zh": "M月d日"}
PARTIAL = "*"
"""Behind a day that was not counted wholly."""
MONTH_SHORT = {"en": "MMM y", "zh": "y年M月"}


class Counted(NamedTuple):
    """What was counted of a procedure, from an instant on."""

    taken_at: str
    window: Window
    lengths: Sequence[Length]
    census: Census


async def show(visit: Visit) -> Response:
    """The figures of one procedure, of what whoever asks may see."""
    regimes = {names.procedure.name: names for names in visit.regimes()}
    names = regimes[visit.one_of("procedure", *regimes) or next(iter(regimes))]
    by = ORDERS[visit.one_of("by", *ORDERS) == ORDERS[1]]
    stuck = STUCK[visit.one_of("stuck", *STUCK) == STUCK[1]]
    period = visit.one_of("period", *PERIODS) or next(iter(PERIODS))
    since = _since(PERIODS[period])
    counted = await _counted(visit, names, by, since)
    found, census = counted.window, counted.census
    cut = None if found.everything else since if found.whole else found.since
    course = figures.course(found.days, cut)
    refused = await _refusals(visit, since)
    charts = await charts_of(visit.parts.store, visit.reader)
    events = _events(visit, course)
    return visit.page(
        "statistics.html",
        regimes=regimes,
        names=names,
        by=by,
        kind=stuck,
        period=period,
        since=since,
        cut=cut,
        counted=counted,
        read=present.STRETCHES * STRETCH,
        course=course,
        periods=list(zip(course.periods, events.labels, strict=True)),
        stuck=await _lines(visit, census, stuck),
        left=sum(one.times for one in counted.lengths),
        unknown=sum(one.unknown for one in counted.lengths),
        refusals=refused,
        pictures={
            "events": charts.address(events),
            "lengths": charts.address(_lengths(visit, names, counted.lengths)),
            "refusals": charts.address(_causes(refused)),
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


def _since(days: int | None) -> str | None:
    """When the first of so many days began."""
    if days is None:
        return None
    return clock.beginning_of(datetime.now(ZONE).date() - timedelta(days=days - 1), ZONE.key)


async def _counted(visit: Visit, names: Names, by: By, since: str | None) -> Counted:
    """What whoever sees the same as the reader is told as well."""
    reader, parts, procedure = visit.reader, visit.parts, names.procedure

    async def count() -> Counted:
        taken_at = now()
        found = await window.counted(parts.queries, reader, procedure, by, since)
        stays = await window.stays(parts.store, found)
        census = await present.census(parts.queries, parts.catalog, reader, procedure)
        lengths = figures.lengths(stays, list(procedure.states))
        found.left.clear()  # thousands, which what is kept need not hold
        return Counted(taken_at, found, lengths, census)

    seen = (reader.roles, reader.authorities, reader.organisation, reader.scopes)
    return await visit.console.kept.of((seen, procedure.digest, by, since), count)


async def _lines(visit: Visit, census: Census, kind: Longest) -> Sequence[Mapping[str, Any]]:
    """The longest of a kind as lines of the overview, with `since` when they stand still."""
    catalog, at = visit.parts.catalog, now()
    shown = [(one.application, one.document) for one in census.longest[kind]]
    rows = await visit.parts.queries.lines(shown)
    return [
        line(row, catalog, at)
        | {"names": visit.names_of(document), "since": document.snapshot["entered_at"]}
        for row, (_, document) in zip(rows, shown, strict=True)
    ]


async def _refusals(visit: Visit, since: str | None) -> Refusals | None:
    """What the journal of access has of it; None for whom the journal is not."""
    if access.may_see_journal(visit.reader) is not None:
        return None
    count = partial(refusals.counted, visit.parts.journal, since)
    return await visit.console.kept.of(("refusals", since), count)


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


def _causes(refused: Refusals | None) -> Chart:
    drawn = [] if refused is None else refused.causes[:DRAWN]
    counts = [one.times for one in drawn]
    return Chart("plain", lying=True, labels=[one.code for one in drawn], series=[counts])
