"""Requests that last, in a service within this process: what no client can bring about alone."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from api import event_stream
from api.app import create_app, entrance_of, lasting_of
from api.feed_cursors import Track, stream_seal
from api.operator_key import kept_in
from api.parts import Parts
from api.server import Server
from api.settings import Settings
from workflow import following
from workflow.domain import clock
from workflow.service import now

PATIENCE = 10.0
APPLICATION = {
    "procedure": "h200-import",
    "buyer": "lasting-cloud",
    "goods": {"item": "NVIDIA H200"},
    "reference": "L-1",
}


class Here:
    """The service, its parts, and an application in it."""

    def __init__(self, client: httpx.AsyncClient, server: Server, parts: Parts) -> None:
        self.client, self.server, self.parts = client, server, parts
        self.path, self.tag = "", ""
        self.operator: dict[str, str] = {}

    async def open(self, folder: Path) -> None:
        """As the recorder, whose key is made for that."""
        self.operator = {"Authorization": f"Bearer {kept_in(folder)}"}
        body = {"name": "ann", "organisation": "press-desk", "roles": ["recorder"]}
        made = await self.client.post("/v1/keys", json=body, headers=self.operator)
        self.client.headers["Authorization"] = f"Bearer {made.json()['key']}"
        name = {"name": {"en": "Lasting", "zh": "持久"}}
        await self.client.put("/v1/buyers/lasting-cloud", json=name)
        headers = {"Idempotency-Key": "lasting"}
        made = await self.client.post("/v1/applications", json=APPLICATION, headers=headers)
        self.path = f"/v1/applications/{made.json()['application']['id']}"
        self.tag = made.headers["ETag"]

    def held(self, wait: int = 30) -> "asyncio.Task[httpx.Response]":
        """A poll that is held."""
        headers = {"If-None-Match": self.tag, "Prefer": f"wait={wait}"}
        return asyncio.create_task(self.client.get(self.path, headers=headers, timeout=40))

    async def lasting(self, number: int) -> None:
        """Wait until so many requests last."""
        for _ in range(1_000):
            if len(self.parts.lasting._sleepers) == number:
                return
            await asyncio.sleep(0.01)
        pytest.fail(f"{len(self.parts.lasting._sleepers)} last, not {number}")


@asynccontextmanager
async def serving(folder: Path) -> AsyncIterator[Here]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        settings = Settings(data=folder, port=listener.getsockname()[1])
        app = create_app(settings)
        async with app.router.lifespan_context(app):
            server = Server(entrance_of(app), settings, lambda: lasting_of(app).end())
            running = asyncio.create_task(server.serve([listener]))
            async with httpx.AsyncClient(base_url=settings.listening, timeout=PATIENCE) as client:
                here = Here(client, server, app.state.parts)
                await here.open(folder)
                yield here
            server.should_exit = True
            await running


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[Here]:
    async with serving(tmp_path) as made:
        yield made


async def test_signs_of_life_and_how_streams_end(
    here: Here, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One service for all of it, since it takes longer to start than to be asked."""
    monkeypatch.setattr(event_stream, "HEARTBEAT", 0.02)
    monkeypatch.setattr(event_stream, "CHECKED", 0.02)
    await _quiet(here)
    await _out_of_sight(here, monkeypatch)
    await _gone(here)
    await _so_many(here)
    await _expired(here, monkeypatch)
    await _ahead(here)
    await _too_slow(here, monkeypatch)
    await _stopped(here)


async def _quiet(here: Here) -> None:
    """Where nothing is told, a comment; where only others were told something, how far that is."""
    async with here.client.stream("GET", "/v1/stream?type=approve") as response:
        lines = response.aiter_lines()
        begun = [await anext(lines) for _ in range(5)]
        assert begun[0] == "retry: 1000"
        assert begun[2:] == ["", ":", ""]
        note = {"type": "note", "data": {"text": "passed over"}}
        headers = {"Idempotency-Key": "passed over"}
        await here.client.post(f"{here.path}/events", json=note, headers=headers)
        async with asyncio.timeout(PATIENCE):
            async for line in lines:
                if line.startswith("id: "):
                    assert line != begun[1]
                    break
    here.tag = (await here.client.get(here.path)).headers["ETag"]
    await here.lasting(0)


