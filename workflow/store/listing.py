"""Lists over all subjects of a kind, gathered from the partitions."""

import asyncio
from collections.abc import Sequence
from typing import Any

from workflow.store import keys
from workflow.store.commits import Due, Position
from workflow.store.keys import Layout
from workflow.store.link import Argument, Links
from workflow.store.scripts import DUE, MATCHING, NEWEST, PAGE, SIZES, SOONEST, Script

SCANNED = 1000  # entries that one call looks at, in each lane, before it answers with a short page
TERMS = 32  # of which one call tells the newest: time of the server


class Listing:
    """What is read from the indexes, which are kept for each partition."""

    def __init__(self, layout: Layout, lane_of: Sequence[int], links: Links) -> None:
        self._links = links
        self._lane_of = lane_of
        self._tags = layout.tags
        self._lanes = [
            [tag for tag, own in zip(layout.tags, lane_of, strict=True) if own == lane]
            for lane in sorted(set(lane_of))
        ]

    async def page(
        self,
        kind: str,
        terms: Sequence[str],
        limit: int,
        beyond: Position | None,
        oldest: bool = False,
    ) -> tuple[list[Position], Position | None]:
        """The newest, or else the oldest, subjects that have all the terms, and where to go on
        (None: at the end).
        """
        named = [
            [keys.index(tag, kind, term) for tag in lane for term in terms or ("",)]
            for lane in self._lanes
        ]
        after: tuple[Argument, Argument] = beyond or ("", "")
        arguments = (len(terms) or 1, limit, SCANNED, "1" if oldest else "0", *after)
        found: list[Position] = []
        horizons: list[Position] = []
        for answer in await asyncio.gather(*(self._ask(PAGE, own, arguments) for own in named)):
            found += _positions(answer[2:])
            if answer[0]:
                horizons += _positions(answer[:2])
        return _cut(found, horizons, limit, oldest)

    async def sizes(self, kind: str, terms: Sequence[str]) -> list[int]:
        """How many subjects have each of the terms."""
        named = [
            [keys.index(tag, kind, term) for term in terms for tag in lane] for lane in self._lanes
        ]
        asked = (self._ask(SIZES, own, (len(terms),)) for own in named)
        return [sum(sizes) for sizes in zip(*await asyncio.gather(*asked), strict=True)]

    async def newest(self, kind: str, terms: Sequence[str]) -> list[Position | None]:
        """The newest subject that has each of the terms."""
        found: list[Position | None] = []
        for first in range(0, len(terms), TERMS):
            some = terms[first : first + TERMS]
            named = [
                [keys.index(tag, kind, term) for term in some for tag in lane]
                for lane in self._lanes
            ]
            asked = (self._ask(NEWEST, own, (len(some),)) for own in named)
            answers = await asyncio.gather(*asked)
            lanes = [
                [
                    Position(int(time or -1), name.decode())
                    for name, time in zip(answer[::2], answer[1::2], strict=True)
                ]
                for answer in answers
            ]
            found += [one if one.id else None for one in map(max, zip(*lanes, strict=True))]
        return found

    async def matching(self, kind: str, prefix: str, bound: int) -> list[Position] | None:
        """The subjects with a word that begins so; None when more than `bound` words do."""
        if "\0" in prefix:
            return []
        named = [
            [key for tag in lane for key in (keys.words(tag, kind), keys.index(tag, kind, ""))]
            for lane in self._lanes
        ]
        asked = (self._ask(MATCHING, own, (prefix, bound)) for own in named)
        answers = await asyncio.gather(*asked)
        if None in answers:
            return None
        found = [position for answer in answers for position in _positions(answer)]
        return found if len(found) <= bound else None

    async def due(
        self, kind: str, now: int, limit: int, partitions: Sequence[int]
    ) -> tuple[list[Due], dict[int, int | None]]:
        """Subjects whose time has come in these partitions, at most so many in each lane; and the
        first time of each partition that was looked at (None: it has none).
        """
        lanes: dict[int, list[int]] = {}
        for partition in partitions:
            lanes.setdefault(self._lane_of[partition], []).append(partition)
        named = [[keys.due(self._tags[one], kind) for one in own] for own in lanes.values()]
        answers = await asyncio.gather(*(self._ask(DUE, own, (now, limit)) for own in named))
        found: list[Due] = []
        times: dict[int, int | None] = {}
        for own, (firsts, due) in zip(lanes.values(), answers, strict=True):
            found += _dues(due)
            looked = zip(own, firsts, strict=False)
            times |= {one: int(first) if first else None for one, first in looked}
        return found, times

    async def soonest(
        self, kind: str, until: int, limit: int, after: Due | None = None
    ) -> list[Due]:
        """The first `limit` of all subjects of a kind whose time comes by `until` (Unix ms), by
        time and id, behind `after`. Each partition is asked.
        """
        place: tuple[Argument, Argument] = after or ("", "")
        arguments = (until, limit, *place)
        found = (self._ask(SOONEST, [own], arguments) for own in self._times(kind))
        merged = [one for answer in await asyncio.gather(*found) for one in _dues(answer)]
        return sorted(merged)[:limit]

    def _times(self, kind: str) -> list[str]:
        return [keys.due(tag, kind) for lane in self._lanes for tag in lane]

    async def _ask(self, script: Script, names: list[str], arguments: Sequence[Argument]) -> Any:
        async with self._links.borrow() as link:
            return await link.read(script, names, arguments)


def _dues(answer: Sequence[bytes]) -> list[Due]:
    """What a script returned: id, time, id, time, ..."""
    pairs = zip(answer[::2], answer[1::2], strict=True)
    return [Due(int(since), name.decode()) for name, since in pairs]


def _positions(answer: Sequence[bytes]) -> list[Position]:
    """What a script returned: id, time, id, time, ..."""
    pairs = zip(answer[::2], answer[1::2], strict=True)
    return [Position(int(created), name.decode()) for name, created in pairs]


def _cut(
    found: list[Position], horizons: Sequence[Position], limit: int, oldest: bool
) -> tuple[list[Position], Position | None]:
    """A page of what the lanes found, in its order.

    Some lane has not looked beyond its horizon, so nothing behind the first one may be shown yet.
    """
    found.sort(reverse=not oldest)
    if not horizons:
        return found[:limit], found[limit - 1] if len(found) > limit else None
    horizon = min(horizons) if oldest else max(horizons)
    kept = [one for one in found if (one <= horizon if oldest else one >= horizon)]
    if len(kept) > limit:
        return kept[:limit], kept[limit - 1]
    return kept, horizon
