"""The records of some applications: their trails, merged by `recorded_at`.

Within a trail `recorded_at` never runs backwards, so the order is exact: the time, then the
application, then the seq. A trail is read when its turn comes.
"""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from heapq import heapify, heappop, heappush
from typing import Final, NamedTuple

import orjson

from workflow.domain import clock
from workflow.domain.record import Document
from workflow.store import Store
from workflow.trails.walks import Met, TrailPlace
from workflow.trails.wanted import TrailFilter


class _Key(NamedTuple):
    """Where a record stands in the order of the walk."""

    recorded: int
    application: str
    seq: int


@dataclass(slots=True)
class _Trail:
    """One trail: the seq to read next, the last one, and what was read already."""

    application: str
    last: int
    next: int | None = None
    ready: deque[tuple[_Key, Met]] = field(default_factory=deque)

    @property
    def subject(self) -> str:
        return f"application/{self.application}"


class TrailWalk:
    """Walks the trails of these applications, from behind a place on if there is one."""

    def __init__(
        self,
        store: Store,
        applications: Iterable[tuple[str, Document]],
        wanted: TrailFilter,
        newest: bool,
        chunk: int,
        place: TrailPlace | None,
    ) -> None:
        self.looked = 0
        self._store: Final = store
        self._wanted: Final = wanted
        self._newest: Final = newest
        self._step: Final = -1 if newest else 1
        self._chunk: Final = chunk
        self._place = place
        self._after = None if place is None else self._key(*place)
        self._trails: Final[dict[str, _Trail]] = {}
        self._heads: list[_Key] = []
        for application, document in applications:
            if wanted.since is None or document.recorded_at >= wanted.since:
                self._trails[application] = _Trail(application, document.version)
                self._heads.append(self._earliest(application, document))
        heapify(self._heads)

    @property
    def done(self) -> bool:
        return not self._heads

    def place(self) -> TrailPlace:
        return self._place or TrailPlace(0, "", 0)

    async def step(self) -> Met | None:
        key = heappop(self._heads)
        trail = self._trails[key.application]
        if not trail.ready:
            await self._read(trail)
            self._line_up(trail)
            return None
        key, met = trail.ready.popleft()
        self.looked += 1
        self._place = TrailPlace(self._step * key.recorded, key.application, self._step * key.seq)
        if not self._beyond(met.record["recorded_at"]):
            self._line_up(trail)
        return met

    def _line_up(self, trail: _Trail) -> None:
        """Let a trail wait for its turn; one of which more is to be read, for the turn of what it
        showed last.
        """
        if trail.ready:
            heappush(self._heads, trail.ready[0][0])
        elif trail.next is not None and 1 <= trail.next <= trail.last:
            heappush(
                self._heads, self._key(self.place().recorded_ms, trail.application, trail.next)
            )

    async def _read(self, trail: _Trail) -> None:
        """Some more of a trail."""
        if trail.next is None:
            trail.next = await self._start(trail)
        if self._newest:
            low, high = max(1, trail.next - self._chunk + 1), trail.next
        else:
            low, high = trail.next, min(trail.last, trail.next + self._chunk - 1)
        texts = await self._store.records(trail.subject, low, high)
        numbered = list(enumerate(texts, low))
        for seq, text in reversed(numbered) if self._newest else numbered:
            record = orjson.loads(text)
            recorded = clock.milliseconds(record["recorded_at"])
            key = self._key(recorded, trail.application, seq)
            trail.ready.append((key, Met(text, record)))
        trail.next = low - 1 if self._newest else high + 1

    async def _start(self, trail: _Trail) -> int:
        """The first seq in the direction of the walk that lies behind the place and within the
        time that is asked for: by halving.
        """
        bound = self._wanted.until if self._newest else self._wanted.since
        low, high = 0, trail.last  # so many records at the beginning of the walk do not
        while (self._after is not None or bound is not None) and low < high:
            passed = (low + high) // 2
            seq = trail.last - passed if self._newest else 1 + passed
            (text,) = await self._store.records(trail.subject, seq, seq)
            recorded_at = orjson.loads(text)["recorded_at"]
            key = self._key(clock.milliseconds(recorded_at), trail.application, seq)
            early = bound is not None and (recorded_at >= bound) == self._newest
            if early or (self._after is not None and key <= self._after):
                low = passed + 1
            else:
                high = passed
        return trail.last - low if self._newest else 1 + low

    def _beyond(self, recorded_at: str) -> bool:
        """Whether nothing that is wanted comes behind this in its trail."""
        since, until = self._wanted.since, self._wanted.until
        if self._newest:
            return since is not None and recorded_at < since
        return until is not None and recorded_at >= until

    def _earliest(self, application: str, document: Document) -> _Key:
        """A key that none of a trail's records comes before."""
        if self._newest:
            latest = clock.milliseconds(document.recorded_at)
            return self._key(latest, application, document.version)
        return self._key(clock.milliseconds(document.snapshot["created_at"]), application, 1)

    def _key(self, recorded_ms: int, application: str, seq: int) -> _Key:
        return _Key(self._step * recorded_ms, application, self._step * seq)
