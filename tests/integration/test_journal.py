"""The journal of access, on a real server: what is noted is written once, in batches, bounded."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from redis.asyncio import Redis

from api.journal import Entry, Filter, Journal, What, keeping, page, whole, writing
from api.limits import Buckets
from tests.integration.store.proxy import proxy
from workflow.domain.principal import Principal, Role
from workflow.store import EmbeddedServer, JournalStore, StoreFault, connect, keys, link
from workflow.store.scripts import JOURNAL

ANN = Principal("ann", "press-desk", frozenset({Role.RECORDER}), credential="kabc")
BOB = Principal("bob", "press-desk", frozenset({Role.RECORDER}), credential="kdef")
CAT = Principal("cat", "example-cloud", frozenset({Role.BUYER}), credential="kghi")
EVE = Principal("eve", "audit", frozenset({Role.AUDITOR}), credential="kjkl")
SECRET = "s3cretS3CRET-_s3cretS3CRET-_s3cretS3CRET-_s"
ALL = Filter()


class Counted(JournalStore):
    """The store, which counts how often it was written to."""

    def __init__(self, client: Redis, kept: int) -> None:
        super().__init__(client, kept)
        self.calls, self.called = 0, asyncio.Event()

    async def add(self, writer: str, number: int, entries: Sequence[bytes]) -> None:
        await super().add(writer, number, entries)
        self.calls += 1
        self.called.set()


class Time:
    """Both clocks of a process."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
async def store(client: Redis) -> AsyncIterator[Counted]:
    made = Counted(client, 1_000_000)
    yield made
    await made.close()


@pytest.fixture
def journal(store: Counted, time: Time) -> Journal:
    return Journal(store, time, time)


def refused(subject: str = "application/a", who: Principal = ANN, status: int = 409) -> Entry:
    return Entry(What.REFUSED, who, subject=subject, status=status, code="transition-not-allowed")


def stranger(address: str, **more: Any) -> Entry:
    return Entry(What.UNAUTHENTICATED, None, address=address, status=401, **more)


async def written(journal: Journal) -> list[dict[str, Any]]:
    return [entry async for entry in whole(journal, ALL, newest=False)]


async def test_what_was_noted_goes_out_in_batches(journal: Journal, store: Counted) -> None:
    for number in range(1_200):
        journal.note(refused(f"application/{number}"))
    assert store.calls == 0, "noting writes nothing"
    await journal.write()
    assert store.calls == 3
    await journal.write()
    assert store.calls == 3
    subjects = [entry["subject"] for entry in await written(journal)]
    assert subjects == [f"application/{number}" for number in range(1_200)]


async def test_a_full_batch_does_not_wait_for_the_second(store: Counted) -> None:
    async with keeping(store) as journal:
        await asyncio.sleep(0)
        for number in range(writing.BATCH):
            journal.note(refused(f"application/{number}"))
        async with asyncio.timeout(0.8):
            await store.called.wait()
        journal.note(refused("application/last"))
    assert store.calls == 2, "the last one went out at the end"


async def test_an_entry_tells_who_what_when_where_and_how_it_ended(
    journal: Journal, time: Time
) -> None:
    journal.note(
        Entry(
            What.REFUSED,
            ANN,
            address="192.0.2.1",
            agent=f"curl/8 {SECRET} " + "x" * 200,
            method="POST",
            route="/v1/applications/{id}/events",
            subject=f"application/{SECRET}",
            event="approve",
            status=403,
            code="wrong-authority",
        )
    )
    (entry,) = await written(journal)
    assert entry.pop("id")
    assert entry.pop("recorded_at").endswith("Z")
    assert "/" in entry.pop("service")
    assert entry.pop("agent") == ("curl/8 ... " + "...")[:80]
    assert entry == {
        "at": "2027-01-15T08:00:00.000Z",
        "what": "refused",
        "count": 1,
        "principal": "ann",
        "organisation": "press-desk",
        "roles": ["recorder"],
        "credential": "kabc",
        "address": "192.0.2.1",
        "method": "POST",
        "route": "/v1/applications/{id}/events",
        "subject": "application/...",
        "seq": None,
        "event": "approve",
        "status": 403,
        "code": "wrong-authority",
    }


async def test_the_same_within_a_second_is_one_entry_with_a_count(
    journal: Journal, time: Time
) -> None:
    for _ in range(3):
        for _ in range(5):
            journal.note(refused())
            journal.note(refused(who=BOB))
        time.now += 1
    told = [(one["principal"], one["count"]) for one in await written(journal)]
    assert told == [("ann", 5), ("bob", 5)] * 3


