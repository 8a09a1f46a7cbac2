"""A real identity provider, a real database, and clocks that a test can move."""

from collections.abc import AsyncIterator, Iterator

import pytest
from redis.asyncio import Redis

from api.sessions import Sessions
from api.tokens import Tokens, TokenSettings
from tests.e2e.access.console import Console, serving
from tests.e2e.access.provider import AUDIENCE, Provider, providing
from workflow.store import EmbeddedServer, SessionStore, connect


class Clock:
    """Says what it is told; it stands for both clocks of a process."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture(scope="package")
def one_provider() -> Iterator[Provider]:
    with providing() as made:
        yield made


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def provider(one_provider: Provider, clock: Clock) -> Provider:
    """The provider, as it was at first."""
    one_provider.reset()
    one_provider.now = clock
    return one_provider


@pytest.fixture
async def tokens(provider: Provider, clock: Clock) -> AsyncIterator[Tokens]:
    """What checks the provider's tokens."""
    made = Tokens(TokenSettings(provider.url, AUDIENCE, provider.jwks_url), clock, clock)
    yield made
    await made.close()


@pytest.fixture(scope="package")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedServer]:
    embedded = EmbeddedServer(tmp_path_factory.mktemp("sessions"))
    embedded.start()
    yield embedded
    embedded.stop()


@pytest.fixture
async def redis(server: EmbeddedServer) -> AsyncIterator[Redis]:
    """A client of the server, which is empty."""
    client = connect(server.url)
    await client.flushall()
    yield client
    await client.aclose()


@pytest.fixture
async def sessions(redis: Redis, clock: Clock) -> AsyncIterator[Sessions]:
    store = SessionStore(redis)
    yield Sessions(store, clock)
    await store.close()


@pytest.fixture
async def console(sessions: Sessions, tokens: Tokens) -> AsyncIterator[Console]:
    """The sign-in pages, answering on a free port."""
    async with serving(sessions, tokens) as made:
        yield made
