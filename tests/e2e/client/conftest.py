"""One service for all tests of the client."""

from collections.abc import AsyncIterator, Iterator

import pytest

from api.client import Client, Patience
from tests.e2e.client.trouble import Troubled
from tests.e2e.commands import Service, running

PATIENT = Patience(call=10, first_pause=0.01, longest_pause=0.1)


@pytest.fixture(scope="package")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A service of the client's own."""
    with running("serve", "--data", tmp_path_factory.mktemp("client")) as service:
        yield service


@pytest.fixture(scope="package")
def service(started: Service) -> str:
    """Its address."""
    return started.url


@pytest.fixture(scope="package")
def recorder(started: Service) -> str:
    """The key of a recorder at the press desk."""
    return started.keyring.key("ann;press-desk;recorder")


@pytest.fixture(scope="package")
def operator(started: Service) -> str:
    """The key of the operator."""
    return started.keyring.operator


@pytest.fixture
def trouble() -> Troubled:
    """The way to the service, on which a test causes trouble."""
    return Troubled()


@pytest.fixture
async def client(service: str, recorder: str, trouble: Troubled) -> AsyncIterator[Client]:
    """A recorder at the press desk."""
    async with Client(service, api_key=recorder, patience=PATIENT, transport=trouble) as made:
        yield made
