"""Reading the journal: in the order in which it was written, filtered, page by page or whole."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any, NamedTuple

from api.journal.entries import decode
from api.journal.writing import Journal
from workflow.domain import clock
from workflow.store import Stored

LOOK = 1_000
"""Entries that are looked at in one call of the store."""

LOOKS = 20
"""Calls for one page at the most; a page may be short while there is more."""

Shown = dict[str, Any]


class Filter(NamedTuple):
    """Which entries. `since` and `until` (exclusive) are when they were written, in Unix
    milliseconds; that is within a second of when it happened, unless the store was away.
    """

    what: str | None = None
    actor: str | None = None
    since: int | None = None
    until: int | None = None

    def fits(self, entry: Shown) -> bool:
        """Whether an entry is wanted, whenever it was written."""
        return (self.what in (None, entry["what"])) and self.actor in (None, entry["principal"])


class Page(NamedTuple):
    """Some entries, and the place behind which there may be more."""

    entries: list[Shown]
    next: str | None


async def page(
    journal: Journal, wanted: Filter, limit: int, after: str | None, newest: bool
) -> Page:
    """Entries behind a place. What this process has noted so far is written first. Raises
    StoreFault.
    """
    await journal.write()
    found: list[Shown] = []
    look = LOOK if wanted.what or wanted.actor else limit + 1
    for _ in range(LOOKS):
        stored = await _look(journal, wanted, after, newest, look)
        for one in stored:
            after = one.id
            entry = shown(one)
            if wanted.fits(entry):
                found.append(entry)
            if len(found) == limit:
                more = len(stored) == look or one is not stored[-1]
                return Page(found, after if more else None)
        if len(stored) < look:
            return Page(found, None)
    return Page(found, after)


async def whole(journal: Journal, wanted: Filter, newest: bool) -> AsyncIterator[Shown]:
    """Every entry that is wanted. Raises StoreFault before the first one, or later."""
    await journal.write()
    after: str | None = None
    while True:
        stored = await _look(journal, wanted, after, newest, LOOK)
        for entry in filter(wanted.fits, map(shown, stored)):
            yield entry
        if len(stored) < LOOK:
            return
        after = stored[-1].id


def shown(stored: Stored) -> Shown:
    """An entry with its place and when it was written."""
    written = datetime.fromtimestamp(stored.written_ms / 1000, UTC)
    return {"id": stored.id, "recorded_at": clock.instant(written)} | decode(stored.content)


async def _look(
    journal: Journal, wanted: Filter, after: str | None, newest: bool, limit: int
) -> list[Stored]:
    return await journal.store.page(wanted.since, wanted.until, after, newest, limit)
