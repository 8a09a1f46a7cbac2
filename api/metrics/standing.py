"""How things stand in the database and the log: the same, whichever process is asked."""

import asyncio
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Final

from api.metrics.tally import Labels
from workflow.log.directory import Damaged
from workflow.log.tree import LogReader
from workflow.store import Store, StoreFault

FRESH: Final = 1.0
"""Seconds for which a look is good: however many ask, the database is asked once in that time."""

LATE: Final = 1_000
"""Milliseconds after which what is due is late; somebody looks twice a second."""

TIMERS: Final = 1_000
"""Late timers that are counted at the most."""

Samples = dict[Labels, float]


class Standing:
    """Looks when it is asked. `findings`: the names of what is wrong."""

    def __init__(
        self,
        store: Store,
        log: LogReader,
        findings: Callable[[], Sequence[str]],
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._store: Final = store
        self._log: Final = log
        self._findings: Final = findings
        self._clock: Final = clock
        self._looking: Final = asyncio.Lock()
        self._seen: Samples = {}
        self._until = 0.0

    async def samples(self) -> Samples:
        """What is known now. Of a database or a log that does not answer nothing is told but
        that.
        """
        async with self._looking:
            if time.monotonic() >= self._until:
                self._seen = await self._look()
                self._until = time.monotonic() + FRESH
        return self._seen | {("finding", name): 1 for name in self._findings()}

    async def _look(self) -> Samples:
        found: Samples = {("server_up",): 0}
        size: int | None = None
        with suppress(Damaged, OSError):
            found["log_size",] = size = await asyncio.to_thread(lambda: self._log.size)
        try:
            committed = sum(await self._store.feeds.last())
            found |= await self._timers() | await self._webhooks()
            found |= {("records",): committed, ("server_up",): 1}
        except StoreFault:
            return found
        if size is not None:  # read before, so that it is never more
            found["log_lag_records",] = max(committed - size, 0)
        return found

    async def _webhooks(self) -> Samples:
        waiting, dead = await self._store.webhooks.waiting()
        return {("webhook_deliveries_waiting",): waiting, ("webhook_dead_letters",): dead}

    async def _timers(self) -> Samples:
        now = int(self._clock() * 1_000)
        due = await self._store.due("application", now - LATE, TIMERS)
        oldest = min((one.since for one in due), default=now)
        return {("timers_late",): len(due), ("timers_late_seconds",): (now - oldest) / 1_000}
