"""What leaves the feeds and when, and that nobody who reads them notices."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from datetime import timedelta

import pytest
from redis.asyncio import Redis

from api.archive import reading
from tests.integration.events import CATALOG, PROCEDURE, creation, note
from tests.integration.log.conftest import Begin
from tests.integration.log.test_recovery import lives, nothing_more, recover
from tests.integration.sealing import SealedLog
from tests.integration.test_following import Reader, process
from tests.integration.test_retention import Archived
from tests.integration.test_worker import Hand
from tests.unit.acting import ANOTHER_BUYER, AUDITOR, BUYER, RECORDER, THE_BUYER
from workflow import trimming
from workflow.anchor import Apart, compare
from workflow.checking import Comparison
from workflow.desk import Accepted
from workflow.domain import clock
from workflow.following import Gone
from workflow.log.directory import LogDirectory
from workflow.log.tree import LogReader
from workflow.queries import Queries
from workflow.service import Service, now
from workflow.store import ArchiveUnreadable, EmbeddedServer, Store, connect
from workflow.trails import TrailFilter, Wanted, search
from workflow.trimming import KEPT, Trimming

START = "2026-01-28T04:00:00.000Z"
NAME = {"en": "Example Cloud", "zh": "示例云"}
A_DAY_LATER = clock.later(START, KEPT + timedelta(hours=1))


async def nobody() -> Mapping[int, int]:
    return {}


class House(Archived):
    """Applications in several partitions, each with some notes, half a second apart."""

    async def fill(self, applications: int, notes: int) -> list[str]:
        names = []
        for number in range(applications):
            who = (THE_BUYER, ANOTHER_BUYER)[number % 2]
            opening = creation(f"{number}", who.organisation)
            name, outcome = await self.service.create(who, PROCEDURE, opening)
            assert isinstance(outcome, Accepted)
            names.append(name)
        for number in range(notes):
            for name in names:
                self.hand.now = clock.later(self.hand.now, timedelta(seconds=0.5))
                await self.note(name, f"n{number}")
        return names

    async def trim(self, held: Mapping[int, int] | None = None) -> int:
        """One pass over everything, as of now; how many entries were taken."""

        async def asked() -> Mapping[int, int]:
            return held or {}

        fresh = Trimming(self.store, self.log, asked, self.hand)
        taken = await fresh.turn()
        while not fresh.resting:
            taken += await fresh.turn()
        return taken


@pytest.fixture
def log() -> SealedLog:
    return SealedLog()


@pytest.fixture
async def store(client: Redis, log: SealedLog) -> AsyncIterator[Store]:
    async with Store(client, archived=log.read) as opened:
        yield opened


@pytest.fixture
async def house(store: Store, log: SealedLog) -> AsyncIterator[House]:
    made = House(store, log, Hand(START))
    for buyer in (BUYER, ANOTHER_BUYER.organisation):
        await made.service.register_buyer(RECORDER, buyer, NAME, "0" * 64)
    yield made
    await made.service.finish()


async def lengths(client: Redis, store: Store) -> list[int]:
    return [await client.xlen(f"{tag}f") for tag in store._layout.tags]


async def test_what_is_old_and_published_leaves_but_for_the_last(
    house: House, store: Store, log: SealedLog, client: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In pieces, so that nobody waits; a second pass finds nothing."""
    monkeypatch.setattr(trimming, "CALL", 64)
    await house.fill(5, 6)
    before = await lengths(client, store)
    assert await house.trim() == 0, "nothing is published"
    await log.take(store)
    assert await house.trim() == 0, "nothing is a day old"
    house.hand.now = A_DAY_LATER
    taken = await house.trim()
    assert taken == sum(before) - sum(1 for length in before if length)
    assert await lengths(client, store) == [min(length, 1) for length in before]
    assert await store.feeds.gone() == [max(length - 1, 0) for length in before]
    assert await store.feeds.last() == before, "positions stay what they were"
    assert await house.trim() == 0


async def test_what_is_new_stays_and_so_does_what_came_before_it_last(
    house: House, store: Store, log: SealedLog, client: Redis
) -> None:
    (name,) = await house.fill(1, 3)
    await log.take(store)
    house.hand.now = A_DAY_LATER
    for key in ("x", "y"):
        await house.note(name, key)
    partition = store.partition(f"application/{name}")
    (before,) = {await client.xlen(f"{store._layout.tags[partition]}f")}
    await house.trim()
    assert (await lengths(client, store))[partition] == 3
    await log.take(store)
    assert await house.trim() == 0, "x and y are new"
    assert (await store.feeds.gone())[partition] == before - 3


async def test_what_somebody_still_needs_stays(house: House, store: Store, log: SealedLog) -> None:
    (name,) = await house.fill(1, 9)
    partition = store.partition(f"application/{name}")
    last = (await store.feeds.last())[partition]
    await log.take(store)
    house.hand.now = A_DAY_LATER
    for come, gone in ((0, 0), (3, 3), (3, 3), (2, 3), (last, last - 1), (last, last - 1)):
        await house.trim({partition: come})
        assert (await store.feeds.gone())[partition] == gone


async def test_two_take_nothing_twice(house: House, store: Store, log: SealedLog) -> None:
    """Who is too late finds that it is done."""
    await house.fill(4, 8)
    await log.take(store)
    house.hand.now = A_DAY_LATER
    many = [Trimming(store, log, nobody, house.hand) for _ in range(3)]
    taken = await asyncio.gather(*(one.turn() for one in many))
    lasts = await store.feeds.last()
    gone = await store.feeds.gone()
    assert gone == [max(last - 1, 0) for last in lasts]
    assert sum(taken) == sum(gone)


