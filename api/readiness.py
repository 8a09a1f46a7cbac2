"""What is wrong with what the service rests on. Each process looks for itself, now and then."""

import asyncio
import logging
import time
from collections.abc import Callable
from typing import Final

from workflow.lag import Lag
from workflow.log.tree import LogReader
from workflow.store import Bell, Store, StoreFault

PAUSE: Final = 10.0
"""Seconds between two looks."""

PATIENCE: Final = 30.0
"""Seconds after which what is due should have been attended to; it takes about one."""

UNREAD: Final = "archive-unreadable"
BEHIND: Final = "log-behind"
LATE: Final = "timers-behind"
STOPPED: Final = "log-stopped"
UNSAFE: Final = "server-unsafe"
FAILED: Final = "work-failed"

TOLD: Final = {
    UNREAD: "old records cannot be read in the log; standard error says why",
    BEHIND: "what was accepted 30 s ago is in no checkpoint; standard error says more",
    LATE: "what was due 30 s ago has not happened; no worker attends to it, or none keeps up",
    FAILED: "some of what this process does by itself has ended; standard error says why",
}
"""Findings that do not stop events. What they say is for everybody: no name, no path."""

logger = logging.getLogger(__name__)


class Readiness:
    """What was found last. `known`: what was wrong with the server at the start, and accepted.
    `clock`: seconds since 1970.
    """

    def __init__(
        self,
        store: Store,
        log: LogReader,
        lag: Lag,
        known: tuple[str, ...] = (),
        clock: Callable[[], float] = time.time,
        bell: Bell | None = None,
    ) -> None:
        self._store: Final = store
        self._log: Final = log
        self._lag: Final = lag
        self._clock: Final = clock
        self._timers: Final = store.agenda("application", store.changes(bell))
        self._late = self._failed = False
        self.server = known
        """What the server does that may lose an acknowledged event."""

    async def run(self) -> None:
        """Look until cancelled; what cannot be looked at stays as it was."""
        while True:
            await asyncio.sleep(PAUSE)
            try:
                await self.look()
            except StoreFault as fault:
                logger.debug("how things stand cannot be told: %s", fault)

    async def look(self) -> None:
        """See whether the server is still what it was at the start, and the timers are kept. A
        warning says once what is new. Raises StoreFault.
        """
        due = int((self._clock() - PATIENCE) * 1_000)
        late = bool(await self._timers.due(due, 1))
        if late and not self._late:
            logger.warning("the timers are behind: see whether a worker runs, and what it says")
        self._late = late
        found = await self._store.unsafe()
        for finding in set(found).difference(self.server):
            logger.error("the server may lose what is acknowledged: %s", finding)
        self.server = found

    def note_failure(self) -> None:
        """Something that should run for as long as the process lives has ended."""
        self._failed = True

    def found(self) -> dict[str, str]:
        """What is wrong, by name, beside the server."""
        holds = {
            UNREAD: self._store.archive.unreadable,
            BEHIND: self._lag.behind,
            LATE: self._late,
            FAILED: self._failed,
        }
        return {name: TOLD[name] for name, is_so in holds.items() if is_so}

    def names(self) -> list[str]:
        """The names of all that is wrong."""
        stops = {STOPPED: self._log.finding() is not None, UNSAFE: bool(self.server)}
        return [*self.found(), *(name for name, is_so in stops.items() if is_so)]
