"""Group commit: what waits goes out together, and nobody disturbs anybody."""

import asyncio
from dataclasses import replace

import pytest
from redis.asyncio import Redis

from tests.integration.store.acts import act, trail
from workflow.store import Committed, Stale, Store, Unavailable, connect


async def script_calls(client: Redis) -> int:
    """EVALSHA calls that were answered so far."""
    stats = await client.info("commandstats")
    found = stats.get("cmdstat_evalsha", {"calls": 0, "failed_calls": 0})
    return int(found["calls"]) - int(found["failed_calls"])


async def test_commits_that_arrive_together_share_one_call(store: Store, client: Redis) -> None:
    await store.commit([act("application/a", 0)])
    before = await script_calls(client)
    waiting = [store.commit([act(f"application/{n}", 0)]) for n in range(200)]
    assert await asyncio.gather(*waiting) == [[Committed()]] * 200
    assert await script_calls(client) - before == 1


async def test_commits_that_arrive_meanwhile_share_the_next_call(
    store: Store, client: Redis
) -> None:
    await store.commit([act("application/a", 0)])
    before = await script_calls(client)
    first = store.commit([act("application/b", 0)])
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    rest = [store.commit([act(f"application/{n}", 0)]) for n in range(50)]
    await asyncio.gather(first, *rest)
    assert await script_calls(client) - before == 2


async def test_loads_and_reads_that_arrive_together_share_round_trips(
    store: Store, client: Redis
) -> None:
    await store.commit([act(f"application/{n}", 0) for n in range(10)])
    await store.load("application/1", b"")
    before = await script_calls(client)
    loads = await asyncio.gather(*(store.load(f"application/{n}", b"") for n in range(10)))
    assert all(loaded.document for loaded in loads)
    assert await script_calls(client) - before == 1
    calls = (await client.info("commandstats")).get("cmdstat_mget", {"calls": 0})["calls"]
    reads = await asyncio.gather(*(store.read(f"application/{n % 10}") for n in range(100)))
    assert reads == [loads[n % 10].document for n in range(100)]
    assert (await client.info("commandstats"))["cmdstat_mget"]["calls"] - calls == 1


async def test_a_chain_that_is_handed_in_piece_by_piece_keeps_its_order(store: Store) -> None:
    chain = trail("application/a", 300)
    outcomes = await asyncio.gather(*(store.commit([commit]) for commit in chain))
    assert outcomes == [[Committed()]] * 300
    assert await store.records("application/a", 1, 300) == [commit.record for commit in chain]


async def test_commits_wait_in_line_without_being_awaited(store: Store) -> None:
    waiting = store.commit([act("application/a", 0)])
    assert await store.commit([act("application/a", 1)]) == [Committed()]
    assert await waiting == [Committed()]


async def test_a_caller_who_goes_away_disturbs_nobody(store: Store) -> None:
    async def post(number: int) -> object:
        return await store.commit([act(f"application/{number}", 0)])

    tasks = [asyncio.create_task(post(number)) for number in range(30)]
    await asyncio.sleep(0)
    for task in tasks[::3]:
        task.cancel()
    answers = await asyncio.gather(*tasks, return_exceptions=True)
    for number, answer in enumerate(answers):
        if number % 3:
            assert answer == [Committed()]
        else:
            assert isinstance(answer, asyncio.CancelledError)
    assert all(await store.read_many([f"application/{number}" for number in range(30)]))


async def test_a_long_call_goes_out_in_pieces_and_in_order(store: Store, client: Redis) -> None:
    await store.commit([act("application/z", 0)])
    before = await script_calls(client)
    wide = [
        replace(commit, document=commit.document.ljust(40_000))
        for name in "ab"
        for commit in trail(f"application/{name}", 150)
    ]
    late = act("application/a", 150)
    commits = [*wide, act("application/c", 4), late]
    expected = [Committed()] * 300 + [Stale(0), Committed()]
    assert await store.commit(commits) == expected
    assert 4 <= await script_calls(client) - before <= 14
    assert len(await store.records("application/a", 1, 999)) == 151


async def test_partitions_in_lanes_of_their_own(client: Redis) -> None:
    """What a cluster needs: one script call touches the partitions of one lane only."""
    lanes = Store(connect_like(client), lane_of=lambda partition: partition % 4)
    async with lanes as store:
        names = [f"application/{n}" for n in range(100)]
        commits = [commit for step in range(3) for commit in (act(name, step) for name in names)]
        commits.insert(150, act("application/5", 9, "late"))
        outcomes = await store.commit(commits)
        assert outcomes == [Committed()] * 150 + [Stale(2)] + [Committed()] * 150
        assert await script_calls(client) > 0
        assert len(await store.read_many(names)) == 100
        page = await store.page("application", [], 100)
        assert sorted(page.ids) == sorted(str(n) for n in range(100))


def connect_like(client: Redis) -> Redis:
    """Another client of the same server."""
    return connect(f"unix://{client.connection_pool.connection_kwargs['path']}")


async def test_a_store_that_closes_answers_those_who_wait(client: Redis) -> None:
    store = Store(connect_like(client))
    await store.open()
    waiting = [store.commit([act(f"application/{n}", 0)]) for n in range(5)]
    await store.close()
    assert await asyncio.gather(*waiting) == [[Committed()]] * 5
    with pytest.raises(Unavailable):
        await store.commit([act("application/9", 0)])
