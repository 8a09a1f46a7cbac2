"""Use cases that change something: create an application, post events, keep the registry.

Each is: find what the decision needs, decide purely, commit. There is no other way to change
a state.
"""

import asyncio
import hashlib
import os
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Final, NamedTuple, TypeVar

from workflow import correcting
from workflow.catalog import Catalog
from workflow.desk import Accepted, Busy, Skipped
from workflow.domain import links
from workflow.domain.act import Event, Linked, Posting
from workflow.domain.authority import authorise
from workflow.domain.principal import CLOCK, LINK, Principal, system
from workflow.domain.record import NOTHING, Decision, Document
from workflow.domain.refusals import Refusal, Refused
from workflow.drawing import Drawing
from workflow.judging import Waiting, judge_alone
from workflow.machine import Engine
from workflow.mentions import Known, Mentions
from workflow.registry import Outcome, Precondition, Registry, application_id
from workflow.store import Agenda, DurabilityUnknown, Store, StoreFault

Told = TypeVar("Told", bound=Outcome | BaseException)

UNKNOWN = Refused((Refusal("unknown-application"),))
"""What is told of an application that is not there, and of one that the principal may not see."""


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


class Service(Registry):
    """The one way in for whoever changes anything: the registry, and applications."""

    def __init__(
        self,
        store: Store,
        catalog: Catalog,
        clock: Callable[[], str] = now,
        salt: Callable[[], str] = salt,
    ) -> None:
        super().__init__(store, catalog, clock, salt)
        self._drawing: Final = Drawing(store, catalog, self._desk, clock, salt)
        self._mentions: Final = Mentions(store, self._sight)

    async def create(
        self, principal: Principal, procedure: str, event: Event
    ) -> tuple[str, Outcome]:
        """Open an application for the buyer in the event's data; its id comes with the outcome."""
        identifier = application_id(principal, event.key)
        opening = await self._opening(principal, procedure, event)
        if isinstance(opening, Refused):
            return identifier, opening
        engine, posting = opening
        unfit = await self.publish(engine.procedure)
        if unfit is not None:
            return identifier, unfit
        outcome = await self._submit(posting, lambda _, posting: engine.create(posting))
        return identifier, await self._told(principal, identifier, outcome)

    async def rehearse_creation(
        self, principal: Principal, procedure: str, event: Event
    ) -> Rehearsed | Refused:
        """Decide whether an application would be opened now, and write nothing."""
        opening = await self._opening(principal, procedure, event)
        if isinstance(opening, Refused):
            return opening
        engine, posting = opening
        verdict = engine.create(posting)
        return verdict if isinstance(verdict, Refused) else Rehearsed(verdict.text, verdict.after)

    async def _opening(
        self, principal: Principal, procedure: str, event: Event
    ) -> tuple[Engine, Posting] | Refused:
        """By which rules an application is opened, and what is decided by them."""
        engine = self._catalog.latest(procedure)
        if engine is None:
            refusal = Refusal("unknown-procedure", {"procedure": procedure}, ("procedure",))
            return Refused((refusal,))
        buyer = event.data["buyer"]
        if not self._sight.buyer(principal, buyer):
            creation = engine.procedure.creation
            actor = authorise(engine.procedure, creation, principal, buyer, event.authority)
            if isinstance(actor, Refusal):  # whether or not there is such a buyer
                return Refused((actor,))
        if await self._store.read(f"buyer/{buyer}") is None:
            return Refused((Refusal("unknown-buyer", {"buyer": buyer}, ("buyer",)),))
        subject = f"application/{application_id(principal, event.key)}"
        known = await self._mentions.of(principal, [event])
        return engine, self._posting(subject, principal, event, known)

    async def post(
        self,
        principal: Principal,
        application: str,
        event: Event,
        precondition: Precondition | None = None,
    ) -> Outcome:
        """Post one event on an application."""
        item = await self._fit(Item(application, event, precondition))
        waiting = self._filed(principal, item, await self._mentions.of(principal, [event]))
        try:
            outcome = await self._desk.post(waiting)
        except Busy:
            if await self._sight.hides(principal, application):
                return UNKNOWN
            raise
        return outcome if _new(outcome) else await self._told(principal, application, outcome)

    async def fire(self, application: str, kind: str, key: str, effective_at: str) -> Outcome:
        """Post an event of the clock; the same key again finds the same record."""
        payload, data = self._catalog.shape(kind, {})
        mark = hashlib.sha256(key.encode()).hexdigest()
        event = Event(kind, key, mark, None, effective_at, None, (), payload, data)
        return await self.post(system(CLOCK), application, event)

    async def tell(
        self, application: str, kind: str, key: str, effective_at: str, linked: Linked
    ) -> Outcome:
        """Post what a linked application brings about; the same key finds the same record."""
        reference = {"reference": links.reference(linked.application, linked.seq)}
        mark = hashlib.sha256(key.encode()).hexdigest()
        payload = links.REFERRING
        event = Event(kind, key, mark, None, effective_at, None, (), payload, reference)
        posting = self._posting(f"application/{application}", system(LINK), event)
        outcome = await self._desk.post(self._on_application(posting._replace(linked=linked)))
        self._notice(outcome)
        return outcome

    async def post_many(
        self, principal: Principal, stretches: Iterable[Sequence[Item]]
    ) -> list[Outcome | BaseException]:
        """Post events on several applications; in order for each application. A fault of one
        stands in its place and does not stop the others.

        While the store commits one stretch, the next is read and decided. Raises a fault when
        it cannot be read which pools there are; DurabilityUnknown where events were posted.
        """
        failed: set[str] = set()
        items: list[Item] = []
        posted: list[asyncio.Future[Outcome]] = []
        for stretch in stretches:
            try:
                known = await self._mentions.of(principal, [item.event for item in stretch])
            except StoreFault as fault:
                await asyncio.gather(*posted, return_exceptions=True)
                raise DurabilityUnknown(str(fault)) if posted else fault from None
            fit = [await self._fit(item) for item in stretch]
            posted += [
                self._desk.submit(self._filed(principal, item, known, failed)) for item in fit
            ]
            items += stretch
            await asyncio.sleep(0)
        outcomes = await asyncio.gather(*posted, return_exceptions=True)
        return [
            one if _new(one) else await self._told(principal, item.application, one)
            for item, one in zip(items, outcomes, strict=True)
        ]

    async def rehearse(
        self,
        principal: Principal,
        application: str,
        event: Event,
        precondition: Precondition | None = None,
    ) -> Rehearsed | Refused:
        """Decide an event on the application as it is now, and write nothing."""
        item = Item(application, event, precondition)
        waiting = self._filed(principal, item, await self._mentions.of(principal, [event]))
        stored = await self._store.read(waiting.subject)
        document = NOTHING if stored is None else Document.decode(stored)
        verdict = await judge_alone(self._store, waiting, document)
        if isinstance(verdict, Decision):
            verdict = await self._drawing.foreseen(verdict) or verdict
        if isinstance(verdict, Refused):
            self._notice(verdict)
            return verdict
        return Rehearsed(verdict.text, verdict.after)

    async def catch_up(self, pools: Agenda | None = None) -> int:
        """Finish or release draws left under way; how many. `pools`: when they are due."""
        return await self._drawing.catch_up(pools)

    async def finish(self) -> None:
        """Wait for every event that was taken in."""
        await self._desk.finish()

    def _decide(self, before: Document, posting: Posting) -> Decision | Refused:
        return self._closed(before, posting) or correcting.decide(self._catalog, before, posting)

    async def _fit(self, item: Item) -> Item:
        """An event as it is posted. The version to which it migrates is published first; where
        that has other rules, whoever else might post it is refused.
        """
        if item.event.payload != "migration":
            return item
        stored = await self._store.read(f"application/{item.application}")
        name = "" if stored is None else Document.decode(stored).snapshot["procedure"]
        successor = self._catalog.find(name, item.event.data["version"])
        unfit = None if successor is None else await self.publish(successor)
        return item if unfit is None else item._replace(precondition=lambda _: unfit.decisive)

    def _filed(
        self,
        principal: Principal,
        item: Item,
        known: Known,
        batch: set[str] | None = None,
    ) -> Waiting:
        """An event of somebody on an application as the desk takes it."""
        application, event, precondition = item
        posting = self._posting(f"application/{application}", principal, event, known)
        return self._on_application(posting, precondition, batch)

    def _on_application(
        self,
        posting: Posting,
        precondition: Precondition | None = None,
        batch: set[str] | None = None,
    ) -> Waiting:
        if precondition is not None:
            posting = posting._replace(conditional=True)
        waiting = self._waiting(posting, self._decide, precondition, batch)
        waiting.passage = self._drawing
        if self._catalog.recalls(posting.event.type):
            waiting.recall = lambda before, trail: self._recall(before, posting, trail)
        return waiting

    def _recall(self, before: Document, posting: Posting, trail: list[bytes]) -> Decision | Refused:
        """The decision on an event that takes the trail as well."""
        return self._closed(before, posting) or correcting.recall(
            self._catalog, before, posting, trail
        )

    def _closed(self, before: Document, posting: Posting) -> Refused | None:
        """Why nothing is decided at all: there is no such application for whoever posts, or it
        rests on rules that are not the ones here.
        """
        if not before.version or not self._sight.document(posting.principal, before):
            return UNKNOWN
        departed = self._catalog.departed(before)
        return None if departed is None else Refused((departed,), before.snapshot["state"])

    async def _told(self, principal: Principal, application: str, outcome: Told) -> Told | Refused:
        """What the principal is told. A repeat, and an event that nobody decided, may concern an
        application that the principal does not see, or sees no longer.
        """
        if isinstance(outcome, Accepted):
            return outcome if self._sight.document(principal, outcome.document) else UNKNOWN
        self._notice(outcome)
        reused = isinstance(outcome, Refused) and outcome.decisive.code == "idempotency-key-reused"
        if reused or isinstance(outcome, Busy | Skipped):
            return UNKNOWN if await self._sight.hides(principal, application) else outcome
        return outcome


def _new(outcome: object) -> bool:
    """Whether an event was decided now, and accepted."""
    return isinstance(outcome, Accepted) and not outcome.replayed
