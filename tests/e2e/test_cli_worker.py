"""`clearance worker`: what time brings about, in a process of its own or inside the service."""

import asyncio
import os
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from tests.e2e.collector import attributes, collecting
from tests.e2e.commands import PATIENCE, run, running
from tests.e2e.warm import Run
from tests.integration.events import CATALOG, NAME, PROCEDURE, creation, event
from tests.unit.acting import BUYER, RECORDER, THE_BUYER, officer
from tests.unit.journeys import JOURNEYS
from workflow.desk import Accepted
from workflow.domain.record import Document
from workflow.service import Service
from workflow.store import EmbeddedServer, Store, connect

OVER = {"units": 1_000, "valid_from": "2026-01-01", "valid_until": "2026-01-20"}


@contextmanager
def working(*arguments: str | Path, **environment: str) -> Iterator[Run]:
    """A worker that has said that it is ready; with more in its environment."""
    process = Run(["worker", *arguments], environment=os.environ | environment)
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "clearance worker is ready\n"
        yield process
    finally:
        process.kill()
        process.communicate()


def stop(process: Run, number: signal.Signals) -> tuple[int, str]:
    process.send_signal(number)
    _, errors = process.communicate(timeout=PATIENCE)
    return process.wait(), errors


@pytest.fixture
def server(tmp_path: Path) -> Iterator[EmbeddedServer]:
    embedded = EmbeddedServer(tmp_path / "valkey")
    embedded.start()
    yield embedded
    embedded.stop()


async def expired_licence(store: Store, key: str) -> str:
    """An application whose licence was over before it was issued."""
    service = Service(store, CATALOG)
    await service.register_buyer(RECORDER, BUYER, NAME, "0" * 64)
    name, _ = await service.create(THE_BUYER, PROCEDURE, creation(key))
    *steps, issue = JOURNEYS["licensed"]
    mofcom = officer("mofcom")
    for number, (who, kind, *_) in enumerate([*steps, (mofcom, "propose_licence"), issue]):
        data = OVER if kind == "propose_licence" else None
        outcome = await service.post(who, name, event(kind, f"{number}", data))
        assert isinstance(outcome, Accepted), outcome
    await service.finish()
    return name


async def until_expired(store: Store, name: str) -> None:
    async with asyncio.timeout(PATIENCE):
        while True:
            stored = await store.read(f"application/{name}")
            if stored is not None and Document.decode(stored).snapshot["state"] == "expired":
                return
            await asyncio.sleep(0.01)


async def test_workers_do_what_is_due_and_end_when_told(
    server: EmbeddedServer, tmp_path: Path
) -> None:
    """What was due before it began, and what falls due while it works; two of them, once each, with
    a trace from the timer to the commit.
    """
    with collecting() as collector:
        given = ("--data", tmp_path / "own", "--redis", server.url)
        traced = {"OTEL_EXPORTER_OTLP_ENDPOINT": collector.url}
        async with Store(connect(server.url)) as store:
            before = await expired_licence(store, "before")
            with working(*given, **traced) as one, working(*given, **traced) as other:
                await until_expired(store, before)
                during = await expired_licence(store, "during")
                await until_expired(store, during)
                assert stop(one, signal.SIGTERM) == stop(other, signal.SIGINT) == (0, "")
            for name in (before, during):
                records = await store.records(f"application/{name}", 1, 100)
                assert sum(b'"type":"expire"' in record for record in records) == 1
    fired = {attributes(one.attributes)["clearance.subject"] for one in collector.named("fire")}
    assert fired == {f"application/{name}" for name in (before, during)}
    begun = {one.span_id for one in collector.named("fire")}
    assert {one.parent_span_id for one in collector.named("commit")} <= begun


def free_port() -> str:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return str(probe.getsockname()[1])


def test_it_works_beside_a_service_on_its_folder(tmp_path: Path) -> None:
    """And says how it is, where it is asked to."""
    port = free_port()
    with running("serve", "--data", tmp_path) as service:
        with working("--data", tmp_path, "--health", port) as worker:
            told = {
                path: httpx.get(f"http://127.0.0.1:{port}{path}")
                for path in ("/healthz", "/readyz", "/metrics", "/v1/buyers")
            }
            assert [one.status_code for one in told.values()] == [200, 200, 401, 404]
            assert told["/healthz"].json() == {"status": "alive"}
            assert told["/readyz"].json() == {"status": "ready", "findings": []}
            refused = run("worker", "--data", tmp_path, "--health", port)
            assert (refused.returncode, "choose another one with --health" in refused.stderr) == (
                1,
                True,
            )
            assert stop(worker, signal.SIGTERM) == (0, "")
        assert httpx.get(f"{service.url}/healthz").status_code == 200


def test_without_a_service_it_says_what_to_do(tmp_path: Path) -> None:
    done = run("worker", "--data", tmp_path)
    assert done.returncode == 1
    assert done.stderr == (
        f"clearance: no service runs on the data folder {tmp_path}; name a server with --redis.\n"
    )


async def test_a_server_that_is_not_safe_is_refused(server: EmbeddedServer) -> None:
    client = connect(server.url)
    await client.config_set("appendfsync", "everysec")
    await client.aclose()
    done = run("worker", "--redis", server.url)
    assert done.returncode == 1
    assert "appendfsync" in done.stderr


async def test_a_service_does_it_by_itself(tmp_path: Path) -> None:
    with running("serve", "--data", tmp_path) as service:
        async with Store(connect(f"unix://{tmp_path}/valkey.sock")) as store:
            await until_expired(store, await expired_licence(store, "inside"))
        assert service.stop() == (0, "")
