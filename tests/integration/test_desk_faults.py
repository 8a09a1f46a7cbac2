"""The desk when something fails: the wait, the store, a rule. Who is told, and what."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

import pytest

from tests.integration.events import CATALOG, NAME, PROCEDURE, creation, event, note
from tests.integration.test_desk import GRANT, keys_of, seq_of
from tests.unit.acting import BUYER, RECORDER, THE_BUYER, officer
from workflow import desk
from workflow.catalog import index_entry
from workflow.desk import Accepted, Busy, Desk, Skipped, Waiting
from workflow.domain.act import Posting
from workflow.domain.record import Decision, Document
from workflow.domain.refusals import Refused
from workflow.domain.terms import Entry, Times
from workflow.queries import Queries
from workflow.registry import event_digest
from workflow.service import Item, Service
from workflow.store import DurabilityUnknown, EmbeddedServer, Outcome, Store, Unavailable, connect
from workflow.store.group import Chunk


async def test_who_waits_too_long_is_told_and_the_rest_of_the_batch_skipped(
    service: Service, application: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk, "PATIENCE", -1.0)
    with pytest.raises(Busy):
        await service.post(RECORDER, application, note("x", "x"))
    items = [Item(application, note(f"{n}", f"{n}"), None) for n in range(3)]
    told = await service.post_many(RECORDER, [items])
    assert [type(one) for one in told] == [Busy, Skipped, Skipped]
    monkeypatch.undo()
    assert seq_of(await service.post(RECORDER, application, note("x", "x"))) == 2


async def test_a_server_that_is_gone_leaves_nothing_and_skips_the_rest_of_a_batch(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workflow.store.link.PATIENCE", 0.2)
    server = EmbeddedServer(folder)
    server.start()
    async with Store(connect(server.url)) as store:
        service = Service(store, CATALOG)
        await service.register_buyer(RECORDER, BUYER, NAME, "0" * 64)
        names = [(await service.create(THE_BUYER, PROCEDURE, creation(k)))[0] for k in "ab"]
        server.stop()
        await asyncio.sleep(0.05)
        items = [Item(name, note("x", f"{n}"), None) for n in range(2) for name in names]
        told = await service.post_many(RECORDER, [items])
        assert [type(one) for one in told] == [Unavailable, Unavailable, Skipped, Skipped]
        with pytest.raises(Unavailable):
            await service.post(RECORDER, names[0], note("x", "0"))
        server.start()
        outcomes = await service.post_many(RECORDER, [items])
        assert [seq_of(one) for one in outcomes] == [2, 2, 3, 3]
    with pytest.raises(Unavailable):  # the store is closed
        await service.post(RECORDER, names[0], note("y", "y"))
    server.stop()


async def test_what_follows_a_fault_in_a_later_stretch_of_a_batch_is_skipped(
    service: Service, queries: Queries, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Order holds over the whole batch, also where the fault is over when the rest is read."""
    names = [(await service.create(THE_BUYER, PROCEDURE, creation(k)))[0] for k in "ab"]
    acts = [Item(name, note("x", f"{n}"), None) for n in range(2) for name in names]

    def stretches() -> Iterator[list[Item]]:
        monkeypatch.setattr(desk, "PATIENCE", -1.0)
        yield acts[:1]
        monkeypatch.undo()
        yield acts[1:]

    told = await service.post_many(RECORDER, stretches())
    assert [type(one) for one in told] == [Busy, Accepted, Skipped, Accepted]
    assert await keys_of(queries, names[0]) == []


