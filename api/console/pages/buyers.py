"""Buyers: the overview as the reports print it. Company, status in a sentence, source."""

from collections import Counter
from typing import NamedTuple

from fastapi import Response

from api import answers
from api.console import ordering, past, states
from api.console.ordering import ORDERS, Line, line_of, order_of, ordered
from api.console.pages import live
from api.console.routing import page
from api.console.visit import Visit
from workflow.domain.history import Moment
from workflow.overviews import Row
from workflow.service import now

BUYERS, APPLICATIONS, FOUND = 20, 2, 40
"""Buyers on a page and applications of each; and applications on a page of those that were asked
for. So no page is long, however many there are.
"""

FILTERS = ("state", "standing", "waiting_on", "buyer")
STANDINGS = ("confirmed", "reported")


class Found(NamedTuple):
    """Lines of a page, and where the next one begins (None: at the end). `in_part`: there are
    others that an order leaves out.
    """

    rows: list[Row]
    following: str | None
    in_part: bool = False


async def show(visit: Visit) -> Response:
    """The overview, as it is or as it was."""
    moment, after, order = past.moment_of(visit), await live.place(visit), order_of(visit)
    if moment is not None:
        found = await _then(visit, moment)
    else:
        found = await (_now(visit) if order is None else _ordered(visit, order))
    at = now() if moment is None else moment.as_of or moment.known_at or now()
    lines = [line_of(visit, row, at) for row in found.rows]
    if moment is not None:
        lines = [line for line in lines if _fits(visit, line)]
        lines = lines if order is None else ordered(visit, lines, order)
    procedures = visit.regimes()
    return visit.page(
        "buyers.html",
        after=after,
        lines=_with_more(lines),
        following=found.following,
        in_part=found.in_part and order is not None,
        most=ordering.MOST,
        order=order,
        orders=ORDERS,
        moment=moment,
        states=states.offered(procedures, visit.say("In several procedures")),
        bodies={
            code: names.short(code)
            for names in procedures
            for code in ("buyer", *names.procedure.authorities)
        },
        narrowed=any(map(visit.asked, (*FILTERS, "q"))),
    )


ROUTES = (page("/", show),)


def _terms(visit: Visit) -> list[str]:
    return [f"{name}={value}" for name in FILTERS if (value := visit.asked(name))]


async def _now(visit: Visit) -> Found:
    """What is found by filters is found among applications, which have the terms; a name, unless
    it belongs to no buyer, among buyers.
    """
    queries, text = visit.parts.queries, visit.asked("q")
    before = answers.position_of(visit.asked("cursor"))
    terms = _terms(visit)
    if not terms:
        rows, place = await queries.overview(visit.reader, BUYERS, before, APPLICATIONS, text)
        if rows or not text:
            return Found(rows, answers.position_cursor(place))
    page = await queries.applications(visit.reader, terms, text, FOUND, before)
    return Found(await queries.lines(page.items), answers.position_cursor(page.next))


async def _ordered(visit: Visit, order: str) -> Found:
    """The same, in an order: a buyer has the place of its newest application."""
    queries, text, terms = visit.parts.queries, visit.asked("q"), _terms(visit)
    passed = answers.seq_of(visit.asked("cursor")) or 0
    if not terms:
        rows, more = await queries.heads(visit.reader, ordering.MOST, text)
        if rows or not text:
            end = passed + BUYERS
            shown = ordering.ordered_rows(visit, rows, order)[passed:end]
            found = await queries.overview_of(visit.reader, shown, APPLICATIONS)
            return Found(found, answers.seq_cursor(end if end < len(rows) else None), more)
    rows, more = await ordering.applications(visit, terms, text)
    end = passed + FOUND
    shown = ordering.ordered_rows(visit, rows, order)[passed:end]
    items = [(one.application, one.document) for one in shown]
    found = await queries.lines((name, one) for name, one in items if name and one)
    return Found(found, answers.seq_cursor(end if end < len(rows) else None), more)


async def _then(visit: Visit, moment: Moment) -> Found:
    before = answers.position_of(visit.asked("cursor"))
    queries = visit.parts.queries
    text, one = visit.asked("q"), visit.asked("buyer")
    shown = FOUND if one else APPLICATIONS
    rows, place = await queries.overview_at(
        visit.reader, BUYERS, before, moment, shown, one or text
    )
    in_part = place is not None or before is not None
    return Found(rows, answers.position_cursor(place), in_part)


def _with_more(lines: list[Line]) -> list[Line]:
    """The lines, the last one of a buyer saying whether it may have `more` applications."""
    counted = Counter(line["buyer"] for line in lines)
    last = {line["buyer"]: number for number, line in enumerate(lines)}
    return [
        line | {"more": last[line["buyer"]] == number and counted[line["buyer"]] >= APPLICATIONS}
        for number, line in enumerate(lines)
    ]


def _fits(visit: Visit, line: Line) -> bool:
    """Whether a line of the past, which no index knows, is one of those asked for."""
    text = (visit.asked("q") or "").casefold()
    words = (line["buyer"], line["application"] or "", *line["name"].values())
    told = {name: line[name] for name in ("state", "standing", "buyer")}
    waiting = visit.asked("waiting_on")
    return (
        all(visit.asked(name) in (None, value) for name, value in told.items())
        and (waiting is None or waiting in line["waiting_on"])
        and any(word.casefold().startswith(text) for word in words)
    )
