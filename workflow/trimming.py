"""Trimming: what the published log has, and nobody waits for, leaves the feeds.

A feed is there for the log, for those who follow, and for searches. What is a day old, is covered
by the last signed checkpoint and lies behind every cursor that is `held` leaves it; 6 bytes an
entry say where the log has it, so that searches and whoever was away for longer find it there.
Before anything is taken, the log's own entry is read and compared. The last entry that the
checkpoint covers stays in each feed: it is what the database is compared with at every start. Any
number of processes may do this; a service without a log takes nothing.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import timedelta
from itertools import takewhile
from typing import Final, NamedTuple

import orjson

from workflow.domain import clock
from workflow.retention import Log
from workflow.service import now
from workflow.store import Store
from workflow.store.feeds import Logged

KEPT = timedelta(days=1)
"""For how long an entry stays at the least."""

PASS = 3_600.0
"""Seconds from the beginning of a pass to the next one, at the least."""

CALL = 1_024
"""Entries that are looked at in one turn: a millisecond of the server's time."""

Held = Callable[[], Awaitable[Mapping[int, int]]]
"""By partition, how far everybody has come who still needs its feed; nobody: not in it."""

logger = logging.getLogger(__name__)


class _Run(NamedTuple):
    partition: int
    gone: int
    entries: Sequence[Logged]


class Trimming:
    """Shortens all feeds side by side, so that what lies together in the log is read together."""

    def __init__(self, store: Store, log: Log, held: Held, clock: Callable[[], str] = now) -> None:
        self._store: Final = store
        self._log: Final = log
        self._held: Final = held
        self._now: Final = clock
        self._next_pass = 0.0
        self._until = ""
        self._left: dict[int, int] = {}

    async def turn(self) -> int:
        """Look at what comes next in each feed, if a pass is under way or due; how many entries
        were taken.
        """
        if not self._left and not await self._begin():
            return 0
        share = max(2, CALL // len(self._left))
        found = await self._store.feeds.logged(self._left, share)
        held, size = await self._held(), await asyncio.to_thread(lambda: self._log.size)
        runs = [_Run(one, self._left[one], entries) for one, entries in found.items()]
        runs = [_cut(run, held.get(run.partition), size) for run in runs]
        taken = 0
        for run, entries in zip(runs, await self._entries(runs), strict=True):
            old = len(list(takewhile(self._old, entries))) - 1  # the last one stays
            if old > 0 and not await self._trim(run, old):
                old = 0
            self._left[run.partition] += max(old, 0)
            taken += max(old, 0)
            if old < share - 1:
                del self._left[run.partition]
        return taken

    @property
    def resting(self) -> bool:
        """Whether everything has been looked at in this pass."""
        return not self._left

    async def _begin(self) -> bool:
        time = asyncio.get_running_loop().time()
        if time < self._next_pass:
            return False
        self._next_pass = time + PASS
        self._until = clock.later(self._now(), -KEPT)
        self._left = dict(enumerate(await self._store.feeds.gone()))
        return True

    def _old(self, entry: bytes) -> bool:
        return bool(orjson.loads(entry)["recorded_at"] < self._until)

    async def _trim(self, run: _Run, count: int) -> bool:
        places = [one.place for one in run.entries[:count] if one.place is not None]
        return await self._store.feeds.trim(run.partition, run.gone, places)

    async def _entries(self, runs: Sequence[_Run]) -> list[list[bytes]]:
        """What the log has of these entries; nothing where that is not what they name."""
        places = [one.place or 0 for run in runs for one in run.entries]
        try:
            found = iter(await asyncio.to_thread(self._log.entries, places))
        except (OSError, ValueError, LookupError) as error:
            logger.error("the feeds stay as they are, the log cannot be read: %s", error)
            return [[] for _ in runs]
        return [self._compared(run, [next(found) for _ in run.entries]) for run in runs]

    def _compared(self, run: _Run, entries: list[bytes]) -> list[bytes]:
        for one, entry in zip(run.entries, entries, strict=True):
            record = orjson.loads(entry)
            if (record["subject"], record["seq"]) != (one.subject, one.seq):
                logger.error("partition %d: the log has another %s", run.partition, one)
                return []
        return entries


def _cut(run: _Run, held: int | None, size: int) -> _Run:
    """What of it is published, and needed by nobody; one more, which stays, may be."""
    count = len(run.entries) if held is None else max(0, held + 1 - run.gone)
    published = takewhile(
        lambda one: one.place is not None and one.place < size, run.entries[:count]
    )
    return run._replace(entries=list(published))
