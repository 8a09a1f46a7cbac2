"""Use cases that look at webhooks and their deliveries, and have something delivered again."""

from collections.abc import Callable
from typing import Final

from workflow.domain import access, clock, webhook
from workflow.domain.principal import Principal
from workflow.domain.record import Document
from workflow.domain.refusals import Refusal, Refused
from workflow.domain.registry import acting
from workflow.domain.terms import KEPT, OWNER
from workflow.search import Found
from workflow.store import Position, Store
from workflow.store.webhooks import Standing
from workflow.webhooks.deliveries import Delivery, DeliveryPage, Status, ping

UNKNOWN = Refused((Refusal("unknown-webhook"),))


class Looking:
    """What `Webhooks` does beside changing them."""

    def __init__(self, store: Store, present: Callable[[], str]) -> None:
        self._store: Final = store
        self._clock: Final = present

    async def seen(self, principal: Principal, identifier: str) -> Document | Refused:
        """A webhook that the principal may see, and that was not removed."""
        stored = await self._store.read(f"webhook/{identifier}")
        document = None if stored is None else Document.decode(stored)
        if document is None or document.snapshot["state"] == webhook.REMOVED:
            return UNKNOWN
        return document if access.sees_webhook(principal, document.snapshot["owner"]) else UNKNOWN

    async def page(self, principal: Principal, limit: int, before: Position | None) -> Found:
        """The webhooks that the principal sees, newest first."""
        own = () if access.sees_webhook(principal, None) else (f"{OWNER}{principal.credential}",)
        page = await self._store.page("webhook", (KEPT, *own), limit, before)
        documents = map(Document.decode, page.documents)
        return Found(list(zip(page.ids, documents, strict=True)), page.next)

    async def standing(self, identifier: str) -> Standing:
        """How many deliveries wait, and how many ended how."""
        return await self._store.webhooks.standing(identifier)

    async def deliveries(
        self,
        principal: Principal,
        identifier: str,
        status: Status | None,
        limit: int,
        before: Position | None,
    ) -> DeliveryPage | Refused:
        """Deliveries, those queued last first; with a status of those that ended, those that did
        so last.
        """
        document = await self.seen(principal, identifier)
        if isinstance(document, Refused):
            return document
        which = "all" if status is None or status == "pending" else status
        places = await self._store.webhooks.page(identifier, which, limit, before)
        known = await self._store.webhooks.known(identifier, [place.id for place in places])
        items = [Delivery.read(text) for text in known if text is not None]
        wanted = [one for one in items if status is None or one.status == status]
        return DeliveryPage(wanted, places[-1] if len(places) == limit else None)

    async def resend(
        self, principal: Principal, identifier: str, delivery: str
    ) -> Delivery | Refused:
        """Have something delivered once more, as the same delivery, and tried as if for the first
        time.
        """
        refused = await self._not_kept(principal, identifier, active=True)
        if refused is not None:
            return refused
        (known,) = await self._store.webhooks.known(identifier, [delivery])
        if known is not None:
            at = self._clock()
            again, ms = Delivery.read(known).afresh(at), clock.milliseconds(at)
            if await self._store.webhooks.queue(identifier, again.queued(), ms, new=False):
                return again
        return Refused((Refusal("unknown-delivery"),))

    async def ping(self, principal: Principal, identifier: str) -> Delivery | Refused:
        """Have something delivered that only tries the webhook out; it is tried once."""
        refused = await self._not_kept(principal, identifier, active=True)
        if refused is not None:
            return refused
        at = self._clock()
        tried = ping(at)
        ms = clock.milliseconds(at)
        await self._store.webhooks.queue(identifier, tried.queued(), ms, new=True)
        return tried

    async def _not_kept(
        self, principal: Principal, identifier: str, *, active: bool = False
    ) -> Refused | None:
        """Why this principal may not change the webhook, or have something delivered there."""
        document = await self.seen(principal, identifier)
        if isinstance(document, Refused):
            return document
        actor = acting(principal, access.keepers(principal, document.snapshot["owner"]))
        if isinstance(actor, Refused):
            return actor
        if active and document.snapshot["state"] != webhook.ACTIVE:
            return Refused((Refusal("webhook-disabled"),))
        return None
