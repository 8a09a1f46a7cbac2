"""Buyers, pools and procedures, and the service itself."""

from collections.abc import AsyncIterator
from typing import Literal
from uuid import uuid4

from api.client.asking import Asking, Body, step
from api.client.outcomes import Found, Refused
from api.client.wire import get, sending
from api.schemas import (
    BuyerIn,
    BuyerOut,
    FurtherClaimIn,
    HealthOut,
    OverviewLineOut,
    OverviewOut,
    PoolIn,
    PoolListOut,
    PoolOut,
    ProcedureLineOut,
    ProcedureListOut,
    ProcedureOut,
    ReadyOut,
    RecordOut,
    TrailOut,
    VerificationOut,
)


class Registry(Asking):
    """The routes of buyers and pools."""

    async def put_buyer(self, buyer: str, entry: BuyerIn | Body) -> Found[BuyerOut] | Refused:
        """Give a buyer its name in both languages: `{"name": {"en", "zh"}}`."""
        return await self._tagged(BuyerOut, sending("PUT", f"/v1/buyers/{step(buyer)}", entry))

    async def buyer(self, buyer: str) -> Found[BuyerOut] | Refused:
        """A buyer's entry in the registry."""
        return await self._tagged(BuyerOut, get(f"/v1/buyers/{step(buyer)}"))

    async def overview(
        self, *, page: int = 100, as_of: str | None = None, known_at: str | None = None
    ) -> AsyncIterator[OverviewLineOut]:
        """Each buyer with its applications, as the reports print it; or as they were at a time
        (RFC 3339), as it was known at one. Raises WasRefused.
        """
        when = {"limit": page, "as_of": as_of, "known_at": known_at}
        async for answer in self._pages(OverviewOut, "/v1/buyers", when):
            for item in answer.items:
                yield item

    async def open_pool(
        self, pool: PoolIn | Body, *, key: str | None = None
    ) -> Found[PoolOut] | Refused:
        """Begin a pool with the claims that its sources make."""
        call = sending("POST", "/v1/pools", pool, Idempotency_Key=key or str(uuid4()))
        return await self._tagged(PoolOut, call)

    async def add_claim(
        self, pool: str, claim: FurtherClaimIn | Body, *, key: str | None = None
    ) -> Found[PoolOut] | Refused:
        """Enter a claim about a pool."""
        path = f"/v1/pools/{step(pool)}/claims"
        call = sending("POST", path, claim, Idempotency_Key=key or str(uuid4()))
        return await self._tagged(PoolOut, call)

    async def pool(self, pool: str) -> Found[PoolOut] | Refused:
        """A pool with its claims and shares."""
        return await self._tagged(PoolOut, get(f"/v1/pools/{step(pool)}"))

    async def pool_trail(self, pool: str, *, page: int = 100) -> AsyncIterator[RecordOut]:
        """The records of a pool, for whoever sees all its shares. Raises WasRefused."""
        path = f"/v1/pools/{step(pool)}/trail"
        async for answer in self._pages(TrailOut, path, {"limit": page}):
            for item in answer.items:
                yield item

    async def pool_record(self, pool: str, seq: int) -> bytes | Refused:
        """One record of a pool, exactly as stored."""
        return await self._bytes(get(f"/v1/pools/{step(pool)}/trail/{seq}"))

    async def pool_proof(self, pool: str, seq: int) -> bytes | Refused:
        """The proof that a record of a pool is in the log."""
        return await self._bytes(get(f"/v1/pools/{step(pool)}/trail/{seq}/proof"))

    async def verify_pool_trail(self, pool: str) -> VerificationOut | Refused:
        """What the service finds when it checks the trail of a pool itself."""
        return await self._read(VerificationOut, f"/v1/pools/{step(pool)}/trail:verify")

    async def pools(self, *, page: int = 100) -> AsyncIterator[PoolOut]:
        """Pools, the newest first. Raises WasRefused."""
        async for answer in self._pages(PoolListOut, "/v1/pools", {"limit": page}):
            for item in answer.items:
                yield item


class Rules(Asking):
    """The routes of procedures and of the service's own state."""

    async def procedures(self) -> AsyncIterator[ProcedureLineOut]:
        """Every version of every procedure. Raises WasRefused."""
        async for answer in self._pages(ProcedureListOut, "/v1/procedures", {}):
            for item in answer.items:
                yield item

    async def procedure(self, name: str, version: int) -> ProcedureOut | Refused:
        """The rules of one version."""
        return await self._read(ProcedureOut, f"/v1/procedures/{step(name)}/{version}")

    async def diagram(
        self,
        name: str,
        version: int,
        *,
        lang: Literal["en", "zh"] = "en",
        state: str | None = None,
        accept: str = "text/vnd.mermaid",
    ) -> str | Refused:
        """A procedure as a picture, with `state` marked."""
        path = f"/v1/procedures/{step(name)}/{version}/diagram"
        return await self._text(get(path, {"lang": lang, "state": state}, Accept=accept))

    async def problem_type(self, code: str) -> str | Refused:
        """The page (HTML) that says what a problem's code means."""
        return await self._text(get(f"/problems/{step(code)}"))

    async def health(self) -> HealthOut | Refused:
        """Whether the service lives."""
        return await self._read(HealthOut, "/healthz")

    async def ready(self) -> ReadyOut | Refused:
        """Whether it can take events, and how safe they are then. Raises Unavailable."""
        return await self._read(ReadyOut, "/readyz")
