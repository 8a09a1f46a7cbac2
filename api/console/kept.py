"""What takes long to count is counted once for all who ask for it, and kept for a while."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from math import inf
from time import thread_time
from typing import Any, Final, NamedTuple, TypeVar

QUICK, TIMES = 0.25, 10
"""What takes the processor no more than so many seconds is counted anew for whoever asks later;
anything else is kept for so many times as long as it took. So counting is never more than a small
part of what a process does.
"""

MOST = 64
"""Findings that are kept."""

Count = TypeVar("Count")


class _Finding(NamedTuple):
    task: "asyncio.Task[Any]"
    until: float


class Kept:
    """Counts one thing after the other, whoever asks."""

    def __init__(self) -> None:
        self._findings: Final[dict[Hashable, _Finding]] = {}
        self._turn: Final = asyncio.Lock()

    async def of(self, name: Hashable, count: Callable[[], Awaitable[Count]]) -> Count:
        """What is counted under a name, which means the same to whoever asks. Raises what `count`
        does.
        """
        known = self._findings.get(name)
        if known is None or known.until <= asyncio.get_running_loop().time():
            known = self._begin(name, count)
        found: Count = await asyncio.shield(known.task)
        return found

    def _begin(self, name: Hashable, count: Callable[[], Awaitable[Any]]) -> _Finding:
        while len(self._findings) >= MOST:
            del self._findings[next(iter(self._findings))]
        task = asyncio.create_task(self._counted(name, count))
        self._findings[name] = _Finding(task, inf)
        return self._findings[name]

    async def _counted(self, name: Hashable, count: Callable[[], Awaitable[Any]]) -> Any:
        task, loop = asyncio.current_task(), asyncio.get_running_loop()
        until = 0.0
        try:
            async with self._turn:
                begun = thread_time()
                found = await count()
                took = thread_time() - begun
                until = loop.time() + (TIMES * took if took > QUICK else 0)
        finally:
            known = self._findings.get(name)
            if known is not None and known.task is task:
                self._findings[name] = known._replace(until=until)
        return found