async def _out_of_sight(here: Here, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever may not see an application any more is not told of it: 404, or the end."""

    async def hides(*_: object) -> bool:
        return True

    async def unseen(*_: object) -> None:
        return None

    held = here.held()
    async with here.client.stream("GET", f"{here.path}/stream?after=2") as response:
        lines = response.aiter_lines()
        assert [await anext(lines) for _ in range(3)] == ["retry: 1000", "id: 2", ""]
        await here.lasting(2)
        with monkeypatch.context() as lost:
            lost.setattr(here.parts.queries, "hides", hides)
            rest = [line async for line in lines]
            lost.setattr(here.parts.queries, "application", unseen)
            for sleeper in tuple(here.parts.lasting._sleepers):
                sleeper.ring()
            assert (await held).status_code == 404
    assert [line for line in rest if line not in ("", ":")] == [
        ": the application is not yours to see any more"
    ]


async def _gone(here: Here) -> None:
    """Whoever goes away leaves nothing behind."""
    held = [here.held() for _ in range(3)]
    await here.lasting(3)
    for poll in held:
        poll.cancel()
    await asyncio.wait(held)
    await here.lasting(0)


async def _so_many(here: Here) -> None:
    """Polls that are held for one principal are counted, and given back."""
    polls = here.parts.lasting.polls
    polls._most, most = 2, polls._most
    held = [here.held() for _ in range(2)]
    await here.lasting(2)
    refused = await here.held()
    assert refused.status_code == 429
    assert refused.json()["code"] == "too-many-polls"
    assert refused.headers["Retry-After"] == "5"
    held[0].cancel()
    await here.lasting(1)
    assert (await here.held(0)).status_code == 304
    held[1].cancel()
    await here.lasting(0)
    polls._most = most
    assert polls.total == 0


async def _expired(here: Here, monkeypatch: pytest.MonkeyPatch) -> None:
    """A stream ends with the time of its credential, and a poll is answered no more."""
    until = clock.later(now(), timedelta(hours=1))
    body = {"name": "eve", "organisation": "audit-house", "roles": ["auditor"], "expires_at": until}
    made = await here.client.post("/v1/keys", json=body, headers=here.operator)
    passing = {"Authorization": f"Bearer {made.json()['key']}"}
    async with here.client.stream("GET", "/v1/stream", headers=passing) as response:
        lines = response.aiter_lines()
        assert await anext(lines) == "retry: 1000"
        with monkeypatch.context() as later:
            later.setattr(here.parts.identities, "_clock", lambda: until)
            rest = [line async for line in lines]
            refused = await here.client.get("/v1/stream", headers=passing)
    assert rest[-2] == ": the credential is not good any more"
    assert refused.status_code == 401


async def _ahead(here: Here) -> None:
    """A place that the database has not come to is gone: it was restored, or is another one."""
    seal = await stream_seal(here.parts.store)
    for far, status in ((0, 200), (1, 410)):
        positions = [last + far for last in await here.parts.store.feeds.last()]
        known = {"Last-Event-ID": Track(seal, positions).cursor.decode()}
        async with here.client.stream("GET", "/v1/stream", headers=known) as response:
            assert response.status_code == status
            if status == 410:
                await response.aread()
                assert response.json()["code"] == "cursor-gone"
    few = {"Last-Event-ID": Track(seal, [1, 2, 3]).cursor.decode()}
    assert (await here.client.get("/v1/stream", headers=few)).status_code == 422
    await here.lasting(0)


async def _too_slow(here: Here, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who does not read is dropped, and told so when they do."""
    monkeypatch.setattr(following, "LAG", 0)
    async with here.client.stream("GET", "/v1/stream") as response:
        lines = response.aiter_lines()
        assert await anext(lines) == "retry: 1000"
        await here.lasting(1)
        note = {"type": "note", "data": {"text": "too much"}}
        headers = {"Idempotency-Key": "too much"}
        await here.client.post(f"{here.path}/events", json=note, headers=headers)
        rest = [line async for line in lines]
    assert rest[-2] == ": too slow; come again, and go on behind the last event"
    here.tag = (await here.client.get(here.path)).headers["ETag"]


async def _stopped(here: Here) -> None:
    """All that lasts ends with the service, at once."""
    time = asyncio.get_running_loop().time
    held = here.held()
    async with here.client.stream("GET", "/v1/stream") as response:
        await here.lasting(2)
        began = time()
        here.server.should_exit = True
        rest = [line async for line in response.aiter_lines()]
    answer = await held
    assert (answer.status_code, answer.headers["Preference-Applied"]) == (304, "wait=30")
    assert rest[-2] == ": the service is stopping"
    assert time() - began < 1
