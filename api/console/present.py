"""Where applications stand now: counted among the newest, so that it takes the same however many
there are.
"""

from collections.abc import Sequence
from typing import NamedTuple, cast

from workflow.catalog import Catalog
from workflow.domain import deadlines
from workflow.domain.application import Snapshot
from workflow.domain.principal import Principal
from workflow.domain.record import Document
from workflow.domain.terms import OVERDUE
from workflow.queries import Queries
from workflow.store import Position

LOOKED_AT, STRETCH = 1_000, 200
"""Applications of all procedures that are looked at, and how many at a time."""

Item = tuple[str, Document]


class Newest(NamedTuple):
    """Applications of a procedure, the newest first; `whole`: there are no others."""

    items: Sequence[Item]
    whole: bool


class Presence(NamedTuple):
    """How many applications are in a state, and since when the one is that came first; `reported`:
    its arrival is.
    """

    state: str
    there: int
    since: str
    reported: bool


async def newest(queries: Queries, reader: Principal, procedure: str) -> Newest:
    """Those that the reader sees."""
    return await _newest(queries, reader, procedure, ())


async def overdue(queries: Queries, reader: Principal, procedure: str) -> Newest:
    """Those of them whose time limit has passed."""
    return await _newest(queries, reader, procedure, (OVERDUE,))


def longest_first(catalog: Catalog, items: Sequence[Item]) -> list[Item]:
    """What is overdue, in the order in which the time limits passed; what has none any more, last:
    the index has just not heard of it.
    """

    def passed(item: Item) -> tuple[bool, str]:
        procedure, snapshot = catalog.engine(item[1]).procedure, cast(Snapshot, item[1].snapshot)
        limit = deadlines.overdue_from(procedure, snapshot)
        return limit is None, limit or ""

    return sorted(items, key=passed)


def presences(items: Sequence[Item], states: Sequence[str]) -> list[Presence]:
    """The states in which applications are, in the order of the procedure; what it does not know
    comes last.
    """
    known: dict[str, list[Document]] = {}
    for _, document in items:
        known.setdefault(document.snapshot["state"], []).append(document)
    order = [*states, *sorted(set(known) - set(states))]
    return [_presence(state, known[state]) for state in order if state in known]


def _presence(state: str, there: Sequence[Document]) -> Presence:
    first = min(there, key=lambda one: str(one.snapshot["entered_at"])).snapshot
    reported = str(first["entered_seq"]) in first["unconfirmed"]
    return Presence(state, len(there), first["entered_at"], reported)


async def _newest(
    queries: Queries, reader: Principal, procedure: str, terms: Sequence[str]
) -> Newest:
    found: list[Item] = []
    place: Position | None = None
    for _ in range(LOOKED_AT // STRETCH):
        page = await queries.applications(reader, terms, None, STRETCH, place)
        found += [one for one in page.items if one[1].snapshot["procedure"] == procedure]
        place = page.next
        if place is None:
            break
    return Newest(found, place is None)
