"""What is gathered from many trails: stretches of the feeds, and records of several subjects."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import NamedTuple, cast

import orjson

from workflow.store import keys
from workflow.store.archive import Archive
from workflow.store.faults import ArchiveUnreadable
from workflow.store.keys import Layout
from workflow.store.link import Links
from workflow.store.places import places_of
from workflow.store.scripts import SEVERAL, WINDOW

RECORDS_A_CALL = 256


class Entry(NamedTuple):
    """A record by its place: the position in its partition's feed, the subject, and the seq. Where
    the feed has it no more, the record too, since it was found in the log.
    """

    position: int
    subject: str
    seq: int
    record: bytes = b""


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

    async def texts(self, entries: Sequence[Entry]) -> list[bytes]:
        """The records of entries."""
        unknown = [entry for entry in entries if not entry.record]
        found = iter(await self.records([(entry.subject, entry.seq) for entry in unknown]))
        return [entry.record or next(found) for entry in entries]

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
        tags = [self._layout.tags[partition] for partition in own]
        names = [*map(keys.feed, tags), *map(keys.gone, tags)]
        ends = [position for partition in own for position in stretches[partition]]
        async with self._links.borrow() as link:
            found = await link.read(WINDOW, names, ("1" if newest else "0", count, prefix, *ends))
        windows = {
            partition: _window([] if _is_gone(answer) else _kept(answer), prefix)
            for partition, answer in zip(own, found, strict=True)
        }
        gone = {one: answer for one, answer in zip(own, found, strict=True) if _is_gone(answer)}
        if gone:
            for partition, entries in (await self._gone(gone)).items():
                windows[partition] = _window(entries[::-1] if newest else entries, prefix)
        return list(windows.items())

    async def _gone(self, answers: Mapping[int, tuple[int, bytes]]) -> dict[int, list[Entry]]:
        """The entries that were taken from feeds, with their records. Raises ArchiveUnreadable."""
        named = [
            (partition, position, place or 0)
            for partition, (first, places) in answers.items()
            for position, place in enumerate(places_of(places), first)
        ]
        texts = await self._archive.entries([place for _, _, place in named])
        found: dict[int, list[Entry]] = {partition: [] for partition in answers}
        for (partition, position, place), text in zip(named, texts, strict=True):
            record = orjson.loads(text)
            if self._layout.partition(record["subject"]) != partition:
                raise ArchiveUnreadable(f"Its entry {place} is not of partition {partition}.")
            found[partition].append(Entry(position, record["subject"], record["seq"], text))
        return found

    async def _records(self, named: Sequence[tuple[str, int]]) -> list[bytes]:
        trails = [self._layout.trail(subject) for subject, _ in named]
        async with self._links.borrow() as link:
            return cast(list[bytes], await link.read(SEVERAL, trails, [seq for _, seq in named]))


def _window(entries: Sequence[Entry], prefix: str) -> Window:
    """Those wanted of some entries, and the last one."""
    wanted = [entry for entry in entries if entry.subject.startswith(prefix)]
    return Window(wanted, entries[-1] if entries else None)


def _kept(answer: Sequence[bytes]) -> list[Entry]:
    """What the script tells of one feed: id, subject, seq, id, ..., the last wanted or not."""
    parts = zip(answer[::3], answer[1::3], answer[2::3], strict=True)
    return [Entry(_position(name), subject.decode(), int(seq)) for name, subject, seq in parts]


def _is_gone(answer: Sequence[bytes | int]) -> bool:
    """Whether it tells of what was taken from the feed."""
    return bool(answer) and isinstance(answer[0], int)


def _position(name: bytes) -> int:
    """The n of 0-n."""
    return int(name[2:])


def _batches(places: Sequence[int]) -> Iterator[list[int]]:
    rest = iter(places)
    while some := list(islice(rest, RECORDS_A_CALL)):
        yield some
