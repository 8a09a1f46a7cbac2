"""Searching the records of every application that a principal sees."""

from collections.abc import AsyncIterator, Collection, Sequence
from functools import partial
from typing import Final, NamedTuple

from workflow.domain.principal import Principal
from workflow.domain.record import Document
from workflow.sight import Sight
from workflow.store import Position, Store
from workflow.trails.feed_walk import FeedWalk
from workflow.trails.trail_walk import TrailWalk
from workflow.trails.walks import FeedPlace, ForeignPlace, Place, TrailPlace, Walk
from workflow.trails.wanted import Wanted

LOOKED_AT = 2_000
"""Records that one page of a filtered trail looks at; it may be short while `next` is set."""

FEW = 500
"""Applications whose trails are walked one by one; of more, all feeds are. A page may have to find
its place in each of them.
"""

STRETCH = 200
"""Applications listed at a time."""

PAGE_CHUNK, WHOLE_CHUNK = 16, 64
"""Entries read of a feed or a trail at a time: for a page, and for all there is."""


class TrailsPage(NamedTuple):
    """Records as stored, and from where the next page goes on (None: at the end)."""

    records: list[bytes]
    next: Place | None


class TrailSearch:
    """Finds records by what stands in them."""

    def __init__(self, store: Store, sight: Sight) -> None:
        self._store: Final = store
        self._sight: Final = sight

    async def page(
        self, principal: Principal, wanted: Wanted, limit: int, place: Place | None, newest: bool
    ) -> TrailsPage:
        """Records in order of `recorded_at`; a page may be short. Raises ForeignPlace."""
        walk = await self._walk(principal, wanted, place, newest, PAGE_CHUNK)
        found: list[bytes] = []
        while not walk.done and len(found) < limit and walk.looked < LOOKED_AT:
            met = await walk.step()
            if met is not None and wanted.records.takes(met.record):
                found.append(met.text)
        return TrailsPage(found, None if walk.done else walk.place())

    async def whole(
        self, principal: Principal, wanted: Wanted, newest: bool
    ) -> AsyncIterator[bytes]:
        """Every record that is wanted, however many."""
        walk = await self._walk(principal, wanted, None, newest, WHOLE_CHUNK)
        while not walk.done:
            met = await walk.step()
            if met is not None and wanted.records.takes(met.record):
                yield met.text

    async def _walk(
        self,
        principal: Principal,
        wanted: Wanted,
        place: Place | None,
        newest: bool,
        chunk: int,
    ) -> Walk:
        """Through the trails of few applications where it is these that are asked for, else
        through all feeds.
        """
        bound = None if isinstance(place, TrailPlace) else FEW
        few = await self._applications(principal, wanted, bound)
        if few is not None:
            if isinstance(place, FeedPlace):
                raise ForeignPlace
            return TrailWalk(self._store, few, wanted.records, newest, chunk, place)
        if isinstance(place, TrailPlace):
            raise ForeignPlace
        admit = partial(self._admitted, principal, wanted)
        walk = FeedWalk(self._store.gathering, admit, wanted.records, newest, chunk)
        await walk.begin(place)
        return walk

    async def _applications(
        self, principal: Principal, wanted: Wanted, bound: int | None
    ) -> Sequence[tuple[str, Document]] | None:
        """The applications that the question comes down to; None where they are not to be listed,
        or more than `bound`.
        """
        if wanted.application is not None:
            return await self._one(principal, wanted, wanted.application)
        buyer = () if wanted.buyer is None else (f"buyer={wanted.buyer}",)
        terms = self._sight.narrowed(principal, buyer)
        if terms is None:
            return ()
        if not terms:
            return None
        found: list[tuple[str, Document]] = []
        before: Position | None = None
        while True:
            page = await self._store.page("application", terms, STRETCH, before)
            items = zip(page.ids, map(Document.decode, page.documents), strict=True)
            found += (item for item in items if self._fits(principal, wanted, item[1]))
            before = page.next
            if bound is not None and len(found) > bound:
                return None
            if before is None:
                return found

    async def _one(
        self, principal: Principal, wanted: Wanted, application: str
    ) -> Sequence[tuple[str, Document]]:
        stored = await self._store.read(f"application/{application}")
        if stored is None:
            return ()
        document = Document.decode(stored)
        return ((application, document),) if self._fits(principal, wanted, document) else ()

    def _fits(self, principal: Principal, wanted: Wanted, document: Document) -> bool:
        snapshot = document.snapshot
        fits = wanted.of(snapshot["buyer"], snapshot["procedure"])
        return fits and self._sight.document(principal, document)

    async def _admitted(
        self, principal: Principal, wanted: Wanted, applications: Collection[str]
    ) -> Collection[str]:
        """Those of the applications that are wanted and seen."""
        if self._sight.everything(principal) and wanted.any_application:
            return applications
        parties = await self._sight.parties(applications)
        return {
            name
            for name, one in parties.items()
            if self._sight.concerns(principal, one)
            and wanted.of(one.buyer, one.procedure)
            and wanted.application in (None, name)
        }
