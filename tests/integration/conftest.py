"""Real servers: an embedded Valkey for the session, emptied for each test."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from redis.asyncio import Redis

from tests.integration.events import CATALOG, NAME, PROCEDURE, creation
from tests.integration.processes import Clocks, Process
from tests.unit.acting import BUYER, RECORDER, THE_BUYER
from workflow.desk import Accepted
from workflow.queries import Queries
from workflow.service import Service
from workflow.store import EmbeddedServer, Store, connect


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedServer]:
    """One embedded server for all tests that do not end it."""
    embedded = EmbeddedServer(tmp_path_factory.mktemp("valkey"))
    embedded.start()
    yield embedded
    embedded.stop()


@pytest.fixture
async def client(server: EmbeddedServer) -> AsyncIterator[Redis]:
    """A client of the session's server, which is empty."""
    redis = connect(server.url)
    await redis.flushall()
    yield redis
    await redis.aclose()


@pytest.fixture
async def store(client: Redis) -> AsyncIterator[Store]:
    """An open store on an empty database."""
    async with Store(client) as opened:
        yield opened


@pytest.fixture
async def service(store: Store) -> AsyncIterator[Service]:
    """The use cases that change something, with one buyer in the registry."""
    made = Service(store, CATALOG)
    await made.register_buyer(RECORDER, BUYER, NAME, "0" * 64)
    yield made
    await made.finish()


@pytest.fixture
def queries(store: Store) -> Queries:
    """The use cases that only read."""
    return Queries(store, CATALOG)


@pytest.fixture
async def application(service: Service) -> str:
    """An application as its buyer has submitted it."""
    identifier, outcome = await service.create(THE_BUYER, PROCEDURE, creation("submit"))
    assert isinstance(outcome, Accepted)
    return identifier


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A data folder that does not exist yet."""
    return tmp_path / "data"


@pytest.fixture
def clocks() -> Clocks:
    """Clocks that stand still until they are told."""
    return Clocks()


@pytest.fixture
def here(store: Store, clocks: Clocks) -> Process:
    """The process that a test is about."""
    return Process(store, clocks, 1)


@pytest.fixture
def there(store: Store, clocks: Clocks) -> Process:
    """Another process of the same service."""
    return Process(store, clocks, 2)
