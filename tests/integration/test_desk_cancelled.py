"""The caller that serves a queue goes away: at each point where it may be waiting."""

import asyncio
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.integration.events import note
from tests.unit.acting import RECORDER
from workflow.desk import Accepted
from workflow.domain.canonical import decode
from workflow.queries import Queries
from workflow.registry import Outcome
from workflow.service import Item, Service
from workflow.store import DurabilityUnknown, EmbeddedServer, Store, link


@contextmanager
def standing(server: EmbeddedServer) -> Iterator[None]:
    """The server stands still, so that whoever asks it waits."""
    assert server.pid
    os.kill(server.pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(server.pid, signal.SIGCONT)


async def steps(count: int = 20) -> None:
    """Let whoever can go on do so."""
    for _ in range(count):
        await asyncio.sleep(0)


def posting(service: Service, application: str, name: str) -> "asyncio.Task[Outcome]":
    return asyncio.create_task(service.post(RECORDER, application, note(name, name)))


@pytest.mark.parametrize("remembered", [True, False], ids=["commit", "load"])
async def test_the_queue_is_served_on(
    server: EmbeddedServer, store: Store, service: Service, application: str, remembered: bool
) -> None:
    """Whoever serves waits for its commit where the desk remembers the document, else for the
    load.
    """
    own = service if remembered else Service(store, service._catalog)
    with standing(server):
        first = posting(own, application, "first")
        await steps()
        others = [posting(own, application, f"{n}") for n in range(5)]
        batch = [Item(application, note(f"b{n}", f"b{n}"), None) for n in range(3)]
        many = asyncio.create_task(own.post_many(RECORDER, [batch]))
        await steps()
        first.cancel()
        await asyncio.wait([first], timeout=1)
        assert first.cancelled(), "it goes at once"
        await steps()
    outcomes = [*await asyncio.gather(*others), *await many]
    assert all(isinstance(outcome, Accepted) and not outcome.replayed for outcome in outcomes)
    again = await own.post(RECORDER, application, note("first", "first"))
    assert isinstance(again, Accepted)
    assert again.replayed
    assert decode(again.record)["seq"] == 2
    await own.finish()


async def test_who_shares_the_chain_of_a_caller_that_goes_is_answered(
    server: EmbeddedServer, service: Service, queries: Queries, application: str
) -> None:
    """The second caller serves a chain in which others are; they learn what came of it."""
    with standing(server):
        first = posting(service, application, "first")
        await steps()
        chain = [posting(service, application, f"{n}") for n in range(4)]
        await steps()
    await first
    # A task of the desk serves now; it is cancelled as a caller would be.
    with standing(server):
        follower = posting(service, application, "follower")
        await steps()
        late = [posting(service, application, f"late-{n}") for n in range(4)]
        await steps()
        for task in list(service._desk._tasks):
            task.cancel()
        await steps()
    outcomes = await asyncio.gather(*chain, follower, *late)
    assert all(isinstance(outcome, Accepted) and not outcome.replayed for outcome in outcomes)
    verdict = await queries.verify(application)
    assert verdict
    assert (verdict.ok, verdict.checked) == (True, 11)


async def test_a_fault_after_the_caller_went_is_told_to_the_others(
    server: EmbeddedServer, service: Service, application: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(link, "PATIENCE", 0.3)
    with standing(server):
        first = posting(service, application, "first")
        await steps()
        first.cancel()
        await steps()
        batch = [Item(application, note(f"b{n}", f"b{n}"), None) for n in range(2)]
        told = await service.post_many(RECORDER, [batch])
    assert isinstance(told[0], Exception)
    again = await service.post(RECORDER, application, note("first", "first"))
    assert isinstance(again, Accepted)
    assert again.document.version == 2


async def test_a_caller_that_goes_before_its_turn_leaves_its_event(
    server: EmbeddedServer, service: Service, application: str
) -> None:
    with standing(server):
        first = posting(service, application, "first")
        await steps()
        second = posting(service, application, "second")
        await steps()
        second.cancel()
        await steps()
    assert isinstance(await first, Accepted)
    await service.finish()
    again = await service.post(RECORDER, application, note("second", "second"))
    assert isinstance(again, Accepted)
    assert again.replayed


async def test_without_an_answer_all_of_a_chain_is_in_doubt(
    server: EmbeddedServer, service: Service, application: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(link, "PATIENCE", 0.3)
    with standing(server):
        tasks = [posting(service, application, f"{n}") for n in range(3)]
        outcomes = await asyncio.gather(*tasks, return_exceptions=True)
    assert all(isinstance(outcome, Exception) for outcome in outcomes)
    assert isinstance(outcomes[0], DurabilityUnknown)
    for n in range(3):
        assert isinstance(await service.post(RECORDER, application, note(f"{n}", f"{n}")), Accepted)
