"""Grouping: calls that arrive while one round trip is under way go out together in the next."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

from workflow.store.faults import StoreFault, Unavailable

Call = TypeVar("Call")
Answer = TypeVar("Answer")


class Lane(Generic[Call, Answer]):
    """What may share one round trip, in the order of arrival.

    `exchange` carries a group to the server and returns one answer for each call. A group holds
    calls up to a total weight of `bound`, and one at least. A caller that goes away leaves its
    call in the group: others may have been decided on it.
    """

    def __init__(
        self, exchange: Callable[[Sequence[Call]], Awaitable[Sequence[Answer]]], bound: int
    ) -> None:
        self._exchange = exchange
        self._bound = bound
        self._loop = asyncio.get_running_loop()
        self._waiting: deque[tuple[Call, int, asyncio.Future[Answer]]] = deque()
        self._idle: asyncio.Future[None] | None = None
        self._closing = False
        self._task = self._loop.create_task(self._run())

    def __len__(self) -> int:
        return len(self._waiting)

    def join(self, call: Call, weight: int = 1) -> asyncio.Future[Answer]:
        """Wait in line. The answer comes with the group that the call goes out in."""
        if self._closing:
            raise Unavailable("The service is stopping.")
        answer: asyncio.Future[Answer] = self._loop.create_future()
        self._waiting.append((call, weight, answer))
        self._wake()
        return answer

    async def close(self) -> None:
        """Answer those who wait, then stop."""
        self._closing = True
        self._wake()
        await self._task

    def _wake(self) -> None:
        if self._idle is not None and not self._idle.done():
            self._idle.set_result(None)

    async def _run(self) -> None:
        while self._waiting or not self._closing:
            if not self._waiting:
                self._idle = self._loop.create_future()
                await self._idle
                self._idle = None
                continue
            calls, answers = self._take(self._bound)
            try:
                results = await self._exchange(calls)
            except Unavailable as fault:
                # Who waits behind would only wait for the same server once more.
                _fail(answers + self._take(None)[1], fault)
            except Exception as fault:
                _fail(answers, fault)
            else:
                for answer, result in zip(answers, results, strict=True):
                    if not answer.done():
                        answer.set_result(result)

    def _take(self, bound: int | None) -> tuple[list[Call], list[asyncio.Future[Answer]]]:
        calls: list[Call] = []
        answers: list[asyncio.Future[Answer]] = []
        total = 0
        while self._waiting:
            call, weight, answer = self._waiting[0]
            total += weight
            if bound is not None and calls and total > bound:
                break
            self._waiting.popleft()
            calls.append(call)
            answers.append(answer)
        return calls, answers


def _fail(answers: Sequence[asyncio.Future[Answer]], fault: Exception) -> None:
    for answer in answers:
        if not answer.done():
            own = type(fault)(fault.detail) if isinstance(fault, StoreFault) else fault
            own.__cause__ = fault.__cause__
            answer.set_exception(own)
