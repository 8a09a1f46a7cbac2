"""The feeds: every record of a partition in the order of its commit, for whoever builds the log.

A feed grows at its end, and its n-th entry has the id 0-n: so a position is the number of entries
up to it, and the same positions name the same records for ever. What the log has may be taken from
its beginning, never its last entry; where that lies in the log is kept.
"""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

from workflow.store import keys
from workflow.store.faults import DurabilityUnknown
from workflow.store.keys import Layout
from workflow.store.link import Links
from workflow.store.places import WIDTH, packed, place_of
from workflow.store.scripts import FEED, PUBLISH, SHED, TRIM

CALL_BYTES = 1024 * 1024  # of records, after which a call adds no more: time of the server


class Run(NamedTuple):
    """Records of one partition that follow each other. Where its entries do not, it has none; in
    the place of a record that is not in its trail stands an empty one.
    """

    partition: int
    subjects: Sequence[bytes]
    seqs: Sequence[bytes]  # in decimal
    records: Sequence[bytes]


class Logged(NamedTuple):
    """An entry of a feed, and where the log has its record (None: it has not, yet)."""

    subject: str
    seq: int
    place: int | None


class Feeds:
    """What the sequencer reads, and where it notes how far the log has come."""

    def __init__(self, layout: Layout, lane_of: Sequence[int], links: Links) -> None:
        self._links = links
        self._feeds = [keys.feed(tag) for tag in layout.tags]
        self._gone = [keys.gone(tag) for tag in layout.tags]
        self._lanes = [
            [partition for partition, own in enumerate(lane_of) if own == lane]
            for lane in sorted(set(lane_of))
        ]
        self.partitions = layout.partitions

    async def after(
        self,
        positions: Sequence[int],
        limit: int,
        first: int = 0,
        among: Collection[int] | None = None,
    ) -> list[Run]:
        """What follows a position in each partition, `limit` records in each lane at the most,
        looked for from the lane's partition `first` on. `among`: in these partitions alone.
        """
        lanes = [lane[first % len(lane) :] + lane[: first % len(lane)] for lane in self._lanes]
        if among is not None:
            lanes = [[one for one in lane if one in among] for lane in lanes]
        asked = (self._after(lane, positions, limit) for lane in lanes if lane)
        return [run for runs in await asyncio.gather(*asked) for run in runs]

    async def stretch(self, partition: int, position: int, count: int) -> Run:
        """Some of what follows a position in one partition, `count` records at the most."""
        runs = await self._after([partition], {partition: position}, count)
        return runs[0] if runs else Run(partition, (), (), ())

    async def last(self, partitions: Sequence[int] | None = None) -> list[int]:
        """The position of the last entry of each partition, or of each of these."""
        named = self._feeds if partitions is None else [self._feeds[one] for one in partitions]
        async with self._links.borrow() as link:
            found = [await link.command("XREVRANGE", feed, "+", "-", "COUNT", 1) for feed in named]
        return [int(entries[0][0].split(b"-")[1]) if entries else 0 for entries in found]

    async def gone(self) -> list[int]:
        """How many of the first entries of each partition were taken from its feed."""
        async with self._links.borrow() as link:
            return [await link.command("STRLEN", name) // WIDTH for name in self._gone]

    async def logged(self, positions: Mapping[int, int], count: int) -> dict[int, list[Logged]]:
        """What follows a position in some partitions, `count` entries of each at the most."""
        found: dict[int, list[Logged]] = {}
        for lane in self._lanes:
            own = [partition for partition in lane if partition in positions]
            names = [self._feeds[partition] for partition in own]
            wanted = (count, *(positions[partition] for partition in own))
            async with self._links.borrow() as link:
                runs = await link.read(SHED, names, wanted) if own else []
            for partition, run in zip(own, runs, strict=True):
                entries = zip(run[::3], run[1::3], run[2::3], strict=True)
                found[partition] = [
                    Logged(name.decode(), int(seq), place_of(place)) for name, seq, place in entries
                ]
        return found

    async def trim(self, partition: int, gone: int, places: Sequence[int]) -> bool:
        """Take the entries behind the first `gone` of a partition, which were taken before, out of
        its feed: the log has them at these places. False where somebody else has been quicker, and
        where none would be left; then nothing happens.
        """
        names = [self._feeds[partition], self._gone[partition]]
        async with self._links.borrow() as link:
            return bool(await link.write(TRIM, names, (gone + 1, packed(places))))

    async def begun(self) -> str | None:
        """The key of the host that began the log, if that is known."""
        async with self._links.borrow() as link:
            found = await link.command("GET", keys.BEGUN)
        return None if found is None else str(found.decode())

    async def begin(self, key: str) -> str:
        """The same; where nobody has begun it, this one does. Of hosts that begin at once, each
        learns who did.
        """
        async with self._links.borrow() as link:
            found = await link.command("SET", keys.BEGUN, key, "NX", "GET")
        return key if found is None else str(found.decode())

    async def published(self) -> str:
        """Where the published log stands; empty where there is none."""
        async with self._links.borrow() as link:
            found = await link.command("GET", keys.LOG)
        return "" if found is None else str(found.decode())

    async def publish(self, previous: str, new: str) -> str:
        """Move the published log on from where it must stand; where it stands then. When that is
        `new`, it is durable, and so is every record that was read before.

        A server of before `WAITAOF` (Redis 7.2) answers when it has written its file, as
        `appendfsync always` says. Raises Unavailable, DurabilityUnknown.
        """
        async with self._links.borrow() as link:
            found, written = await link.durable(PUBLISH, [keys.LOG], (previous, new))
        if written == 0:
            raise DurabilityUnknown("The server has not written its file in time.")
        return "" if found is None else str(found.decode())

    async def _after(self, partitions: Sequence[int], positions: Any, limit: int) -> list[Run]:
        wanted = (limit, CALL_BYTES, *(positions[partition] for partition in partitions))
        names = [self._feeds[partition] for partition in partitions]
        async with self._links.borrow() as link:
            found = await link.read(FEED, names, wanted)
        return [Run(partitions[place - 1], run[::3], run[1::3], run[2::3]) for place, *run in found]
