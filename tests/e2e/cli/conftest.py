"""One service for all tests of the command, and the command as they call it."""

import contextlib
import json
import os
import pty
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from api.client import BlockingClient, expect
from tests.e2e.commands import CLEARANCE, PATIENCE, Service, running
from tests.e2e.warm import Run, outcome
from tests.keyring import RECORDER

NOTICE = (
    *("--evidence", "official_notice", "--title", "Decision", "--publisher", "MIIT"),
    *("--published-at", "2026-01-30T00:00:00+08:00"),
)
_numbers = count(1)


@dataclass(frozen=True, slots=True)
class Command:
    """The command of one user, whose environment names the service and the key."""

    folder: Path
    client: BlockingClient
    environment: dict[str, str] = field(default_factory=dict)

    def __call__(
        self, *arguments: str | Path, code: int = 0, given: str | None = None, **more: str
    ) -> subprocess.CompletedProcess[str]:
        """Run it; it must end with this code and show no traceback."""
        done = outcome(
            *arguments,
            folder=self.folder,
            environment=self.environment | more,
            given=None if given is None else given.encode(),
        )
        assert "Traceback" not in done.stderr, done.stderr
        assert done.returncode == code, (arguments, done.stdout, done.stderr)
        return done

    def json(self, *arguments: str | Path, code: int = 0, given: str | None = None) -> Any:
        """What it prints for a program: one JSON document."""
        return json.loads(self(*arguments, "--json", code=code, given=given).stdout)

    def start(self, *arguments: str | Path) -> Run:
        """Start it and leave it running."""
        return Run(arguments, folder=self.folder, environment=self.environment)

    def errors_on_a_terminal(self, *arguments: str | Path, seen: bool) -> str:
        """What it says on standard error, where that is a terminal or (not seen) a pipe."""
        ours, theirs = pty.openpty() if seen else os.pipe()
        with os.fdopen(ours, "rb", buffering=0) as screen:
            process = subprocess.Popen(
                [CLEARANCE, *map(str, arguments)],
                stdout=subprocess.DEVNULL,
                stderr=theirs,
                cwd=self.folder,
                env=self.environment | {"TERM": "xterm"},
            )
            os.close(theirs)
            told = b""
            with contextlib.suppress(OSError):  # how a terminal ends on Linux
                while piece := screen.read(4096):
                    told += piece
            assert process.wait(timeout=PATIENCE) == 0
        return told.decode()

    def opened(self) -> str:
        """The id of a new application."""
        body = {
            "procedure": "h200-import",
            "buyer": "example-cloud",
            "goods": {"item": "NVIDIA H200"},
            "reference": f"CLI-{next(_numbers)}",
        }
        return expect(self.client.create(body)).application.id

    def version(self, application: str) -> int:
        """How many records it has."""
        return expect(self.client.application(application)).value.version


@pytest.fixture(scope="package")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of the service."""
    return tmp_path_factory.mktemp("cli") / "data"


@pytest.fixture(scope="package")
def service(folder: Path) -> Iterator[Service]:
    """A service of the command's own."""
    with running("serve", "--data", folder) as started:
        yield started


@pytest.fixture(scope="package")
def url(service: Service) -> str:
    """Its address."""
    return service.url


@pytest.fixture(scope="package")
def keys(service: Service, folder: Path) -> Callable[[str], Path]:
    """The file with the key of a principal, in the words of a keyring."""
    ring = service.keyring

    def file(principal: str) -> Path:
        path = folder.parent / "keys" / f"{principal.replace(';', '-')}.key"
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"{ring.key(principal)}\n")
        return path

    return file


@pytest.fixture(scope="package")
def client(url: str, keys: Callable[[str], Path]) -> Iterator[BlockingClient]:
    """What tests prepare and look after without the command, as a recorder."""
    with BlockingClient(url, api_key=keys(RECORDER).read_text().strip()) as made:
        made.put_buyer("example-cloud", {"name": {"en": "Example Cloud", "zh": "示例云"}})
        yield made


@pytest.fixture
def clearance(
    url: str, client: BlockingClient, keys: Callable[[str], Path], tmp_path: Path
) -> Command:
    """The command of a recorder, in an empty folder."""
    plain = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "LANG": "C.UTF-8"}
    reach = {"CLEARANCE_URL": url, "CLEARANCE_API_KEY_FILE": str(keys(RECORDER))}
    return Command(tmp_path, client, plain | reach)
