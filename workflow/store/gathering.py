"""What is gathered from many trails: stretches of the feeds, and records of several subjects."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import NamedTuple, cast

from workflow.store import keys
from workflow.store.archive import Archive
from workflow.store.keys import Layout
from workflow.store.link import Links
from workflow.store.scripts import SEVERAL, WINDOW

RECORDS_A_CALL = 256


class Entry(NamedTuple):
    """A record by its place: the position in its partition's feed, the subject, and the seq."""

    position: int
    subject: str
    seq: int


class Window(NamedTuple):
    """The entries wanted of a stretch of a feed, and the last one that was looked at (None: there
    is nothing in it).
    """

    entries: list[Entry]
    last: Entry | None


Stretches = Mapping[int, tuple[int, int]]
"""By partition the position to begin at and the last one, both included."""


class Gathering:
    """Reads over the partitions, in one script call a lane."""

    def __init__(
        self, layout: Layout, lane_of: Sequence[int], links: Links, archive: Archive
    ) -> None:
        self._layout = layout
        self._lane_of = lane_of
        self._links = links
        self._archive = archive
        self.partitions = layout.partitions

    async def windows(
        self, stretches: Stretches, count: int, prefix: str, newest: bool
    ) -> dict[int, Window]:
        """The first entries of each stretch, `count` looked at, of subjects that begin so. With
        `newest` a stretch begins at its higher position.
        """
        lanes: dict[int, list[int]] = {}
        for partition in stretches:
            lanes.setdefault(self._lane_of[partition], []).append(partition)
        asked = (self._windows(own, stretches, count, prefix, newest) for own in lanes.values())
        return {name: one for found in await asyncio.gather(*asked) for name, one in found}

    async def records(self, named: Sequence[tuple[str, int]]) -> list[bytes]:
        """The records of these subjects and seqs, all of which there are."""
        lanes: dict[int, list[int]] = {}
        for place, (subject, _) in enumerate(named):
            lanes.setdefault(self._lane_of[self._layout.partition(subject)], []).append(place)
        found = [b""] * len(named)
        for places in lanes.values():
            for some in _batches(places):
                texts = await self._records([named[place] for place in some])
                for place, text in zip(some, texts, strict=True):
                    found[place] = text
        moved = [place for place, text in enumerate(found) if not text]
        if moved:
            texts = await self._archive.records([named[place] for place in moved])
            for place, text in zip(moved, texts, strict=True):
                found[place] = text
        return found

    async def _windows(
        self, own: Sequence[int], stretches: Stretches, count: int, prefix: str, newest: bool
    ) -> list[tuple[int, Window]]:
        feeds = [keys.feed(self._layout.tags[partition]) for partition in own]
        ends = [position for partition in own for position in stretches[partition]]
        async with self._links.borrow() as link:
            found = await link.read(WINDOW, feeds, ("1" if newest else "0", count, prefix, *ends))
        windows = (_window(answer, prefix) for answer in found)
        return list(zip(own, windows, strict=True))

    async def _records(self, named: Sequence[tuple[str, int]]) -> list[bytes]:
        trails = [self._layout.trail(subject) for subject, _ in named]
        async with self._links.borrow() as link:
            return cast(list[bytes], await link.read(SEVERAL, trails, [seq for _, seq in named]))


def _window(answer: Sequence[bytes], prefix: str) -> Window:
    """What the script tells of one feed: id, subject, seq, id, ..., the last wanted or not."""
    parts = zip(answer[::3], answer[1::3], answer[2::3], strict=True)
    entries = [Entry(_position(name), subject.decode(), int(seq)) for name, subject, seq in parts]
    wanted = [entry for entry in entries if entry.subject.startswith(prefix)]
    return Window(wanted, entries[-1] if entries else None)


def _position(name: bytes) -> int:
    """The n of 0-n."""
    return int(name[2:])


def _batches(places: Sequence[int]) -> Iterator[list[int]]:
    rest = iter(places)
    while some := list(islice(rest, RECORDS_A_CALL)):
        yield some
