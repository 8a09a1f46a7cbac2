"""One try of one delivery: may it be told, is it taken, and if not, when next."""

import logging
from collections.abc import Callable
from typing import Final, NamedTuple

import orjson

from workflow.catalog import Catalog
from workflow.domain import clock, retrying, webhook
from workflow.domain.record import Document
from workflow.sight import Sight
from workflow.store import Store
from workflow.store.webhooks import Place, Settled, Taken
from workflow.webhooks.deliveries import PING, PING_TYPE, Delivery
from workflow.webhooks.owners import Owners, may_be_told
from workflow.webhooks.ports import Answer, Letters, Message, Sender

HELD = 300_000
"""Milliseconds until a webhook without a secret is looked at again; giving it one is no event."""

RETRY_LATER = (429, 503)
"""The answers by which a receiver may say when it wants to be asked again (RFC 9110, 10.2.3)."""

GONE = 410

logger = logging.getLogger(__name__)


class Tried(NamedTuple):
    """How a delivery counts, and why its webhook is to rest, if it is."""

    settled: str
    disable: str | None = None


class Trying:
    """Tries deliveries that were taken."""

    def __init__(
        self,
        store: Store,
        catalog: Catalog,
        sender: Sender,
        letters: Letters,
        present: Callable[[], str],
        chance: Callable[[], float],
    ) -> None:
        self._store: Final = store
        self._sight: Final = Sight(store, catalog)
        self._owners: Final = Owners(store)
        self._sender: Final = sender
        self._letters: Final = letters
        self._now: Final = present
        self._chance: Final = chance

    async def one(self, identifier: str, taken: Taken) -> Tried:
        """Try a delivery, unless its webhook rests by now or tells of it no longer."""
        stored = await self._store.read(f"webhook/{identifier}")
        snapshot = {} if stored is None else Document.decode(stored).snapshot
        if not snapshot or snapshot["state"] != webhook.ACTIVE:
            return Tried("held")
        at = self._now()
        delivery = Delivery.read(taken.known) if taken.known else await self._anew(taken.place, at)
        (owner,) = await self._owners.of([snapshot], at)
        if owner is None:
            return Tried("held", webhook.ENDED)
        if not delivery.is_ping:
            parties = await self._sight.parties([delivery.application])
            concerned = parties.get(delivery.application)
            if (
                concerned is None
                or not may_be_told(owner)
                or not self._sight.concerns(owner, concerned)
            ):
                return await self._settle(identifier, taken, Settled(b"", None, "dropped"))
        marks = [snapshot["secret"]]
        if snapshot["previous"] is not None and at < snapshot["previous"]["until"]:
            marks.append(snapshot["previous"]["mark"])
        secrets = await self._store.webhooks.secrets(identifier, marks)
        if not secrets:
            return await self._hold(identifier, taken, delivery)
        body = await self._body(identifier, delivery)
        seconds = clock.milliseconds(at) // 1_000
        message = Message(snapshot["url"], delivery.id, seconds, body, tuple(secrets))
        return await self._after(identifier, taken, delivery, await self._sent(message))

    async def _sent(self, message: Message) -> Answer:
        """What came of sending. A fault in it counts as a try: what always fails has an end."""
        try:
            return await self._sender.send(message)
        except Exception:
            logger.exception("%s could not be sent", message.id)
            return Answer(None, "fault")

    async def _anew(self, place: Place, at: str) -> Delivery:
        """A delivery of which nothing is known: a copy of the queue was made while it changed."""
        if place.application == PING:
            return Delivery.new(place, PING_TYPE, at)
        record = orjson.loads(await self._record(place))
        return Delivery.new(place, record["type"], at)

    async def _record(self, place: Place) -> bytes:
        named = (f"application/{place.application}", place.seq)
        (text,) = await self._store.gathering.records([named])
        return text

    async def _body(self, identifier: str, delivery: Delivery) -> bytes:
        if delivery.is_ping:
            return self._letters.of_ping(identifier, delivery.id, delivery.created_at)
        return self._letters.of_record(await self._record(delivery.place))

    async def _after(
        self, identifier: str, taken: Taken, delivery: Delivery, answer: Answer
    ) -> Tried:
        """Note what came of a try."""
        at, attempts = self._now(), delivery.attempts + 1
        tried = delivery._replace(
            attempts=attempts,
            last_attempt_at=at,
            next_attempt_at=None,
            last_status=answer.status,
            last_error=None if answer.taken else answer.error or "status",
        )
        if answer.taken:
            made = tried._replace(status="delivered")
            return await self._settle(identifier, taken, Settled(made.written(), None, "delivered"))
        asked = answer.retry_after if answer.status in RETRY_LATER else None
        wait = None if delivery.is_ping else retrying.delay(attempts, self._chance(), asked)
        why = webhook.GONE if answer.status == GONE else None
        if wait is None:
            dead = Settled(tried._replace(status="dead").written(), None, "dead")
            return await self._settle(identifier, taken, dead, why)
        ms = clock.milliseconds(at) + int(wait * 1_000)
        again = tried._replace(next_attempt_at=clock.of_milliseconds(ms)).written()
        return await self._settle(identifier, taken, Settled(again, ms, "failed"), why)

    async def _hold(self, identifier: str, taken: Taken, delivery: Delivery) -> Tried:
        ms = clock.milliseconds(self._now()) + HELD
        waiting = delivery._replace(
            next_attempt_at=clock.of_milliseconds(ms), last_error="secret-missing"
        )
        return await self._settle(identifier, taken, Settled(waiting.written(), ms, "held"))

    async def _settle(
        self, identifier: str, taken: Taken, settled: Settled, why: str | None = None
    ) -> Tried:
        at = clock.milliseconds(self._now())
        own = await self._store.webhooks.settle(identifier, taken, settled, at)
        return Tried(settled.outcome if own else "fenced", why)
