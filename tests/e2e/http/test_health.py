"""Whether the service lives, and what its acknowledgements are worth."""

from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from api.app import create_app
from api.readiness import Readiness
from api.settings import Settings
from tests.e2e.http.journey import problem
from tests.keyring import NOBODY
from workflow.lag import PATIENCE, Lag
from workflow.log.directory import LogDirectory


def test_it_is_alive_and_ready(client: httpx.Client) -> None:
    assert client.get("/healthz").json()["status"] == "alive"
    ready = client.get("/readyz").json()
    assert ready == {"status": "ready", "durability": "strict", "findings": []}


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_health_does_not_ask_who_asks(client: httpx.Client, path: str) -> None:
    assert client.get(path, auth=NOBODY).status_code == 200
    problem(client.get(f"{path}?verbose=1"), 422, "invalid-request")


async def test_a_log_that_is_behind_is_a_finding(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(LogDirectory, "hold", lambda _: False)  # something else does
    app = create_app(Settings(data=tmp_path))
    transport = httpx.ASGITransport(app)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://localhost") as client,
    ):
        now = [0.0]
        lag = Lag(app.state.parts.store, app.state.parts.log, lambda: now[0])
        parts = app.state.parts
        app.state.readiness = Readiness(parts.store, parts.log, lag)
        await lag.look()
        for now[0], count in ((PATIENCE - 1, 0), (PATIENCE, 1)):
            await lag.look()
            answer = await client.get("/readyz")
            found = answer.json()["findings"]
            assert (answer.status_code, len(found)) == (200, count)
        assert found[0].startswith("log-behind: ")
        app.state.readiness.server = ("appendfsync: it is everysec",)
        problem(await client.get("/readyz"), 503, "server-unsafe")
        parts = replace(parts, settings=replace(parts.settings, durability="relaxed"))
        app.state.parts = parts
        answer = await client.get("/readyz")
        assert answer.json()["findings"] == ["appendfsync: it is everysec", *found]
