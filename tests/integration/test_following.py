"""Following the feeds: every record once, and in order for each application, whatever happens."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from redis.asyncio import Redis

from tests.integration.events import CATALOG, PROCEDURE
from tests.integration.store.acts import BEGAN, event_id, head
from tests.integration.store.test_bell import PATIENCE, Ears, listening
from tests.unit.acting import ANOTHER_BUYER, AUDITOR, BUYER, THE_BUYER, officer
from workflow import following as module
from workflow.domain.principal import Principal
from workflow.following import Follower, Following, Gone, TooSlow
from workflow.sight import Parties, Sight
from workflow.store import Commit, EmbeddedServer, Store, connect
from workflow.store.archive import Reader as ArchiveReader
from workflow.trails import TrailFilter, Wanted

Name = tuple[str, int]
RIVAL = ANOTHER_BUYER.organisation
EVERYTHING = Wanted()


def recorded(application: str, seq: int, buyer: str = BUYER, kind: str = "note") -> Commit:
    """A commit as the service makes it, as far as it matters for whoever follows."""
    subject = f"application/{application}"
    record = {"subject": subject, "seq": seq, "type": kind}
    document = f"{seq} {head(subject, seq)} 2026-01-30T00:00:00.000Z ".encode()
    return Commit(
        subject=subject,
        event=event_id(f"{subject} {seq}"),
        expected=seq - 1,
        document=document + orjson.dumps({"buyer": buyer, "procedure": PROCEDURE}),
        record=orjson.dumps(record),
        created_ms=BEGAN,
    )


class Reader:
    """Somebody who follows, is cut off, and comes back to where they were."""

    def __init__(
        self, following: Following, who: Principal = AUDITOR, wanted: Wanted = EVERYTHING
    ) -> None:
        self.names: list[Name] = []
        self.place: list[int] | None = None
        self.rung = asyncio.Event()
        self._following, self._who, self._wanted = following, who, wanted

    @contextmanager
    def following(self, place: module.Place) -> Iterator[Follower]:
        self.place = list(place.positions)
        with self._following.follow(place, self.rung.set) as follower:
            yield follower

    async def read(self, follower: Follower) -> bool:
        """What there is now; whether that was anything."""
        self.rung.clear()
        stretches = await follower.take()
        for stretch in stretches:
            for record in stretch.records:
                if self._following.shows(self._who, self._wanted, record):
                    found = orjson.loads(record.text)
                    self.names.append((found["subject"].partition("/")[2], found["seq"]))
            assert self.place is not None
            self.place[stretch.partition] = stretch.reached
        return bool(stretches)

    async def read_all(self, follower: Follower, total: int) -> None:
        """Until it has so many."""
        async with asyncio.timeout(PATIENCE):
            while len(self.names) < total:
                if not await self.read(follower):
                    await self.rung.wait()

    async def resume(self, total: int) -> None:
        """Come back, until it has so many."""
        place = await self._following.place(self.place)
        with self.following(place) as follower:
            await self.read_all(follower, total)


@asynccontextmanager
async def process(
    server: EmbeddedServer, archived: ArchiveReader | None = None
) -> AsyncIterator[tuple[Store, Following]]:
    """What a process has that lets others follow."""
    async with (
        Store(connect(server.url), archived=archived) as store,
        listening(server.url) as bell,
    ):
        following = Following(store, Sight(store, CATALOG), bell)
        running = asyncio.create_task(following.run())
        try:
            yield store, following
        finally:
            running.cancel()
            with suppress(asyncio.CancelledError):
                await running


@pytest.fixture
async def here(client: Redis, server: EmbeddedServer) -> AsyncIterator[tuple[Store, Following]]:
    del client  # which has emptied the database
    async with process(server) as made:
        yield made


def ordered(names: Sequence[Name]) -> bool:
    """Whether each application's records come in order, each once."""
    seen: dict[str, int] = {}
    for name, seq in names:
        if seq != seen.setdefault(name, seq - 1) + 1:
            return False
        seen[name] = seq
    return True


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("commit"), st.integers(0, 8), st.integers(1, 5)),
        st.tuples(st.sampled_from(["read", "cut", "pause"]), st.integers(0, 1), st.just(0)),
    ),
    max_size=30,
)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=STEPS)
def test_whatever_is_committed_and_cut_every_record_comes_once_and_in_order(
    server: EmbeddedServer, monkeypatch: pytest.MonkeyPatch, steps: list[tuple[str, int, int]]
) -> None:
    """Two who read at two processes; nine applications in eight partitions and more."""
    monkeypatch.setattr(module, "CHUNK", 3)
    monkeypatch.setattr(module, "AT_ONCE", 2)
    asyncio.run(_interleaved(server, steps))


