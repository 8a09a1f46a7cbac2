"""Following the records of all applications as they come.

The feeds are the truth; the doorbell only says when to look. One reader of a process reads what
is new, once for all who follow it here, and hands it to each; nobody waits for the slowest, who is
dropped when more is kept for them than LAG. Whoever begins at an earlier place reads on by
themselves until they have come to where the reader is.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import Final, NamedTuple

import orjson

from workflow.domain.principal import Principal
from workflow.sight import Parties, Sight
from workflow.store import Bell, Store, StoreFault
from workflow.trails import Wanted

KIND = "application/"
END = 2**53 - 1

CHUNK = 64
"""Entries of a partition that are read at a time."""

LAG = 4 * 1024 * 1024
"""Bytes of records that are kept for one who follows, and then they are dropped."""

AT_ONCE = 8
"""Partitions of which whoever reads on by themselves reads a chunk at a time."""

PAUSE = 0.5
"""Seconds before the reader tries again after a fault of the store."""

Positions = Sequence[int]
"""How much of each partition's feed somebody has."""

logger = logging.getLogger(__name__)


class Gone(Exception):
    """What follows a place is not kept, or is not there."""


class TooSlow(Exception):
    """More is kept for one who follows than LAG."""


class Record(NamedTuple):
    """A record as stored, and what decides who is shown it."""

    position: int
    type: str
    parties: Parties
    text: bytes


class Place(NamedTuple):
    """Where somebody begins, and how far it is from there to what is new."""

    positions: Positions
    behind: Mapping[int, int]  # by partition, where there is more: the last position


class Stretch(NamedTuple):
    """What follows in one partition, up to a position."""

    partition: int
    reached: int
    records: Sequence[Record]

    def after(self, position: int) -> "Stretch | None":
        """What of it lies behind a position."""
        if position >= self.reached:
            return None
        rest = [record for record in self.records if record.position > position]
        return self._replace(records=rest)


class Following:
    """The reader of a process, and who follows it. `run` it beside the service."""

    def __init__(self, store: Store, sight: Sight, bell: Bell) -> None:
        self._store: Final = store
        self._sight: Final = sight
        self._bell: Final = bell
        self._followers: Final[set[Follower]] = set()
        self.partitions: Final = store.gathering.partitions
        self._positions: list[int] | None = None
        self._beginning: Final = asyncio.Lock()
        self._due: set[int] = set()
        self._rung: Final = asyncio.Event()

    async def place(self, after: Positions | None) -> Place:
        """What follows a place, which has a position for every partition; None: now. Raises Gone
        where it is not all there.
        """
        ends = await self._ends()
        if after is None:
            return Place(ends, {})
        pairs = list(zip(after, ends, strict=True))
        behind = {place: end for place, (position, end) in enumerate(pairs) if position < end}
        next_ones = {place: (after[place] + 1, after[place] + 1) for place in behind}
        found = await self._store.gathering.windows(next_ones, 1, "", newest=False)
        if any(position > end for position, end in pairs) or not all(
            window.entries for window in found.values()
        ):
            raise Gone
        return Place(after, behind)

    @contextmanager
    def follow(self, place: Place, ring: Callable[[], None]) -> "Iterator[Follower]":
        """One who follows from a place on, and is rung when there is something to take."""
        follower = Follower(self, place, ring)
        try:
            yield follower
        finally:
            self._followers.discard(follower)
            self._rung.set()

    def shows(self, principal: Principal, wanted: Wanted, record: Record) -> bool:
        """Whether a record is wanted, and the principal may see it."""
        return (
            wanted.records.type in (None, record.type)
            and wanted.of(record.parties.buyer, record.parties.procedure)
            and self._sight.concerns(principal, record.parties)
        )

    async def trail(self, application: str, after: int) -> list[bytes]:
        """Some of the records of one application that follow a seq."""
        return await self._store.records(f"{KIND}{application}", after + 1, after + CHUNK)

    async def run(self) -> None:
        """Read what is new, while somebody follows, for as long as the process lives."""
        while True:
            await self._rung.wait()
            with self._bell.listening_everywhere(self._ring):
                self._due.update(range(self.partitions))
                while self._followers:
                    self._rung.clear()
                    try:
                        await self._read_on()
                    except StoreFault as fault:
                        logger.warning("the feeds cannot be read: %s", fault)
                    except Exception:
                        logger.exception("the feeds cannot be read")
                    else:
                        await self._rung.wait()
                        continue
                    await asyncio.sleep(PAUSE)
            self._positions = None
            self._rung.clear()

    async def join(self, follower: "Follower") -> Positions:
        """Hand whatever follows to one who follows; the positions from which that is so."""
        async with self._beginning:
            if self._positions is None:
                self._positions = await self._ends()
            self._followers.add(follower)
            self._rung.set()
            return tuple(self._positions)

    async def read(self, wanted: Mapping[int, tuple[int, int]]) -> list[Stretch]:
        """A chunk of each partition, between two positions, where there is anything."""
        windows = await self._store.gathering.windows(wanted, CHUNK, KIND, newest=False)
        entries = [entry for window in windows.values() for entry in window.entries]
        texts = iter(await self._store.gathering.texts(entries))
        parties = await self._sight.parties({one.subject.removeprefix(KIND) for one in entries})
        return [
            Stretch(
                partition,
                window.last.position,
                [
                    _record(entry.position, parties[entry.subject.removeprefix(KIND)], next(texts))
                    for entry in window.entries
                ],
            )
            for partition, window in windows.items()
            if window.last is not None
        ]

    async def _read_on(self) -> None:
        while self._due and self._followers and self._positions is not None:
            due, self._due = self._due, set()
            wanted = {partition: (self._positions[partition] + 1, END) for partition in due}
            try:
                stretches = await self.read(wanted)
            except Exception:
                self._due |= due
                raise
            for stretch in stretches:
                if stretch.reached - self._positions[stretch.partition] >= CHUNK:
                    self._due.add(stretch.partition)
                self._positions[stretch.partition] = stretch.reached
                for follower in tuple(self._followers):
                    if not follower.hand(stretch):
                        self._followers.discard(follower)

    async def _ends(self) -> list[int]:
        every = dict.fromkeys(range(self.partitions), (END, 0))
        ends = await self._store.gathering.windows(every, 1, "", newest=True)
        lasts = (ends[partition].last for partition in every)
        return [0 if last is None else last.position for last in lasts]

    def _ring(self, partition: int) -> None:
        self._due.add(partition)
        self._rung.set()


