"""Many webhooks beside each other: none waits for another, and one that is told nothing costs
next to nothing."""

import asyncio
from typing import Any

import pytest

from tests.integration.webhooks.conftest import URL, House, Post
from tests.unit.acting import BUYER
from workflow.domain.principal import Principal
from workflow.store import Store
from workflow.webhooks import Answer, Made, Message, Target

HANGING = 8
OTHER = "other-cloud"


class Hanging(Post):
    """Receivers that answer when they may, and then that they do not take it; but for one."""

    def __init__(self) -> None:
        super().__init__()
        self.free = asyncio.Event()
        self.tried: list[str] = []
        self.arrived: asyncio.Queue[str] = asyncio.Queue()

    async def send(self, message: Message) -> Answer:
        if message.url == URL:
            self.arrived.put_nowait(message.id)
            return await super().send(message)
        self.tried.append(message.url)
        await self.free.wait()
        return Answer(500)


async def test_those_that_hang_hold_up_each_other_alone(
    house: House, auditor: Principal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workflow.webhooks.delivering.ALTOGETHER", HANGING)
    own, *others = [await house.opened(one, OTHER if one else BUYER) for one in ("", "a", "b")]
    await house.webhook(auditor, buyers=(BUYER,))
    for number in range(HANGING):
        target = Target(f"{URL}/{number}", "", buyers=(OTHER,))
        assert isinstance(await house.webhooks.create(auditor, target, str(number), "0" * 64), Made)
    post = Hanging()
    process = house.process(post)
    await house.noted(own, "a")
    await process.turn()
    await process.finish(5)
    assert (await post.arrived.get()).startswith(f"msg_{own}_2_")
    for other in others:
        await house.noted(other, "a")
    for number in range(2):
        await process.turn()
        await house.noted(own, f"more-{number}")
        await process.turn()
        name = await asyncio.wait_for(post.arrived.get(), 5)
        assert name.startswith(f"msg_{own}_{3 + number}_")
    assert len(post.tried) == HANGING // 2
    post.free.set()
    await process.finish(5)
    await process.turn()
    await process.finish(5)
    assert len(set(post.tried[:HANGING])) == HANGING


async def test_what_is_told_nothing_writes_nothing_for_a_while(
    house: House, store: Store, auditor: Principal, monkeypatch: pytest.MonkeyPatch
) -> None:
    application = await house.opened()
    made = await house.webhook(auditor, types=("revoke",))
    await house.turn()
    before = await store.webhooks.positions(made.id)
    await house.noted(application, "a")
    await house.turn()
    assert await store.webhooks.positions(made.id) == before
    monkeypatch.setattr("workflow.webhooks.filling.NOTED", -1.0)
    await house.turn()
    assert await store.webhooks.positions(made.id) == await store.feeds.last()


async def test_who_is_to_be_told_is_read_when_that_may_have_changed(
    house: House, store: Store, auditor: Principal, monkeypatch: pytest.MonkeyPatch
) -> None:
    application, read, page = await house.opened(), [], store.page
    await house.webhook(auditor)
    await house.turn()

    async def noticed(*arguments: Any) -> Any:
        read.append(arguments[0])
        return await page(*arguments)

    monkeypatch.setattr(store, "page", noticed)
    await house.noted(application, "a")
    assert len(await house.turn()) == 1
    assert read == []
    await house.webhook(auditor)
    await house.noted(application, "b")
    assert len(await house.turn()) == 2
    assert "webhook" in read


async def test_a_filter_counts_from_when_it_changed(house: House, auditor: Principal) -> None:
    application = await house.opened()
    made = await house.webhook(auditor, types=("revoke",))
    await house.turn()
    await house.webhooks.change(auditor, made.id, {"types": []}, None, "0" * 64)
    await house.noted(application, "a")
    assert len(await house.turn()) == 1


async def test_what_is_found_is_sent_before_the_rest_is_looked_at(
    house: House, store: Store, auditor: Principal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workflow.webhooks.filling.STRETCH", 1)
    application = await house.opened()
    made = await house.webhook(auditor)
    await house.noted(application, *"abcdef")
    waiting = []

    class Counting(Post):
        async def send(self, message: Message) -> Answer:
            waiting.append((await store.webhooks.standing(made.id)).pending)
            return await super().send(message)

    process = house.process(Counting())
    await process.turn()
    await process.finish(5)
    assert waiting[0] < 6
