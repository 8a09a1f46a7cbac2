"""Grouping, without a server."""

import asyncio
from collections.abc import Sequence

import pytest

from workflow.store import DurabilityUnknown, Unavailable
from workflow.store.lane import Lane


class Road:
    """An exchange that is held up until it is let go, and remembers its groups."""

    def __init__(self) -> None:
        self.groups: list[list[int]] = []
        self.open = asyncio.Event()
        self.fault: Exception | None = None

    async def exchange(self, calls: Sequence[int]) -> list[int]:
        self.groups.append(list(calls))
        await self.open.wait()
        if self.fault:
            raise self.fault
        return [call * 10 for call in calls]


async def test_what_arrives_meanwhile_goes_out_together() -> None:
    road = Road()
    lane = Lane(road.exchange, bound=100)
    first = lane.join(1)
    await asyncio.sleep(0.01)
    rest = [lane.join(call) for call in (2, 3, 4)]
    await asyncio.sleep(0.01)
    assert road.groups == [[1]]
    road.open.set()
    assert await asyncio.gather(first, *rest) == [10, 20, 30, 40]
    assert road.groups == [[1], [2, 3, 4]]
    await lane.close()


async def test_groups_are_bounded_by_weight_but_never_empty() -> None:
    road = Road()
    road.open.set()
    lane = Lane(road.exchange, bound=10)
    weights = [4, 6, 1, 50, 9, 2]
    waiting = [lane.join(call, weight) for call, weight in enumerate(weights)]
    assert await asyncio.gather(*waiting) == [0, 10, 20, 30, 40, 50]
    assert road.groups == [[0, 1], [2], [3], [4], [5]]
    await lane.close()


async def test_a_cancelled_call_stays_in_its_group() -> None:
    road = Road()
    lane = Lane(road.exchange, bound=100)
    waiting = [lane.join(call) for call in range(3)]
    await asyncio.sleep(0.01)
    waiting[1].cancel()
    road.open.set()
    assert [await waiting[0], await waiting[2]] == [0, 20]
    assert road.groups == [[0, 1, 2]]
    await lane.close()


async def test_a_lost_group_fails_its_own_callers_only() -> None:
    road = Road()
    road.fault = DurabilityUnknown("lost")
    lane = Lane(road.exchange, bound=2)
    lost = [lane.join(call) for call in range(2)]
    await asyncio.sleep(0.01)
    gone = lane.join(4, weight=0)
    gone.cancel()
    behind = lane.join(2)
    road.open.set()
    faults = await asyncio.gather(*lost, return_exceptions=True)
    assert [str(fault) for fault in faults] == [str(road.fault)] * 2
    assert faults[0] is not faults[1]
    road.fault = None
    with pytest.raises(DurabilityUnknown):
        await behind
    assert await lane.join(3) == 30
    await lane.close()


async def test_who_waits_behind_a_dead_server_is_told_at_once() -> None:
    road = Road()
    road.fault = Unavailable()
    lane = Lane(road.exchange, bound=1)
    waiting = [lane.join(call) for call in range(5)]
    road.open.set()
    faults = await asyncio.gather(*waiting, return_exceptions=True)
    assert [type(fault) for fault in faults] == [Unavailable] * 5
    assert road.groups == [[0]]
    await lane.close()


async def test_an_unforeseen_exception_reaches_the_callers_and_the_lane_goes_on() -> None:
    road = Road()
    road.open.set()
    road.fault = TypeError("unforeseen")
    lane = Lane(road.exchange, bound=10)
    with pytest.raises(TypeError, match="unforeseen"):
        await lane.join(1)
    road.fault = None
    assert await lane.join(2) == 20
    await lane.close()


async def test_a_closed_lane_takes_nothing_more() -> None:
    road = Road()
    road.open.set()
    lane = Lane(road.exchange, bound=10)
    last = lane.join(1)
    await lane.close()
    assert await last == 10
    with pytest.raises(Unavailable):
        lane.join(2)
