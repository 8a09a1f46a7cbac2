"""Records that were moved out of the database: the log has them, and whoever reads does not notice.

In the place of such a record stands an empty string. Where the record lies in the log is noted
(`places`), and what is read there must say that it is the one that was asked for. It is never
answered that there is nothing.
"""

import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

import orjson

from workflow.store.faults import ArchiveUnreadable
from workflow.store.keys import Layout
from workflow.store.link import Links
from workflow.store.places import Places, packed, span
from workflow.store.scripts import ARCHIVE, HOT

Reader = Callable[[Sequence[int]], Awaitable[Sequence[bytes]]]
"""What reads the entries of the log at these indexes. It may raise OSError, ValueError and
LookupError.
"""

CALM = 300.0
"""Seconds without a fault after which the log is taken to be readable."""

TOLD = 60.0
"""Seconds between two lines that say that it is not, at the least."""

logger = logging.getLogger(__name__)


class Hot(NamedTuple):
    """The first record of a trail that has not been moved."""

    subject: str
    seq: int
    record: bytes


class Archive:
    """Reads what was moved, and moves."""

    def __init__(
        self,
        layout: Layout,
        lane_of: Sequence[int],
        links: Links,
        places: Places,
        read: Reader | None,
    ) -> None:
        self._layout = layout
        self._lane_of = lane_of
        self._links = links
        self._places = places
        self._reader = read
        self._failed = self._told = -CALM

    @property
    def unreadable(self) -> bool:
        """Whether this process could not read a record that was moved, in the last minutes."""
        return time.monotonic() - self._failed < CALM

    async def filled(self, subject: str, first: int, texts: list[bytes]) -> list[bytes]:
        """What the database has of a trail from seq `first` on, with what the log has of it."""
        seqs = [seq for seq, text in enumerate(texts, first) if not text]
        if not seqs:
            return texts
        moved = iter(await self.records([(subject, seq) for seq in seqs]))
        return [text or next(moved) for text in texts]

    async def records(self, wanted: Sequence[tuple[str, int]]) -> list[bytes]:
        """Records that were moved, each by its subject and seq. Raises ArchiveUnreadable, of which
        the service's own log says why.
        """
        return await self._noting(self._read(wanted))

    async def _noting(self, read: Awaitable[list[bytes]]) -> list[bytes]:
        try:
            return await read
        except ArchiveUnreadable as fault:
            self._failed = time.monotonic()
            if self._failed - self._told >= TOLD:
                self._told = self._failed
                logger.error("%s", fault)
            raise

    async def _read(self, wanted: Sequence[tuple[str, int]]) -> list[bytes]:
        indexes = await self._indexes(wanted)
        entries = await self._entries(indexes)
        for (subject, seq), index, entry in zip(wanted, indexes, entries, strict=True):
            if not _is(entry, subject, seq):
                raise ArchiveUnreadable(f"Its entry {index} is not record {seq} of {subject}.")
        return entries

    async def _entries(self, indexes: Sequence[int]) -> list[bytes]:
        if self._reader is None:
            raise ArchiveUnreadable("This service has no log to read.")
        try:
            entries = await self._reader(indexes)
        except (OSError, ValueError, LookupError) as error:
            raise ArchiveUnreadable(str(error)) from error
        if len(entries) != len(indexes):
            raise ArchiveUnreadable(f"It has {len(entries)} of {len(indexes)} entries.")
        return list(entries)

    async def entries(self, places: Sequence[int]) -> list[bytes]:
        """Entries of the log, of which nothing is known but their places. Raises
        ArchiveUnreadable.
        """
        return await self._noting(self._entries(places))

    async def hot(self, subjects: Sequence[str]) -> list[Hot]:
        """The first record of each of these trails that was not moved, where there is one."""
        found: list[Hot] = []
        for lane in sorted(set(self._lane_of)):
            own = [name for name in subjects if self._lane_of[self._layout.partition(name)] == lane]
            async with self._links.borrow() as link:
                answer = await link.read(HOT, list(map(self._layout.trail, own)), ())
            found += map(Hot, own, answer[::2], answer[1::2])
        return [one for one in found if one.seq]

    async def move(self, subject: str, count: int, last: bytes, place: int) -> bool:
        """Take the first `count` records of a trail out of the database, the last of which is this
        one, at this place in the log. False when it is not, and then nothing happens. Who moves
        has seen all of them in the published log.
        """
        names = [self._layout.trail(subject), self._layout.places(subject)]
        arguments = (count, last, *span(count, count), packed([place]))
        async with self._links.borrow() as link:
            return bool(await link.write(ARCHIVE, names, arguments))

    async def _indexes(self, wanted: Sequence[tuple[str, int]]) -> list[int]:
        """Where records lie in the log."""
        found: list[int] = []
        for subject, group in groupby(wanted, itemgetter(0)):
            seqs = [seq for _, seq in group]
            first = min(seqs)
            places = await self._places.of(subject, first, max(seqs))
            for seq in seqs:
                index = places[seq - first]
                if index is None:
                    raise ArchiveUnreadable(f"Record {seq} of {subject} has no place there.")
                found.append(index)
        return found


def _is(entry: bytes, subject: str, seq: int) -> bool:
    try:
        record = orjson.loads(entry)
        return bool(record["subject"] == subject and record["seq"] == seq)
    except (ValueError, LookupError, TypeError):
        return False