async def _interleaved(server: EmbeddedServer, steps: list[tuple[str, int, int]]) -> None:
    client = connect(server.url)
    await client.flushall()
    await client.aclose()
    seqs: dict[str, int] = {}
    async with process(server) as (store, one), process(server) as (_, other):
        readers = Reader(one), Reader(other)
        places = [await one.place(None), await other.place(None)]
        open_now = [readers[number].following(places[number]) for number in (0, 1)]
        followers = [opened.__enter__() for opened in open_now]
        for what, which, times in steps:
            if what == "commit":
                name = f"a{which}"
                commits = [recorded(name, seqs.get(name, 0) + one) for one in range(1, times + 1)]
                await store.commit([*commits, recorded(f"b{which}", 5)])  # the last is stale
                seqs[name] = seqs.get(name, 0) + times
            elif what == "read":
                await readers[which].read(followers[which])
            elif what == "pause":
                await asyncio.sleep(0.002)
            else:
                open_now[which].__exit__(None, None, None)
                place = await (one, other)[which].place(readers[which].place)
                open_now[which] = readers[which].following(place)
                followers[which] = open_now[which].__enter__()
        for number, reader in enumerate(readers):
            await reader.read_all(followers[number], sum(seqs.values()))
            open_now[number].__exit__(None, None, None)
        for reader in readers:
            assert ordered(reader.names)
            assert sorted(reader.names) == sorted(
                (name, seq) for name, last in seqs.items() for seq in range(1, last + 1)
            )


async def test_one_begins_now(here: tuple[Store, Following]) -> None:
    """Nothing of before is told, though the reader of the process has not come to it yet."""
    store, following = here
    early = Reader(following)
    with early.following(await following.place(None)) as first:
        await early.read(first)
        await store.commit([recorded("a", seq) for seq in (1, 2)])
        late = Reader(following)
        with late.following(await following.place(None)) as second:
            await store.commit([recorded("a", 3)])
            await late.read_all(second, 1)
            await early.read_all(first, 3)
    assert late.names == [("a", 3)]
    assert early.names == [("a", 1), ("a", 2), ("a", 3)]


async def test_everybody_gets_what_they_may_see_and_want(here: tuple[Store, Following]) -> None:
    store, following = here
    buyers = {"ours": BUYER, "theirs": RIVAL}
    readers = {
        "buyer": Reader(following, THE_BUYER),
        "rival": Reader(following, ANOTHER_BUYER),
        "officer": Reader(following, officer("miit")),
        "stranger": Reader(following, officer("bis")),
        "of a buyer": Reader(following, AUDITOR, Wanted(buyer=RIVAL)),
        "of a type": Reader(following, AUDITOR, Wanted(TrailFilter(type="approve"))),
        "of another procedure": Reader(following, AUDITOR, Wanted(procedure="us-export")),
        "blind": Reader(following, THE_BUYER, Wanted(buyer=RIVAL)),
    }
    place = await following.place(None)
    for kind, seq in (("note", 1), ("approve", 2)):
        await store.commit([recorded(name, seq, buyer, kind) for name, buyer in buyers.items()])
    whole = Reader(following)
    whole.place = list(place.positions)
    await whole.resume(4)
    for reader in readers.values():
        with reader.following(await following.place(place.positions)) as follower:
            while reader.place != whole.place:
                if not await reader.read(follower):
                    break
    ours, theirs = [("ours", 1), ("ours", 2)], [("theirs", 1), ("theirs", 2)]
    found = {who: sorted(reader.names) for who, reader in readers.items()}
    assert found == {
        "buyer": ours,
        "rival": theirs,
        "officer": ours + theirs,
        "stranger": found["stranger"],
        "of a buyer": theirs,
        "of a type": [("ours", 2), ("theirs", 2)],
        "of another procedure": [],
        "blind": [],
    }
    bodies = CATALOG.bodies_of(PROCEDURE)
    assert found["stranger"] == (ours + theirs if "bis" in bodies else [])