class Follower:
    """One who follows: what was handed over, and what is still to be read by themselves."""

    def __init__(self, following: Following, place: Place, ring: Callable[[], None]) -> None:
        self._following: Final = following
        self._at: Final = list(place.positions)
        self._behind: dict[int, int] = dict(place.behind)
        self._ring: Final = ring
        self._joined = self._dropped = False
        self._handed: deque[Stretch] = deque()
        self._kept = 0

    async def take(self) -> list[Stretch]:
        """What there is now; nothing: wait for the ring. Raises TooSlow."""
        while self._behind or not self._joined:
            found = await self._read_on()
            if found:
                return found
        if self._dropped:
            raise TooSlow
        handed, self._handed, self._kept = self._handed, deque(), 0
        taken = [stretch.after(self._at[stretch.partition]) for stretch in handed]
        return [self._have(stretch) for stretch in taken if stretch is not None]

    def hand(self, stretch: Stretch) -> bool:
        """Take what the reader has read; False: that is too much."""
        self._kept += sum(len(record.text) for record in stretch.records)
        self._dropped = self._kept > LAG
        if self._dropped:
            self._handed.clear()
        else:
            self._handed.append(stretch)
        self._ring()
        return not self._dropped

    async def _read_on(self) -> list[Stretch]:
        """Some of what the reader will not hand over. Where nothing is left of it, it may be more
        by now, until what follows is handed over.
        """
        if not self._behind:
            positions = await self._following.join(self)
            self._joined = True
            pairs = enumerate(zip(self._at, positions, strict=True))
            self._behind = {place: end for place, (at, end) in pairs if at < end}
            return []
        some = dict(islice(self._behind.items(), AT_ONCE))
        found = await self._following.read(
            {partition: (self._at[partition] + 1, end) for partition, end in some.items()}
        )
        stretches = [self._have(stretch) for stretch in found]
        if len(found) < len(some):
            raise TooSlow  # it is not kept any more
        for partition, end in some.items():
            if self._at[partition] >= end:
                del self._behind[partition]
        return stretches

    def _have(self, stretch: Stretch) -> Stretch:
        self._at[stretch.partition] = stretch.reached
        return stretch


def _record(position: int, parties: Parties, text: bytes) -> Record:
    return Record(position, orjson.loads(text)["type"], parties, text)
