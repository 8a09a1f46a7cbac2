"""Lists: newest first, narrowed by terms, by marks and by the beginning of a word."""

from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

from workflow.domain.record import Document
from workflow.domain.terms import IN_TIME, OVERDUE, UNINDEXED, Entry, word
from workflow.store import Position, Store

FEW = 1_000
"""Applications that a word may match and still be looked at one by one."""

FEW_BUYERS = 20
"""Buyers that a word may match and still be listed one by one."""

SCAN = 200
"""Applications looked at in one go where a word matches many."""


class Found(NamedTuple):
    """One page: ids with their documents, and where the next page begins (None: at the end)."""

    items: list[tuple[str, Document]]
    next: Position | None


class Search:
    """Finds subjects of one kind by terms, marks and words."""

    def __init__(
        self, store: Store, index: Callable[[str, Document], Entry], now: Callable[[], str]
    ) -> None:
        self._store: Final = store
        self._index: Final = index
        self._now: Final = now

    async def page(
        self, kind: str, terms: Sequence[str], limit: int, before: Position | None
    ) -> Found:
        """Subjects that have every term; no terms: all of the kind."""
        page = await self._store.page(kind, terms, limit, before)
        documents = map(Document.decode, page.documents)
        return Found(list(zip(page.ids, documents, strict=True)), page.next)

    async def beginning(self, kind: str, text: str, limit: int, before: Position | None) -> Found:
        """Subjects of one kind with a word that begins so. Where there are very many, the newest
        are looked at in turn, and a page may be short.
        """
        positions = await self._store.matching(kind, word(text), FEW)
        if positions is None:
            return await self._looked_at(kind, text, limit, before)
        ordered = sorted((one for one in positions if before is None or one < before), reverse=True)
        shown = ordered[:limit]
        stored = await self._store.read_many([f"{kind}/{one.id}" for one in shown])
        pairs = zip(shown, stored, strict=True)
        items = [(one.id, Document.decode(found)) for one, found in pairs if found is not None]
        return Found(items, shown[-1] if len(ordered) > limit else None)

    async def _looked_at(self, kind: str, text: str, limit: int, before: Position | None) -> Found:
        """The newest subjects of one kind, looked at in turn for a word that begins so."""
        page = await self._store.page(kind, (), SCAN, before)
        items: list[tuple[str, Document]] = []
        for position, stored in zip(page.positions, page.documents, strict=True):
            document = Document.decode(stored)
            if self.begins(f"{kind}/{position.id}", document, text):
                items.append((position.id, document))
                if len(items) == limit:
                    return Found(items, position)
        return Found(items, page.next)

    async def applications(
        self, wanted: Sequence[str], text: str | None, limit: int, before: Position | None
    ) -> Found:
        """Applications with every term and mark wanted, and whose id, reference or buyer's
        name begins with the text.
        """
        terms = [one for one in wanted if not one.startswith(UNINDEXED)]
        if text is None:
            if len(terms) == len(wanted):
                return await self.page("application", terms, limit, before)
            return await self._scan(terms, wanted, None, limit, before)
        own = await self._store.matching("application", word(text), FEW)
        buyers = await self._store.matching("buyer", word(text), FEW_BUYERS)
        if own is None or buyers is None:
            return await self._scan(terms, wanted, word(text), limit, before)
        candidates = set(own)
        reached: list[Position] = []
        for buyer in buyers:
            narrowed = (*terms, f"buyer={buyer.id}")
            page = await self._store.page("application", narrowed, limit, before)
            candidates.update(page.positions)
            if page.next is not None:
                reached.append(page.next)
        return await self._merge(wanted, candidates, max(reached, default=None), limit, before)

    def begins(self, subject: str, document: Document, text: str) -> bool:
        """Whether a word of the subject begins so."""
        wanted = word(text)
        return any(known.startswith(wanted) for known in self._index(subject, document).words)

    async def _merge(
        self,
        wanted: Sequence[str],
        candidates: set[Position],
        reached: Position | None,
        limit: int,
        before: Position | None,
    ) -> Found:
        """The newest candidates; nothing older than where a list broke off (`reached`)."""
        ordered = sorted(candidates, reverse=True)
        if before is not None:
            ordered = [position for position in ordered if position < before]
        if reached is not None:
            ordered = [position for position in ordered if position >= reached]
        page, rest = ordered[:limit], ordered[limit:]
        stored = await self._store.read_many([f"application/{position.id}" for position in page])
        items = [
            (position.id, document)
            for position, text in zip(page, stored, strict=True)
            if text is not None
            and self._has(position.id, document := Document.decode(text), wanted)
        ]
        return Found(items, page[-1] if rest else reached)

    async def _scan(
        self,
        terms: Sequence[str],
        wanted: Sequence[str],
        text: str | None,
        limit: int,
        before: Position | None,
    ) -> Found:
        """Where no index narrows enough, the newest applications are looked at in turn."""
        page = await self._store.page("application", terms, SCAN, before)
        documents = list(map(Document.decode, page.documents))
        known = set() if text is None else await self._buyers_matching(documents, text)
        items: list[tuple[str, Document]] = []
        for position, document in zip(page.positions, documents, strict=True):
            named = text is None or document.snapshot["buyer"] in known
            if self._has(position.id, document, wanted) and (
                named or self.begins(f"application/{position.id}", document, text or "")
            ):
                items.append((position.id, document))
                if len(items) == limit:
                    return Found(items, position)
        return Found(items, page.next)

    def _has(self, identifier: str, document: Document, wanted: Sequence[str]) -> bool:
        entry = self._index(f"application/{identifier}", document)
        late = entry.times.overdue(self._now())
        has = {*entry.terms, *entry.marks, OVERDUE if late else IN_TIME}
        return has.issuperset(wanted)

    async def _buyers_matching(self, documents: Sequence[Document], text: str) -> set[str]:
        names = sorted({document.snapshot["buyer"] for document in documents})
        stored = await self._store.read_many([f"buyer/{name}" for name in names])
        return {
            name
            for name, found in zip(names, stored, strict=True)
            if found is not None and self.begins(f"buyer/{name}", Document.decode(found), text)
        }