async def test_a_slow_reader_is_dropped_and_the_others_are_not(
    here: tuple[Store, Following], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LAG", 500)
    store, following = here
    slow, quick = Reader(following), Reader(following)
    place = await following.place(None)
    with slow.following(place) as one, quick.following(place) as other:
        await slow.read(one)
        for seq in range(1, 21):
            await store.commit([recorded("a", seq)])
            await quick.read_all(other, seq)
        with pytest.raises(TooSlow):
            await slow.read(one)
    assert slow.names == []
    await slow.resume(20)
    assert slow.names == quick.names
    assert ordered(slow.names)


async def test_a_fault_that_nobody_foresaw_ends_nothing(
    here: tuple[Store, Following], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(module, "PAUSE", 0.01)
    store, following = here
    reader, parties, faults = Reader(following), Sight.parties, [LookupError("unforeseen")]

    async def failing(sight: Sight, applications: set[str]) -> dict[str, Parties]:
        if faults:
            raise faults.pop()
        return await parties(sight, applications)

    with reader.following(await following.place(None)) as follower:
        await reader.read(follower)
        monkeypatch.setattr(Sight, "parties", failing)
        await store.commit([recorded("a", 1)])
        await reader.read_all(follower, 1)
    assert reader.names == [("a", 1)]
    assert [one.levelname for one in caplog.records] == ["ERROR"]


async def test_what_is_not_kept_is_gone(here: tuple[Store, Following], client: Redis) -> None:
    store, following = here
    begun = await following.place(None)
    await store.commit([recorded("a", seq) for seq in (1, 2, 3)])
    after = (await following.place(None)).positions
    feed = f"{store._layout.tag('application/a')}f"
    await client.xtrim(feed, maxlen=1, approximate=False)
    with pytest.raises(Gone):
        await following.place(begun.positions)
    assert (await following.place(after)).behind == {}
    kept = [position - 1 if position else 0 for position in after]
    assert sum((await following.place(kept)).behind.values()) == 3
    beyond = [position + 1 for position in after]
    with pytest.raises(Gone):
        await following.place(beyond)


async def test_nothing_is_read_while_nobody_follows(
    here: tuple[Store, Following], client: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, following = here
    reader = Reader(following)
    with reader.following(await following.place(None)) as follower:
        await reader.read(follower)
        await store.commit([recorded("a", 1)])
        await reader.read_all(follower, 1)
    await asyncio.sleep(0.01)

    async def read(*_: object) -> None:
        pytest.fail("nobody follows")

    monkeypatch.setattr(following, "read", read)
    await store.commit([recorded("a", 2)])
    await client.ping()
    await asyncio.sleep(0.01)
    monkeypatch.undo()
    await reader.resume(2)
    assert reader.names == [("a", 1), ("a", 2)]


async def test_what_is_committed_before_the_reader_listens_is_read(
    client: Redis, server: EmbeddedServer
) -> None:
    """The channel is heard already, for a poll that is held, so that it does not begin anew."""
    del client
    async with Store(connect(server.url)) as store, listening(server.url) as bell:
        following, ears = Following(store, Sight(store, CATALOG), bell), Ears()
        reader = Reader(following)
        with (
            bell.listening("application/a", ears.ring),
            reader.following(await following.place(None)) as follower,
        ):
            await ears.heard(1)
            await reader.read(follower)
            await store.commit([recorded("a", 1)])
            await ears.heard(2)
            running = asyncio.create_task(following.run())
            await reader.read_all(follower, 1)
            running.cancel()
            await asyncio.wait([running])


async def test_who_is_ahead_of_the_reader_is_told_nothing_twice(
    here: tuple[Store, Following], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The reader of the process hangs behind, and then reads in small pieces."""
    store, following = here
    early, late = Reader(following), Reader(following)
    begun, read_on, go = await following.place(None), following._read_on, asyncio.Event()

    async def hanging() -> None:
        await go.wait()
        await read_on()

    monkeypatch.setattr(module, "CHUNK", 2)
    with early.following(begun) as first:
        await early.read(first)
        monkeypatch.setattr(following, "_read_on", hanging)
        await store.commit([recorded("a", seq) for seq in range(1, 10)])
        late.place = list(begun.positions)
        with late.following(await following.place(begun.positions)) as second:
            await late.read_all(second, 9)
            await late.read(second)
            go.set()
            while len(early.names) < 9:
                await early.read(first)
                await late.read(second)
                await asyncio.sleep(0)
            await store.commit([recorded("a", 10)])
            await late.read_all(second, 10)
    assert late.names == [("a", seq) for seq in range(1, 11)]
