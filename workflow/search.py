"""Lists: newest first, narrowed by terms and by the beginning of a word."""

from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

from workflow.domain.record import Document
from workflow.domain.terms import Entry, word
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
    """Finds subjects of one kind by terms and words."""

    def __init__(self, store: Store, index: Callable[[str, Document], Entry]) -> None:
        self._store: Final = store
        self._index: Final = index

    async def page(
        self, kind: str, terms: Sequence[str], limit: int, before: Position | None
    ) -> Found:
        """Subjects that have every term; no terms: all of the kind."""
        page = await self._store.page(kind, terms, limit, before)
        documents = map(Document.decode, page.documents)
        return Found(list(zip(page.ids, documents, strict=True)), page.next)

    async def applications(
        self, terms: Sequence[str], text: str, limit: int, before: Position | None
    ) -> Found:
        """Applications with every term, whose id, reference or buyer begins with the text."""
        own = await self._store.matching("application", word(text), FEW)
        buyers = await self._store.matching("buyer", word(text), FEW_BUYERS)
        if own is None or buyers is None:
            return await self._scan(terms, word(text), limit, before)
        candidates = set(own)
        reached: list[Position] = []
        for buyer in buyers:
            wanted = (*terms, f"buyer={buyer.id}")
            page = await self._store.page("application", wanted, limit, before)
            candidates.update(page.positions)
            if page.next is not None:
                reached.append(page.next)
        return await self._merge(terms, candidates, max(reached, default=None), limit, before)

    async def _merge(
        self,
        terms: Sequence[str],
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
        items = await self._narrowed(page, terms)
        further = page[-1] if rest else reached
        return Found(items, further)

    async def _narrowed(
        self, positions: Sequence[Position], terms: Sequence[str]
    ) -> list[tuple[str, Document]]:
        names = [f"application/{position.id}" for position in positions]
        stored = await self._store.read_many(names)
        found = [
            (position.id, Document.decode(text))
            for position, text in zip(positions, stored, strict=True)
            if text is not None
        ]
        wanted = set(terms)
        return [
            (identifier, document)
            for identifier, document in found
            if wanted <= self._index(f"application/{identifier}", document).terms
        ]

    async def _scan(
        self, terms: Sequence[str], text: str, limit: int, before: Position | None
    ) -> Found:
        """Where a word matches many, the newest applications are looked at in turn."""
        page = await self._store.page("application", terms, SCAN, before)
        documents = list(map(Document.decode, page.documents))
        known = await self._buyers_matching(documents, text)
        items: list[tuple[str, Document]] = []
        for position, document in zip(page.positions, documents, strict=True):
            words = self._index(f"application/{position.id}", document).words
            if document.snapshot["buyer"] in known or any(w.startswith(text) for w in words):
                items.append((position.id, document))
                if len(items) == limit:
                    return Found(items, position)
        return Found(items, page.next)

    async def _buyers_matching(self, documents: Sequence[Document], text: str) -> set[str]:
        names = sorted({document.snapshot["buyer"] for document in documents})
        stored = await self._store.read_many([f"buyer/{name}" for name in names])
        return {
            name
            for name, found in zip(names, stored, strict=True)
            if found is not None
            and any(
                w.startswith(text)
                for w in self._index(f"buyer/{name}", Document.decode(found)).words
            )
        }
