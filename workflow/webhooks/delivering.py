"""Delivering: what is queued is sent, tried again, and given up at last.

Any number of processes may do it. Each takes what is due for a while, and whoever was too slow
finds that it is somebody else's. A delivery that fails holds up its own application alone.
"""

import asyncio
import logging
import os
import random
from collections.abc import Callable, Collection, Mapping
from contextlib import ExitStack, suppress
from time import monotonic
from typing import Final

from workflow.catalog import Catalog
from workflow.desk import Accepted
from workflow.domain import clock, retrying, webhook
from workflow.domain.principal import WEBHOOKS, system
from workflow.registry import entry
from workflow.service import Service, now
from workflow.store import Bell, Store, StoreFault
from workflow.store.webhooks import Taken
from workflow.webhooks.filling import Filling
from workflow.webhooks.ports import Letters, Sender
from workflow.webhooks.readers import Reader, Readers
from workflow.webhooks.trying import Trying

PAUSE = 0.5
"""Seconds between two looks, where nobody rings."""

LEAST_PAUSE = 0.05
"""Seconds between two looks, however often somebody rings."""

LEASE = 25_000
"""Milliseconds for which a delivery is one's own: a sender takes 15 s at the most. As long waits
what a process that was killed had under way.
"""

AT_ONCE = 8
"""Deliveries that one process has under way to a webhook that took the last one; to any other it
has one.
"""

ALTOGETHER = 256
"""Deliveries that one process has under way. Half of them are for those that take what they are
sent: however many hang, they hold up each other.
"""

PASSES = 16
"""Stretches of the feeds that are looked at in one turn."""

GRACE = 3.0
"""Seconds for which what is under way may go on when the service stops."""

PAGE = 1_000
"""Webhooks that are found due at once, in each lane; more where there are more."""

START = 23 * os.getpid()
"""The partition at which this process begins, far from where one started beside it does."""

logger = logging.getLogger(__name__)


