"""Gates that follow another application while workers are killed, and while none works."""

import asyncio
import contextlib
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.warm import Run
from tests.integration.events import CATALOG, NAME
from tests.integration.exports import carried, link_to, pair, told
from tests.unit.acting import BUYER, RECORDER
from tests.unit.exporting import TO_APPROVED
from workflow.domain.record import Document
from workflow.service import Service
from workflow.store import EmbeddedServer, Store, connect

WITHIN = 2.0  # seconds in which a gate follows
PATIENCE = 20.0  # seconds for processes to come and go
WORKERS, PAIRS = 3, 24
KILLED_AT = (8, 12)
"""The pairs after which a worker is killed."""


@pytest.fixture
def server(tmp_path: Path) -> Iterator[EmbeddedServer]:
    embedded = EmbeddedServer(tmp_path / "valkey")
    embedded.start()
    yield embedded
    embedded.stop()


@contextlib.contextmanager
def three_workers(url: str) -> Iterator[list[Run]]:
    """Workers that have said that they are ready."""
    workers: list[Run] = []
    try:
        workers += [begin(url) for _ in range(WORKERS)]
        for worker in workers:
            ready(worker)
        yield workers
    finally:
        for worker in workers:
            worker.kill()
            worker.communicate()


def begin(url: str) -> Run:
    return Run(["worker", "--redis", url])


def ready(worker: Run) -> None:
    assert worker.stdout is not None
    assert worker.stdout.readline() == "clearance worker is ready\n"


async def open_gates(store: Store, names: list[str]) -> int:
    stored = await store.read_many([f"application/{name}" for name in names])
    documents = [Document.decode(one) for one in stored if one is not None]
    return sum(one.snapshot["gates"] == {"export": "open"} for one in documents)


async def until_open(store: Store, names: list[str]) -> float:
    """Seconds until every gate is open."""
    began = time.monotonic()
    async with asyncio.timeout(PATIENCE):
        while await open_gates(store, names) < len(names):  # noqa: ASYNC110 - other processes do it
            await asyncio.sleep(0.01)
    return time.monotonic() - began


async def test_three_workers_of_which_some_are_killed_tell_each_gate_once(
    server: EmbeddedServer,
) -> None:
    async with Store(connect(server.url)) as store:
        service = Service(store, CATALOG)
        await service.register_buyer(RECORDER, BUYER, NAME, "0" * 64)
        pairs = [await pair(service, f"{number}") for number in range(PAIRS)]
        names = [name for name, _ in pairs]
        with three_workers(server.url) as workers:
            for number, (name, other) in enumerate(pairs):
                await carried(service, name, [link_to(other)], "link")
                await carried(service, other, TO_APPROVED)
                if number in KILLED_AT:
                    workers[KILLED_AT.index(number)].kill()
            await until_open(store, names)
        late, last = await pair(service, "late")
        await carried(service, late, [link_to(last)], "link")
        await carried(service, last, TO_APPROVED)
        assert await open_gates(store, [late]) == 0  # nobody works
        with three_workers(server.url):
            assert await until_open(store, [late]) < WITHIN
        for name, other in [*pairs, (late, last)]:
            keys = [record["id"] for record in await told(store, name)]
            assert keys == [f"link:{other}:4"]
        await service.finish()
