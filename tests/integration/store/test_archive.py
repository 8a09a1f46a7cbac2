"""Records that were moved to the log: what stays in the database, and how they are read."""

from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import pytest
from redis.asyncio import Redis

from tests.integration.sealing import SealedLog
from tests.integration.store.acts import act, by_another
from tests.integration.store.servers import running
from tests.integration.store.test_commit import MAKES, contents
from workflow.store import ArchiveUnreadable, Commit, Committed, Hot, Repeated, Store, connect
from workflow.store.keys import Layout

SUBJECT = "application/a"
LENGTH = 6


def recorded(subject: str, expected: int, size: int = 0) -> Commit:
    """A commit whose record says whose it is."""
    text = b'{"seq":%d,"subject":"%s","x":"%s"}' % (expected + 1, subject.encode(), b"x" * size)
    return replace(act(subject, expected), record=text)


COMMITS = [recorded(SUBJECT, expected) for expected in range(LENGTH)]
RECORDS = [commit.record for commit in COMMITS]


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


@pytest.fixture
def log() -> SealedLog:
    return SealedLog()


@pytest.fixture
async def store(client: Redis, log: SealedLog) -> AsyncIterator[Store]:
    """A store with a trail that the log has."""
    async with Store(client, archived=log.read) as opened:
        await opened.commit(COMMITS)
        await log.take(opened)
        yield opened


async def move(store: Store, count: int, subject: str = SUBJECT) -> bool:
    """Move the beginning of a trail, as it lies in the log."""
    last = (await store.records(subject, count, count))[0]
    place = (await store.places(subject, count, count))[0]
    assert place is not None
    return await store.archive.move(subject, count, last, place)


async def raw(client: Redis, subject: str = SUBJECT) -> list[bytes]:
    """A trail as the server has it."""
    found: Any = await client.lrange(Layout().trail(subject), 0, -1)
    return list(found)


@pytest.mark.parametrize("count", [1, 4, LENGTH])
async def test_the_beginning_is_gone_and_reads_as_before(
    store: Store, client: Redis, count: int
) -> None:
    assert await move(store, count)
    assert await raw(client) == [b""] * count + RECORDS[count:]
    assert await store.records(SUBJECT, 1, 99) == RECORDS
    assert await store.records(SUBJECT, 2, 5) == RECORDS[1:5]
    assert [await store.record(SUBJECT, seq) for seq in range(9)] == [None, *RECORDS, None, None]
    for commit in COMMITS:
        assert await store.load(SUBJECT, commit.event) == (COMMITS[-1].document, commit.record)


async def test_the_version_is_as_it_was_and_events_go_on(store: Store, client: Redis) -> None:
    await move(store, LENGTH)
    before = await contents(client)
    for commit in COMMITS:
        again = by_another(replace(commit, expected=LENGTH))
        assert await store.commit([again]) == [Repeated()]
    assert await contents(client) == before
    further = recorded(SUBJECT, LENGTH)
    assert await store.commit([further]) == [Committed()]
    assert await store.records(SUBJECT, 1, 99) == [*RECORDS, further.record]


async def test_the_same_again_changes_nothing_and_less_brings_nothing_back(
    store: Store, client: Redis
) -> None:
    first = (await store.records(SUBJECT, 2, 2))[0]
    await move(store, 4)
    before = await raw(client)
    assert not await move(store, 4)
    assert not await store.archive.move(SUBJECT, 2, first, 1)
    assert await raw(client) == before
    assert await move(store, 5)
    assert await raw(client) == [b""] * 5 + RECORDS[5:]


async def test_nothing_is_moved_that_is_not_the_record_at_that_place(
    store: Store, client: Redis
) -> None:
    before = await contents(client)
    for count, last, place in (
        (3, RECORDS[3], 2),  # another record
        (3, RECORDS[2], 3),  # another place
        (9, RECORDS[2], 2),  # beyond the end
    ):
        assert not await store.archive.move(SUBJECT, count, last, place)
    further = recorded(SUBJECT, LENGTH)
    await store.commit([further])
    assert not await store.archive.move(SUBJECT, LENGTH + 1, further.record, LENGTH)  # no place
    await store.archive.move("application/none", 1, b"", 0)
    assert (await contents(client)).keys() == before.keys()
    assert await raw(client) == [*RECORDS, further.record]


