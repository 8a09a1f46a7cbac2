"""What a crash leaves between reserve, commit and settle is finished or released, and a commit
that comes too late is none.
"""

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest

from tests.integration.draws.quotas import (
    CATALOG,
    GIVE_UP,
    GRANT,
    OFFICE,
    POOL,
    Clock,
    Failing,
    claim,
    open_pool,
    proposal,
    proposed,
    records,
    types,
    within,
)
from tests.integration.test_desk import code_of
from tests.unit.acting import THE_BUYER
from workflow import worker
from workflow.desk import Accepted
from workflow.domain import clock as clocks
from workflow.domain import reservations
from workflow.service import Service, now
from workflow.store import Commit, DurabilityUnknown, EmbeddedServer, Store, Unavailable, connect
from workflow.worker import Worker

Fails = type[Unavailable] | type[DurabilityUnknown]


def pass_time(clock: Clock) -> None:
    """What is under way has been so for too long."""
    clock.fixed = clocks.later(now(), 2 * reservations.LEFT)


async def left(quotas: Service, failing: Failing, fails: Fails) -> str:
    """An application whose draw of the whole pool was interrupted: before its commit where the
    store was unavailable, after it where the reply was lost.
    """
    await open_pool(quotas, claim(60))
    name = await proposed(quotas, "a", 60)
    failing.fails = fails
    with pytest.raises(fails):
        await quotas.post(OFFICE, name, GRANT)
    assert await within(failing, 60) == (0, 60)
    return name


async def test_what_was_committed_is_settled(
    quotas: Service, failing: Failing, clock: Clock
) -> None:
    name = await left(quotas, failing, DurabilityUnknown)
    assert await quotas.catch_up() == 0, "it may still be under way"
    pass_time(clock)
    assert await quotas.catch_up() == 1
    assert await within(failing, 60) == (60, 0)
    assert await types(failing) == ["reserve", "settle"]
    assert await quotas.catch_up() == 0
    again = await quotas.post(OFFICE, name, GRANT)
    assert isinstance(again, Accepted)
    assert again.replayed


async def test_workers_do_it_by_themselves_and_once(
    quotas: Service, failing: Failing, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "PAUSE", 0.001)
    await left(quotas, failing, DurabilityUnknown)
    pass_time(clock)
    services = [Service(failing, CATALOG, clock=clock) for _ in range(3)]
    workers = [Worker(failing, CATALOG, one, clock=clock) for one in services]
    running = [asyncio.create_task(one.run()) for one in workers]
    for _ in range(5_000):
        if await within(failing, 60) == (60, 0):
            break
        await asyncio.sleep(0.001)
    for one in running:
        one.cancel()
    await asyncio.wait(running)
    assert all(one.cancelled() for one in running)
    assert await types(failing) == ["reserve", "settle"]


async def test_what_was_not_committed_is_released(
    quotas: Service, failing: Failing, clock: Clock
) -> None:
    name = await left(quotas, failing, Unavailable)
    other = await proposed(quotas, "b", 60)
    assert code_of(await quotas.post(OFFICE, other, GRANT)) == "beyond-pool"
    pass_time(clock)
    assert await quotas.catch_up() == 1
    assert await within(failing, 60) == (0, 0)
    assert await types(failing) == ["reserve", "release"]
    assert isinstance(await quotas.post(OFFICE, name, GRANT), Accepted)
    assert code_of(await quotas.post(OFFICE, other, GRANT)) == "beyond-pool"
    assert await within(failing, 60) == (60, 0)


@pytest.mark.parametrize("fails", [Unavailable, DurabilityUnknown])
async def test_who_posts_again_goes_on_with_what_is_reserved(
    quotas: Service, failing: Failing, clock: Clock, fails: Fails
) -> None:
    name = await left(quotas, failing, fails)
    assert isinstance(await quotas.post(OFFICE, name, GRANT), Accepted)
    pass_time(clock)
    await quotas.catch_up()
    assert await within(failing, 60) == (60, 0)
    assert await types(failing) == ["reserve", "settle"]


@pytest.mark.parametrize("fails", [Unavailable, DurabilityUnknown])
async def test_a_return_is_finished_or_released_as_well(
    quotas: Service, failing: Failing, clock: Clock, fails: Fails
) -> None:
    await open_pool(quotas, claim(60))
    name = await proposed(quotas, "a", 60)
    await quotas.post(OFFICE, name, GRANT)
    failing.fails = fails
    with pytest.raises(fails):
        await quotas.post(THE_BUYER, name, GIVE_UP)
    assert await within(failing, 60) == (60, 0)
    pass_time(clock)
    assert await quotas.catch_up() == 1
    committed = fails is DurabilityUnknown
    assert await within(failing, 60) == (0 if committed else 60, 0)
    assert (await types(failing))[-1] == ("return" if committed else "release")


