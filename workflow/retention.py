"""Retention: records that are old enough, and that the published log has, leave the database.

What moves is the beginning of each trail. Before anything is taken away, the log's own entry is
read and compared with it. Every subject is looked at once in a pass, slowly: whoever posts
meanwhile must not notice. Any number of processes may do this; moving twice changes nothing.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from datetime import timedelta
from itertools import takewhile
from typing import Final, Protocol

import orjson

from workflow.domain import clock
from workflow.service import now
from workflow.store import Hot, Position, Store

KINDS = ("application", "pool", "credential", "buyer", "webhook")
"""Every kind of subject whose trail grows with what is done here."""

PASS = 3_600.0
"""Seconds from the beginning of a pass to the next one, at the least."""

PAGE = 100
"""Subjects that are looked at in one turn."""

STRETCH = 100
"""Records of a trail that are read at once."""

RATE = 2_000
"""Records a second that are moved at the most."""

SHARE = 100
"""A trail is touched when a hundredth of what was moved before can follow it: its list is built
anew then, which takes as long as the list is.
"""

logger = logging.getLogger(__name__)


class Log(Protocol):
    """What has been published of the log."""

    @property
    def size(self) -> int:
        """The number of entries that the last signed checkpoint covers."""

    def entries(self, indexes: Sequence[int]) -> Sequence[bytes]:
        """Entries. Raises OSError, ValueError and LookupError."""


class Retention:
    """Moves what was recorded more than so many days ago."""

    def __init__(
        self, store: Store, log: Log, days: int, clock: Callable[[], str] = now, rate: int = RATE
    ) -> None:
        self._store: Final = store
        self._log: Final = log
        self._days: Final = timedelta(days=days)
        self._now: Final = clock
        self._rate: Final = rate
        self._next_pass = 0.0
        self._until = ""
        self._left: list[tuple[str, Position]] = []

    async def turn(self) -> int:
        """Look at the next subjects, if a pass is under way or due; how many records were moved."""
        if not self._left and not self._begin():
            return 0
        kind, before = self._left[0]
        positions, further = await self._store.listing.page(kind, (), PAGE, before)
        trails = await self._store.archive.hot([f"{kind}/{one.id}" for one in positions])
        moved = 0
        for hot in trails:
            if await self._worth(hot):
                moved += await self._move(hot)
        self._left[:1] = [(kind, further)] if further else []
        return moved

    @property
    def resting(self) -> bool:
        """Whether everything has been looked at in this pass."""
        return not self._left

    def _begin(self) -> bool:
        """Begin a pass, when it is time. What was created later has no record that is old."""
        time = asyncio.get_running_loop().time()
        if time < self._next_pass:
            return False
        self._next_pass = time + PASS
        self._until = clock.later(self._now(), -self._days)
        first = Position(clock.milliseconds(self._until), "")
        self._left = [(kind, first) for kind in KINDS]
        return True

    async def _worth(self, hot: Hot) -> bool:
        """Whether enough of a trail is old."""
        seq = hot.seq + hot.seq // SHARE
        far = hot.record if seq == hot.seq else await self._store.record(hot.subject, seq)
        return far is not None and self._old(hot.record) and self._old(far)

    def _old(self, record: bytes) -> bool:
        return bool(orjson.loads(record)["recorded_at"] < self._until)

    async def _move(self, hot: Hot) -> int:
        """Move what is old and published of a trail; how many records that is."""
        subject, seq = hot.subject, hot.seq
        last, place = b"", 0
        while True:
            texts, places = await self._published(subject, seq)
            if texts and await self._entries(places) != texts:
                logger.error("nothing of %s is moved: the log has other records of it", subject)
                return 0
            if texts:
                seq, last, place = seq + len(texts), texts[-1], places[-1]
                await asyncio.sleep(len(texts) / self._rate)
            if len(texts) < STRETCH:
                break
        if not last or not await self._store.archive.move(subject, seq - 1, last, place):
            return 0
        return seq - hot.seq

    async def _published(self, subject: str, seq: int) -> tuple[list[bytes], list[int]]:
        """The next records of a trail that are old and published, and where they lie in the log."""
        texts = await self._store.records(subject, seq, seq + STRETCH - 1)
        texts = list(takewhile(self._old, texts))
        size = await asyncio.to_thread(lambda: self._log.size)
        noted = await self._store.places(subject, seq, seq + len(texts) - 1)
        places: list[int] = []
        for place in noted:
            if place is None or place >= size:
                break
            places.append(place)
        return texts[: len(places)], places

    async def _entries(self, indexes: Sequence[int]) -> list[bytes] | None:
        try:
            return list(await asyncio.to_thread(self._log.entries, indexes))
        except (OSError, ValueError, LookupError) as error:
            logger.error("the log cannot be read: %s", error)
            return None