async def test_the_first_record_that_is_still_there_is_found(store: Store) -> None:
    subjects = [f"application/{n}" for n in range(9)]
    for subject in subjects:
        await store.commit([recorded(subject, expected) for expected in range(8)])
    log_of_all = SealedLog()
    await log_of_all.take(store)
    for n, subject in enumerate(subjects[1:], 1):
        await move(store, n, subject)
    found = await store.archive.hot([*subjects, "application/none"])
    assert found == [
        Hot(subject, n + 1, recorded(subject, n).record) for n, subject in enumerate(subjects[:8])
    ]
    assert await store.archive.hot([]) == []


async def test_a_long_trail_shrinks_to_next_to_nothing(
    store: Store, client: Redis, log: SealedLog
) -> None:
    subject, length, size = "application/long", 2_500, 1_000
    await store.commit([recorded(subject, expected, size) for expected in range(length)])
    await log.take(store)
    name = Layout().trail(subject)
    full: Any = await client.memory_usage(name, samples=0)
    await move(store, length - 1, subject)
    left: Any = await client.memory_usage(name, samples=0)
    assert full > length * size
    assert left < size + 4 * length + 512
    assert await raw(client, subject) == [b""] * (length - 1) + [
        recorded(subject, length - 1, size).record
    ]
    assert (await store.records(subject, 1_200, 1_210))[3] == recorded(subject, 1_202, size).record


async def short(_: Sequence[int]) -> list[bytes]:
    return []


async def broken(_: Sequence[int]) -> list[bytes]:
    raise OSError(5, "Input/output error")


async def strange(indexes: Sequence[int]) -> list[bytes]:
    return [b"no json"] * len(indexes)


async def listed(indexes: Sequence[int]) -> list[bytes]:
    return [b"[1]"] * len(indexes)


async def of_another(indexes: Sequence[int]) -> list[bytes]:
    return [recorded("application/b", index).record for index in indexes]


async def shifted(indexes: Sequence[int]) -> list[bytes]:
    return [recorded(SUBJECT, index + 1).record for index in indexes]


@pytest.mark.parametrize(
    "reader",
    [None, short, broken, strange, listed, of_another, shifted],
    ids=lambda reader: getattr(reader, "__name__", "missing"),
)
async def test_what_cannot_be_read_there_is_a_fault_and_never_a_blank(
    store: Store, client: Redis, reader: Callable[[Sequence[int]], Any] | None
) -> None:
    await move(store, 4)
    async with Store(client, archived=reader) as other:
        for wrong in (
            other.records(SUBJECT, 1, 9),
            other.records(SUBJECT, 4, 4),
            other.record(SUBJECT, 1),
            other.load(SUBJECT, COMMITS[0].event),
        ):
            with pytest.raises(ArchiveUnreadable):
                await wrong
        assert await other.records(SUBJECT, 5, 9) == RECORDS[4:]
        assert (await other.load(SUBJECT, COMMITS[5].event)).repeat == RECORDS[5]
        assert (await other.load(SUBJECT, b"new")).repeat is None


async def test_a_record_without_a_place_is_a_fault_too(store: Store, client: Redis) -> None:
    await move(store, 4)
    await client.delete(Layout().places(SUBJECT))
    with pytest.raises(ArchiveUnreadable, match="Record 1 of application/a has no place"):
        await store.records(SUBJECT, 1, 9)


async def test_records_of_several_trails_are_read_at_once(store: Store, log: SealedLog) -> None:
    await store.commit([recorded("pool/p", expected) for expected in range(3)])
    await log.take(store)
    await move(store, 5)
    await move(store, 3, "pool/p")
    wanted = [(SUBJECT, 4), (SUBJECT, 2), ("pool/p", 3), (SUBJECT, 1)]
    expected = [RECORDS[3], RECORDS[1], recorded("pool/p", 2).record, RECORDS[0]]
    assert await store.archive.records(wanted) == expected
