"""Replies that are lost, servers that are gone, writes that are refused."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from redis.asyncio import Redis

from tests.integration.store.acts import act, by_another, trail
from tests.integration.store.proxy import Proxy, proxy
from tests.integration.store.servers import REDIS, VALKEY, ask, running
from workflow.store import (
    Committed,
    DurabilityUnknown,
    EmbeddedServer,
    Repeated,
    Store,
    Unavailable,
    connect,
    link,
)


@pytest.fixture
async def between(server: EmbeddedServer, client: Redis, tmp_path: Path) -> AsyncIterator[Proxy]:
    assert client is not None
    async with proxy(server.url, tmp_path / "p.sock") as lossy:
        yield lossy


@pytest.fixture
async def behind(between: Proxy) -> AsyncIterator[Store]:
    """A store that sees the server through the proxy."""
    async with Store(connect(between.url)) as store:
        yield store


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(link, "PATIENCE", 0.2)


async def test_a_lost_reply_makes_one_record(between: Proxy, behind: Store) -> None:
    for expected in range(20):
        between.losing = expected % 3
        assert await behind.commit([act("application/a", expected)]) == [Committed()]
    assert between.lost == 19
    records = [commit.record for commit in trail("application/a", 20)]
    assert await behind.records("application/a", 1, 99) == records


async def test_a_group_whose_reply_was_lost_is_whole(between: Proxy, behind: Store) -> None:
    between.losing = 2
    subjects = [f"application/{number}" for number in range(50)]
    waiting = [behind.commit(trail(subject, 3)) for subject in subjects]
    assert await asyncio.gather(*waiting) == [[Committed()] * 3] * 50
    assert between.lost == 2
    for subject in subjects:
        assert len(await behind.records(subject, 1, 99)) == 3


async def test_a_lost_reply_to_a_repeat_is_a_repeat(between: Proxy, behind: Store) -> None:
    first = act("application/a", 0)
    await behind.commit([first])
    between.losing = 1
    assert await behind.commit([by_another(first)]) == [Repeated()]


@pytest.mark.usefixtures("impatient")
async def test_without_any_reply_durability_is_unknown_until_asked_again(
    between: Proxy, behind: Store, store: Store
) -> None:
    first = act("application/a", 0)
    between.losing = 1000
    with pytest.raises(DurabilityUnknown):
        await behind.commit([first])
    assert await store.records("application/a", 1, 9) == [first.record]
    between.losing = 0
    assert await behind.commit([by_another(first)]) == [Repeated()]
    assert await behind.read("application/a") == first.document


@pytest.mark.usefixtures("impatient")
async def test_a_server_that_is_gone_is_unavailable(folder: Path) -> None:
    server = EmbeddedServer(folder)
    server.start()
    store = Store(connect(server.url))
    await store.open()
    await store.commit([act("application/a", 0)])
    server.stop()
    await asyncio.sleep(0.05)  # in which the end of the connection is seen
    waiting = [store.commit([act("application/a", 1)]) for _ in range(3)]
    waiting.append(asyncio.ensure_future(store.commit([act("application/b", 1)])))
    for fault in await asyncio.gather(*waiting, return_exceptions=True):
        assert type(fault) is Unavailable
    for reading in (
        store.load("application/a", b""),
        store.read("application/a"),
        store.page("application", [], 1),
        store.records("application/a", 1, 2),
    ):
        with pytest.raises(Unavailable):
            await reading
    server.start()
    assert await store.commit([act("application/a", 1)]) == [Committed()]
    await store.close()
    server.stop()


@pytest.mark.usefixtures("impatient")
async def test_a_server_that_does_not_answer_leaves_durability_unknown(
    store: Store, server: EmbeddedServer
) -> None:
    commits = trail("application/a", 2)
    await store.commit(commits[:1])
    assert server.pid
    os.kill(server.pid, signal.SIGSTOP)
    try:
        with pytest.raises(DurabilityUnknown):
            await store.commit(commits[1:])
        with pytest.raises(Unavailable):
            await store.read("application/a")
    finally:
        os.kill(server.pid, signal.SIGCONT)
    assert await store.commit(commits[1:]) == [Committed()]
    assert len(await store.records("application/a", 1, 9)) == 2


MAKES = [pytest.param(VALKEY, id="valkey")]
if REDIS:
    MAKES.append(pytest.param(REDIS, id="redis"))


@pytest.mark.parametrize("make", MAKES)
async def test_a_full_memory_refuses_and_leaves_nothing(make: str, folder: Path) -> None:
    with running(make, folder) as url:
        store, admin = Store(connect(url)), connect(url)
        await store.open()
        await store.commit([act("application/a", 0)])
        await ask(admin, "CONFIG", "SET", "maxmemory", "1")
        with pytest.raises(Unavailable, match="maxmemory"):
            await store.commit(trail("application/b", 3))
        assert len(await store.records("application/a", 1, 9)) == 1
        assert (await store.load("application/a", b"")).document
        assert (await store.page("application", [], 9)).ids == ["a"]
        await admin.config_set("maxmemory", "0")
        assert await store.commit([act("application/b", 0)]) == [Committed()]
        await store.close()
        await admin.aclose()


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("make", MAKES)
async def test_a_replica_is_unavailable_until_it_is_a_primary(make: str, folder: Path) -> None:
    with running(make, folder) as url:
        store, admin = Store(connect(url)), connect(url)
        await store.open()
        await ask(admin, "REPLICAOF", "127.0.0.1", "1")
        with pytest.raises(Unavailable):
            await store.commit([act("application/a", 0)])
        await ask(admin, "REPLICAOF", "NO", "ONE")
        assert await store.commit([act("application/a", 0)]) == [Committed()]
        await store.close()
        await admin.aclose()


async def test_a_script_that_fails_in_the_midst_leaves_durability_unknown(
    store: Store, client: Redis
) -> None:
    commit = act("application/a", 0)
    await store.commit([commit])
    for key in await ask(client, "KEYS", "*t:application/a"):
        await client.delete(key)
        await client.set(key, "of a wrong type")
    with pytest.raises(DurabilityUnknown, match="WRONGTYPE"):
        await store.commit([act("application/a", 1)])
