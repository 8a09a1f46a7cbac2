"""Whether the log keeps up with the database: what is committed is in a checkpoint soon after.

Each process looks for itself, at nothing but what others leave behind. So it does not matter who
adds to the log, nor why nobody does: the key is gone, the lock is held by something else, or its
holder stands still.
"""

import asyncio
import logging
import time
from collections.abc import Callable
from typing import Final

from workflow.log.directory import Damaged
from workflow.log.tree import LogReader
from workflow.store import Bell, Store, StoreFault

PATIENCE = 30.0
"""Seconds after which what was committed should be in a checkpoint; it takes about one."""

PAUSE = 10.0
"""Seconds between two looks."""

logger = logging.getLogger(__name__)


class Lag:
    """How long the log has been behind. `clock`: seconds."""

    def __init__(
        self,
        store: Store,
        log: LogReader,
        clock: Callable[[], float] = time.monotonic,
        bell: Bell | None = None,
    ) -> None:
        self._store: Final = store
        self._log: Final = log
        self._clock: Final = clock
        self._changes: Final = store.changes(bell)
        self._ends: Final[dict[int, int]] = {}
        self._goal, self._since = 0, 0.0
        self.behind = False

    async def run(self) -> None:
        """Look until cancelled; what cannot be looked at stays as it was."""
        while True:
            try:
                await self.look()
            except (StoreFault, Damaged, OSError) as fault:
                logger.debug("whether the log keeps up cannot be told: %s", fault)
            await asyncio.sleep(PAUSE)

    async def look(self) -> None:
        """See whether all that was there PATIENCE seconds ago is in the checkpoint; a warning says
        once when it is not. A log that nobody has begun is not behind. Raises StoreFault,
        Damaged, OSError.
        """
        begun = await self._store.feeds.published()
        with self._changes.taken() as rung:
            self._ends.update(zip(rung, await self._store.feeds.last(rung), strict=True))
        committed = sum(self._ends.values())
        size, now = await asyncio.to_thread(lambda: self._log.size), self._clock()
        if not begun or size >= self._goal:
            self._goal, self._since, self.behind = committed, now, False
        elif now - self._since >= PATIENCE and not self.behind:
            self.behind = True
            logger.warning(
                "the log is behind: its checkpoint covers %d of %d records, and nobody adds to it; "
                "see whether log.key is there, who holds the file lock in its folder, and what the "
                "process says that has the key",
                size,
                committed,
            )