async def test_a_batch_whose_pools_cannot_be_read_is_in_doubt_once_it_has_begun(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workflow.store.link.PATIENCE", 0.2)
    server = EmbeddedServer(folder)
    server.start()
    async with Store(connect(server.url)) as store:
        service = Service(store, CATALOG)
        await service.register_buyer(RECORDER, BUYER, NAME, "0" * 64)
        name, _ = await service.create(THE_BUYER, PROCEDURE, creation("a"))
        claim = event("claim_allocation", "c", {"units": 5, "pool": "p"}, authority="buyer")

        def stretches() -> Iterator[list[Item]]:
            yield [Item(name, note("x", "x"), None)]
            server.stop()
            yield [Item(name, claim, None)]

        with pytest.raises(DurabilityUnknown):
            await service.post_many(RECORDER, stretches())
        with pytest.raises(Unavailable):
            await service.post_many(RECORDER, [[Item(name, claim, None)]])
        server.start()
        assert seq_of(await service.post(RECORDER, name, note("x", "x"))) == 2
    server.stop()


async def test_a_chain_of_which_a_part_is_recorded_is_in_doubt(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A long chain goes out in several calls; the server ends after the first of them."""
    monkeypatch.setattr("workflow.store.link.PATIENCE", 0.2)
    monkeypatch.setattr("workflow.store.group.CHUNK_BYTES", 1)
    monkeypatch.setattr("workflow.store.store.GROUP_BYTES", 1)
    server = EmbeddedServer(folder)
    server.start()
    async with Store(connect(server.url)) as store:
        service = Service(store, CATALOG)
        await service.register_buyer(RECORDER, BUYER, NAME, "0" * 64)
        name, _ = await service.create(THE_BUYER, PROCEDURE, creation("a"))
        lane = store._commits[0]
        exchange = lane._exchange

        async def once(group: Sequence[Chunk]) -> Sequence[list[Outcome]]:
            answers = await exchange(group)
            server.stop()
            return answers

        monkeypatch.setattr(lane, "_exchange", once)
        items = [Item(name, note("x", f"{n}"), None) for n in range(3)]
        told = await service.post_many(RECORDER, [items])
        assert [type(one) for one in told] == [DurabilityUnknown, Skipped, Skipped]
        monkeypatch.setattr(lane, "_exchange", exchange)
        server.start()
        outcomes = await service.post_many(RECORDER, [items])
        assert [seq_of(one) for one in outcomes] == [2, 3, 4]
        assert [one.replayed for one in outcomes if isinstance(one, Accepted)] == [
            True,
            False,
            False,
        ]
    server.stop()


def waiting(
    application: str, key: str, decide: Callable[[Document], Decision | Refused]
) -> Waiting:
    digest = event_digest(RECORDER, key)
    return Waiting(f"application/{application}", digest, "0" * 64, decide)


async def test_a_rule_that_fails_is_told_to_its_caller_alone(
    service: Service, store: Store, application: str
) -> None:
    def broken(_: Document) -> Refused:
        raise ZeroDivisionError

    own = Desk(store, partial(index_entry, CATALOG))
    good = [service._waiting(p, service._decide) for p in postings(service, application, 3)]
    bad = waiting(application, "bad", broken)
    futures = [own.submit(one) for one in (good[0], bad, *good[1:])]
    outcomes = await asyncio.gather(*futures, return_exceptions=True)
    assert isinstance(outcomes[1], ZeroDivisionError)
    assert [seq_of(outcomes[n]) for n in (0, 2, 3)] == [2, 3, 4]
    await own.finish()


async def test_an_index_that_fails_leaves_nobody_waiting(
    service: Service, store: Store, queries: Queries, application: str
) -> None:
    def broken(_subject: str, _document: Document, _times: Times | None) -> Entry:
        raise ZeroDivisionError

    own = Desk(store, broken)
    posting = service._posting(f"application/{application}", officer("ndrc"), GRANT)
    with pytest.raises(ZeroDivisionError):
        async with asyncio.timeout(5):
            await own.post(service._waiting(posting, service._decide))
    assert await keys_of(queries, application) == []


def postings(service: Service, application: str, count: int) -> list[Posting]:
    subject = f"application/{application}"
    return [service._posting(subject, RECORDER, note(f"{n}", f"{n}")) for n in range(count)]
