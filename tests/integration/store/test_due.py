"""When subjects are due: written with their commit, found in any partition, attended to once."""

import os
from dataclasses import replace

import pytest
from redis.asyncio import Redis

from tests.integration.store.acts import BEGAN, act, document, head
from workflow.store import NEVER, Attended, Commit, Due, EmbeddedServer, Store, connect

SOON = BEGAN + 1_000
LATER = SOON + 1_000
A = "application/a"


def due_at(commit: Commit, due: int | None) -> Commit:
    return replace(commit, due=due)


def attended(version: int, following: int = NEVER, seen: int = SOON) -> Attended:
    basis = f"{version} {head(A, version)} ".encode()
    return Attended(A, seen, basis, following, ("overdue",), BEGAN)


async def found(store: Store, now: int = LATER, limit: int = 10) -> list[Due]:
    return await store.due("application", now, limit)


async def late(store: Store) -> list[str]:
    return (await store.page("application", ["overdue"], 10)).ids


async def test_a_subject_is_due_from_its_time_on(store: Store) -> None:
    await store.commit([due_at(act(A, 0), SOON)])
    assert await found(store, SOON - 1) == []
    assert await found(store, SOON) == [Due(SOON, "a")]
    assert await store.due("pool", LATER, 10) == []


async def test_the_first_of_all_partitions_come_first(store: Store) -> None:
    commits = [due_at(act(f"application/{n}", 0), LATER - n) for n in range(40)]
    await store.commit(commits)
    assert [one.id for one in await store.listing.soonest("application", LATER, 3)] == [
        "39",
        "38",
        "37",
    ]
    assert await store.listing.soonest("application", LATER - 39, 3) == [Due(LATER - 39, "39")]
    assert await store.listing.soonest("pool", LATER, 3) == []


async def test_the_first_are_read_page_by_page(store: Store) -> None:
    """Also where many fall due at once, in every partition, and where one has moved meanwhile."""
    dues = [Due(SOON + n // 150, f"{n:03}") for n in range(600)]
    await store.commit([due_at(act(f"application/{one.id}", 0), one.since) for one in dues])
    pages = [await store.listing.soonest("application", LATER, 7)]
    while pages[-1]:
        last = pages[-1][-1]
        await store.commit([due_at(act(f"application/{last.id}", 1), NEVER)])
        pages.append(await store.listing.soonest("application", SOON + 2, 7, last))
    assert [one for page in pages for one in page] == dues[:450]


async def test_a_commit_moves_keeps_or_ends_the_time(store: Store) -> None:
    await store.commit([due_at(act(A, 0), SOON)])
    await store.commit([due_at(act(A, 1), None)])
    assert await found(store) == [Due(SOON, "a")]
    await store.commit([due_at(act(A, 2, add=("x=1",)), LATER)])
    assert await found(store) == [Due(LATER, "a")]
    await store.commit([due_at(act(A, 3, remove=("x=1",)), NEVER)])
    assert await found(store) == []


async def test_the_time_stands_behind_all_else_of_a_commit(store: Store) -> None:
    """Terms, words and the time of several commits in one call do not get mixed up."""
    commits = [
        due_at(replace(act(f"application/{n}", 0, add=("x=1",)), words=(f"w{n}",)), SOON + n)
        for n in range(5)
    ]
    await store.commit([*commits, act("application/no", 0, add=("x=1",))])
    assert sorted(await found(store)) == [Due(SOON + n, str(n)) for n in range(5)]
    assert len((await store.page("application", ["x=1"], 10)).ids) == 6
    for n in range(5):
        assert await store.matching("application", f"w{n}", 10)


async def test_a_stale_commit_leaves_the_time_alone(store: Store) -> None:
    await store.commit([due_at(act(A, 0), SOON)])
    await store.commit([due_at(act(A, 5), LATER)])
    assert await found(store) == [Due(SOON, "a")]


@pytest.mark.parametrize("lanes", [1, 5])
async def test_all_partitions_are_looked_at(
    store: Store, server: EmbeddedServer, lanes: int
) -> None:
    await store.commit([due_at(act(f"application/{n}", 0), SOON + n) for n in range(200)])
    async with Store(connect(server.url), lane_of=lambda partition: partition % lanes) as several:
        for first in (0, 63, os.getpid()):
            due = await several.due("application", SOON + 99, 1_000, first)
            assert sorted(due) == [Due(SOON + n, str(n)) for n in range(100)]
            assert len(await several.due("application", LATER, 7, first)) == 7 * lanes


async def test_what_was_attended_to_is_found_and_due_again(store: Store) -> None:
    await store.commit([due_at(act(A, 0), SOON)])
    assert await store.attend(attended(1, LATER))
    assert await found(store) == [Due(LATER, "a")]
    assert await late(store) == ["a"]
    assert not await store.attend(attended(1)), "the time that was seen has passed"
    assert await store.attend(attended(1, seen=LATER))
    assert await found(store) == []
    assert not await store.attend(attended(1, seen=LATER)), "it is due no more"
    assert await store.read(A) == document(A, 1)
    assert len(await store.records(A, 1, 9)) == 1


async def test_nothing_is_noted_of_a_subject_that_moved_on(store: Store) -> None:
    await store.commit([due_at(act(A, 0), SOON)])
    await store.commit([act(A, 1)])
    assert not await store.attend(attended(1))
    assert (await found(store), await late(store)) == ([Due(SOON, "a")], [])


async def test_a_time_costs_the_server_no_more_than_it_may(store: Store, client: Redis) -> None:
    """Bytes for each application that is due one day; 79 were measured."""
    names = [f"application/{n:020x}" for n in range(20_000)]
    await store.commit([due_at(act(name, 0), SOON + n) for n, name in enumerate(names)])
    used = 0
    for key in await client.keys("*n:application"):
        used += await client.memory_usage(key, samples=0) or 0
    assert 60 < used / len(names) < 100