@pytest.mark.parametrize("harm", ["another", "unreadable"])
async def test_nothing_is_taken_that_the_log_does_not_have(
    house: House,
    store: Store,
    log: SealedLog,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
    harm: str,
) -> None:
    await house.fill(2, 4)
    await log.take(store)
    house.hand.now = A_DAY_LATER
    if harm == "another":
        log.written.reverse()
    else:
        monkeypatch.setattr(log, "entries", lambda _: log.written[10**6])
    assert await house.trim() == 0
    assert ("another" if harm == "another" else "cannot be read") in caplog.text


QUESTIONS = (
    Wanted(),
    Wanted(buyer=BUYER),
    Wanted(TrailFilter(since=clock.later(START, timedelta(seconds=4)))),
    Wanted(TrailFilter(until=clock.later(START, timedelta(seconds=4)))),
    Wanted(TrailFilter(type="create")),
)


async def test_a_search_finds_what_it_found(
    house: House, store: Store, log: SealedLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All of it, page by page, from either end; also from a page that was turned before."""
    monkeypatch.setattr(search, "FEW", 0)
    monkeypatch.setattr(search, "PAGE_CHUNK", 3)
    await house.fill(6, 6)
    queries = Queries(store, CATALOG, house.hand)

    async def pages(wanted: Wanted, newest: bool, limit: int) -> list[bytes]:
        found: list[bytes] = []
        place = None
        while True:
            page = await queries.search_trails(AUDITOR, wanted, limit, place, newest)
            found, place = [*found, *page.records], page.next
            if place is None:
                return found

    asked = [(wanted, newest) for wanted in QUESTIONS for newest in (False, True)]
    before = [await pages(*one, limit=7) for one in asked]
    assert len(before[0]) == 42
    half = await queries.search_trails(AUDITOR, Wanted(), 20, None, newest=True)
    await log.take(store)
    house.hand.now = A_DAY_LATER
    assert await house.trim() > 20
    assert [await pages(*one, limit=7) for one in asked] == before
    rest = await queries.search_trails(AUDITOR, Wanted(), 50, half.next, newest=True)
    assert half.records + rest.records == before[1]
    whole = [text async for text in queries.all_trails(AUDITOR, Wanted(), False)]
    assert whole == before[0]


async def test_who_was_away_for_days_goes_on_where_they_were(
    house: House, store: Store, log: SealedLog, server: EmbeddedServer
) -> None:
    """Each record once, from the log and then from the feeds; and whoever is there, too."""
    async with process(server, log.read) as (_, following):
        place = await following.place(None)
        names = await house.fill(3, 4)
        await log.take(store)
        house.hand.now = A_DAY_LATER
        assert await house.trim() > 0
        await house.note(names[0], "late")
        reader = Reader(following)
        reader.place = list(place.positions)
        await reader.resume(3 * 5 + 1)
        assert sorted(reader.names) == sorted(
            [(name, seq) for name in names for seq in range(1, 6)] + [(names[0], 6)]
        )
        for name in names:
            seqs = [seq for one, seq in reader.names if one == name]
            assert seqs == sorted(seqs)


async def test_a_feed_whose_beginning_cannot_be_found_does_not_seem_to_begin_later(
    house: House, store: Store, log: SealedLog, client: Redis, server: EmbeddedServer
) -> None:
    """Nobody is told that there is nothing: a fault where the log does not have it, and whoever
    was there before is told that it is gone.
    """
    (name,) = await house.fill(1, 4)
    await log.take(store)
    house.hand.now = A_DAY_LATER
    await house.trim()
    partition = store.partition(f"application/{name}")
    tag = store._layout.tags[partition]
    written = log.written
    (other,) = [one for one in written if b'"subject":"buyer/%b"' % BUYER.encode() in one]
    log.written = [other] * len(written)
    with pytest.raises(ArchiveUnreadable, match=f"not of partition {partition}"):
        await store.gathering.windows({partition: (1, 9)}, 9, "", newest=False)
    log.written = written
    await client.delete(f"{tag}g")
    async with process(server, log.read) as (_, following):
        with pytest.raises(Gone):
            await following.place([0] * store.feeds.partitions)


async def test_the_log_and_the_database_still_belong_together(
    client: Redis, server: EmbeddedServer, service: Service, begin: Begin, directory: LogDirectory
) -> None:
    """What compares them finds nothing amiss, the log goes on, and can be brought back."""
    reader = LogReader(directory.path)
    async with Store(connect(server.url), archived=reading(reader)) as store:
        await lives(service)
        name, _ = await service.create(THE_BUYER, PROCEDURE, creation("first"))
        for number in range(4):
            await service.post(RECORDER, name, note("more", f"{number}"))
        await nothing_more(begin(into=store))
        lasts = await store.feeds.last()
        trimming = Trimming(store, reader, nobody, lambda: clock.later(now(), 2 * KEPT))
        assert await trimming.turn() == sum(max(last - 1, 0) for last in lasts)
        await compare(store, directory)
        size = await Comparison(store, directory).run(lambda _: None)
        assert size == sum(lasts)
        await service.post(RECORDER, name, note("later", "later"))
        await nothing_more(begin(into=store))
        assert await Comparison(store, directory).run(lambda _: None) == size + 1
        partition = store.partition(f"application/{name}")
        tag = store._layout.tags[partition]
        places = await client.getrange(f"{tag}g", 0, -1)
        await client.setrange(f"{tag}g", 0, places[6:12])
        with pytest.raises(Apart, match=f"feed of partition {partition} does not name"):
            await Comparison(store, directory).run(lambda _: None)
        await client.flushall()
    async with Store(connect(server.url), archived=reading(reader)) as fresh:
        assert await recover(fresh, directory, CATALOG) == size + 1
        await Comparison(fresh, directory).run(lambda _: None)
