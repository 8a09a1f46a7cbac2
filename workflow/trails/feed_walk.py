"""Every record there is: the feeds of the partitions, merged by `recorded_at`.

A feed has the order of commitment. Within a trail that is the order of `seq`; between trails it may
differ from that of `recorded_at` by as much as the clocks of two services do. So each feed is
walked in its own order, and the merge takes the feed whose next record is first. Where the next
record of a feed is not known, it counts as recorded when the last entry was that was looked at
there, seen or not: so what comes before that need not wait for a feed in which nothing is seen. No
record is met twice or left out, whatever the clocks say, but for this: where a time is asked for,
the walk begins and ends a day beyond it, and what is further out of order is not found.
"""

from collections import deque
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from heapq import heappop, heappush
from typing import Final, NamedTuple

import orjson

from workflow.domain import clock
from workflow.store.gathering import Entry, Gathering
from workflow.trails.walks import FeedPlace, ForeignPlace, Met
from workflow.trails.wanted import TrailFilter

SLACK = timedelta(days=1)
"""By how much the order of a feed may differ from that of `recorded_at`."""

FIRST = 4
"""Entries that are read of each feed at first, when it is not known which feeds are needed."""

KIND = "application/"
END = 2**53 - 1

Admit = Callable[[Collection[str]], Awaitable[Collection[str]]]
"""Which of these applications are wanted, and may be seen."""


class _Ready(NamedTuple):
    position: int
    key: int
    met: Met


@dataclass(slots=True)
class _Lane:
    """One feed: the next position to read, the last one (0 or more), what was read already, and a
    key that nothing behind it comes before.
    """

    next: int
    last: int
    ready: deque[_Ready] = field(default_factory=deque)
    floor: int = -END

    @property
    def exhausted(self) -> bool:
        return not 1 <= self.next <= self.last

    @property
    def position(self) -> int:
        return self.ready[0].position if self.ready else self.next


