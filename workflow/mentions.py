"""What events name beside their own application: pools and other applications. It is read before
the decision, and decided on as it was then.
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final, NamedTuple

from workflow.domain import links
from workflow.domain.act import Event, Linked
from workflow.domain.corrections import pool_of
from workflow.domain.principal import Principal
from workflow.domain.record import Document
from workflow.sight import Sight
from workflow.store import Store


class Known(NamedTuple):
    """Of what events name: the pools that are registered, and the applications."""

    pools: frozenset[str] = frozenset()
    applications: Mapping[str, Linked] = MappingProxyType({})


NOTHING_NAMED = Known()


class Mentions:
    """Looks up what events name, as far as whoever posts them may know of it."""

    def __init__(self, store: Store, sight: Sight) -> None:
        self._store: Final = store
        self._sight: Final = sight

    async def of(self, principal: Principal, events: Sequence[Event]) -> Known:
        """What these events name that there is."""
        pools = {name for event in events if (name := pool_of(event.data)) is not None}
        others = {name for event in events if (name := links.link_of(event.data)) is not None}
        if not pools and not others:
            return NOTHING_NAMED
        registered = await self._sight.pools(principal, pools) if pools else frozenset[str]()
        return Known(registered, await self._applications(principal, others))

    async def _applications(self, principal: Principal, names: set[str]) -> dict[str, Linked]:
        wanted = sorted(names)
        found = await self._store.read_many([f"application/{name}" for name in wanted])
        documents = {
            name: Document.decode(stored)
            for name, stored in zip(wanted, found, strict=True)
            if stored is not None
        }
        return {
            name: links.seen(name, document.snapshot)
            for name, document in documents.items()
            if self._sight.document(principal, document)
        }
