"""A service under the procedure `quota`, and its clock."""

from collections.abc import AsyncIterator

import pytest
from redis.asyncio import Redis

from tests.integration.draws.quotas import CATALOG, Clock, Failing
from workflow.service import Service
from workflow.store import EmbeddedServer, connect


@pytest.fixture
def clock() -> Clock:
    """What the time is."""
    return Clock()


@pytest.fixture
async def failing(client: Redis, server: EmbeddedServer) -> AsyncIterator[Failing]:
    """A store on the server, emptied by `client`; it fails when it is told to."""
    async with Failing(connect(server.url)) as opened:
        yield opened


@pytest.fixture
async def quotas(failing: Failing, clock: Clock) -> AsyncIterator[Service]:
    """The use cases on that store."""
    made = Service(failing, CATALOG, clock=clock)
    yield made
    await made.finish()