async def test_names_that_are_tried_are_one_entry_and_a_single_one_is_told(
    journal: Journal, time: Time
) -> None:
    for number in range(50):
        journal.note(refused(f"application/{number}", status=404))
        journal.note(stranger("192.0.2.1", agent=f"tool/{number}"))
    time.now += 1
    journal.note(refused("application/a", status=404))
    told = [(one["subject"], one["agent"], one["count"]) for one in await written(journal)]
    assert told == [(None, None, 50), (None, None, 50), ("application/a", None, 1)]


async def test_whoever_causes_very_many_entries_is_counted(
    journal: Journal, time: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So that no principal, nor all strangers, can push out what others did."""
    monkeypatch.setattr(journal, "_room", Buckets(1 / writing.PAUSE, 5))
    for number in range(20):
        journal.note(refused(f"application/{number}"))
        journal.note(stranger(f"192.0.2.{number}"))
        journal.note(refused(f"application/{number}", who=BOB)) if number < 5 else None
        journal.note(Entry(What.READ, EVE, subject=f"application/{number}"))
        journal.note(Entry(What.EXPORTED, CAT, subject=f"application/{number}"))
    await journal.write()
    time.now += writing.TELLING
    found = await written(journal)
    counts = {(one["what"], one["principal"]): 0 for one in found}
    for one in found:
        counts[one["what"], one["principal"]] += one["count"]
    assert counts == {
        ("refused", "ann"): 5,
        ("refused", "bob"): 5,
        ("unauthenticated", None): 5,
        ("read", "eve"): 20,
        ("exported", "cat"): 5,
        ("flood", "ann"): 15,
        ("flood", "cat"): 15,
        ("flood", None): 15,
    }
    assert sum(one["what"] == "flood" for one in found) == 3
    time.now += 5 * writing.PAUSE
    journal.note(refused())
    assert (await written(journal))[-1]["what"] == "refused"


@pytest.mark.parametrize(("kept", "workers"), [(10_000, 1), (20_000, 2), (10_000, 4)])
async def test_nobody_pushes_out_what_others_did_however_few_are_kept(
    client: Redis, time: Time, kept: int, workers: int
) -> None:
    """Not in a tenth of the time, in all processes, with a flood that never ends: that is a tenth
    of the entries, and the hundredth that one has at once.
    """
    store = JournalStore(client, kept)
    journals = [Journal(store, time, time, workers=workers) for _ in range(workers)]
    journals[0].note(refused(who=BOB))
    for number in range(1_000):
        for journal in journals:
            for again in range(2):
                journal.note(refused(f"application/{number}-{again}"))
            await journal.write()
        time.now += writing.PUSHED_OUT / 10 / 1_000
    found = await written(journals[0])
    assert found[0]["principal"] == "bob"
    assert {one["what"] for one in found} == {"refused", "flood"}
    assert kept / 20 < len(found) <= kept * (0.10 + 0.01) + 2 * workers
    told = sum(one["count"] for one in found if one["principal"] == "ann")
    for journal in journals:
        await journal.close()
    closed = await written(journals[0])
    assert told <= sum(one["count"] for one in closed if one["principal"] == "ann")
    assert sum(one["count"] for one in closed) == 2_000 * workers + 1
    await store.close()


@pytest.mark.parametrize(
    ("kept", "workers", "size"),
    [(1_000_000, 1, 10_000), (1_000_000, 4, 2_500), (50_000_000, 2, 10_000), (10_000, 200, 1)],
)
def test_each_process_grants_its_part_at_once(kept: int, workers: int, size: int) -> None:
    assert writing.granted(kept, workers).size == size


async def test_what_finds_no_room_is_counted_as_lost(
    journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writing, "ROOM", 5)
    for number in range(8):
        journal.note(refused(f"application/{number}"))
    found = await written(journal)
    assert [(one["what"], one["count"]) for one in found] == [("lost", 3)] + [("refused", 1)] * 5
    journal.note(refused())
    assert len(await written(journal)) == 7


async def test_the_oldest_entries_give_way(client: Redis, time: Time) -> None:
    store = JournalStore(client, 1_000)
    journal = Journal(store, time, time)
    for number in range(3_000):
        journal.note(Entry(What.READ, EVE, subject=f"application/{number}"))
    await journal.write()
    found = await written(journal)
    assert 1_000 <= len(found) <= 1_100
    assert found[-1]["subject"] == "application/2999"
    await store.close()


async def test_a_batch_whose_reply_is_lost_is_there_once(
    server: EmbeddedServer, client: Redis, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sent again at once, or by the next write when nobody answers for long."""
    assert await client.exists(keys.JOURNAL) == 0
    async with proxy(server.url, tmp_path / "p.sock") as between:
        between.script = JOURNAL
        store = JournalStore(connect(between.url), 1_000)
        journal = Journal(store)
        journal.note(refused("application/1"))
        between.losing = 2
        await journal.write()
        monkeypatch.setattr(link, "PATIENCE", 0.05)
        journal.note(refused("application/2"))
        between.losing = 1_000
        with pytest.raises(StoreFault):
            await journal.write()
        between.losing = 0
        journal.note(refused("application/3"))
        await journal.write()
        assert between.lost > 3
        subjects = [entry["subject"] for entry in await written(journal)]
        assert subjects == [f"application/{number}" for number in (1, 2, 3)]
        await store.close()


async def test_processes_write_into_one_journal(client: Redis, time: Time) -> None:
    stores = [JournalStore(client, 1_000) for _ in range(3)]
    journals = [Journal(store, time, time) for store in stores]
    for number in range(9):
        journals[number % 3].note(refused(f"application/{number}"))
        await journals[number % 3].write()
    found = await written(journals[0])
    assert [one["subject"] for one in found] == [f"application/{number}" for number in range(9)]
    assert await client.ttl(next(iter(await client.keys("{clearance:journal}:*")))) > 0
    for store in stores:
        await store.close()


async def test_pages_follow_each_other_in_both_orders(journal: Journal, time: Time) -> None:
    for number in range(25):
        journal.note(refused(f"application/{number}", who=ANN if number % 5 else BOB))
    await journal.write()
    expected = [entry["id"] for entry in await written(journal)]
    for newest in (False, True):
        for wanted, size in ((ALL, 25), (Filter(actor="bob"), 5), (Filter(what="read"), 0)):
            found, after = list[Any](), None
            while True:
                part = await page(journal, wanted, 4, after, newest)
                found += part.entries
                after = part.next
                if after is None:
                    break
                assert len(part.entries) == 4
            assert len(found) == size
            if wanted == ALL:
                assert [one["id"] for one in found] == sorted(expected, key=_place, reverse=newest)


def _place(name: str) -> tuple[int, ...]:
    return tuple(map(int, name.split("-")))


async def test_times_are_those_of_writing(journal: Journal, client: Redis) -> None:
    journal.note(refused("application/1"))
    await journal.write()
    await asyncio.sleep(0.005)
    seconds, micros = await client.time()
    between = seconds * 1000 + micros // 1000
    await asyncio.sleep(0.005)
    journal.note(refused("application/2"))
    for newest in (False, True):
        later = await page(journal, Filter(since=between), 9, None, newest)
        assert [one["subject"] for one in later.entries] == ["application/2"]
        earlier = await page(journal, Filter(until=between), 9, None, newest)
        assert [one["subject"] for one in earlier.entries] == ["application/1"]

    for wanted, size in ((Filter(since=-1), 2), (Filter(until=-1), 0), (Filter(until=0), 0)):
        found = await page(journal, wanted, 9, None, newest=False)
        assert len(found.entries) == size, "a time before 1970"


ENTRIES = st.builds(
    refused,
    st.sampled_from([f"application/{number}" for number in range(4)]),
    st.sampled_from([ANN, BOB]),
    st.sampled_from([403, 404, 409]),
)


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.tuples(ENTRIES, st.sampled_from([0.0, 0.3, 1.0]), st.booleans()), max_size=40))
async def test_whatever_is_noted_is_counted_once(
    client: Redis, acts: list[tuple[Entry, float, bool]]
) -> None:
    """With writes in between, at any times; the order of what is left apart is kept."""
    await client.flushall()
    time, store = Time(), JournalStore(client, 10_000)
    journal = Journal(store, time, time)
    for entry, pause, writes in acts:
        journal.note(entry)
        time.now += pause
        if writes:
            await journal.write()
    found = await written(journal)
    for who in (ANN, BOB):
        for status in (403, 404, 409):
            told = [o for o in found if (o["principal"], o["status"]) == (who.name, status)]
            noted = [entry for entry, _, _ in acts if (entry.who, entry.status) == (who, status)]
            assert sum(one["count"] for one in told) == len(noted)
    assert [one["at"] for one in found] == sorted(one["at"] for one in found)
    await store.close()
