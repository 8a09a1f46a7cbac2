"""Requests that last: held polls and streams. They sleep until something happens, and end with the
service.
"""

import asyncio
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from starlette.types import Receive

from api.problems import Problem
from api.settings import Bounds


class Sleeper:
    """Sleeps until it is rung, until a time, or until the client has gone. It needs no task of its
    own: it waits for the next message of the client, and whoever rings cuts that short.
    """

    __slots__ = ("_alarm", "_receive", "_rung", "gone")

    def __init__(self, receive: Receive) -> None:
        self.gone = False
        self._receive = receive
        self._rung = False
        self._alarm: asyncio.Timeout | None = None

    def ring(self) -> None:
        """End the sleep, or else the next one at once."""
        self._rung = True
        if self._alarm is not None and not self._alarm.expired():
            self._alarm.reschedule(0)

    async def sleep(self, until: float) -> None:
        """Until this time of the loop's clock at the latest; one that has passed only looks
        whether the client has gone.
        """
        until, self._rung = 0 if self._rung else until, False
        try:
            async with asyncio.timeout_at(until) as self._alarm:
                while not self.gone:
                    message = await self._receive()
                    self.gone = message["type"] == "http.disconnect"
        except TimeoutError:
            pass
        finally:
            self._alarm = None


class Quota:
    """How many of a kind each principal may have at once."""

    def __init__(self, most: int, problem: str) -> None:
        self._most, self._problem = most, problem
        self._taken: Counter[str] = Counter()

    @property
    def total(self) -> int:
        """How many there are."""
        return self._taken.total()

    def take(self, principal: str) -> None:
        """One more, which is to be given back. Raises Problem (429)."""
        if self._taken[principal] >= self._most:
            told = f"One may have {self._most} at a time here."
            raise Problem(self._problem, told, headers={"Retry-After": "5"})
        self._taken[principal] += 1

    def give_back(self, principal: str) -> None:
        """One less."""
        self._taken[principal] -= 1
        if not self._taken[principal]:
            del self._taken[principal]


class Lasting:
    """All requests of this process that last."""

    def __init__(self, bounds: Bounds) -> None:
        self.ending = False
        self.polls = Quota(bounds.held_polls, "too-many-polls")
        self.streams = Quota(bounds.streams, "too-many-streams")
        self._sleepers: set[Sleeper] = set()

    def end(self) -> None:
        """Wake all of them, for the last time."""
        self.ending = True
        for sleeper in tuple(self._sleepers):
            sleeper.ring()

    @contextmanager
    def sleeping(self, receive: Receive) -> Iterator[Sleeper]:
        """What a request sleeps with, which is woken at the end as well."""
        sleeper = Sleeper(receive)
        self._sleepers.add(sleeper)
        try:
            yield sleeper
        finally:
            self._sleepers.discard(sleeper)
