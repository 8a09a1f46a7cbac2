"""Every buyer at a glance, so that the list of them can be put in another order."""

from collections.abc import Sequence

from workflow.domain.principal import Principal
from workflow.domain.record import Document
from workflow.overviews import STRETCH, Overviews, Row
from workflow.store import Position


class Heads(Overviews):
    """Reads of many buyers what a list is ordered by."""

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
        terms = [f"buyer={buyer}" for buyer in buyers]
        places = await self._store.listing.newest("application", terms)
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
