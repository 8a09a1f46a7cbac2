"""What a principal sees of what is stored: the rules of `domain.access`, and what they are
asked with.
"""

from collections.abc import Collection, Mapping, Sequence
from sys import intern
from typing import Any, Final, NamedTuple

from workflow.catalog import Catalog
from workflow.domain import access, clock
from workflow.domain.pool import named_in
from workflow.domain.principal import Principal
from workflow.domain.record import Document
from workflow.store import Position, Store

REMEMBERED = 65_536
"""Applications whose parties a process remembers, those it met last; about 160 bytes each."""

LAST = "~"
"""Behind every id in the order of characters."""


class Parties(NamedTuple):
    """Whom an application concerns. Neither ever changes."""

    buyer: str
    procedure: str


class Sight:
    """Answers whether a principal may know of something, as far as the store is needed for it.

    An application's parties are remembered, so that telling whoever polls that nothing has
    changed takes no reading of the document.
    """

    def __init__(self, store: Store, catalog: Catalog) -> None:
        self._store: Final = store
        self._catalog: Final = catalog
        self._parties: Final[dict[str, Parties]] = {}

    def everything(self, principal: Principal) -> bool:
        """Whether the principal sees every application that there can be."""
        return access.watches(principal) or self._named_everywhere(principal)

    def regime(self, principal: Principal, procedure: str) -> bool:
        """Whether the principal sees every application under a procedure."""
        return access.sees_application(principal, None, self._catalog.bodies_of(procedure))

    def registry(self, principal: Principal) -> bool:
        """Whether the principal sees every buyer and every pool with its shares."""
        return access.sees_shares(principal, self._catalog.bodies)

    def stored(self, principal: Principal, application: str, stored: bytes) -> bool:
        """Whether the principal sees an application, given its document as stored."""
        if access.watches(principal):
            return True
        parties = self._parties.get(application)
        if parties is None:
            parties = self._remember(application, Document.decode(stored).snapshot)
        return self.concerns(principal, parties)

    def document(self, principal: Principal, document: Document) -> bool:
        """Whether the principal sees an application, given its document."""
        snapshot = document.snapshot
        bodies = self._catalog.bodies_of(snapshot["procedure"])
        return access.sees_application(principal, snapshot["buyer"], bodies)

    async def hides(self, principal: Principal, application: str) -> bool:
        """Whether the principal may not know of an application, or there is none that it might."""
        if self.everything(principal):
            return False
        parties = self._parties.get(application)
        if parties is not None:
            return not self.concerns(principal, parties)
        stored = await self._store.read(f"application/{application}")
        return stored is None or not self.stored(principal, application, stored)

    async def parties(self, applications: Collection[str]) -> dict[str, Parties]:
        """Whom applications concern, those that there are."""
        found = {name: self._parties[name] for name in applications if name in self._parties}
        unknown = sorted(name for name in applications if name not in found)
        texts = await self._store.read_many([f"application/{name}" for name in unknown])
        for name, stored in zip(unknown, texts, strict=True):
            if stored is not None:
                found[name] = self._remember(name, Document.decode(stored).snapshot)
        return found

    def buyer(self, principal: Principal, buyer: str) -> bool:
        """Whether the principal sees a buyer, if there is one of that id."""
        return access.sees_buyer(principal, buyer, self._catalog.bodies)

    async def pool(self, principal: Principal, pool: str, document: Document) -> bool:
        """Whether the principal sees a pool, given its document."""
        bodies, own = self._catalog.bodies, principal.organisation
        if access.sees_pool(principal, named_in(document.snapshot), bodies):
            return True
        if not access.sees_pool(principal, (own,), bodies):
            return False
        members = await self._store.page("application", (f"pool={pool}", f"buyer={own}"), 1)
        return bool(members.positions)

    async def pools(self, principal: Principal, pools: Collection[str]) -> frozenset[str]:
        """Which of these pools are registered, as far as the principal may know."""
        names = sorted(pools)
        found = await self._store.read_many([f"pool/{name}" for name in names])
        there = {name: text for name, text in zip(names, found, strict=True) if text is not None}
        if self.registry(principal):
            return frozenset(there)
        return frozenset(
            {
                name
                for name, text in there.items()
                if await self.pool(principal, name, Document.decode(text))
            }
        )

    def narrowed(self, principal: Principal, terms: Sequence[str]) -> Sequence[str] | None:
        """The index terms of a list of applications, narrowed to what the principal sees where an
        index can; None where that is nothing.
        """
        if self.everything(principal) or not access.own_only(principal):
            return terms
        own = f"buyer={principal.organisation}"
        others = [term for term in terms if term != own]
        if not principal.acting or any(term.startswith("buyer=") for term in others):
            return None
        return [own, *others]

    def _named_everywhere(self, principal: Principal) -> bool:
        return access.sees_named(principal) and self._catalog.names_in_all(principal.authorities)

    def concerns(self, principal: Principal, parties: Parties) -> bool:
        """Whether the principal sees an application of these parties."""
        bodies = self._catalog.bodies_of(parties.procedure)
        return access.sees_application(principal, parties.buyer, bodies)

    def _remember(self, application: str, snapshot: Mapping[str, Any]) -> Parties:
        while len(self._parties) >= REMEMBERED:
            del self._parties[next(iter(self._parties))]
        parties = Parties(intern(snapshot["buyer"]), intern(snapshot["procedure"]))
        self._parties[application] = parties
        return parties


def discreet(
    shown: Sequence[tuple[str, Document]], reached: Position | None, before: Position | None
) -> Position | None:
    """Where the next page begins, without the id of something that was passed over: the cursor
    names what was shown last, or nothing but the instant that was reached.

    Ids of one millisecond may be looked at twice, none is shown twice. Should a page not get
    beyond one millisecond, the cursor is the exact one, so that lists end.
    """
    last = position_of(*shown[-1]) if shown else None
    if reached is None or reached == last:
        return reached
    place = Position(reached.created_ms, LAST)
    if last is not None and last < place:
        place = last
    return place if before is None or place < before else reached


def position_of(identifier: str, document: Document) -> Position:
    """Where a subject stands in lists."""
    return Position(clock.milliseconds(document.snapshot["created_at"]), identifier)
