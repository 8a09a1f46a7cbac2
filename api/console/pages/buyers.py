"""Buyers: the overview as the reports print it. Company, status in a sentence, source."""

from collections import Counter
from collections.abc import Callable
from typing import Any

from fastapi import Response

from api import answers, overview
from api.console import past, states
from api.console.naming import Names
from api.console.pages import live
from api.console.routing import page
from api.console.visit import Visit
from workflow.domain.history import Moment
from workflow.overviews import Row
from workflow.service import now
from workflow.store import Position

BUYERS, APPLICATIONS, FOUND = 20, 2, 40
"""Buyers on a page and applications of each; and applications on a page of those that were asked
for. So no page is long, however many there are.
"""

FILTERS = ("state", "standing", "waiting_on", "buyer")
STANDINGS = ("confirmed", "reported")
LAST = 10**9

Line = dict[str, Any]
"""A line of the overview, and `names`: what its procedure calls things (None: no application)."""


async def show(visit: Visit) -> Response:
    """The overview, as it is or as it was."""
    moment, after = past.moment_of(visit), await live.place(visit)
    found, following = await (_now(visit) if moment is None else _then(visit, moment))
    at = now() if moment is None else moment.as_of or moment.known_at or now()
    lines = [_line(visit, row, at) for row in found]
    if moment is not None:
        lines = [line for line in lines if _fits(visit, line)]
    procedures = visit.regimes()
    return visit.page(
        "buyers.html",
        after=after,
        lines=_sorted(visit, _with_more(lines)),
        following=answers.position_cursor(following),
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


async def _now(visit: Visit) -> tuple[list[Row], Position | None]:
    """What is found by filters is found among applications, which have the terms; a name, unless
    it belongs to no buyer, among buyers.
    """
    queries, text = visit.parts.queries, visit.asked("q")
    before = answers.position_of(visit.asked("cursor"))
    terms = [f"{name}={value}" for name in FILTERS if (value := visit.asked(name))]
    if not terms:
        found = await queries.overview(visit.reader, BUYERS, before, APPLICATIONS, text)
        if found[0] or not text:
            return found
    page = await queries.applications(visit.reader, terms, text, FOUND, before)
    return await queries.lines(page.items), page.next


async def _then(visit: Visit, moment: Moment) -> tuple[list[Row], Position | None]:
    before = answers.position_of(visit.asked("cursor"))
    queries = visit.parts.queries
    text, one = visit.asked("q"), visit.asked("buyer")
    shown = FOUND if one else APPLICATIONS
    return await queries.overview_at(visit.reader, BUYERS, before, moment, shown, one or text)


def _with_more(lines: list[Line]) -> list[Line]:
    """The lines, the last one of a buyer saying whether it may have `more` applications."""
    counted = Counter(line["buyer"] for line in lines)
    last = {line["buyer"]: number for number, line in enumerate(lines)}
    return [
        line | {"more": last[line["buyer"]] == number and counted[line["buyer"]] >= APPLICATIONS}
        for number, line in enumerate(lines)
    ]


def _line(visit: Visit, row: Row, at: str) -> Line:
    names = None if row.document is None else visit.names_of(row.document)
    return overview.line(row, visit.parts.catalog, at) | {"names": names}


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


def _sorted(visit: Visit, lines: list[Line]) -> list[Line]:
    """The lines of this page in the order asked for; else the newest first."""
    orders: dict[str, Callable[[Line], Any]] = {
        "name": lambda line: line["name"][visit.language].casefold(),
        "state": _progress,
        "left": lambda line: (
            LAST if line["working_days_left"] is None else line["working_days_left"]
        ),
        "changed": lambda line: line["updated_at"] or "",
    }
    wanted = visit.one_of("sort", *orders, *(f"-{name}" for name in orders))
    if wanted is None:
        return lines
    name = wanted.removeprefix("-")
    return sorted(lines, key=orders[name], reverse=wanted.startswith("-"))


def _progress(line: Line) -> int:
    """How far down the procedure's list its state stands."""
    names: Names | None = line["names"]
    return -1 if names is None else list(names.procedure.states).index(line["state"])