class Paused(Store):
    """A store that holds commits back until they may go: those that spend a ticket, or those on
    a kind of subject.
    """

    def __init__(self, url: str, kind: str | None = None) -> None:
        super().__init__(connect(url))
        self.kind = kind
        self.held, self.go = asyncio.Event(), asyncio.Event()

    def commit(self, commits: Sequence[Commit]) -> Any:
        first = commits[0]
        waits = first.ticket if self.kind is None else first.subject.startswith(self.kind)
        return self._later(commits) if waits else super().commit(commits)

    async def _later(self, commits: Sequence[Commit]) -> Any:
        self.held.set()
        await self.go.wait()
        return await super().commit(commits)


async def test_a_commit_that_comes_after_the_release_is_refused(
    quotas: Service, failing: Failing, clock: Clock, server: EmbeddedServer
) -> None:
    await open_pool(quotas, claim(60))
    late, quick = [await proposed(quotas, key, 60) for key in "ab"]
    async with Paused(server.url) as paused:
        slow = Service(paused, CATALOG)
        posted = asyncio.create_task(slow.post(OFFICE, late, GRANT))
        await paused.held.wait()
        pass_time(clock)
        assert await quotas.catch_up() == 1
        assert isinstance(await quotas.post(OFFICE, quick, GRANT), Accepted)
        paused.go.set()
        assert code_of(await posted) == "beyond-pool"
        await slow.finish()
    assert await within(failing, 60) == (60, 0)
    assert [one["id"] for one in await records(failing, f"application/{late}")][2:] == []
    assert await types(failing) == ["reserve", "release", "reserve", "settle"]


async def test_a_commit_that_comes_too_late_is_tried_anew_where_there_is_room(
    quotas: Service, failing: Failing, clock: Clock, server: EmbeddedServer
) -> None:
    await open_pool(quotas, claim(60))
    name = await proposed(quotas, "a", 60)
    async with Paused(server.url) as paused:
        slow = Service(paused, CATALOG)
        posted = asyncio.create_task(slow.post(OFFICE, name, GRANT))
        await paused.held.wait()
        pass_time(clock)
        assert await quotas.catch_up() == 1
        paused.go.set()
        assert isinstance(await posted, Accepted)
        await slow.finish()
    assert await within(failing, 60) == (60, 0)
    reserved, released, again, settled = (await records(failing, f"pool/{POOL}"))[1:]
    assert reserved["data"]["ticket"] == released["data"]["ticket"]
    assert again["data"]["ticket"] == settled["data"]["ticket"] != reserved["data"]["ticket"]


async def test_a_draw_is_decided_anew_where_somebody_else_was_quicker(
    quotas: Service, failing: Failing, server: EmbeddedServer
) -> None:
    await open_pool(quotas, claim(60))
    name = await proposed(quotas, "a", 60)
    async with Paused(server.url) as paused:
        slow = Service(paused, CATALOG)
        posted = asyncio.create_task(slow.post(OFFICE, name, GRANT))
        await paused.held.wait()
        assert isinstance(await quotas.post(OFFICE, name, proposal(40, "less")), Accepted)
        paused.go.set()
        assert isinstance(await posted, Accepted)
        await slow.finish()
    assert await within(failing, 60) == (40, 0)
    assert await types(failing) == ["reserve", "release", "reserve", "settle"]


async def test_a_repeat_is_one_also_where_the_pool_is_full_by_now(
    quotas: Service, failing: Failing, server: EmbeddedServer
) -> None:
    await open_pool(quotas, claim(60))
    name = await proposed(quotas, "a", 60)
    async with Paused(server.url, "pool/") as paused:
        slow = Service(paused, CATALOG)
        posted = asyncio.create_task(slow.post(OFFICE, name, GRANT))
        await paused.held.wait()
        assert isinstance(await quotas.post(OFFICE, name, GRANT), Accepted)
        paused.go.set()
        again = await posted
        assert isinstance(again, Accepted)
        assert again.replayed
        await slow.finish()
    assert await types(failing) == ["reserve", "settle"]


async def test_a_pool_refuses_no_decision_that_is_out_of_date(
    quotas: Service, failing: Failing
) -> None:
    """A second service remembers the application as it was."""
    await open_pool(quotas, claim(50))
    other = Service(failing, CATALOG)
    name = await proposed(other, "a", 60)
    assert isinstance(await quotas.post(OFFICE, name, proposal(40, "less")), Accepted)
    assert isinstance(await other.post(OFFICE, name, GRANT), Accepted)
    assert await within(failing, 50) == (40, 0)


async def test_a_caller_who_goes_leaves_the_draw_to_others(
    quotas: Service, failing: Failing, server: EmbeddedServer
) -> None:
    await open_pool(quotas, claim(60))
    name = await proposed(quotas, "a", 60)
    async with Paused(server.url) as paused:
        slow = Service(paused, CATALOG)
        posted = asyncio.create_task(slow.post(OFFICE, name, GRANT))
        await paused.held.wait()
        posted.cancel()
        await asyncio.wait([posted])
        paused.go.set()
        await slow.finish()
    assert await within(failing, 60) == (60, 0)
    assert (await records(failing, f"application/{name}"))[-1]["id"] == "grant"
