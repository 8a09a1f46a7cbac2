"""Whether the service lives, and what its acknowledgements are worth."""

import httpx
import pytest

from tests.e2e.http.journey import problem
from tests.keyring import NOBODY


def test_it_is_alive_and_ready(client: httpx.Client) -> None:
    assert client.get("/healthz").json()["status"] == "alive"
    ready = client.get("/readyz").json()
    assert ready == {"status": "ready", "durability": "strict", "findings": []}


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_health_does_not_ask_who_asks(client: httpx.Client, path: str) -> None:
    assert client.get(path, auth=NOBODY).status_code == 200
    problem(client.get(f"{path}?verbose=1"), 422, "invalid-request")
