"""Deliveries as they go on beside a service: woken by a commit, and ended with it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import pytest

from api.settings import Settings
from api.webhooks.composing import deliver, sender_of
from tests.integration.events import CATALOG
from tests.integration.webhooks.conftest import House, Post
from workflow.domain.principal import Principal
from workflow.store import Bell, EmbeddedServer, connect
from workflow.webhooks import Answer, Deliveries, Letters, Message, delivering


@asynccontextmanager
async def running(house: House, post: Post, bell: Bell | None) -> AsyncIterator[None]:
    letters = Letters(lambda text: text, lambda *_: b"{}")
    deliveries = Deliveries(
        house.store, CATALOG, house.service, post, letters, clock=house.clock, bell=bell
    )
    tasks = [asyncio.create_task(deliveries.run())]
    tasks += [] if bell is None else [asyncio.create_task(bell.run())]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        for task in tasks:
            with suppress(asyncio.CancelledError):
                await task


class Telling(Post):
    """Says when it was asked, and answers when it may."""

    def __init__(self) -> None:
        super().__init__()
        self.reached, self.free = asyncio.Event(), asyncio.Event()

    async def send(self, message: Message) -> Answer:
        self.reached.set()
        await self.free.wait()
        return await super().send(message)


async def test_a_commit_wakes_whoever_delivers(
    house: House, server: EmbeddedServer, auditor: Principal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivering, "PAUSE", 60.0)
    application = await house.opened()
    await house.webhook(auditor)
    post = Telling()
    post.free.set()
    async with Bell(connect(server.url)) as bell, running(house, post, bell):
        for key in "ab":
            await house.noted(application, key)
            async with asyncio.timeout(20):
                await post.reached.wait()
            post.reached.clear()
    assert post.ids == [f"msg_{application}_{seq}" for seq in (2, 3)]


async def test_what_is_under_way_ends_before_the_service_does(
    house: House, auditor: Principal
) -> None:
    application = await house.opened()
    made = await house.webhook(auditor)
    await house.noted(application, "a", "b")
    post = Telling()
    async with running(house, post, None):
        await post.reached.wait()
        asyncio.get_running_loop().call_later(0.05, post.free.set)
    standing = await house.webhooks.standing(made.id)
    assert (standing.delivered, standing.pending) == (1, 1)


async def test_who_takes_too_long_then_is_let_go(
    house: House, auditor: Principal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivering, "GRACE", 0.05)
    application = await house.opened()
    await house.webhook(auditor)
    await house.noted(application, "a")
    post = Telling()
    async with running(house, post, None):
        await post.reached.wait()
    assert post.got == []
    assert await house.turn() == []  # it is the other's for a while yet
    assert await house.turn(delivering.LEASE / 1_000) == [f"msg_{application}_2"]


async def test_where_the_operator_wants_none_nothing_is_delivered(
    house: House, server: EmbeddedServer, auditor: Principal
) -> None:
    application, made = await house.opened(), await house.webhook(auditor)
    await house.noted(application, "a")
    settings = Settings(webhooks=False)
    async with Bell(connect(server.url)) as bell, sender_of(settings) as sender:
        async with asyncio.timeout(5):
            await deliver(settings, house.store, CATALOG, house.service, sender, bell)
    standing = await house.store.webhooks.standing(made.id)
    assert (standing.pending, standing.delivered, standing.dead) == (0, 0, 0)
