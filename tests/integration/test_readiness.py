"""What is found wrong while a service runs, and what the metrics tell of how things stand."""

import asyncio
import logging
import socket
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from redis.asyncio import Redis

from api.metrics import Metering
from api.metrics.standing import LATE, TIMERS, Standing
from api.readiness import BEHIND, FAILED, PATIENCE, STOPPED, UNSAFE, Readiness
from api.readiness import LATE as TIMERS_BEHIND
from api.settings import Metrics, Settings
from api.worker_health import WorkerHealth
from api.working import beside
from tests.integration.store.acts import BEGAN, act
from tests.integration.store.servers import ask
from workflow.lag import Lag
from workflow.log.directory import LogDirectory
from workflow.log.tree import LogReader
from workflow.store import NEVER, Store, StoreFault, connect

DUE = BEGAN + 5_000


@pytest.fixture
def log(tmp_path: Path) -> LogReader:
    """A log that nobody has begun."""
    return LogReader(tmp_path)


@pytest.fixture
async def due(store: Store) -> None:
    """Three applications that are due at the same time, and one that never is."""
    times = (DUE, DUE, DUE, NEVER)
    names = enumerate(times)
    await store.commit([replace(act(f"application/{n}", 0), due=time) for n, time in names])


class Clock:
    """Stands still until it is told."""

    now = DUE / 1_000

    def __call__(self) -> float:
        return self.now


@pytest.mark.usefixtures("due")
async def test_timers_that_nobody_attends_to_are_a_finding(
    store: Store, log: LogReader, caplog: pytest.LogCaptureFixture
) -> None:
    clock = Clock()
    readiness = Readiness(store, log, Lag(store, log), clock=clock)
    clock.now += PATIENCE - 0.001
    await readiness.look()
    assert readiness.names() == []
    clock.now += 0.001
    for _ in range(2):
        await readiness.look()
        assert readiness.names() == [TIMERS_BEHIND]
    assert [one.levelno for one in caplog.records] == [logging.WARNING]
    for name in range(3):
        await store.commit([replace(act(f"application/{name}", 1), due=NEVER)])
    await readiness.look()
    assert readiness.names() == []


@pytest.fixture
async def careless(client: Redis) -> AsyncIterator[None]:
    """The server as somebody has set it since."""
    await ask(client, "CONFIG", "SET", "appendfsync", "everysec")
    yield
    await ask(client, "CONFIG", "SET", "appendfsync", "always")


@pytest.mark.usefixtures("careless")
async def test_a_server_that_became_unsafe_is_a_finding_once(
    store: Store, log: LogReader, caplog: pytest.LogCaptureFixture
) -> None:
    readiness = Readiness(store, log, Lag(store, log))
    for _ in range(2):
        await readiness.look()
        assert readiness.names() == [UNSAFE]
        (found,) = readiness.server
        assert found.startswith("appendfsync: it is everysec")
    assert [one.levelno for one in caplog.records] == [logging.ERROR]
    known = Readiness(store, log, Lag(store, log), readiness.server)
    await known.look()
    assert len(caplog.records) == 1, "it was accepted at the start"


async def test_a_server_that_is_away_is_no_finding_but_a_fault(
    log: LogReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workflow.store.link.PATIENCE", 0.0)
    store = Store(connect("redis://127.0.0.1:1"))
    readiness = Readiness(store, log, Lag(store, log), ("known",))
    with pytest.raises(StoreFault):
        await readiness.look()
    with pytest.raises(StoreFault):
        await store.unsafe()
    assert readiness.server == ("known",)
    standing = Standing(store, log, lambda: ["some"])
    assert await standing.samples() == {
        ("server_up",): 0,
        ("log_size",): 0,
        ("finding", "some"): 1,
    }


async def test_what_ends_by_a_fault_is_told_and_is_a_finding(
    store: Store, log: LogReader, caplog: pytest.LogCaptureFixture
) -> None:
    readiness = Readiness(store, log, Lag(store, log))

    async def failing() -> None:
        raise LookupError("no such thing")

    async def over() -> None:
        pass

    async with beside((over(), asyncio.sleep(60)), readiness.note_failure):
        await asyncio.sleep(0)
    assert (readiness.names(), caplog.records) == ([], [])
    async with beside((failing(),), readiness.note_failure):
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert readiness.names() == [FAILED]
        (line,) = caplog.records
        assert (line.levelno, "failing" in line.message) == (logging.ERROR, True)
        assert line.exc_info is not None


@pytest.mark.parametrize(
    ("token", "metrics"), [(None, 401), ("the-token-of-whoever-reads-the-metrics-here", 200)]
)
async def test_a_worker_says_whether_it_works(
    store: Store, log: LogReader, tmp_path: Path, token: str | None, metrics: int
) -> None:
    settings = Settings(data=tmp_path, metrics=Metrics(token=token))
    readiness = Readiness(store, log, Lag(store, log))
    async with Metering(None) as metering:
        health = WorkerHealth(settings, store, readiness, metering)
        with socket.create_server(("127.0.0.1", 0)) as listener:
            url = f"http://127.0.0.1:{listener.getsockname()[1]}"
            async with health.answering(listener), httpx.AsyncClient(base_url=url) as client:
                ready = await client.get("/readyz")
                assert (ready.status_code, ready.json()["findings"]) == (200, [])
                headers = {"Authorization": f"Bearer {token}"}
                assert (await client.get("/metrics", headers=headers)).status_code == metrics
                readiness.note_failure()
                failed = await client.get("/readyz")
                assert (failed.status_code, failed.json()["findings"]) == (503, [FAILED])
                assert (await client.get("/healthz")).status_code == 200


async def test_a_log_that_is_stopped_or_behind_is_named(
    store: Store, log: LogReader, tmp_path: Path
) -> None:
    lag = Lag(store, log)
    readiness = Readiness(store, log, lag)
    lag.behind = True
    assert readiness.names() == [BEHIND]
    LogDirectory(tmp_path).note("something differs")
    assert readiness.names() == [BEHIND, STOPPED]


@pytest.mark.usefixtures("due")
async def test_how_things_stand_is_looked_at_and_kept_for_a_moment(
    store: Store, log: LogReader
) -> None:
    clock = Clock()
    clock.now += LATE / 1_000 - 0.001
    standing = Standing(store, log, list, clock)
    early = await standing.samples()
    assert (early["timers_late",], early["timers_late_seconds",]) == (0, 0)
    assert (early["records",], early["log_size",], early["log_lag_records",]) == (4, 0, 4)
    assert early["server_up",] == 1
    clock.now += 4.001
    assert await standing.samples() == early
    late = await Standing(store, log, list, clock).samples()
    assert (late["timers_late",], late["timers_late_seconds",]) == (3, 5)
    assert TIMERS > 3
