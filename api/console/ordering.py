"""Lines of the overview in the order that is asked for: all of them, not those of a page."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from api import overview
from api.console.visit import Visit
from workflow.domain.record import Document
from workflow.overviews import Row
from workflow.service import now

MOST = 2_000
"""Buyers, or applications that were asked for, that are put in order, the newest; about 0.1 ms each
(`python -m tests.benchmarks.pages`).
"""

TOGETHER = 200
"""Applications that are read at a time."""

Line = dict[str, Any]

Value = Callable[[Visit, Line], Any]
"""What a line is ordered by; None where that is not known."""


def _units(_visit: Visit, line: Line) -> int | None:
    """Those of the order, else of the share, else of the licence."""
    units = line["units"]
    told = (units[name] for name in ("ordered", "fixed", "claimed", "licensed"))
    return next((one for one in told if one is not None), None)


def _progress(_visit: Visit, line: Line) -> int | None:
    """How far down the procedure's list its state stands."""
    names = line["names"]
    return None if names is None else list(names.procedure.states).index(line["state"])


def _waiting(visit: Visit, line: Line) -> str | None:
    return " ".join(line["names"].short(code) for code in line["waiting_on"]) or None


ORDERS: Mapping[str, Value] = {
    "name": lambda visit, line: line["name"][visit.language].casefold(),
    "state": _progress,
    "standing": lambda _, line: line["standing"],
    "units": _units,
    "waiting": _waiting,
    "left": lambda _, line: line["working_days_left"],
    "changed": lambda _, line: line["updated_at"],
}


def order_of(visit: Visit) -> str | None:
    """The order that the address asks for, downwards with a `-`. Raises Problem (422)."""
    return visit.one_of("sort", *ORDERS, *(f"-{name}" for name in ORDERS))


def line_of(visit: Visit, row: Row, at: str) -> Line:
    """A line of the overview, and `names`: what its procedure calls things (None: there is no
    application).
    """
    names = None if row.document is None else visit.names_of(row.document)
    return overview.line(row, visit.parts.catalog, at) | {"names": names}


def ordered(visit: Visit, lines: Iterable[Line], order: str) -> list[Line]:
    """The lines in an order; of which it is not known, at the end."""
    value = ORDERS[order.removeprefix("-")]
    known, unknown = list[tuple[Any, Line]](), list[Line]()
    for line in lines:
        found = value(visit, line)
        if found is None:
            unknown.append(line)
        else:
            known.append((found, line))
    known.sort(key=lambda one: one[0], reverse=order.startswith("-"))
    return [*(line for _, line in known), *unknown]


def ordered_rows(visit: Visit, rows: Iterable[Row], order: str) -> list[Row]:
    """The same of rows."""
    at = now()
    lines = (line_of(visit, row, at) | {"row": row} for row in rows)
    return [line["row"] for line in ordered(visit, lines, order)]


async def applications(visit: Visit, terms: list[str], text: str | None) -> tuple[list[Row], bool]:
    """The newest applications with these terms, each as a line without sources; whether there are
    more.
    """
    queries, found = visit.parts.queries, list[tuple[str, Document]]()
    place = None
    while len(found) < MOST:
        page = await queries.applications(visit.reader, terms, text, TOGETHER, place)
        found += page.items
        place = page.next
        if place is None:
            break
    names = await queries.names({document.snapshot["buyer"] for _, document in found})
    rows = [
        Row(buyer, names[buyer], application, document, (), None)
        for application, document in found
        for buyer in (document.snapshot["buyer"],)
    ]
    return rows, place is not None
