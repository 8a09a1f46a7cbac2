"""Who is to be told: every active webhook with its owner, as they were a moment ago."""

from collections.abc import Awaitable, Callable, Mapping
from time import monotonic
from typing import Any, Final, NamedTuple

from workflow.domain import webhook
from workflow.domain.principal import Principal
from workflow.domain.record import Document
from workflow.store import Changes, Position, Store
from workflow.webhooks.owners import Owners

FRESH = 2.0
"""Seconds for which they are believed, unless a record of a webhook or a credential passes. They
are believed for as long as nothing changes.
"""

PAGE = 200


class Reader(NamedTuple):
    """An active webhook, and for whom it is."""

    id: str
    snapshot: Mapping[str, Any]
    principal: Principal


class Readers:
    """Remembers the active webhooks; `end` ends one whose credential is no longer good.

    What it remembers says whose queues are filled: each delivery reads its webhook and its owner
    anew.
    """

    def __init__(
        self, store: Store, end: Callable[[str], Awaitable[None]], changes: Changes
    ) -> None:
        self._store: Final = store
        self._changes: Final = changes
        self._owners: Final = Owners(store)
        self._end: Final = end
        self._known: dict[str, Reader] = {}
        self._until = 0.0
        self._forgotten = True

    def forget(self) -> None:
        """Read them anew when they are asked for next."""
        self._forgotten = True

    async def active(self, now: str) -> Mapping[str, Reader]:
        """Those whose credential is good, by id; the others are ended."""
        if self._forgotten or not self._known or monotonic() >= self._until:
            until, forgotten, self._forgotten = monotonic() + FRESH, self._forgotten, False
            try:
                with self._changes.taken() as rung:
                    if rung or forgotten:
                        self._known = await self._read(now)
            except BaseException:
                self._forgotten = True
                raise
            self._until = until
        return self._known

    async def _read(self, now: str) -> dict[str, Reader]:
        readers: dict[str, Reader] = {}
        before: Position | None = None
        while True:
            page = await self._store.page("webhook", (webhook.ACTIVE,), PAGE, before)
            snapshots = [Document.decode(stored).snapshot for stored in page.documents]
            owners = await self._owners.of(snapshots, now)
            for identifier, snapshot, owner in zip(page.ids, snapshots, owners, strict=True):
                if snapshot["state"] != webhook.ACTIVE:
                    continue
                if owner is None:
                    await self._end(identifier)
                else:
                    readers[identifier] = Reader(identifier, snapshot, owner)
            before = page.next
            if before is None:
                return readers
