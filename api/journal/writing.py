"""Writing the journal: what is noted waits in memory, and goes out in batches.

Noting an entry is an addition to a dictionary. What is equal within a second is one entry with a
count, so a flood of one sort costs one entry a second. Whoever causes more, in ever other ways,
gets a hundredth of the journal at once (`AT_ONCE` entries at the most), and then so many entries
that the whole of it is a matter of `PUSHED_OUT` seconds; the rest are counted, and told of as a
flood, which is one of those entries. So nobody can push out of a bounded journal what others did:
one principal, or all strangers together, need 114 days, however many entries are kept and whatever
the number of processes, each of which grants its part. A process that starts again grants its
hundredth anew. What auditors and operators are let do is always told.
"""

import asyncio
import logging
import os
import secrets
import socket
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Final

from api.journal.entries import TURNED_AWAY, Entry, What, encode
from api.limits import Buckets
from workflow.domain.principal import ALONE, Principal
from workflow.store import JournalStore, StoreFault

PERIOD = 1.0
"""Seconds between two batches, unless one is full before."""

BATCH = 500
"""Entries of a batch at the most."""

ROOM = 10_000
"""Entries that wait at the most; what comes beyond is lost, and how much is an entry."""

PART, AT_ONCE = 100, 10_000
"""One may cause that part of the entries that are kept at once; so many at the most."""

PUSHED_OUT, PAUSE = 10_000_000, 10
"""Seconds in which one may cause as many entries as are kept, and between two of them at least."""

TELLING = 60.0
"""Seconds between two tellings of a flood."""

logger = logging.getLogger(__name__)


class Journal:
    """Keeps what is noted until it is written, in one of so many `workers`. Raises StoreFault from
    `write` and `close`.
    """

    def __init__(
        self,
        store: JournalStore,
        clock: Callable[[], float] = time.time,
        ticks: Callable[[], float] = time.monotonic,
        workers: int = 1,
    ) -> None:
        self.store: Final = store
        self._clock: Final = clock
        self._ticks: Final = ticks
        self._service: Final = f"{socket.gethostname()[:40]}/{os.getpid()}"
        self._writer: Final = secrets.token_hex(8)
        self._waiting: dict[tuple[int, Entry], tuple[Entry, float, int]] = {}
        self._room: Final = granted(store.kept, workers)
        self._floods: dict[Principal | None, tuple[float, int]] = {}
        self._flood_told = ticks()
        self._closing = False
        self._lost = 0
        self._lost_at = 0.0
        self._batch: list[bytes] = []
        self._number = 1
        self._writing: Final = asyncio.Lock()
        self._full: Final = asyncio.Event()

    def note(self, entry: Entry) -> None:
        """Write this down with the next batch."""
        at, group = self._clock(), entry.grouped()
        place = int(at), group
        found = self._waiting.get(place)
        if found is not None:
            first, since, count = found
            self._waiting[place] = (first if first == entry else group), since, count + 1
        elif not self._has_room(entry):
            since, count = self._floods.get(entry.who, (at, 0))
            self._floods[entry.who] = since, count + 1
        elif len(self._waiting) >= ROOM:
            self._lost, self._lost_at = self._lost + 1, self._lost_at or at
        else:
            self._waiting[place] = entry, at, 1
            if len(self._waiting) == BATCH:
                self._full.set()

    @property
    def waiting(self) -> int:
        """How many entries are not written yet."""
        return len(self._waiting) + len(self._batch)

    async def run(self) -> None:
        """Write once a second, and whenever a batch is full, until cancelled."""
        told = False
        while True:
            try:
                async with asyncio.timeout(PERIOD):
                    await self._full.wait()
            except TimeoutError:
                pass
            self._full.clear()
            try:
                await self.write()
                told = False
            except StoreFault as fault:
                if not told:
                    logger.warning("the journal of access waits: %s", fault)
                told = True

    async def write(self) -> None:
        """Write all that waits. What fails stays for the next time: the same batch again is one
        batch in the journal.
        """
        async with self._writing:
            while True:
                if not self._batch:
                    self._batch = self._taken()
                if not self._batch:
                    return
                await self.store.add(self._writer, self._number, self._batch)
                self._number += 1
                self._batch = []

    async def close(self) -> None:
        """Write what is left, counts of floods as well."""
        self._closing = True
        await self.write()

    def _has_room(self, entry: Entry) -> bool:
        """Whether whoever causes an entry gets one of its own."""
        who = entry.who
        if entry.what not in TURNED_AWAY and (who is None or not who.roles.isdisjoint(ALONE)):
            return True
        source, now = _source(who), self._ticks()
        if self._room.tokens(source, now) < 1:
            return False
        self._room.take(source, 1, now)
        return True

    def _taken(self) -> list[bytes]:
        """The next batch, of those that waited longest."""
        self._tell_floods()
        batch = []
        if self._lost:
            batch.append(encode(Entry(What.LOST), self._lost_at, self._lost, self._service))
            self._lost, self._lost_at = 0, 0.0
        for place in list(self._waiting)[: BATCH - len(batch)]:
            batch.append(encode(*self._waiting.pop(place), self._service))
        return batch

    def _tell_floods(self) -> None:
        now = self._ticks()
        if not self._floods or (not self._closing and now - self._flood_told < TELLING):
            return
        for who, (since, count) in list(self._floods.items()):
            if self._closing or self._room.tokens(_source(who), now) >= 0:
                self._room.take(_source(who), 1, now)
                flood = Entry(What.FLOOD, who)
                self._waiting[int(since), flood] = flood, since, count
                del self._floods[who]
        self._flood_told = now


def granted(kept: int, workers: int) -> Buckets:
    """What one may cause in this process, of a journal that keeps so many entries."""
    pause = max(PUSHED_OUT / kept, PAUSE) * workers
    return Buckets(1 / pause, max(min(kept // PART // workers, AT_ONCE), 1))


def _source(who: Principal | None) -> str:
    """By whom an entry is caused: a principal, or the strangers."""
    return "" if who is None else who.identity


@asynccontextmanager
async def keeping(store: JournalStore, workers: int = 1) -> AsyncIterator[Journal]:
    """A journal that is written while inside, to its end, by one of so many processes."""
    journal = Journal(store, workers=workers)
    writing = asyncio.create_task(journal.run())
    try:
        yield journal
    finally:
        writing.cancel()
        await asyncio.wait([writing])
        with suppress(StoreFault):
            await journal.close()
        await store.close()
