"""What moves to the log and when, and that whoever reads does not notice."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from redis.asyncio import Redis

from api.settings import MOST_DAYS
from tests.integration.events import CATALOG, PROCEDURE, creation, event, note
from tests.integration.sealing import SealedLog
from tests.integration.test_desk_service import MARK, TITLE, claim
from tests.integration.test_worker import Hand
from tests.unit.acting import (
    AUDITOR,
    BUYER,
    OFFICIAL,
    RECORDER,
    THE_BUYER,
    evidence,
    officer,
)
from tests.unit.journeys import JOURNEYS
from workflow import retention
from workflow.desk import Accepted
from workflow.domain import clock
from workflow.domain.history import Moment
from workflow.domain.refusals import Refused
from workflow.queries import Queries
from workflow.retention import Retention
from workflow.service import Rehearsed, Service
from workflow.store import ArchiveUnreadable, Store
from workflow.store.keys import Layout
from workflow.trails import TrailFilter, Wanted
from workflow.worker import Worker

START = "2026-01-28T04:00:00.000Z"
DAYS = 30
NAME = {"en": "Example Cloud", "zh": "示例云"}


def after(days: float) -> str:
    return clock.later(START, timedelta(days=days))


class Archived:
    """A service, what it reads with, and its log."""

    def __init__(self, store: Store, log: SealedLog, hand: Hand) -> None:
        self.store, self.log, self.hand = store, log, hand
        self.service = Service(store, CATALOG, hand, lambda: "0" * 32)
        self.queries = Queries(store, CATALOG, hand)
        self.retention = Retention(store, log, DAYS, hand, rate=10**9)

    async def open(self, key: str = "one") -> str:
        name, outcome = await self.service.create(THE_BUYER, PROCEDURE, creation(key))
        assert isinstance(outcome, Accepted)
        return name

    async def carry(self, name: str) -> None:
        """Carry an application to its licence, an event a day."""
        for number, (who, kind, *more) in enumerate(JOURNEYS["licensed"]):
            self.hand.now = after(number)
            authority, data = (*more, None, None)[:2]
            act = event(kind, f"{number}.{kind}", data, authority=authority, reason="because")
            assert isinstance(await self.service.post(who, name, act), Accepted)

    async def note(self, name: str, key: str) -> None:
        assert isinstance(await self.service.post(RECORDER, name, note(key, key)), Accepted)

    async def whole_pass(self) -> int:
        """One pass over everything, as of now; how many records were moved."""
        fresh = Retention(self.store, self.log, DAYS, self.hand, rate=10**9)
        moved = await fresh.turn()
        while not fresh.resting:
            moved += await fresh.turn()
        return moved


@pytest.fixture
def log() -> SealedLog:
    return SealedLog()


@pytest.fixture
async def store(client: Redis, log: SealedLog) -> AsyncIterator[Store]:
    async with Store(client, archived=log.read) as opened:
        yield opened


@pytest.fixture
async def house(store: Store, log: SealedLog) -> AsyncIterator[Archived]:
    made = Archived(store, log, Hand(START))
    await made.service.register_buyer(RECORDER, BUYER, NAME, "0" * 64)
    yield made
    await made.service.finish()


async def raw(client: Redis, subject: str) -> list[bytes]:
    """A trail as the server has it."""
    found: Any = await client.lrange(Layout().trail(subject), 0, -1)
    return list(found)


def record_of(outcome: Accepted | Refused, *, replayed: bool = False) -> bytes:
    assert isinstance(outcome, Accepted)
    assert outcome.replayed is replayed
    return outcome.record


async def blanks(client: Redis, name: str) -> int:
    """How many records of an application have been moved; they are its first."""
    found = await raw(client, f"application/{name}")
    count = found.count(b"")
    assert found[:count] == [b""] * count
    return count


async def told(house: Archived, name: str) -> dict[str, Any]:
    """Everything that anybody can be told of an application and what is around it."""
    queries, subject = house.queries, f"application/{name}"
    seqs = range(1, len(JOURNEYS["licensed"]) + 5)
    moments = [Moment(as_of, known) for as_of in (None, after(4)) for known in (None, after(6))]
    grants = TrailFilter(type="grant_in_principle", since=START)
    found: dict[str, Any] = {
        f"{of} {newest} {wanted.type}": [
            text async for text in queries.whole_trail(of, wanted, newest)
        ]
        for of in (subject, "pool/p", f"buyer/{BUYER}")
        for newest in (True, False)
        for wanted in (TrailFilter(), grants)
    }
    found |= {f"record {seq}": await queries.record(subject, seq) for seq in seqs}
    found |= {f"page {seq}": await queries.trail(subject, grants, 1, seq, False) for seq in seqs}
    found |= {f"{moment}": await queries.at(subject, moment) for moment in moments}
    for moment in moments:
        found[f"overview {moment}"] = await queries.overview_at(AUDITOR, 9, None, moment)
    found["overview"] = await queries.overview(AUDITOR, 9, None)
    found["everything"] = [t async for t in queries.all_trails(AUDITOR, Wanted(grants), True)]
    found["search"] = await queries.search_trails(AUDITOR, Wanted(), 50, None, False)
    found["list"] = await queries.applications(AUDITOR, ["state=licensed"], None, 9, None)
    found["verified"] = await queries.verify(name)
    corrected = await house.service.rehearse(officer("ndrc"), name, correction())
    assert isinstance(corrected, Rehearsed)
    found["corrected"] = corrected
    return found


def correction() -> Any:
    """Put another grant in the place of the one in record 2."""
    pieces = [dict(piece) for piece in evidence(OFFICIAL)]
    instead = {"type": "grant_in_principle", "evidence": pieces, "reason": "Otherwise."}
    return event("correct", "correction", {"seq": 2, "with": instead}, grade=())


async def test_nobody_notices(house: Archived, client: Redis) -> None:
    await house.service.open_pool(RECORDER, "p", {"title": TITLE, "claims": [claim(9)]}, "k", MARK)
    name = await house.open()
    await house.carry(name)
    length = len(await raw(client, f"application/{name}"))
    await house.log.take(house.store)
    present, before = house.hand.now, await told(house, name)
    assert len(before["verified"].head) == 64
    house.hand.now = after(DAYS + 100)
    assert await house.whole_pass() == length + 2
    assert await blanks(client, name) == length
    assert await raw(client, "pool/p") == await raw(client, f"buyer/{BUYER}") == [b""]
    assert await house.whole_pass() == 0
    house.hand.now = present
    assert await told(Archived(house.store, house.log, house.hand), name) == before


async def test_a_repeat_answers_with_the_record_that_was_moved(
    house: Archived, client: Redis
) -> None:
    name = await house.open()
    acts = [note(f"{n}", f"{n}") for n in range(4)]
    first = [await house.service.post(RECORDER, name, act) for act in acts]
    await house.log.take(house.store)
    house.hand.now = after(DAYS + 1)
    assert await house.whole_pass() == 6
    for service in (house.service, Service(house.store, CATALOG, house.hand)):
        again = await asyncio.gather(*(service.post(RECORDER, name, act) for act in acts))
        assert [record_of(one, replayed=True) for one in again] == list(map(record_of, first))
        reused = await service.post(RECORDER, name, note("another", "0"))
        assert isinstance(reused, Refused)
        assert reused.decisive.code == "idempotency-key-reused"
    await house.open()
    assert await blanks(client, name) == len(await raw(client, f"application/{name}")) == 5


async def test_the_trail_goes_on_and_is_corrected(house: Archived, client: Redis) -> None:
    name = await house.open()
    await house.carry(name)
    await house.log.take(house.store)
    house.hand.now = after(DAYS + 100)
    await house.whole_pass()
    await house.note(name, "later")
    assert isinstance(await house.service.post(officer("ndrc"), name, correction()), Accepted)
    verdict = await house.queries.verify(name)
    assert verdict is not None
    assert (verdict.ok, verdict.checked) == (True, len(await raw(client, f"application/{name}")))
    assert await blanks(client, name) == verdict.checked - 2


async def test_what_is_not_old_stays(house: Archived, client: Redis) -> None:
    name = await house.open()
    for day in (1, 2, 3):
        house.hand.now = after(day)
        await house.note(name, f"{day}")
    await house.log.take(house.store)
    for days, moved in ((0, 0), (DAYS, 0), (DAYS + 1, 1), (DAYS + 2.5, 3), (DAYS + 9, 4)):
        house.hand.now = after(days)
        await house.whole_pass()
        assert await blanks(client, name) == moved, days


async def test_what_is_not_published_stays(house: Archived, client: Redis) -> None:
    name = await house.open()
    await house.note(name, "1")
    await house.log.take(house.store)
    (last,) = await house.store.places(f"application/{name}", 2, 2)
    assert last is not None
    await house.note(name, "2")  # in no log at all
    house.hand.now = after(DAYS + 1)
    everything, house.log.size = house.log.size, last
    await house.whole_pass()
    assert await blanks(client, name) == 1
    house.log.size = everything
    await house.whole_pass()
    assert await blanks(client, name) == 2


@pytest.mark.parametrize("spoil", ["other", "lost"])
async def test_what_the_log_has_otherwise_stays_whole(
    house: Archived, client: Redis, caplog: pytest.LogCaptureFixture, spoil: str
) -> None:
    name, sound = await house.open("a"), await house.open("b")
    for number in range(3):
        await house.note(name, f"{number}")
    await house.log.take(house.store)
    (place,) = await house.store.places(f"application/{name}", 3, 3)
    assert place is not None
    if spoil == "other":
        house.log.written[place] += b" "
    else:
        house.log.written[place] = b""
    house.hand.now = after(DAYS + 1)
    await house.whole_pass()
    assert (await blanks(client, name), await blanks(client, sound)) == (0, 1)
    (told,) = caplog.messages
    assert f"application/{name}" in told


async def test_a_log_that_cannot_be_read_moves_nothing(
    house: Archived, client: Redis, caplog: pytest.LogCaptureFixture
) -> None:
    name = await house.open()
    await house.log.take(house.store)
    house.hand.now = after(DAYS + 1)
    house.log.written.clear()
    assert await house.whole_pass() == 0
    assert await blanks(client, name) == 0
    assert "cannot be read" in caplog.text


async def test_every_subject_has_its_turn_and_a_pass_its_end(
    house: Archived, client: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "PAGE", 3)
    monkeypatch.setattr(retention, "STRETCH", 2)
    names = [await house.open(f"{number}") for number in range(10)]
    for number in range(4):
        await house.note(names[number], "n")
    await house.log.take(house.store)
    house.hand.now = after(DAYS + 1)
    turns = [await house.retention.turn()]
    while not house.retention.resting:
        turns.append(await house.retention.turn())
    assert (sum(turns), max(turns) <= 6) == (15, True)
    assert len(turns) >= 4 + 3
    assert [await blanks(client, name) for name in names] == [2] * 4 + [1] * 6
    await house.note(names[0], "new")
    assert await house.retention.turn() == 0  # the next pass is an hour away
    assert house.retention.resting


async def test_a_long_trail_waits_until_there_is_enough(
    house: Archived, client: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its list is built anew each time, so that is not done for every single record."""
    monkeypatch.setattr(retention, "SHARE", 2)
    name = await house.open()
    for number in range(9):
        house.hand.now = after(number + 1)
        await house.note(name, f"{number}")
    await house.log.take(house.store)
    for days, moved in ((4, 4), (5, 4), (6, 4), (7, 7), (9, 7)):
        house.hand.now = after(DAYS + days - 0.5)
        await house.whole_pass()
        assert await blanks(client, name) == moved, days


