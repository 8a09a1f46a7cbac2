"""The overview of the buyers as the reports print it: as things are, and as they were."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, cast

import orjson

from workflow.catalog import Catalog, index_entry
from workflow.domain import history
from workflow.domain.application import Snapshot
from workflow.domain.history import Moment
from workflow.domain.principal import Principal
from workflow.domain.record import Document
from workflow.search import Found, Search
from workflow.service import now
from workflow.sight import Sight, position_of
from workflow.store import Position, Store

STRETCH = 200
"""Records read from the store at a time."""

APPLICATIONS_SHOWN = 20
"""Applications of one buyer that the overview shows, the newest."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the overview: a buyer with one of its applications, if it has any.

    `sources` are the records that the present state and the share of a pool rest on.
    """

    buyer: str
    name: dict[str, str]
    application: str | None
    document: Document | None
    sources: tuple[dict[str, Any], ...]
    pool: Document | None


class Overviews:
    """Reads buyers with their applications."""

    def __init__(self, store: Store, catalog: Catalog, clock: Callable[[], str] = now) -> None:
        self._store: Final = store
        self._catalog: Final = catalog
        self._search: Final = Search(store, partial(index_entry, catalog), clock)
        self._sight: Final = Sight(store, catalog)

    async def document(self, kind: str, identifier: str) -> Document | None:
        """A subject as it is now."""
        stored = await self._store.read(f"{kind}/{identifier}")
        return None if stored is None else Document.decode(stored)

    async def buyer(self, principal: Principal, buyer: str) -> Document | None:
        """A buyer's entry; None, too, where the principal does not see it."""
        return await self.document("buyer", buyer) if self._sight.buyer(principal, buyer) else None

    async def overview(
        self, principal: Principal, limit: int, before: Position | None
    ) -> tuple[list[Row], Position | None]:
        """The buyers that the principal sees, newest first, with their applications."""
        page = await self._buyers(principal, limit, before)
        rows = await asyncio.gather(*(self._rows(principal, *item) for item in page.items))
        return [row for group in rows for row in group], page.next

    async def at(self, subject: str, moment: Moment) -> Document | None:
        """A subject as it was; None where there was nothing yet."""
        return (await self._at(subject, moment))[0]

    async def overview_at(
        self, principal: Principal, limit: int, before: Position | None, moment: Moment
    ) -> tuple[list[Row], Position | None]:
        """The buyers that were known, with their applications as they were; as far as the
        principal sees them now.
        """
        page = await self._buyers(principal, limit, before)
        asked = (self._rows_at(principal, buyer, moment) for buyer, _ in page.items)
        rows = await asyncio.gather(*asked)
        return [row for group in rows for row in group], page.next

    async def _buyers(self, principal: Principal, limit: int, before: Position | None) -> Found:
        if self._sight.registry(principal):
            return await self._search.page("buyer", (), limit, before)
        return await self._own_entry(principal, before)

    async def _applications(
        self, principal: Principal, buyer: str
    ) -> AsyncIterator[tuple[str, Document]]:
        """A buyer's applications that the principal sees, the newest first."""
        further: Position | None = None
        while True:
            terms = (f"buyer={buyer}",)
            found = await self._search.page("application", terms, APPLICATIONS_SHOWN, further)
            for item in found.items:
                if self._sight.document(principal, item[1]):
                    yield item
            further = found.next
            if further is None:
                return

    async def _rows_at(self, principal: Principal, buyer: str, moment: Moment) -> list[Row]:
        """What the registry says takes effect with its entry, so only what was known counts."""
        entry = await self.at(f"buyer/{buyer}", Moment(None, moment.known_at))
        if entry is None:
            return []
        name, rows = entry.snapshot["name"], list[Row]()
        async for application, _ in self._applications(principal, buyer):
            document, trail = await self._at(f"application/{application}", moment)
            if document is not None:
                numbers = _rested_on(document)
                sources = tuple(_source(trail[by - 1], seq) for seq, by in numbers.items())
                named = document.snapshot["pool"]
                pool = await self.at(f"pool/{named}", moment) if named else None
                rows.append(Row(buyer, name, application, document, sources, pool))
            if len(rows) == APPLICATIONS_SHOWN:
                break
        return rows or [Row(buyer, name, None, None, (), None)]

    async def _at(self, subject: str, moment: Moment) -> tuple[Document | None, list[Any]]:
        """A subject as it was, and its trail as it is."""
        trail = [orjson.loads(text) async for text in self._records(subject, 1)]
        return await asyncio.to_thread(history.at, trail, moment), trail

    async def _own_entry(self, principal: Principal, before: Position | None) -> Found:
        """The list of buyers of somebody who sees but one of them."""
        own = principal.organisation
        entry = await self.buyer(principal, own)
        if entry is None or (before is not None and position_of(own, entry) >= before):
            return Found([], None)
        return Found([(own, entry)], None)

    async def _rows(self, principal: Principal, buyer: str, entry: Document) -> list[Row]:
        name, rows = entry.snapshot["name"], list[Row]()
        async for application, document in self._applications(principal, buyer):
            rows.append(await self._row(buyer, name, application, document))
            if len(rows) == APPLICATIONS_SHOWN:
                break
        return rows or [Row(buyer, name, None, None, (), None)]

    async def _row(
        self, buyer: str, name: dict[str, str], application: str, document: Document
    ) -> Row:
        subject, numbers, named = (
            f"application/{application}",
            _rested_on(document),
            document.snapshot["pool"],
        )
        texts = [await self._store.record(subject, by) for by in numbers.values()]
        records = [orjson.loads(text) for text in texts if text]
        sources = tuple(map(_source, records, numbers))
        pool = await self.document("pool", named) if named else None
        return Row(buyer, name, application, document, sources, pool)

    async def _records(self, subject: str, seq: int) -> AsyncIterator[bytes]:
        """A trail from a record on, as far as it goes, whatever the document says."""
        while texts := await self._store.records(subject, seq, seq + STRETCH - 1):
            for text in texts:
                yield text
            seq += len(texts)


def _rested_on(document: Document) -> dict[int, int]:
    """The records that the present state and the share of a pool rest on, each with the one that
    says so now: itself, or the correction that supersedes it.
    """
    snapshot = cast(Snapshot, document.snapshot)
    share = snapshot["allocation"]
    seqs = {snapshot["entered_seq"], *([share["seq"]] if share else [])}
    return {seq: snapshot["corrections"].get(str(seq), seq) for seq in sorted(seqs)}


def _source(record: dict[str, Any], seq: int) -> dict[str, Any]:
    """A record as a source; of a correction, the evidence of what it puts in a record's place."""
    if record["seq"] == seq:
        return record
    return {**record, "evidence": record["data"]["with"]["evidence"]}
