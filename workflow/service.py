"""Use cases that change something: create an application, post an event, keep the registry.

Each is: find what the decision needs, decide purely, commit. There is no other way to change
a state.
"""

import asyncio
import base64
import hashlib
import os
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache, partial
from typing import Any, Final, NamedTuple

from workflow.catalog import Catalog, index_entry
from workflow.desk import Accepted, Desk, Waiting, judge
from workflow.domain import buyer as buyers
from workflow.domain import pool as pools
from workflow.domain.act import Event, Posting
from workflow.domain.principal import Principal
from workflow.domain.record import NOTHING, Decision, Document
from workflow.domain.refusals import Refusal, Refused
from workflow.domain.registry import acting
from workflow.store import DurabilityUnknown, Store, StoreFault

Outcome = Accepted | Refused
Rule = Callable[[Document, Posting], Decision | Refused]
Precondition = Callable[[Document], Refusal | None]


class Item(NamedTuple):
    """One event of a batch."""

    application: str
    event: Event
    precondition: Precondition | None


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """What an event would lead to; nothing was written."""

    record: bytes
    document: Document


def now() -> str:
    """The present instant."""
    second, fraction = divmod(time.time_ns(), 1_000_000_000)
    return f"{_second(second)}.{fraction // 1_000_000:03d}Z"


@lru_cache(maxsize=1)
def _second(since_1970: int) -> str:
    """A second of Unix time as text; a busy service asks a thousand times for the same."""
    return datetime.fromtimestamp(since_1970, UTC).isoformat()[:19]


def salt() -> str:
    """128 random bits in hexadecimal."""
    return os.urandom(16).hex()


def application_id(principal: Principal, key: str) -> str:
    """An application's id: 100 bits of SHA-256 over principal and key, in base 32, so that
    creating twice with one key makes one application.
    """
    digest = hashlib.sha256(f"application\0{principal.identity}\0{key}".encode()).digest()
    return base64.b32encode(digest)[:20].decode("ascii").lower()


def event_digest(principal: Principal, key: str) -> bytes:
    """What names an event in its subject: 128 bits of SHA-256 over principal and key."""
    return hashlib.sha256(f"{principal.name}\0{key}".encode()).digest()[:16]


