"""The doorbell: whoever waits is woken by a commit, also after the connection was lost."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest
from redis.asyncio import Redis

from tests.integration.store.acts import act
from workflow.store import Bell, EmbeddedServer, Store, bell, connect

PATIENCE = 5.0


class Ears:
    """Counts what is rung, for whoever waits for more of it."""

    def __init__(self) -> None:
        self.rung = 0
        self.places: list[int] = []
        self._more = asyncio.Event()

    def ring(self) -> None:
        self.rung += 1
        self._more.set()

    def ring_of(self, partition: int) -> None:
        self.places.append(partition)
        self.ring()

    async def heard(self, number: int) -> None:
        """Wait until it was rung so often."""
        async with asyncio.timeout(PATIENCE):
            while self.rung < number:
                self._more.clear()
                await self._more.wait()


@asynccontextmanager
async def listening(url: str, authority: Path | None = None) -> AsyncIterator[Bell]:
    """A bell that is listened to."""
    async with Bell(connect(url, authority)) as made:
        running = asyncio.create_task(made.run())
        try:
            yield made
        finally:
            running.cancel()
            with suppress(asyncio.CancelledError):
                await running


@pytest.fixture
async def hung(server: EmbeddedServer) -> AsyncIterator[Bell]:
    """A bell of the session's server."""
    async with listening(server.url) as made:
        yield made


async def channels(client: Redis, number: int) -> list[bytes | str]:
    """The channels that somebody listens to, once there are so many."""
    async with asyncio.timeout(PATIENCE):
        while True:
            found = await client.pubsub_shardchannels()
            if len(found) == number:
                return found


async def test_a_commit_wakes_who_waits_for_its_subject(store: Store, hung: Bell) -> None:
    ours, others = Ears(), Ears()
    with hung.listening("application/a", ours.ring), hung.listening("application/b", others.ring):
        await asyncio.gather(ours.heard(1), others.heard(1))  # listening has begun
        await store.commit([act("application/a", 0), act("application/c", 0)])
        await ours.heard(2)
        await store.commit([act("application/a", 1)])
        await ours.heard(3)
        assert others.rung == 1


async def test_a_commit_that_is_not_made_wakes_nobody(store: Store, hung: Bell) -> None:
    ears = Ears()
    with hung.listening("application/a", ears.ring):
        await ears.heard(1)
        await store.commit([act("application/a", 7), act("application/a", 0)])
        await ears.heard(2)
        await store.commit([act("application/a", 0), act("application/a", 1)])
        await ears.heard(3)
    assert ears.rung == 3, "of four commits two were made"


async def test_who_listens_everywhere_is_told_the_partition(store: Store, hung: Bell) -> None:
    ears = Ears()
    with hung.listening_everywhere(ears.ring_of):
        await ears.heard(64)
        assert sorted(ears.places) == list(range(64))
        ears.places.clear()
        names = [f"pool/{number}" for number in range(5)]
        await store.commit([act(name, 0) for name in names])
        await ears.heard(69)
    assert sorted(ears.places) == sorted(map(store.partition, names))


async def test_a_lost_connection_wakes_everybody_once_when_it_is_back(
    client: Redis, store: Store, hung: Bell
) -> None:
    """What was told meanwhile is lost, so they must look for themselves."""
    some = [Ears() for _ in range(3)]
    with (
        hung.listening("application/a", some[0].ring),
        hung.listening("application/a", some[1].ring),
        hung.listening("application/z", some[2].ring),
    ):
        await asyncio.gather(*(one.heard(1) for one in some))
        assert await client.client_kill_filter(_type="pubsub") >= 1
        await asyncio.gather(*(one.heard(2) for one in some))
        assert [one.rung for one in some] == [2, 2, 2]
        await store.commit([act("application/z", 0)])
        await some[2].heard(3)
    assert [one.rung for one in some] == [2, 2, 3]


async def test_nobody_is_told_where_nobody_waits(
    client: Redis, store: Store, server: EmbeddedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And a channel is left some time after the last one has gone."""
    monkeypatch.setattr(bell, "PULSE", 0.02)
    async with listening(server.url) as hung:
        assert await channels(client, 0) == []
        ears = Ears()
        with hung.listening("application/a", ears.ring):
            await ears.heard(1)
            (channel,) = await channels(client, 1)
            assert channel == f"{store._layout.tag('application/a')}b".encode()
        await channels(client, 0)
        with hung.listening("application/a", ears.ring):
            await ears.heard(2)
            await store.commit([act("application/a", 0)])
            await ears.heard(3)


async def test_a_fault_that_nobody_foresaw_ends_nothing(
    store: Store, server: EmbeddedServer, caplog: pytest.LogCaptureFixture
) -> None:
    spoilt, ears = Ears(), Ears()

    def failing() -> None:
        spoilt.ring()
        raise LookupError("unforeseen")

    async with listening(server.url) as hung:
        with hung.listening("application/a", failing):
            await spoilt.heard(1)
        with hung.listening("application/a", ears.ring):
            await ears.heard(1)
            await store.commit([act("application/a", 0)])
            await ears.heard(2)
    assert {one.levelname for one in caplog.records} == {"ERROR"}


async def test_a_server_that_is_silent_is_asked_anew(
    client: Redis, server: EmbeddedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A connection may be gone without anybody being told."""
    monkeypatch.setattr(bell, "PULSE", 0.02)
    monkeypatch.setattr(bell, "SILENCE", 0.2)
    async with listening(server.url) as hung:
        ears = Ears()
        with hung.listening("application/a", ears.ring):
            await ears.heard(1)
            before = await client.info("stats")
            await client.client_pause(400)
            await ears.heard(2)
            after = await client.info("stats")
    opened = after["total_connections_received"] - before["total_connections_received"]
    assert opened >= 1
