"""What commit.lua promises, on every make of server that is installed."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from typing import Any

import pytest
from redis.asyncio import Redis

from tests.integration.store.acts import act, by_another, document, event_id, head, trail
from tests.integration.store.servers import REDIS, VALKEY, ask, running
from workflow.store import Committed, Repeated, Stale, Store, WrongDatabase, connect
from workflow.store.keys import Layout, slot

MAKES = [
    pytest.param(VALKEY, id="valkey"),
    pytest.param(
        REDIS, id="redis", marks=pytest.mark.skipif(REDIS is None, reason="no redis-server here")
    ),
]


@pytest.fixture(scope="module", params=MAKES)
def url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running(request.param, tmp_path_factory.mktemp("make")) as address:
        yield address


@pytest.fixture
async def client(url: str) -> AsyncIterator[Redis]:
    redis = connect(url)
    await redis.flushall()
    yield redis
    await redis.aclose()


async def names(client: Redis) -> list[bytes]:
    found: list[bytes] = await ask(client, "KEYS", "*")
    return found


async def contents(client: Redis) -> dict[bytes, Any]:
    """Everything in the database."""
    return {key: await client.dump(key) for key in sorted(await names(client))}


async def test_a_commit_writes_the_document_and_the_record(store: Store) -> None:
    first = act("application/a", 0)
    assert await store.commit([first]) == [Committed()]
    assert await store.read("application/a") == first.document
    assert await store.records("application/a", 1, 9) == [first.record]
    assert await store.record("application/a", 1) == first.record
    assert await store.record("application/a", 2) is None
    assert await store.record("application/a", 0) is None
    assert await store.load("application/a", first.event) == (first.document, first.record)
    assert await store.load("application/a", event_id("other")) == (first.document, None)
    assert await store.load("application/b", first.event) == (None, None)


async def test_a_repeat_answers_with_the_record_and_writes_nothing(
    store: Store, client: Redis
) -> None:
    first, second = trail("application/a", 2)
    await store.commit([first, second])
    before = await contents(client)
    for version in (0, 1, 2, 7):
        again = by_another(replace(first, expected=version))
        assert await store.commit([again]) == [Repeated()]
    assert await contents(client) == before


async def test_an_own_record_that_is_found_again_is_committed(store: Store) -> None:
    first = act("application/a", 0)
    assert await store.commit([first]) == await store.commit([first]) == [Committed()]
    assert await store.records("application/a", 1, -1) == []
    assert len(await store.records("application/a", 1, 10)) == 1


@pytest.mark.parametrize("expected", [0, 1, 3, 4])
async def test_a_decision_on_another_version_is_stale_and_writes_nothing(
    store: Store, client: Redis, expected: int
) -> None:
    await store.commit(trail("application/a", 2))
    before = await contents(client)
    late = replace(act("application/a", expected, "late", add=("state=x",)), words=("w",))
    assert await store.commit([late]) == [Stale(2)]
    assert await contents(client) == before


async def test_a_subject_that_should_exist_does_not(store: Store, client: Redis) -> None:
    assert await store.commit([act("application/a", 1)]) == [Stale(0)]
    assert await store.read("application/a") is None
    assert len(await names(client)) == 1


async def test_a_chain_in_one_call(store: Store, client: Redis) -> None:
    commits = trail("application/a", 20)
    assert await store.commit(commits) == [Committed()] * 20
    assert await store.read("application/a") == commits[-1].document
    assert await store.records("application/a", 1, 20) == [commit.record for commit in commits]
    assert await store.records("application/a", 7, 8) == [commits[6].record, commits[7].record]


async def test_stale_in_the_middle_of_a_call(store: Store) -> None:
    outcomes = await store.commit(
        [
            act("application/a", 0),
            act("application/a", 5, "late"),
            act("application/a", 1),
            act("application/b", 3),
            act("application/b", 0),
        ]
    )
    assert outcomes == [Committed(), Stale(1), Committed(), Stale(0), Committed()]


async def test_a_chain_whose_first_event_somebody_else_recorded_is_stale(store: Store) -> None:
    """The version is as expected, but not the document that the chain was decided on."""
    root = act("application/a", 0)
    theirs = replace(act("application/a", 1, "x"), document=b"2 another 0 {}", record=b"theirs")
    await store.commit([root, theirs])
    mine = act("application/a", 1, "x")
    basis = f"2 {head('application/a', 2)} ".encode()
    follower = replace(act("application/a", 2), basis=basis)
    assert await store.commit([mine, follower]) == [Repeated(), Stale(2)]
    assert await store.commit([replace(follower, basis=b"2 another ")]) == [Committed()]
    assert await store.commit([replace(act("application/b", 0), basis=b"0")]) == [Stale(0)]


async def test_an_event_is_named_within_its_subject(store: Store) -> None:
    assert await store.commit(
        [act("application/a", 0, "same"), act("application/b", 0, "same")]
    ) == [Committed(), Committed()]


async def test_indexes_and_words_follow(store: Store) -> None:
    first = replace(act("application/a", 0, add=("state=draft", "buyer=x")), words=("ref1", "云"))
    second = replace(
        act("application/a", 1, add=("state=sent",), remove=("state=draft",)),
        words=("ref2",),
        unwords=("ref1",),
    )
    await store.commit([first])
    assert (await store.page("application", ["state=draft", "buyer=x"], 9)).ids == ["a"]
    await store.commit([second])
    assert (await store.page("application", ["state=draft"], 9)).ids == []
    assert (await store.page("application", ["state=sent"], 9)).ids == ["a"]
    assert (await store.page("application", [], 9)).ids == ["a"]
    assert (await store.page("pool", [], 9)).ids == []
    assert await store.matching("application", "ref1", 9) == []
    assert await store.matching("application", "re", 9) == [(first.created_ms, "a")]
    assert await store.matching("application", "云", 9) == [(first.created_ms, "a")]
    assert await store.matching("buyer", "re", 9) == []


async def test_the_feed_is_dense_and_names_each_record_once(store: Store, client: Redis) -> None:
    layout = Layout()
    subjects = [f"application/{number}" for number in range(40)]
    await store.commit([commit for subject in subjects for commit in trail(subject, 3)])
    await store.commit([act(subject, 9) for subject in subjects])
    named: list[tuple[str, int]] = []
    for partition, tag in enumerate(layout.tags):
        entries = await ask(client, "XRANGE", f"{tag}f", "-", "+")
        assert [entry for entry, _ in entries] == [b"0-%d" % n for n in range(1, len(entries) + 1)]
        for _, fields in entries:
            assert set(fields) == {b"s", b"n"}
            assert layout.partition(fields[b"s"].decode()) == partition
            named.append((fields[b"s"].decode(), int(fields[b"n"])))
    assert sorted(named) == sorted((subject, n) for subject in subjects for n in (1, 2, 3))


async def test_a_record_lies_in_the_database_once(store: Store, client: Redis) -> None:
    await store.commit([replace(act("application/a", 0), record=b"needle-in-the-database")])
    holding = [key for key, value in (await contents(client)).items() if b"needle" in value]
    assert holding == [Layout().trail("application/a").encode()]


async def test_keys_of_one_subject_lie_in_one_slot(store: Store, client: Redis) -> None:
    await store.commit([replace(act("application/{a}b", 0, add=("t={x}",)), words=("w",))])
    written = {key for key in await names(client) if key != b"clearance"}
    assert len(written) == 7
    assert len({slot(key[1 : key.index(b"}")].decode()) for key in written}) == 1


async def test_scripts_that_the_server_forgot_are_loaded_again(store: Store, client: Redis) -> None:
    await store.commit([act("application/a", 0)])
    await client.script_flush()
    assert await store.commit([act("application/a", 1)]) == [Committed()]
    await client.script_flush()
    assert (await store.load("application/a", b"")).document == document("application/a", 2)
    await client.script_flush()
    assert (await store.page("application", [], 9)).ids == ["a"]


async def test_nothing_to_do(store: Store) -> None:
    assert await store.commit([]) == []
    assert await store.read_many([]) == []


async def test_many_reads_in_their_order(store: Store) -> None:
    await store.commit([act(f"application/{n}", 0) for n in range(5)])
    wanted = [f"application/{n}" for n in (3, 9, 0, 3)]
    assert await store.read_many(wanted) == [
        document("application/3", 1),
        None,
        document("application/0", 1),
        document("application/3", 1),
    ]


async def test_a_database_with_other_partitions_is_refused(store: Store, client: Redis) -> None:
    assert store is not None
    with pytest.raises(WrongDatabase, match=r"partitions=64.*partitions=32"):
        await Store(client, partitions=32).open()
    again = Store(client)
    await again.open()
    await again.close()
