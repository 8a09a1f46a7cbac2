"""Feeds and the claim of the log, on a real server."""

from pathlib import Path

import pytest
from redis.asyncio import Redis

from tests.integration.log.conftest import Writing
from tests.integration.store.servers import REDIS, VALKEY, ask, running
from workflow.store import DurabilityUnknown, Store, connect
from workflow.store.keys import LOG

MAKES = [pytest.param(VALKEY, id="valkey")]
if REDIS:
    MAKES.append(pytest.param(REDIS, id="redis"))


async def test_what_follows_a_position_comes_in_order_and_no_more_than_asked(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    writing = Writing(store)
    await writing.add(100, subjects=3)
    positions = [0] * store.feeds.partitions
    for limit, first in ((7, 0), (40, 63), (500, 5)):
        found = 0
        for run in await store.feeds.after(positions, limit, first):
            for subject, seq, record in zip(run.subjects, run.seqs, run.records, strict=True):
                assert writing.records[subject.decode()][int(seq) - 1] == record
            positions[run.partition] += len(run.records)
            found += len(run.records)
        assert found <= limit
        assert limit in (found, 500)
    assert positions == await store.feeds.last()
    assert sum(positions) == 100
    assert await store.feeds.after(positions, 5) == []
    monkeypatch.setattr("workflow.store.feeds.CALL_BYTES", 1)
    partition = max(range(len(positions)), key=positions.__getitem__)
    assert len((await store.feeds.stretch(partition, 0, 50)).records) == 1
    assert not (await store.feeds.stretch(partition, positions[partition], 50)).records


async def test_a_gap_and_a_missing_record_are_told(store: Store, client: Redis) -> None:
    writing = Writing(store)
    await writing.add(6, subjects=1)
    partition = store.partition("application/a0")
    tag = store._layout.tags[partition]
    await ask(client, "LSET", f"{tag}t:application/a0", "2", "")
    run = await store.feeds.stretch(partition, 0, 9)
    assert [len(record) > 0 for record in run.records] == [True, True, False, True, True, True]
    await ask(client, "XDEL", f"{tag}f", "0-3")
    assert (await store.feeds.stretch(partition, 0, 9)).records == []
    assert len((await store.feeds.stretch(partition, 3, 9)).records) == 3
    assert len((await store.feeds.stretch(partition, 0, 2)).records) == 2


@pytest.mark.parametrize("make", MAKES)
@pytest.mark.parametrize("fsync", ["always", "everysec"])
async def test_the_log_moves_on_from_where_it_must_stand_alone(
    make: str, fsync: str, folder: Path
) -> None:
    """Also on a server that knows no WAITAOF, and for a user who may not use it."""
    with running(make, folder, appendfsync=fsync) as url:
        client = connect(url)
        await ask(client, "ACL", "SETUSER", "narrow", "on", ">secret", "~*", "+@all", "-@blocking")
        await client.aclose()
        for at in (url, url.replace("unix://", "unix://narrow:secret@")):
            async with Store(connect(at)) as store:
                feeds = store.feeds
                stands = await feeds.published()
                assert await feeds.publish("elsewhere", "3 c") == stands
                assert await feeds.publish(stands, "1 a") == "1 a"
                assert await feeds.publish("anything", "1 a") == "1 a"
                assert await feeds.publish("", "2 b") == "1 a"
                assert await feeds.publish("1 a", "2 b") == "2 b"
                assert await feeds.published() == "2 b"


async def test_what_is_not_in_the_file_in_time_is_not_believed(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workflow.store.link.FSYNC_WAIT", 1)
    with running(VALKEY, folder, appendfsync="no") as url:
        async with Store(connect(url)) as store:
            with pytest.raises(DurabilityUnknown, match="in time"):
                await store.feeds.publish("", "1 a")
            client = connect(url)
            assert await ask(client, "GET", LOG) == b"1 a"
            await client.aclose()
