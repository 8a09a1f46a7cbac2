"""Gates that hang on an application under another procedure: who tells them what became of it.

Both sides are found among what is due. An application that others may hang on is due whenever it
has moved, and one with a gate that is yet to be opened by its link whenever anything about it has
changed; each stays so until somebody has looked. Who looks at the first finds those that hang
on it by the index of links; who looks at the second reads what it hangs on. So whichever of the
link and the move is committed later, its side sees the other.
"""

from typing import Final, cast

from workflow.catalog import Catalog
from workflow.desk import Accepted, Busy
from workflow.domain import links
from workflow.domain.application import Snapshot
from workflow.domain.record import Document
from workflow.domain.terms import LINKED
from workflow.service import Service
from workflow.store import Position, Store

PAGE = 100
"""Applications that hang on one and are looked at in one go."""


class Linking:
    """Lets `system:link` post what a gate is yet to be told."""

    def __init__(self, store: Store, catalog: Catalog, service: Service) -> None:
        self._store: Final = store
        self._catalog: Final = catalog
        self._service: Final = service

    async def attend(self, application: str, document: Document) -> bool:
        """Tell those that hang on this application, and this one what it hangs on; whether that
        moved this one. Raises Busy where somebody is to look again.
        """
        if self._catalog.followed(document.snapshot["procedure"]):
            await self._tell(application, document)
        return await self._hear(application, document)

    async def _tell(self, application: str, document: Document) -> None:
        before: Position | None = None
        while True:
            page = await self._store.page("application", (f"{LINKED}{application}",), PAGE, before)
            for name, stored in zip(page.ids, page.documents, strict=True):
                await self._pass_on(name, Document.decode(stored), application, document)
            before = page.next
            if before is None:
                return

    async def _hear(self, application: str, document: Document) -> bool:
        snapshot = cast(Snapshot, document.snapshot)
        if not links.may_have_news(self._catalog.engine(document).procedure, snapshot):
            return False
        for link in snapshot["links"].values():
            name = link["application"]
            stored = await self._store.read(f"application/{name}")
            if stored is not None and await self._pass_on(
                application, document, name, Document.decode(stored)
            ):
                return True
        return False

    async def _pass_on(
        self, application: str, document: Document, name: str, linked: Document
    ) -> bool:
        """Tell the gate of an application what became of the one it hangs on; whether that moved
        it.
        """
        procedure = self._catalog.engine(document).procedure
        snapshot = cast(Snapshot, document.snapshot)
        message = links.news(procedure, snapshot, name, linked.snapshot)
        if message is None:
            return False
        outcome = await self._service.tell(
            application,
            links.telling(procedure, message),
            message.key(name),
            max(linked.snapshot["entered_at"], snapshot["entered_at"]),
            links.seen(name, linked.snapshot),
        )
        if isinstance(outcome, Accepted):
            return not outcome.replayed
        if await self._store.read(f"application/{application}") != document.encode():
            raise Busy  # it was refused on another document than the one looked at
        return False