async def test_the_worker_does_it_beside_its_work(house: Archived, client: Redis) -> None:
    name = await house.open()
    await house.log.take(house.store)
    house.hand.now = after(DAYS + 1)
    done = asyncio.Event()

    class Told(Retention):
        async def turn(self) -> int:
            moved = await super().turn()
            if moved:
                done.set()
            return moved

    beside = Told(house.store, house.log, DAYS, house.hand)
    worker = Worker(house.store, CATALOG, house.service, house.hand, beside)
    working = asyncio.create_task(worker.run())
    await asyncio.wait_for(done.wait(), 5)
    working.cancel()
    await asyncio.wait([working])
    assert await blanks(client, name) == 1


async def test_the_overview_goes_on_without_the_sources_that_cannot_be_read(
    house: Archived, client: Redis
) -> None:
    await house.open()
    await house.log.take(house.store)
    (sound,), _ = await house.queries.overview(AUDITOR, 9, None)
    house.hand.now = after(DAYS + 1)
    await house.whole_pass()
    async with Store(client) as blind:
        (row,), _ = await Queries(blind, CATALOG).overview(AUDITOR, 9, None)
    assert (len(sound.sources), sound.unsourced) == (1, False)
    assert row == replace(sound, sources=(), unsourced=True)


async def test_nothing_is_so_old_that_a_pass_fails(house: Archived) -> None:
    await house.open()
    await house.log.take(house.store)
    oldest = Retention(house.store, house.log, MOST_DAYS, house.hand)
    while not await oldest.turn() and not oldest.resting:
        pass
    assert oldest.resting


async def test_without_the_log_what_was_moved_is_a_fault_and_nothing_happens(
    house: Archived, client: Redis, caplog: pytest.LogCaptureFixture
) -> None:
    name = await house.open()
    await house.note(name, "1")
    await house.log.take(house.store)
    house.hand.now = after(DAYS + 1)
    await house.whole_pass()
    async with Store(client) as blind:
        service, queries = Service(blind, CATALOG), Queries(blind, CATALOG)
        subject, length = f"application/{name}", 2
        for wrong in (
            service.post(RECORDER, name, note("1", "1")),
            queries.verify(name),
            queries.at(subject, Moment(None, after(1))),
            queries.trail(subject, TrailFilter(), 9, None, True),
            queries.record(subject, 1),
        ):
            with pytest.raises(ArchiveUnreadable):
                await wrong
        assert [one.levelname for one in caplog.records] == ["ERROR"]  # not one a read
        assert (blind.archive.unreadable, house.store.archive.unreadable) == (True, False)
        assert len(await raw(client, subject)) == length
        assert isinstance(await service.post(RECORDER, name, note("2", "2")), Accepted)
        assert await queries.document("application", name)
        await service.finish()
