"""One service for all tests of this folder; every test opens applications of its own."""

import json
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from redis import Redis

from tests.e2e.commands import PATIENCE, READY
from tests.e2e.http.contract import Contract
from tests.e2e.http.database import Database
from tests.e2e.http.journey import Application, opened
from tests.e2e.http.people import ACTORS
from tests.e2e.warm import Run
from tests.keyring import RECORDER, Keyring


@pytest.fixture(scope="package")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of the service."""
    return tmp_path_factory.mktemp("http")


@contextmanager
def answering(folder: Path, **environment: str) -> Iterator[str]:
    """Where a service on this folder answers. It must end well and never have shown a fault."""
    told = folder / "stderr"
    with told.open("w+b") as errors:
        process = Run(
            ["serve", "--data", folder / "data", "--port", "0"],
            # One address sends all the wrong credentials of these tests.
            environment=os.environ | {"CLEARANCE_ATTEMPTS": "1000000"} | environment,
            errors=errors,
        )
        try:
            assert process.stdout is not None
            ready = READY.fullmatch(process.stdout.readline())
            assert ready, told.read_text()
            yield ready.group(1)
            process.send_signal(signal.SIGTERM)
            process.communicate(timeout=PATIENCE)
        finally:
            process.kill()
            process.communicate()
    assert process.returncode == 0
    lines = [json.loads(line) for line in told.read_text().splitlines()]
    assert {line["logger"] for line in lines} <= {"clearance.security"}, lines


@pytest.fixture(scope="package")
def url(folder: Path) -> Iterator[str]:
    """Where the service answers."""
    with answering(folder, CLEARANCE_WEBHOOK_NETWORKS="127.0.0.0/8") as address:
        yield address


@pytest.fixture(scope="package")
def keyring(url: str, folder: Path) -> Keyring:
    """The keys of whoever asks; those of all who are known by name are made at once, so that no
    test has them made in its midst.
    """
    made = Keyring(folder / "data", lambda: url)
    for text in (RECORDER, *ACTORS.values()):
        made.key(text)
    return made


@pytest.fixture(scope="package")
def contract(url: str, keyring: Keyring) -> Contract:
    """The document that the service describes itself with."""
    return Contract(httpx.get(f"{url}/openapi.json", auth=keyring).json())


@pytest.fixture(scope="package")
def client(url: str, keyring: Keyring, contract: Contract) -> Iterator[httpx.Client]:
    """A client that holds every answer against the document."""
    hooks = {"response": [contract.check]}
    with httpx.Client(base_url=url, auth=keyring, event_hooks=hooks, timeout=PATIENCE) as made:
        yield made


@pytest.fixture
def application(client: httpx.Client) -> Application:
    """An application just submitted."""
    return opened(client)


@pytest.fixture(scope="package")
def target(client: httpx.Client) -> Application:
    """The application at which everything bad is thrown; its state takes shipments."""
    return opened(client).live("clear_export")


@pytest.fixture(scope="package")
def database(url: str, folder: Path) -> Iterator[Database]:
    """The service's database, reached past the service."""
    assert url
    with Redis(unix_socket_path=str(folder / "data" / "valkey.sock")) as redis:
        yield Database(redis)


@pytest.fixture
def no_trace(database: Database) -> Iterator[None]:
    """What happens in the test must leave every byte of the data as it was."""
    before = database.content()
    yield
    assert database.content() == before
