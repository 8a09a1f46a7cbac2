"""One service for all tests of the client."""

from collections.abc import AsyncIterator, Iterator

import pytest

from api.client import Client, Patience
from tests.e2e.client.trouble import Troubled
from tests.e2e.commands import running

PATIENT = Patience(call=10, first_pause=0.01, longest_pause=0.1)


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a service of the client's own."""
    with running("serve", "--data", tmp_path_factory.mktemp("client")) as started:
        yield started.url


@pytest.fixture
def trouble() -> Troubled:
    """The way to the service, on which a test causes trouble."""
    return Troubled()


@pytest.fixture
async def client(service: str, trouble: Troubled) -> AsyncIterator[Client]:
    """A recorder at the press desk."""
    async with Client(service, actor=RECORDER, patience=PATIENT, transport=trouble) as made:
        yield made


RECORDER = "ann;press-desk;recorder"
