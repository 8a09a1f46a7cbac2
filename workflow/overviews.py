"""The overview of the buyers as the reports print it: as things are, and as they were."""

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, cast

import orjson

from workflow.catalog import Catalog, index_entry
from workflow.domain import notes
from workflow.domain.application import Changes, Snapshot
from workflow.domain.history import Moment
from workflow.domain.principal import Principal
from workflow.domain.record import Document
from workflow.domain.refusals import Refused
from workflow.hindsight import Hindsight
from workflow.search import Found, Search
from workflow.service import now
from workflow.sight import Sight, position_of
from workflow.store import ArchiveUnreadable, Position, Store

STRETCH = 200
"""Records read from the store at a time."""

PAGE_READ = 50_000
"""Records behind one page of the overview as it was, about; the page ends with the buyers at which
there are as many.
"""

TOGETHER = 10
"""Buyers whose past is read at once."""

APPLICATIONS_SHOWN = 20
"""Applications of one buyer that the overview shows, the newest."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the overview: a buyer with one of its applications, if it has any.

    `sources` are the records that the present state and the share of a pool rest on. `unread`: the
    application was there, and its trail is too long to be asked how it stood. `unsourced`: some of
    these records were moved to the log, and cannot be read there.
    """

    buyer: str
    name: dict[str, str]
    application: str | None
    document: Document | None
    sources: tuple[dict[str, Any], ...]
    pool: Document | None
    unread: bool = False
    unsourced: bool = False


