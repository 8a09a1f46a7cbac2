"""The demonstration, started once for all tests that only read it."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.e2e.commands import Service, running

LAST_LINE = "Ctrl-C ends the service"


@dataclass(frozen=True, slots=True)
class Demonstration:
    """A running demonstration and everything that it printed."""

    service: Service
    printed: str
    folder: Path

    def get(self, path: str, accept: str = "application/json") -> httpx.Response:
        """What the public API answers."""
        answer = httpx.get(f"{self.service.url}{path}", headers={"Accept": accept})
        assert answer.status_code == 200
        return answer

    def overview(self) -> dict[str, dict[str, Any]]:
        """The overview by buyer."""
        items = self.get("/v1/buyers").json()["items"]
        assert len(items) == len({item["buyer"] for item in items})
        return {item["buyer"]: item for item in items}

    def application(self, buyer: str) -> dict[str, Any]:
        """A buyer's application."""
        identifier = self.overview()[buyer]["application"]
        found: dict[str, Any] = self.get(f"/v1/applications/{identifier}").json()
        return found

    def trail(self, buyer: str) -> bytes:
        """The trail of a buyer's application, as JSON Lines."""
        identifier = self.overview()[buyer]["application"]
        return self.get(f"/v1/applications/{identifier}/trail", "application/jsonl").content


@pytest.fixture(scope="session")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demonstration]:
    """`clearance demo` on an empty folder."""
    folder = tmp_path_factory.mktemp("demo")
    with running("demo", "--data", folder) as service:
        yield Demonstration(service, service.read_until(LAST_LINE), folder)
