"""Every buyer at a glance, so that the list of them can be put in another order."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Final

from workflow.catalog import Catalog
from workflow.domain.principal import Principal
from workflow.domain.record import Document
from workflow.overviews import STRETCH, Overviews, Row
from workflow.service import now
from workflow.store import Position, Store

LATE = 2_000
"""Milliseconds by which an application may come into the list later than its place there says.
Where one comes later still, its buyer keeps the place that it had.
"""

NEWS = 2_000
"""Applications that are looked through for those that are new; where there are more, each buyer's
is asked for again.
"""


class Heads(Overviews):
    """Reads of many buyers what a list is ordered by.

    Which application of a buyer is its newest is remembered, since asking for it takes 0.3 ms: what
    was opened since is at the beginning of the list of all.
    """

    def __init__(self, store: Store, catalog: Catalog, clock: Callable[[], str] = now) -> None:
        super().__init__(store, catalog, clock)
        self._known: Final[dict[str, Position | None]] = {}
        self._read_to = Position(0, "")
        self._turn: Final = asyncio.Lock()

    async def heads(
        self, principal: Principal, limit: int, text: str | None = None
    ) -> tuple[list[Row], bool]:
        """A line of every buyer that the principal sees, with its newest application, and without
        sources; of the newest buyers, if there are more than `limit`, which is told beside.
        """
        rows: list[Row] = []
        beyond: Position | None = None
        while True:
            page = await self._buyers(principal, min(STRETCH, limit - len(rows)), beyond, text)
            found = await self._newest(principal, [buyer for buyer, _ in page.items])
            for (buyer, entry), one in zip(page.items, found, strict=True):
                application, document = one or (None, None)
                rows.append(Row(buyer, entry.snapshot["name"], application, document, (), None))
            beyond = page.next
            if beyond is None or len(rows) == limit:
                return rows, beyond is not None

    async def _newest(
        self, principal: Principal, buyers: Sequence[str]
    ) -> list[tuple[str, Document] | None]:
        """Of each buyer the newest application that the principal sees."""
        places = await self._places(buyers)
        names = [place.id for place in places if place is not None]
        stored = await self._store.read_many([f"application/{name}" for name in names])
        texts = dict(zip(names, stored, strict=True))
        found: list[tuple[str, Document] | None] = []
        for buyer, place in zip(buyers, places, strict=True):
            text = None if place is None else texts[place.id]
            if place is None or text is None:
                found.append(None)
            elif self._sight.stored(principal, place.id, text):
                found.append((place.id, Document.decode(text)))
            else:
                found.append(await anext(self._applications(principal, buyer), None))
        return found

    async def _places(self, buyers: Sequence[str]) -> list[Position | None]:
        """Where the newest application of each buyer stands."""
        async with self._turn:
            await self._catch_up()
            unknown = [buyer for buyer in buyers if buyer not in self._known]
            terms = [f"buyer={buyer}" for buyer in unknown]
            asked = await self._store.listing.newest("application", terms)
            self._known.update(zip(unknown, asked, strict=True))
            return [self._known[buyer] for buyer in buyers]

    async def _catch_up(self) -> None:
        """Take in what was opened since the last time."""
        since = self._read_to.created_ms - LATE
        news: list[Position] = []
        beyond: Position | None = None
        while True:
            some, beyond = await self._store.listing.page("application", (), STRETCH, beyond)
            news += (one for one in some if one.created_ms > since)
            if beyond is None or beyond.created_ms <= since:
                break
            if len(news) >= NEWS:
                self._known.clear()
                break
        parties = await self._sight.parties({one.id for one in news})
        for one in news:
            buyer = parties[one.id].buyer if one.id in parties else ""
            if buyer in self._known:
                self._known[buyer] = max(self._known[buyer] or one, one)
        self._read_to = max((self._read_to, *news[:1]))
