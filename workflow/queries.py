"""Use cases that only read: status, lists, trails."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import replace
from itertools import compress
from typing import Final, NamedTuple

import orjson

from workflow.catalog import Catalog
from workflow.domain.principal import BUYER_AUTHORITY, SYSTEM, Principal, anybody_of
from workflow.domain.record import Document
from workflow.domain.trail import Checker, Verdict
from workflow.heads import Heads
from workflow.machine import Outlook
from workflow.overviews import STRETCH
from workflow.proofs import LogCheck
from workflow.search import Found
from workflow.service import now
from workflow.sight import discreet, position_of
from workflow.store import Position, Store
from workflow.trails import LOOKED_AT, Place, TrailFilter, TrailSearch, TrailsPage, Wanted


class TrailPage(NamedTuple):
    """Records as stored, and the seq after which the next page begins (None: at the end)."""

    records: list[bytes]
    next: int | None


class Prospects(NamedTuple):
    """What whoever asks may post on an application, and what anybody of each body may."""

    document: Document
    own: Outlook
    others: Mapping[str, Outlook]


class Queries(Heads):
    """The one way in for whoever reads."""

    def __init__(self, store: Store, catalog: Catalog, clock: Callable[[], str] = now) -> None:
        super().__init__(store, catalog, clock)
        self._trail_search: Final = TrailSearch(store, self._sight)

    async def application(self, principal: Principal, application: str) -> bytes | None:
        """An application's document in its stored form; None, too, where the principal does not
        see it.
        """
        stored = await self._store.read(f"application/{application}")
        seen = stored is not None and self._sight.stored(principal, application, stored)
        return stored if seen else None

    async def applications(
        self,
        principal: Principal,
        terms: Sequence[str],
        text: str | None,
        limit: int,
        before: Position | None,
    ) -> Found:
        """Applications that the principal sees, newest first, with every term; `text` begins an
        id, a reference or a buyer's name. A page may be short.
        """
        narrowed = self._sight.narrowed(principal, terms)
        if narrowed is None:
            return Found([], None)
        if self._sight.everything(principal):
            return await self._search.applications(narrowed, text or None, limit, before)
        indexed = narrowed is not terms and not text
        stretch = limit if indexed else max(limit, STRETCH)  # most may have to be passed over
        found = await self._search.applications(narrowed, text or None, stretch, before)
        items = [item for item in found.items if self._sight.document(principal, item[1])]
        if len(items) > limit:
            return Found(items[:limit], position_of(*items[limit - 1]))
        return Found(items, discreet(items, found.next, before))

    async def oldest_first(
        self, principal: Principal, terms: Sequence[str]
    ) -> AsyncIterator[list[tuple[str, Document]]]:
        """Every application with every term (none of them a mark), the oldest first, some at a
        time; of these, the ones that the principal sees.
        """
        narrowed = self._sight.narrowed(principal, terms)
        if narrowed is None:
            return
        beyond: Position | None = None
        while True:
            page = await self._store.page("application", narrowed, STRETCH, beyond, oldest=True)
            items = zip(page.ids, map(Document.decode, page.documents), strict=True)
            yield [item for item in items if self._sight.document(principal, item[1])]
            beyond = page.next
            if beyond is None:
                return

    async def in_states(self, principal: Principal, procedure: str) -> dict[str, int]:
        """How many applications under a procedure are in each state, of which the indexes alone
        tell it: the principal sees all of them, and no other procedure has a state of that name.
        """
        if not self._sight.regime(principal, procedure):
            return {}
        known = self._catalog.procedures()
        own, others = (
            dict.fromkeys(
                state for one in known if (one.name == procedure) is wanted for state in one.states
            )
            for wanted in (True, False)
        )
        states = [state for state in own if state not in others]
        terms = [f"state={state}" for state in states]
        sizes = await self._store.listing.sizes("application", terms)
        return dict(zip(states, sizes, strict=True))

    async def pool(self, principal: Principal, pool: str) -> Document | None:
        """A pool; None, too, where the principal does not see it."""
        document = await self.document("pool", pool)
        if document is None or not await self._sight.pool(principal, pool, document):
            return None
        return document

    async def pools(self, principal: Principal, limit: int, before: Position | None) -> Found:
        """Pools that the principal sees, newest first. There are few, so the others are passed
        over for as long as the page is not full.
        """
        if self._sight.registry(principal):
            return await self._search.page("pool", (), limit, before)
        items: list[tuple[str, Document]] = []
        while True:
            page = await self._search.page("pool", (), STRETCH, before)
            seen = await asyncio.gather(
                *(self._sight.pool(principal, *item) for item in page.items)
            )
            items += compress(page.items, seen)
            if len(items) > limit:
                return Found(items[:limit], position_of(*items[limit - 1]))
            if page.next is None:
                return Found(items, None)
            before = page.next

    async def credentials(self, terms: Sequence[str], limit: int, before: Position | None) -> Found:
        """Credentials with every term, newest first."""
        return await self._search.page("credential", terms, limit, before)

    async def members(self, pool: str) -> list[tuple[str, Document]]:
        """Every application that belongs to a pool."""
        found: list[tuple[str, Document]] = []
        page = await self._search.page("application", (f"pool={pool}",), STRETCH, None)
        found += page.items
        while page.next is not None:
            page = await self._search.page("application", (f"pool={pool}",), STRETCH, page.next)
            found += page.items
        return found

    async def outlook(
        self, principal: Principal, application: str, now: str
    ) -> tuple[Document, Outlook] | None:
        """What a principal may post on an application, and what stands in the way."""
        found = await self._foresight(principal, application, now)
        return None if found is None else (found[0], found[1](principal))

    async def prospects(self, principal: Principal, application: str, now: str) -> Prospects | None:
        """The same, and what stands in the way of those whose acts they are."""
        found = await self._foresight(principal, application, now)
        if found is None:
            return None
        document, outlook = found
        procedure, buyer = self._catalog.engine(document).procedure, document.snapshot["buyer"]
        bodies = (*procedure.authorities, BUYER_AUTHORITY, *SYSTEM)
        others = {body: outlook(anybody_of(body, buyer)) for body in bodies}
        return Prospects(document, outlook(principal), others)

    async def _foresight(
        self, principal: Principal, application: str, now: str
    ) -> tuple[Document, Callable[[Principal], Outlook]] | None:
        """An application that the principal sees, and how to ask what somebody may post on it."""
        stored = await self.application(principal, application)
        if stored is None:
            return None
        document = Document.decode(stored)
        successor = self._catalog.successor(document)
        engine, name = self._catalog.engine(document), document.snapshot["pool"]
        pool = None if name is None else await self.document("pool", name)
        pools = {} if pool is None else {name: pool.snapshot}
        return document, lambda who: engine.outlook(document, who, now, successor, pools)

    async def hides(self, principal: Principal, application: str) -> bool:
        """Whether the principal may not know of an application, or there is none that it might."""
        return await self._sight.hides(principal, application)

    async def record(self, subject: str, seq: int) -> bytes | None:
        """One record of a trail."""
        return await self._store.record(subject, seq)

    async def trail(
        self, subject: str, wanted: TrailFilter, limit: int, after: int | None, newest: bool
    ) -> TrailPage:
        """A page of a trail in order of seq, or the newest first."""
        records: list[bytes] = []
        seq = after
        looked = 0
        async for seq, text in self._walk(subject, after, newest):
            looked += 1
            if wanted.takes(orjson.loads(text)):
                records.append(text)
            if len(records) == limit or looked == LOOKED_AT:
                return TrailPage(records, seq)
        return TrailPage(records, None)

    async def whole_trail(
        self, subject: str, wanted: TrailFilter, newest: bool
    ) -> AsyncIterator[bytes]:
        """Every record that is wanted, however many."""
        async for _, text in self._walk(subject, None, newest):
            if wanted.takes(orjson.loads(text)):
                yield text

    async def records_to(self, subject: str, last: int) -> AsyncIterator[bytes]:
        """A trail from its beginning up to a record, whatever was added since."""
        left = last
        async for text in self._records(subject, 1):
            if not left:
                return
            yield text
            left -= 1

    async def search_trails(
        self, principal: Principal, wanted: Wanted, limit: int, place: Place | None, newest: bool
    ) -> TrailsPage:
        """A page of the records of all applications that the principal sees. Raises
        ForeignPlace.
        """
        return await self._trail_search.page(principal, wanted, limit, place, newest)

    def all_trails(
        self, principal: Principal, wanted: Wanted, newest: bool
    ) -> AsyncIterator[bytes]:
        """Every record of them that is wanted, however many."""
        return self._trail_search.whole(principal, wanted, newest)

    async def verify(
        self, application: str, log: LogCheck | None = None, kind: str = "application"
    ) -> Verdict | None:
        """Check an application's trail and that it folds to the stored document, byte for byte.
        What is read is handed to the comparison with the log as well.

        Events may be accepted meanwhile, so a document that differs is read once more for as
        long as the trail grows.
        """
        subject = f"{kind}/{application}"
        if await self._store.read(subject) is None:
            return None
        checker, last = Checker(), -1
        while (reached := checker.document().version) != last:
            last = reached
            async for text in self._records(subject, reached + 1):
                if log is not None:
                    await log.take(text)
                if not checker.take(text):
                    return checker.verdict()
            if await self._store.read(subject) == checker.document().encode():
                return checker.verdict()
        reason = "the trail does not lead to the stored document"
        return replace(checker.verdict(), first_bad=reached + 1, reason=reason)

    async def _walk(
        self, subject: str, after: int | None, newest: bool
    ) -> AsyncIterator[tuple[int, bytes]]:
        """A trail record by record with its seq, from behind `after` on."""
        stored = await self._store.read(subject)
        last = 0 if stored is None else Document.decode(stored).version
        seq = (last if after is None else after - 1) if newest else (after or 0) + 1
        while 1 <= seq <= last:
            low, high = (max(1, seq - STRETCH + 1), seq) if newest else (seq, seq + STRETCH - 1)
            texts = await self._store.records(subject, low, min(high, last))
            numbered = list(enumerate(texts, low))
            for pair in reversed(numbered) if newest else numbered:
                yield pair
            seq = low - 1 if newest else high + 1
