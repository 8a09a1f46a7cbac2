"""An interruption of the blocking client may come anywhere, and leaves nothing running."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from concurrent.futures import Future
from typing import Any

import pytest

from api.client import Client, blocking
from api.client.blocking import BlockingClient

begin = asyncio.run_coroutine_threadsafe


async def test_nothing_is_left_running_when_the_interruption_comes_early(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Between the beginning of a call and the wait for it."""
    left: list[str] = []

    async def forever(_client: Client) -> AsyncIterator[int]:
        try:
            await asyncio.sleep(60)
            yield 1
        finally:
            left.append("ended")

    def interrupted(coroutine: Coroutine[Any, Any, Any], loop: Any) -> "Future[Any]":
        monkeypatch.setattr(asyncio, "run_coroutine_threadsafe", begin)
        begin(coroutine, loop)
        begin(asyncio.sleep(0), loop).result()
        raise KeyboardInterrupt

    with BlockingClient("http://127.0.0.1:1") as client:
        monkeypatch.setattr(asyncio, "run_coroutine_threadsafe", interrupted)
        with pytest.raises(KeyboardInterrupt):
            next(blocking._iterating(forever)(client))
    assert left == ["ended"]


async def test_a_call_that_was_dropped_before_it_began_never_begins() -> None:
    begun: list[str] = []

    async def act() -> None:
        begun.append("begun")

    call = blocking._Call(act())
    call.drop()
    with pytest.raises(asyncio.CancelledError):
        await call.run()
    assert call.ended.is_set()
    assert begun == []