class Deliveries:
    """Delivers for every active webhook, and tells the store's observer of each try."""

    def __init__(
        self,
        store: Store,
        catalog: Catalog,
        service: Service,
        sender: Sender,
        letters: Letters,
        *,
        clock: Callable[[], str] = now,
        chance: Callable[[], float] = random.random,
        bell: Bell | None = None,
    ) -> None:
        self._store: Final = store
        self._service: Final = service
        self._readers: Final = Readers(
            store, lambda one: self._disable(one, webhook.ENDED), store.changes(bell)
        )
        self._filling: Final = Filling(store, catalog, self._readers, store.changes(bell))
        self._due: Final = store.agenda("webhook", store.changes(bell), START)
        self._trying: Final = Trying(store, catalog, sender, letters, clock, chance)
        self._now: Final = clock
        self._under_way: Final[dict[str, set[asyncio.Task[None]]]] = {}
        self._rung: Final = asyncio.Event()
        self._bell: Final = bell
        self._listening: Final = ExitStack()
        self._hears = self._stopping = self._crowded = False
        self._mended: set[str] = set()
        self._taking: Final[set[str]] = set()
        self._begun: dict[str, float] = {}

    def _ring(self, _partition: int) -> None:
        self._rung.set()

    async def run(self) -> None:
        """Go on until cancelled. What is under way then is given a moment; what is not over by
        then is tried again by whoever comes next.
        """
        try:
            with self._listening:
                while True:
                    await self._look()
                    await asyncio.sleep(LEAST_PAUSE)
                    with suppress(TimeoutError):
                        await asyncio.wait_for(self._rung.wait(), PAUSE)
                    self._rung.clear()
        finally:
            self._stopping = True
            await self.finish(GRACE)

    async def finish(self, patience: float) -> None:
        """Wait so many seconds for what is under way, then let go of it."""
        with suppress(TimeoutError):
            async with asyncio.timeout(patience):
                while tasks := self._tasks():
                    await asyncio.wait(tasks)
        late = self._tasks()
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)

    async def turn(self) -> int:
        """Queue what there is to deliver, and begin what is due; how many deliveries that is."""
        begun = 0
        for _ in range(PASSES):
            further = await self._filling.turn(self._now())
            if further:
                self._due.forget()
            readers = await self._readers.active(self._now())
            self._listen(bool(readers))
            begun += await self._start(readers)
            if not further:
                return begun
        self._rung.set()
        return begun

    async def _start(self, readers: Mapping[str, Reader]) -> int:
        """Begin what is due, first for those webhooks for which least lately something was."""
        at, limit = clock.milliseconds(self._now()), PAGE + len(readers)
        await self._mend(readers, at)
        found = await self._due.due(at, limit)
        if any(due.id not in readers for due in found):
            self._readers.forget()
            readers = await self._readers.active(self._now())
            await self._mend(readers, at)
        self._taking.intersection_update(readers)
        self._begun = {one: when for one, when in self._begun.items() if one in readers}
        self._crowded, begun = False, 0
        for due in sorted(found, key=lambda due: self._begun.get(due.id, 0.0)):
            if due.id in readers:
                begun += await self._begin(readers[due.id])
            else:
                await self._store.webhooks.rest(due.id)
        return begun

    async def _mend(self, readers: Collection[str], now: int) -> None:
        """Mend the queue of every webhook that is met for the first time, or again after a rest: a
        restored one may lack something, and whoever saw it rest may have just noted that.
        """
        for identifier in set(readers) - self._mended:
            await self._store.webhooks.mend(identifier, now)
            self._due.forget()
        self._mended = set(readers)

    async def _look(self) -> None:
        try:
            await self.turn()
        except StoreFault as fault:
            logger.warning("deliveries wait: %s", fault)
        except Exception:
            logger.exception("deliveries wait")

    async def _begin(self, reader: Reader, more: int = 0) -> int:
        """Begin what is due of one webhook, as far as there is room; `more`: for so many that are
        about to end.
        """
        at, own = clock.milliseconds(self._now()), len(self._under_way.get(reader.id, ()))
        takes = reader.id in self._taking
        share, bound = (AT_ONCE, ALTOGETHER) if takes else (1, ALTOGETHER // 2)
        free = bound - len(self._tasks())
        self._crowded |= free <= 0
        room = min(share - own + more, free)
        if room <= 0:
            return 0
        taken = await self._store.webhooks.claim(reader.id, at, at + LEASE, room)
        tasks = self._under_way.setdefault(reader.id, set()) if taken else set()
        self._begun[reader.id] = monotonic()
        for one in taken:
            task = asyncio.create_task(self._deliver(reader, one))
            tasks.add(task)
            task.add_done_callback(lambda done: self._ended(reader.id, done))
        return len(taken)

    def _ended(self, identifier: str, task: asyncio.Task[None]) -> None:
        tasks = self._under_way[identifier]
        tasks.discard(task)
        self._due.forget()
        if not tasks:
            del self._under_way[identifier]
        if self._crowded:
            self._rung.set()

    def _tasks(self) -> list[asyncio.Task[None]]:
        return [task for some in self._under_way.values() for task in some]

    def _listen(self, wanted: bool) -> None:
        """Hear of commits for as long as there is anybody to tell of them."""
        if self._bell is not None and wanted != self._hears:
            self._listening.close()
            if wanted:
                self._listening.enter_context(self._bell.listening_everywhere(self._ring))
            self._hears = wanted

    async def _deliver(self, reader: Reader, taken: Taken) -> None:
        """Try one delivery, and begin what can be begun now that it is over; where others had no
        room, the next look says who has it now.
        """
        began, identifier = monotonic(), reader.id
        try:
            outcome = await self._trying.one(identifier, taken)
            self._store.observer.delivered(outcome.settled, monotonic() - began)
            if outcome.settled == "delivered":
                self._taking.add(identifier)
            else:
                self._taking.discard(identifier)
            if outcome.disable is not None:
                await self._disable(identifier, outcome.disable)
                return
            if outcome.settled in ("failed", "dead"):
                await self._give_up(identifier)
            if outcome.settled != "held" and not (self._stopping or self._crowded):
                await self._begin(reader, more=1)
        except StoreFault as fault:
            logger.warning("what became of %s is not noted: %s", taken.place.name, fault)
        except Exception:
            logger.exception("%s is not delivered", taken.place.name)

    async def _give_up(self, identifier: str) -> None:
        """Let a webhook rest that has taken nothing for days."""
        standing = await self._store.webhooks.standing(identifier)
        at = clock.milliseconds(self._now())
        if standing.failing is not None and at - standing.failing >= retrying.GIVEN_UP:
            await self._disable(identifier, webhook.FAILING)

    async def _disable(self, identifier: str, why: str) -> None:
        event = entry("disable", os.urandom(16).hex(), "", {"why": why}, None)
        subject = f"webhook/{identifier}"
        outcome = await self._service.enter(subject, system(WEBHOOKS), event, webhook.disable)
        await self._store.webhooks.rest(identifier)
        self._readers.forget()
        if isinstance(outcome, Accepted):
            logger.info("webhook %s is disabled: %s", identifier, why)
