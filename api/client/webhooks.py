"""Webhooks: made, changed, tried, removed; and what was sent for them."""

from collections.abc import AsyncIterator
from uuid import uuid4

from api.client.asking import Asking, Body, step
from api.client.outcomes import Found, Refused
from api.client.wire import Call, read, sending
from api.schemas import (
    DeliveryListOut,
    DeliveryOut,
    RecordOut,
    TrailOut,
    WebhookChangeIn,
    WebhookIn,
    WebhookListOut,
    WebhookOut,
    WebhookSecretOut,
    WebhookStandingOut,
)

PATH = "/v1/webhooks"


class Webhooks(Asking):
    """The routes of webhooks."""

    async def create_webhook(
        self, wanted: WebhookIn | Body, *, key: str | None = None
    ) -> WebhookSecretOut | Refused:
        """Make a webhook; the secret that its messages are signed with is in this answer and never
        told again.
        """
        call = sending("POST", PATH, wanted, Idempotency_Key=key or str(uuid4()))
        return await self._secret(call)

    async def webhook(self, webhook: str) -> Found[WebhookStandingOut] | Refused:
        """A webhook and how it stands, without its secret."""
        return await self._tagged(WebhookStandingOut, Call("GET", f"{PATH}/{step(webhook)}"))

    async def webhooks(self, *, page: int = 100) -> AsyncIterator[WebhookOut]:
        """Webhooks, the newest first. Raises WasRefused."""
        async for answer in self._pages(WebhookListOut, PATH, {"limit": page}):
            for item in answer.items:
                yield item

    async def change_webhook(
        self,
        webhook: str,
        changes: WebhookChangeIn | Body,
        *,
        key: str | None = None,
    ) -> Found[WebhookOut] | Refused:
        """Change what is named; `enabled` lets one that was disabled go on."""
        path = f"{PATH}/{step(webhook)}"
        call = sending("PATCH", path, changes, Idempotency_Key=key or str(uuid4()))
        return await self._tagged(WebhookOut, call)

    async def rotate_webhook(
        self, webhook: str, *, key: str | None = None
    ) -> WebhookSecretOut | Refused:
        """Give a webhook a new secret; for a day its messages are signed with both."""
        path = f"{PATH}/{step(webhook)}:rotate"
        named = {"Idempotency-Key": key or str(uuid4())}
        return await self._secret(Call("POST", path, headers=named))

    async def remove_webhook(self, webhook: str) -> Refused | None:
        """End a webhook for good; None when that is done."""
        answer = await self._wire.exchange(Call("DELETE", f"{PATH}/{step(webhook)}"))
        return answer if isinstance(answer, Refused) else None

    async def ping_webhook(self, webhook: str) -> DeliveryOut | Refused:
        """Try a webhook out: a message that tells of no record is sent to it."""
        return await self._delivery(Call("POST", f"{PATH}/{step(webhook)}:ping"))

    async def deliveries(
        self, webhook: str, *, status: str | None = None, page: int = 100
    ) -> AsyncIterator[DeliveryOut]:
        """What was sent, the newest first: `pending`, `delivered` or `dead`, or all.
        Raises WasRefused.
        """
        path, params = f"{PATH}/{step(webhook)}/deliveries", {"status": status, "limit": page}
        async for answer in self._pages(DeliveryListOut, path, params):
            for item in answer.items:
                yield item

    async def resend_delivery(self, webhook: str, delivery: str) -> DeliveryOut | Refused:
        """Send a message again, under the id that it had."""
        path = f"{PATH}/{step(webhook)}/deliveries/{step(delivery)}:resend"
        return await self._delivery(Call("POST", path))

    async def webhook_trail(self, webhook: str, *, page: int = 100) -> AsyncIterator[RecordOut]:
        """Who made and changed a webhook, from the beginning. Raises WasRefused."""
        path = f"{PATH}/{step(webhook)}/trail"
        async for answer in self._pages(TrailOut, path, {"limit": page}):
            for item in answer.items:
                yield item

    async def _secret(self, call: Call) -> WebhookSecretOut | Refused:
        answer = await self._wire.exchange(call)
        return answer if isinstance(answer, Refused) else read(WebhookSecretOut, answer)

    async def _delivery(self, call: Call) -> DeliveryOut | Refused:
        answer = await self._wire.exchange(call)
        return answer if isinstance(answer, Refused) else read(DeliveryOut, answer)
