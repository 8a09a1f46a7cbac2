"""Credentials: making, listing, rotating and revoking keys."""

from collections.abc import AsyncIterator
from uuid import uuid4

from api.client.asking import Asking, Body, step
from api.client.outcomes import Refused
from api.client.wire import Call, read, sending
from api.schemas import CredentialListOut, CredentialOut, KeyIn, KeyOut, RecordOut, TrailOut


class Keys(Asking):
    """The routes of credentials."""

    async def create_key(self, wanted: KeyIn | Body, *, key: str | None = None) -> KeyOut | Refused:
        """Make a key; it is in this answer and never told again."""
        call = sending("POST", "/v1/keys", wanted, Idempotency_Key=key or str(uuid4()))
        return await self._shown(call)

    async def rotate_key(
        self, credential: str, *, overlap_seconds: int | None = None, key: str | None = None
    ) -> KeyOut | Refused:
        """Give a key a new secret; the old one stays good for so many seconds (a day)."""
        body = {} if overlap_seconds is None else {"overlap_seconds": overlap_seconds}
        path = f"/v1/keys/{step(credential)}:rotate"
        return await self._shown(sending("POST", path, body, Idempotency_Key=key or str(uuid4())))

    async def revoke_key(self, credential: str) -> Refused | None:
        """End a credential for good; None when that is done."""
        answer = await self._wire.exchange(Call("DELETE", f"/v1/keys/{step(credential)}"))
        return answer if isinstance(answer, Refused) else None

    async def key(self, credential: str) -> CredentialOut | Refused:
        """A credential, without its secret."""
        return await self._read(CredentialOut, f"/v1/keys/{step(credential)}")

    async def key_trail(self, credential: str, *, page: int = 100) -> AsyncIterator[RecordOut]:
        """Who granted what to whom, and when, from the beginning. Raises WasRefused."""
        path = f"/v1/keys/{step(credential)}/trail"
        async for answer in self._pages(TrailOut, path, {"limit": page}):
            for item in answer.items:
                yield item

    async def keys(
        self, *, organisation: str | None = None, page: int = 100
    ) -> AsyncIterator[CredentialOut]:
        """Credentials, the newest first. Raises WasRefused."""
        params = {"organisation": organisation, "limit": page}
        async for answer in self._pages(CredentialListOut, "/v1/keys", params):
            for item in answer.items:
                yield item

    async def _shown(self, call: Call) -> KeyOut | Refused:
        answer = await self._wire.exchange(call)
        return answer if isinstance(answer, Refused) else read(KeyOut, answer)
