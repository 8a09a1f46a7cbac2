"""Callers that are cancelled at any moment: whoever shares their chain does not notice."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from random import Random

import pytest

from tests.faults.rounds import rounds
from tests.integration.events import CATALOG, NAME, PROCEDURE, creation, note
from tests.unit.acting import BUYER, RECORDER, THE_BUYER
from workflow.desk import Accepted
from workflow.queries import Queries
from workflow.registry import application_id
from workflow.service import Item, Service
from workflow.store import EmbeddedServer, Store, connect

CROWD = 16
APPLICATIONS = 8
WITHIN = 0.05
"""Seconds in which callers are cancelled."""


@pytest.fixture
async def store(data: Path) -> AsyncIterator[Store]:
    """A store on an embedded server of its own."""
    server = EmbeddedServer(data)
    server.start()
    async with Store(connect(server.url)) as opened:
        yield opened
    server.stop()


async def test_whoever_is_cancelled_disturbs_nobody(store: Store) -> None:
    """Two services share the store, so that chains turn out to be stale: only then does a caller
    serve a chain of many.
    """
    random, cancelled = Random(5), 0
    pair, queries = [Service(store, CATALOG), Service(store, CATALOG)], Queries(store, CATALOG)
    await pair[0].register_buyer(RECORDER, BUYER, NAME, "0" * 64)
    for number in rounds(20):
        crowds = [crowd(pair, f"{number}.{n}", random) for n in range(APPLICATIONS)]
        cancelled += sum(await asyncio.gather(*crowds))
        for service in pair:
            await service.finish()
        for n in range(APPLICATIONS):
            application = application_id(THE_BUYER, f"{number}.{n}")
            verdict = await queries.verify(application)
            assert verdict
            assert (verdict.ok, verdict.checked) == (True, 1 + 2 * CROWD)
    assert cancelled > CROWD


async def crowd(pair: list[Service], key: str, random: Random) -> int:
    """Post on one application through both services and go away; how many did."""
    application, made = await pair[0].create(THE_BUYER, PROCEDURE, creation(key))
    assert isinstance(made, Accepted)
    acts = [note(f"{n}", f"k{n}") for n in range(CROWD)]
    posts = [
        asyncio.create_task(pair[n % 2].post(RECORDER, application, act))
        for n, act in enumerate(acts)
    ]
    items = [Item(application, note(f"{n}", f"b{n}"), None) for n in range(CROWD)]
    batch = asyncio.create_task(pair[0].post_many(RECORDER, [items]))
    for task in [*posts[:2], *random.sample(posts[2:], CROWD // 2)]:
        asyncio.get_running_loop().call_later(WITHIN * random.random(), task.cancel)
    outcomes = await asyncio.gather(*posts, return_exceptions=True)
    for task, outcome in zip(posts, outcomes, strict=True):
        assert task.cancelled() or isinstance(outcome, Accepted), outcome
    assert all(isinstance(outcome, Accepted) for outcome in await batch)
    for act in acts:
        assert isinstance(await pair[0].post(RECORDER, application, act), Accepted)
    return sum(task.cancelled() for task in posts)
