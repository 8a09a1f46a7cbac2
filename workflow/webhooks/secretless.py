"""Webhooks whose secret nobody has: nothing is sent to them until they are given another one."""

from workflow.domain.record import Document
from workflow.domain.terms import KEPT
from workflow.store import Position, Store

PAGE = 200


async def secretless(store: Store) -> list[str]:
    """Those that were not removed, by their ids."""
    found: list[str] = []
    before: Position | None = None
    while True:
        page = await store.page("webhook", (KEPT,), PAGE, before)
        for identifier, stored in zip(page.ids, page.documents, strict=True):
            mark = Document.decode(stored).snapshot["secret"]
            if not await store.webhooks.secrets(identifier, [mark]):
                found.append(identifier)
        before = page.next
        if before is None:
            return found