class FeedWalk:
    """Walks all partitions at once. `begin` before the first step."""

    def __init__(
        self, gathering: Gathering, admit: Admit, wanted: TrailFilter, newest: bool, chunk: int
    ) -> None:
        self.looked = 0
        self._gathering: Final = gathering
        self._admit: Final = admit
        self._wanted: Final = wanted
        self._newest: Final = newest
        self._step: Final = -1 if newest else 1
        self._chunk: Final = chunk
        self._count = min(FIRST, chunk)
        self._lanes: list[_Lane] = []
        self._heads: list[tuple[int, int]] = []

    async def begin(self, place: FeedPlace | None) -> None:
        """From a place, or from the end or the time that is asked for. Raises ForeignPlace."""
        every = range(self._gathering.partitions)
        ends = await self._gathering.windows(dict.fromkeys(every, (END, 0)), 1, "", newest=True)
        lasts = [last.position if (last := ends[partition].last) else 0 for partition in every]
        if place is not None:
            if len(place.positions) != len(lasts):
                raise ForeignPlace
            starts: Sequence[int] = place.positions
        else:
            starts = await self._starts(lasts)
        if self._newest:
            starts = [min(start, last) for start, last in zip(starts, lasts, strict=True)]
        self._lanes = list(map(_Lane, starts, lasts))
        for number in every:
            self._line_up(number)

    @property
    def done(self) -> bool:
        return not self._heads

    def place(self) -> FeedPlace:
        return FeedPlace(tuple(lane.position for lane in self._lanes))

    async def step(self) -> Met | None:
        numbers = []
        while self._heads and not self._lanes[self._heads[0][1]].ready:
            numbers.append(heappop(self._heads)[1])
        if numbers:
            await self._fill(numbers)
            return None
        _, number = heappop(self._heads)
        lane = self._lanes[number]
        found = lane.ready.popleft()
        self.looked += abs(lane.position - found.position)
        if self._beyond(found.met.record["recorded_at"]):
            self._end(lane)
            return None
        self._line_up(number)
        return found.met

    def _line_up(self, number: int) -> None:
        """Let a feed wait for its turn: with its next record, or to be read on in."""
        lane = self._lanes[number]
        if lane.ready:
            heappush(self._heads, (lane.ready[0].key, number))
        elif not lane.exhausted:
            heappush(self._heads, (lane.floor, number))

    def _end(self, lane: _Lane) -> None:
        """Leave out what is left of a feed."""
        lane.ready.clear()
        lane.next = 0 if self._newest else lane.last + 1

    async def _fill(self, numbers: Sequence[int]) -> None:
        """Read on in these feeds, of which the next record is not known."""
        stretches = {
            number: (lane.next, 1 if self._newest else lane.last)
            for number in numbers
            for lane in (self._lanes[number],)
        }
        windows = await self._gathering.windows(stretches, self._count, KIND, self._newest)
        self._count = self._chunk
        entries = [(number, entry) for number in numbers for entry in windows[number].entries]
        admitted = await self._admit({entry.subject.removeprefix(KIND) for _, entry in entries})
        kept = [one for one in entries if one[1].subject.removeprefix(KIND) in admitted]
        texts = await self._gathering.texts([entry for _, entry in kept])
        for (number, entry), text in zip(kept, texts, strict=True):
            lane, record = self._lanes[number], orjson.loads(text)
            self._raise(lane, record["recorded_at"])
            lane.ready.append(_Ready(entry.position, lane.floor, Met(text, record)))
        await self._advance({number: windows[number].last for number in numbers})
        for number in numbers:
            self._line_up(number)

    async def _advance(self, lasts: Mapping[int, Entry | None]) -> None:
        """Note how far the feeds were read; of those that showed nothing, also the time."""
        silent: dict[int, Entry] = {}
        for number, last in lasts.items():
            lane = self._lanes[number]
            before = lane.next
            if last is None:
                self._end(lane)
                continue
            lane.next = last.position + self._step
            self.looked += abs(lane.position - before)
            if not lane.ready and not lane.exhausted:
                silent[number] = last
        times = await self._recorded(silent.values())
        for number, recorded_at in zip(silent, times, strict=True):
            lane = self._lanes[number]
            self._raise(lane, recorded_at)
            if self._beyond(recorded_at):
                self._end(lane)

    def _raise(self, lane: _Lane, recorded_at: str) -> None:
        """Nothing that follows in this feed comes before this."""
        lane.floor = max(lane.floor, self._step * clock.milliseconds(recorded_at))

    def _beyond(self, recorded_at: str) -> bool:
        """Whether nothing that is wanted can come behind this in its feed."""
        since, until = self._wanted.since, self._wanted.until
        if self._newest:
            return since is not None and recorded_at < clock.later(since, -SLACK)
        return until is not None and recorded_at > clock.later(until, SLACK)

    async def _starts(self, lasts: Sequence[int]) -> list[int]:
        """Where to begin in each feed, for the time that is asked for."""
        if self._newest:
            if self._wanted.until is None:
                return list(lasts)
            firsts = await self._firsts(clock.later(self._wanted.until, SLACK), lasts)
            return [first - 1 for first in firsts]
        if self._wanted.since is None:
            return [1] * len(lasts)
        return await self._firsts(clock.later(self._wanted.since, -SLACK), lasts)

    async def _firsts(self, instant: str, lasts: Sequence[int]) -> list[int]:
        """In each feed a position that is not earlier and follows an earlier one: by halving."""
        low, high = [1] * len(lasts), [last + 1 for last in lasts]
        while halved := [number for number in range(len(lasts)) if low[number] < high[number]]:
            middles = {number: (low[number] + high[number]) // 2 for number in halved}
            stretches = {number: (middle, middle) for number, middle in middles.items()}
            windows = await self._gathering.windows(stretches, 1, "", newest=False)
            times = await self._recorded(windows[number].entries[0] for number in halved)
            for (number, middle), recorded_at in zip(middles.items(), times, strict=True):
                if recorded_at >= instant:
                    high[number] = middle
                else:
                    low[number] = middle + 1
        return low

    async def _recorded(self, entries: Iterable[Entry]) -> list[str]:
        """When the records of these entries were recorded."""
        texts = await self._gathering.texts(list(entries))
        return [orjson.loads(text)["recorded_at"] for text in texts]
