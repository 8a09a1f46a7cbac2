"""What time brings about: events that the clock posts, and applications that become overdue.

Any number of workers may run. Nothing is done twice: an event's key is the same for all of them,
and the rest is noted only where nobody has been quicker. Each process looks at the partitions
from another one on, so that they seldom meet.
"""

import asyncio
import logging
import os
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Final, cast

from workflow.catalog import Catalog, index_entry
from workflow.desk import Accepted, Busy
from workflow.domain import clock, deadlines
from workflow.domain.application import Snapshot
from workflow.domain.record import Document
from workflow.domain.terms import OVERDUE
from workflow.indexing import basis_of, created_ms, next_due
from workflow.linking import Linking
from workflow.retention import Retention
from workflow.service import Service, now
from workflow.store import Attended, Bell, Due, Store, StoreFault
from workflow.trimming import Trimming

PAUSE = 0.5
"""Seconds between two looks at what is due, at the most: whoever sees something fall due before
looks again then.
"""

PAGE = 200
"""Applications that are attended to at once."""

START = 23 * os.getpid()
"""The partition at which this process begins, far from where one started beside it does."""

logger = logging.getLogger(__name__)


class Worker:
    """Attends to every application whose time has come."""

    def __init__(
        self,
        store: Store,
        catalog: Catalog,
        service: Service,
        clock: Callable[[], str] = now,
        retention: Retention | None = None,
        trimming: Trimming | None = None,
        bell: Bell | None = None,
    ) -> None:
        self._store: Final = store
        self._catalog: Final = catalog
        self._service: Final = service
        self._now: Final = clock
        self._linking: Final = Linking(store, catalog, service)
        self._retention: Final = retention
        self._trimming: Final = trimming
        self._applications: Final = store.agenda("application", store.changes(bell), START)
        self._pools: Final = store.agenda("pool", store.changes(bell), START)

    async def run(self) -> None:
        """Go on until cancelled; while the store cannot be reached, what is due waits. Draws from
        pools that were left under way hold up nothing else, nor does what moves to the log.
        """
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._again(self.turn, self.rest))
            tasks.create_task(self._again(partial(self._service.catch_up, self._pools)))
            for moving in (self._retention, self._trimming):
                if moving is not None:
                    tasks.create_task(self._again(moving.turn))

    async def _again(
        self,
        look: Callable[[], Awaitable[int]],
        rest: Callable[[], float] = lambda: PAUSE,
    ) -> None:
        while True:
            pause = PAUSE
            try:
                await look()
                pause = rest()
            except StoreFault as fault:
                logger.warning("what is due waits: %s", fault)
            except Exception:
                logger.exception("what is due waits")
            await asyncio.sleep(pause)

    def rest(self) -> float:
        """Seconds until the next look: until the next application falls due."""
        ahead = (self._applications.next or 0) - clock.milliseconds(self._now())
        return min(PAUSE, ahead / 1_000) if ahead > 0 else PAUSE

    async def turn(self) -> int:
        """Attend once to each application whose time has come; how many there were."""
        seen: set[str] = set()
        while True:
            at = clock.milliseconds(self._now())
            due = await self._applications.due(at, PAGE + len(seen))
            fresh = [one for one in due if one.id not in seen]
            if not fresh:
                return len(seen)
            seen.update(one.id for one in fresh)
            outcomes = await asyncio.gather(*map(self._attend, fresh), return_exceptions=True)
            for one, outcome in zip(fresh, outcomes, strict=True):
                if isinstance(outcome, StoreFault):
                    raise outcome
                if isinstance(outcome, BaseException) and not isinstance(outcome, Busy):
                    logger.error("application %s waits: %r", one.id, outcome)

    async def _attend(self, due: Due) -> None:
        """Post what the clock has to post, and what is to be told across a link. Unless that moved
        the application on, note that nothing is due any more but what is still to come.
        """
        subject = f"application/{due.id}"
        stored = await self._store.read(subject)
        if stored is None:
            return
        document, at = Document.decode(stored), self._now()
        if await self._posted(due.id, document, at):
            return
        if await self._linking.attend(due.id, document):
            return
        times = index_entry(self._catalog, subject, document).times
        still = [due for due in (*times.due, times.overdue_from or at) if due > at]
        await self._store.attend(
            Attended(
                subject=subject,
                due=due.since,
                basis=basis_of(document),
                next=next_due(still),
                terms=(OVERDUE,) if times.overdue(at) else (),
                created_ms=created_ms(document),
            )
        )

    async def _posted(self, application: str, document: Document, at: str) -> bool:
        """Whether an event was accepted that moved the application on from this document."""
        snapshot = cast(Snapshot, document.snapshot)
        procedure = self._catalog.engine(document).procedure
        for timer in deadlines.timers(procedure, snapshot):
            if timer.due > at:
                break
            effective_at = max(timer.due, snapshot["entered_at"])
            key = timer.key(snapshot)
            outcome = await self._service.fire(application, timer.event, key, effective_at)
            if isinstance(outcome, Accepted) and not outcome.replayed:
                return True
        return False