class Service:
    """The one way in for whoever changes anything."""

    def __init__(
        self,
        store: Store,
        catalog: Catalog,
        clock: Callable[[], str] = now,
        salt: Callable[[], str] = salt,
    ) -> None:
        self._store: Final = store
        self._catalog: Final = catalog
        self._clock: Final = clock
        self._salt: Final = salt
        self._desk: Final = Desk(store, partial(index_entry, catalog))

    async def create(
        self, principal: Principal, procedure: str, event: Event
    ) -> tuple[str, Outcome]:
        """Open an application for the buyer in the event's data; its id comes with the
        outcome.
        """
        identifier = application_id(principal, event.key)
        engine = self._catalog.latest(procedure)
        if engine is None:
            refusal = Refusal("unknown-procedure", {"procedure": procedure}, ("procedure",))
            return identifier, Refused((refusal,))
        buyer = event.data["buyer"]
        if await self._store.read(f"buyer/{buyer}") is None:
            return identifier, Refused((Refusal("unknown-buyer", {"buyer": buyer}, ("buyer",)),))
        rule: Rule = lambda before, posting: engine.create(posting)  # noqa: E731
        posting = self._posting(
            f"application/{identifier}",
            principal,
            event,
            await self._known([event]),
        )
        return identifier, await self._submit(posting, rule)

    async def post(
        self,
        principal: Principal,
        application: str,
        event: Event,
        precondition: Precondition | None = None,
    ) -> Outcome:
        """Post one event on an application."""
        item = Item(application, event, precondition)
        return await self._desk.post(self._filed(principal, item, await self._known([event])))

    async def post_many(
        self, principal: Principal, stretches: Iterable[Sequence[Item]]
    ) -> list[Outcome | BaseException]:
        """Post events on several applications; in order for each application. A fault of one
        stands in its place and does not stop the others.

        While the store commits one stretch, the next is read and decided. Raises a fault when
        it cannot be read which pools there are; DurabilityUnknown where events were posted.
        """
        failed: set[str] = set()
        posted: list[asyncio.Future[Outcome]] = []
        for stretch in stretches:
            try:
                known = await self._known([item.event for item in stretch])
            except StoreFault as fault:
                await asyncio.gather(*posted, return_exceptions=True)
                raise DurabilityUnknown(str(fault)) if posted else fault from None
            posted += [
                self._desk.submit(self._filed(principal, item, known, failed)) for item in stretch
            ]
            await asyncio.sleep(0)
        return await asyncio.gather(*posted, return_exceptions=True)

    async def rehearse(
        self,
        principal: Principal,
        application: str,
        event: Event,
        precondition: Precondition | None = None,
    ) -> Rehearsed | Refused:
        """Decide an event on the application as it is now, and write nothing."""
        item = Item(application, event, precondition)
        waiting = self._filed(principal, item, await self._known([event]))
        stored = await self._store.read(waiting.subject)
        verdict = judge(waiting, NOTHING if stored is None else Document.decode(stored))
        if isinstance(verdict, Refused):
            return verdict
        return Rehearsed(verdict.text, verdict.after)

    async def register_buyer(
        self,
        principal: Principal,
        buyer: str,
        name: dict[str, Any],
        fingerprint: str,
        precondition: Precondition | None = None,
    ) -> Outcome:
        """Give a buyer a name; the same name again changes nothing."""
        subject = f"buyer/{buyer}"
        stored = await self._store.read(subject)
        document = NOTHING if stored is None else Document.decode(stored)
        actor = acting(principal, buyers.REGISTRARS)
        if isinstance(actor, Refused):
            return actor
        refusal = precondition(document) if precondition else None
        if refusal is not None:
            return Refused((refusal,))
        if document.version and document.snapshot["name"] == name:
            return Accepted(b"", document, replayed=True)
        key = f"register.{document.version}.{fingerprint[:32]}"
        event = _entry("register_buyer", key, fingerprint, {"name": name}, None)
        posting = self._posting(subject, principal, event)
        return await self._desk.post(self._waiting(posting, buyers.register, precondition))

    async def open_pool(
        self, principal: Principal, pool: str, data: dict[str, Any], key: str, fingerprint: str
    ) -> Outcome:
        """Begin a pool with the claims that its sources make."""
        stranger = await self._stranger(data["claims"])
        if stranger is not None:
            return Refused((stranger,))
        event = _entry("open_pool", key, fingerprint, data, None)
        return await self._submit(self._posting(f"pool/{pool}", principal, event), pools.open_pool)

    async def add_claim(
        self, principal: Principal, pool: str, data: dict[str, Any], key: str, fingerprint: str
    ) -> Outcome:
        """Enter one more claim about a pool."""
        stranger = await self._stranger([data])
        if stranger is not None:
            return Refused((stranger,))
        event = _entry("claim", key, fingerprint, data, None)
        return await self._submit(self._posting(f"pool/{pool}", principal, event), pools.add_claim)

    async def _stranger(self, claims: Sequence[dict[str, Any]]) -> Refusal | None:
        """The first buyer of the claims who is not registered."""
        names = sorted({name for claim in claims for name in claim["buyers"]})
        stored = await self._store.read_many([f"buyer/{name}" for name in names])
        unknown = [name for name, found in zip(names, stored, strict=True) if found is None]
        return Refusal("unknown-buyer", {"buyer": unknown[0]}, ("buyers",)) if unknown else None

    async def finish(self) -> None:
        """Wait for every event that was taken in."""
        await self._desk.finish()

    def _submit(self, posting: Posting, rule: Rule) -> Awaitable[Outcome]:
        return self._desk.post(self._waiting(posting, rule))

    def _posting(
        self,
        subject: str,
        principal: Principal,
        event: Event,
        known: frozenset[str] = frozenset(),
    ) -> Posting:
        return Posting(subject, principal, event, self._clock(), self._salt(), known)

    def _waiting(
        self,
        posting: Posting,
        rule: Rule,
        precondition: Precondition | None = None,
        batch: set[str] | None = None,
    ) -> Waiting:
        event = posting.event
        return Waiting(
            subject=posting.subject,
            event=event_digest(posting.principal, event.key),
            fingerprint=event.fingerprint,
            decide=lambda before: rule(before, posting),
            precondition=precondition,
            batch=set() if batch is None else batch,
        )

    def _decide(self, before: Document, posting: Posting) -> Decision | Refused:
        if not before.version:
            return Refused((Refusal("unknown-application"),))
        return self._catalog.engine(before).decide(before, posting)

    def _filed(
        self,
        principal: Principal,
        item: Item,
        known: frozenset[str],
        batch: set[str] | None = None,
    ) -> Waiting:
        """An event on an application as the desk takes it."""
        application, event, precondition = item
        posting = self._posting(f"application/{application}", principal, event, known)
        if precondition is not None:
            posting = posting._replace(conditional=True)
        return self._waiting(posting, self._decide, precondition, batch)

    async def _known(self, events: Sequence[Event]) -> frozenset[str]:
        """Which of the pools that the events name are registered."""
        named = {name for event in events if (name := event.data.get("pool")) is not None}
        if not named:
            return frozenset()
        names = sorted(named)
        stored = await self._store.read_many([f"pool/{name}" for name in names])
        return frozenset(name for name, found in zip(names, stored, strict=True) if found)


def _entry(
    kind: str, key: str, fingerprint: str, data: dict[str, Any], effective_at: str | None
) -> Event:
    return Event(
        type=kind,
        key=key,
        fingerprint=fingerprint,
        authority=None,
        effective_at=effective_at,
        reason=None,
        evidence=(),
        payload="",
        data=data,
    )