class Overviews:
    """Reads buyers with their applications."""

    def __init__(self, store: Store, catalog: Catalog, clock: Callable[[], str] = now) -> None:
        self._store: Final = store
        self._catalog: Final = catalog
        self._search: Final = Search(store, partial(index_entry, catalog), clock)
        self._sight: Final = Sight(store, catalog)
        self._hindsight: Final = Hindsight(store)

    async def document(self, kind: str, identifier: str) -> Document | None:
        """A subject as it is now."""
        stored = await self._store.read(f"{kind}/{identifier}")
        return None if stored is None else Document.decode(stored)

    async def buyer(self, principal: Principal, buyer: str) -> Document | None:
        """A buyer's entry; None, too, where the principal does not see it."""
        return await self.document("buyer", buyer) if self._sight.buyer(principal, buyer) else None

    async def overview(
        self,
        principal: Principal,
        limit: int,
        before: Position | None,
        shown: int = APPLICATIONS_SHOWN,
        text: str | None = None,
    ) -> tuple[list[Row], Position | None]:
        """The buyers that the principal sees, newest first, each with so many of its applications;
        `text` begins an id or a name of theirs.
        """
        page = await self._buyers(principal, limit, before, text)
        rows = [
            Row(buyer, entry.snapshot["name"], None, None, (), None) for buyer, entry in page.items
        ]
        return await self.overview_of(principal, rows, shown), page.next

    async def overview_of(self, principal: Principal, rows: Iterable[Row], shown: int) -> list[Row]:
        """The lines of these buyers, each with so many of its applications."""
        asked = (self._rows(principal, row.buyer, row.name, shown) for row in rows)
        return [row for group in await asyncio.gather(*asked) for row in group]

    async def names(self, buyers: Collection[str]) -> dict[str, dict[str, str]]:
        """What buyers are called."""
        known = sorted(buyers)
        found = await self._store.read_many([f"buyer/{buyer}" for buyer in known])
        return {
            buyer: {"en": buyer, "zh": buyer}
            if stored is None
            else Document.decode(stored).snapshot["name"]
            for buyer, stored in zip(known, found, strict=True)
        }

    async def lines(self, found: Iterable[tuple[str, Document]]) -> list[Row]:
        """Applications that were found as lines of the overview."""
        return await asyncio.gather(*(self._line(*item) for item in found))

    async def at(self, subject: str, moment: Moment) -> Document | Refused | None:
        """A subject as it was; None where there was nothing yet, refused where its trail is too
        long for the question.
        """
        return await self._hindsight.at(subject, moment)

    async def overview_at(
        self,
        principal: Principal,
        limit: int,
        before: Position | None,
        moment: Moment,
        shown: int = APPLICATIONS_SHOWN,
        text: str | None = None,
    ) -> tuple[list[Row], Position | None]:
        """The buyers that were known, with their applications as they were; as far as the
        principal sees them now. A page may be short.
        """
        page = await self._buyers(principal, limit, before, text)
        rows: list[Row] = []
        read, done = 0, 0
        while done < len(page.items) and read < PAGE_READ:
            group = page.items[done : done + TOGETHER]
            asked = (self._rows_at(principal, buyer, moment, shown) for buyer, _ in group)
            for found, records in await asyncio.gather(*asked):
                rows += found
                read += records
            done += len(group)
        if done < len(page.items):
            return rows, position_of(*page.items[done - 1])
        return rows, page.next

    async def _buyers(
        self, principal: Principal, limit: int, before: Position | None, text: str | None = None
    ) -> Found:
        if not self._sight.registry(principal):
            own = await self._own_entry(principal, before)
            fitting = [
                one
                for one in own.items
                if self._search.begins(f"buyer/{one[0]}", one[1], text or "")
            ]
            return own._replace(items=fitting)
        if text:
            return await self._search.beginning("buyer", text, limit, before)
        return await self._search.page("buyer", (), limit, before)

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

    async def _rows_at(
        self, principal: Principal, buyer: str, moment: Moment, shown: int
    ) -> tuple[list[Row], int]:
        """A buyer's lines as they were, and how many records there are behind them. What the
        registry says takes effect with its entry, so only what was known counts.
        """
        entry = await self.at(f"buyer/{buyer}", Moment(None, moment.known_at))
        if not isinstance(entry, Document):
            return [], 1
        name, rows, read = entry.snapshot["name"], list[Row](), 1
        async for application, present in self._applications(principal, buyer):
            if not _begun(present, moment):
                continue
            read += present.version
            subject = f"application/{application}"
            document = await self._hindsight.at(subject, moment, _shown)
            if isinstance(document, Refused):
                rows.append(Row(buyer, name, application, None, (), None, unread=True))
            elif document is not None:
                pool = await self._pool_at(document.snapshot["pool"], moment)
                sources, lost = await self._sources(subject, document)
                row = Row(buyer, name, application, document, sources, pool, unsourced=lost)
                rows.append(row)
            if len(rows) == shown:
                break
        return rows or [Row(buyer, name, None, None, (), None)], read

    async def _pool_at(self, pool: str | None, moment: Moment) -> Document | None:
        """What was claimed of a pool; None, too, where too much has been drawn from it since."""
        if pool is None:
            return None
        found = await self._hindsight.at(f"pool/{pool}", moment, _claiming)
        return None if isinstance(found, Refused) else found

    async def _own_entry(self, principal: Principal, before: Position | None) -> Found:
        """The list of buyers of somebody who sees but one of them."""
        own = principal.organisation
        entry = await self.buyer(principal, own)
        if entry is None or (before is not None and position_of(own, entry) >= before):
            return Found([], None)
        return Found([(own, entry)], None)

    async def _rows(
        self, principal: Principal, buyer: str, name: dict[str, str], shown: int
    ) -> list[Row]:
        rows: list[Row] = []
        async for application, document in self._applications(principal, buyer):
            rows.append(await self._row(buyer, name, application, document))
            if len(rows) == shown:
                break
        return rows or [Row(buyer, name, None, None, (), None)]

    async def _line(self, application: str, document: Document) -> Row:
        buyer = document.snapshot["buyer"]
        return await self._row(buyer, (await self.names({buyer}))[buyer], application, document)

    async def _row(
        self, buyer: str, name: dict[str, str], application: str, document: Document
    ) -> Row:
        named = document.snapshot["pool"]
        sources, lost = await self._sources(f"application/{application}", document)
        pool = await self.document("pool", named) if named else None
        return Row(buyer, name, application, document, sources, pool, unsourced=lost)

    async def _sources(
        self, subject: str, document: Document
    ) -> tuple[tuple[dict[str, Any], ...], bool]:
        """What a line rests on, as far as it can be read, and whether something of it cannot."""
        found: list[dict[str, Any]] = []
        lost = False
        for seq, by in _rested_on(document).items():
            try:
                text = await self._store.record(subject, by)
            except ArchiveUnreadable:
                lost = True
                continue
            if text:
                found.append(_source(orjson.loads(text), seq))
        return tuple(found), lost

    async def _records(self, subject: str, seq: int) -> AsyncIterator[bytes]:
        """A trail from a record on, as far as it goes, whatever the document says."""
        while texts := await self._store.records(subject, seq, seq + STRETCH - 1):
            for text in texts:
                yield text
            seq += len(texts)


def _begun(present: Document, moment: Moment) -> bool:
    """Whether an application was there: when it was entered and since when it counts never
    change.
    """
    known_at, as_of = moment.known_at, moment.as_of
    entered, began = present.snapshot["created_at"], present.snapshot["effective_at"]
    return (known_at is None or entered <= known_at) and (as_of is None or began <= as_of)


def _shown(changes: Changes) -> bool:
    """Whether a line of the overview may tell anything of what a record changed; not of notes."""
    return not notes.alone(changes)


def _claiming(changes: Changes) -> bool:
    """Whether a record of a pool says what is claimed of it; not what is drawn."""
    return any(path.startswith(("/claims", "/title")) for path in changes["set"])


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
