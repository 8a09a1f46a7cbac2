"""How a process reads the records that were moved to the log, and moves more there."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from api.settings import Settings
from workflow.log.tree import LogReader
from workflow.retention import Retention
from workflow.store import Store
from workflow.trimming import Trimming


def reading(log: LogReader) -> Callable[[Sequence[int]], Awaitable[list[bytes]]]:
    """Reads entries in a thread, so that nobody waits for a disk who reads none."""

    async def read(indexes: Sequence[int]) -> list[bytes]:
        return await asyncio.to_thread(log.entries, indexes)

    return read


def retention_of(settings: Settings, store: Store, log: LogReader) -> Retention | None:
    """What moves old records, where the operator wants that."""
    days = settings.log.hot_days
    return None if days is None else Retention(store, log, days)


def trimming_of(store: Store, log: LogReader) -> Trimming:
    """What shortens the feeds."""
    return Trimming(store, log, store.webhooks.least)
