"""The demonstration, started once for all tests that only read it."""

import re
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

    def key(self, name: str) -> dict[str, str]:
        """The header field with one of the keys that it made."""
        key = (self.folder / "keys" / f"{name}.key").read_text().strip()
        return {"Authorization": f"Bearer {key}"}

    @property
    def link(self) -> str:
        """The sign-in link that it printed."""
        (link,) = re.findall(r"^    (http\S+/sign-in/link/\S+)$", self.printed, re.MULTILINE)
        return str(link)

    def ask(self, path: str, accept: str = "application/json", **query: str) -> httpx.Response:
        """What the public API answers to the auditor."""
        headers = {"Accept": accept, **self.key("auditor")}
        return httpx.get(f"{self.service.url}{path}", headers=headers, params=query or None)

    def get(self, path: str, accept: str = "application/json") -> httpx.Response:
        """The same, which must be there."""
        answer = self.ask(path, accept)
        assert answer.status_code == 200, answer.text
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
