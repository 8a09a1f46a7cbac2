"""The embedded server: gone with the service, its data kept, one service at a time."""

import asyncio
import fcntl
import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.integration.store.acts import act, trail
from tests.integration.store.servers import ask
from workflow.store import (
    Committed,
    EmbeddedServer,
    FolderInUse,
    ServerFailed,
    Store,
    StoreFault,
    connect,
    embedded,
)

# A service that commits as fast as it can and prints each version once it is acknowledged.
SERVICE = """
import asyncio, sys
from pathlib import Path
from tests.integration.store.acts import act
from workflow.store import Committed, EmbeddedServer, Store, connect

async def main() -> None:
    server = EmbeddedServer(Path(sys.argv[1]))
    server.start()
    print(server.pid, flush=True)
    async with Store(connect(server.url)) as store:
        for version in range(1_000_000):
            assert await store.commit([act("application/a", version)]) == [Committed()]
            print(version + 1, flush=True)

asyncio.run(main())
"""


@pytest.fixture
def started(folder: Path) -> Iterator[EmbeddedServer]:
    server = EmbeddedServer(folder)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Refuse a folder in use at once."""
    monkeypatch.setattr(embedded, "LOCK_WAIT", 0.1)


def alive(pid: int) -> bool:
    try:
        status = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except FileNotFoundError:
        return False
    return status != "Z"


def eventually(condition: Callable[[], bool], seconds: float = 5) -> bool:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


async def test_its_settings_lose_nothing(started: EmbeddedServer) -> None:
    client = connect(started.url)
    found = await client.config_get("*")
    wanted = {**embedded.SETTINGS, "dir": str(started.folder), "unixsocketperm": "448"}
    for name, value in wanted.items():
        assert found[name] in (value, "700"), name
    await client.aclose()


def test_its_folder_is_private(started: EmbeddedServer) -> None:
    assert stat.S_IMODE(started.folder.stat().st_mode) == 0o700
    assert stat.S_IMODE(started.socket.stat().st_mode) == 0o700
    assert started.socket.parent == started.folder


async def test_a_restart_keeps_the_data(started: EmbeddedServer) -> None:
    async with Store(connect(started.url)) as store:
        await store.commit(trail("application/a", 3))
    started.stop()
    assert started.pid is None
    started.start()
    async with Store(connect(started.url)) as store:
        assert len(await store.records("application/a", 1, 9)) == 3
        assert await store.commit([act("application/a", 3)]) == [Committed()]


@pytest.mark.usefixtures("hasty")
def test_a_second_service_is_refused(started: EmbeddedServer) -> None:
    with pytest.raises(FolderInUse, match=str(started.folder)):
        EmbeddedServer(started.folder).start()
    assert started.pid
    assert alive(started.pid)


def test_a_start_waits_for_a_predecessor_that_is_leaving(folder: Path) -> None:
    folder.mkdir()
    holder = os.open(folder / "lock", os.O_RDWR | os.O_CREAT)
    fcntl.flock(holder, fcntl.LOCK_EX)
    leaving = subprocess.Popen(["sleep", "0.5"], pass_fds=(holder,))
    os.close(holder)
    server = EmbeddedServer(folder)
    server.start()
    assert leaving.poll() is not None or eventually(lambda: leaving.poll() is not None, 0.1)
    server.stop()


@pytest.mark.usefixtures("hasty")
def test_the_server_itself_holds_the_folder(started: EmbeddedServer) -> None:
    """Were the service killed, its server would keep others out while it lasts."""
    assert started._lock is not None
    os.close(started._lock)
    with pytest.raises(FolderInUse):
        EmbeddedServer(started.folder).start()
    started._lock = None


@pytest.mark.parametrize("name", ["with space", "quote\"s' and ü", "x" * 150])
async def test_any_folder_name_will_do(tmp_path: Path, name: str) -> None:
    server = EmbeddedServer(tmp_path / name)
    server.start()
    async with Store(connect(server.url)) as store:
        assert await store.commit([act("application/a", 0)]) == [Committed()]
    assert len(os.fsencode(server.socket)) <= embedded.SOCKET_PATH_BYTES
    outside = server.socket.parent
    server.stop()
    assert (tmp_path / name / "appendonlydir").is_dir()
    assert outside in (server.folder, *server.folder.parents) or not outside.exists()


def test_a_folder_that_cannot_be_made_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ServerFailed, match="file"):
        EmbeddedServer(tmp_path / "file").start()


@pytest.mark.usefixtures("hasty")
def test_data_that_cannot_be_read_is_a_clear_error(started: EmbeddedServer) -> None:
    started.stop()
    manifest = started.folder / "appendonlydir" / "appendonly.aof.manifest"
    manifest.write_text("nonsense\n")
    with pytest.raises(ServerFailed, match=r"status 1.*valkey\.log"):
        started.start()
    with pytest.raises(ServerFailed):  # the lock was let go: it is not `FolderInUse`
        EmbeddedServer(started.folder).start()


async def test_a_torn_end_of_the_append_only_file_is_cut(started: EmbeddedServer) -> None:
    async with Store(connect(started.url)) as store:
        await store.commit([act("application/a", 0)])
        await store.commit([act("application/a", 1)])
    started.stop()
    (log,) = (started.folder / "appendonlydir").glob("*.incr.aof")
    log.write_bytes(log.read_bytes()[:-30])
    started.start()
    async with Store(connect(started.url)) as store:
        assert await store.records("application/a", 1, 9) == [act("application/a", 0).record]
        assert (await store.read("application/a") or b"").startswith(b"1 ")
        assert await store.commit([act("application/a", 1)]) == [Committed()]


async def test_killed_servers_come_back_and_nothing_acknowledged_is_lost(
    started: EmbeddedServer,
) -> None:
    watch = asyncio.create_task(started.supervise())
    async with Store(connect(started.url)) as store:
        await store.commit([act("application/a", 0)])
        acknowledged = 1
        for _ in range(3):
            killed = started.pid
            assert killed
            os.kill(killed, signal.SIGKILL)
            for _ in range(30):
                commit = act("application/a", acknowledged)
                assert await store.commit([commit]) == [Committed()]
                acknowledged += 1
            assert started.pid != killed
        records = [commit.record for commit in trail("application/a", acknowledged)]
        assert await store.records("application/a", 1, acknowledged + 9) == records
    watch.cancel()


async def records(folder: Path) -> int:
    server = EmbeddedServer(folder)
    server.start()
    try:
        async with Store(connect(server.url)) as store:
            return len(await store.records("application/a", 1, 1_000_000))
    finally:
        server.stop()


def test_a_killed_service_takes_its_server_along_and_loses_nothing(folder: Path) -> None:
    for _ in range(2):
        service = subprocess.Popen(
            [sys.executable, "-c", SERVICE, str(folder)], stdout=subprocess.PIPE, text=True
        )
        assert service.stdout
        server = int(service.stdout.readline())
        for _ in range(50):
            acknowledged = int(service.stdout.readline())
        service.kill()
        whole = [line for line in service.stdout if line.endswith("\n")]
        service.stdout.close()
        service.wait()
        assert eventually(lambda pid=server: not alive(pid))  # type: ignore[misc]
        acknowledged += len(whole)
        assert acknowledged <= asyncio.run(records(folder)) <= acknowledged + 2
        (folder / "appendonlydir").rename(folder / f"kept-{server}")


async def test_a_server_that_cannot_come_back_is_tried_again(
    started: EmbeddedServer, caplog: pytest.LogCaptureFixture
) -> None:
    async with Store(connect(started.url)) as store:
        await store.commit([act("application/a", 0)])
        log, away = started.folder / "appendonlydir", started.folder / "away"
        log.rename(away)
        log.touch()
        watch = asyncio.create_task(started.supervise())
        assert started.pid
        os.kill(started.pid, signal.SIGKILL)
        assert await asyncio.to_thread(eventually, lambda: "status 1" in caplog.text, 30)
        log.unlink()
        away.rename(log)
        assert await store.commit([act("application/a", 1)]) == [Committed()]
        watch.cancel()
    messages = [record.getMessage() for record in caplog.records]
    assert sum("status -9" in message for message in messages) == 1
    assert sum("status 1" in message for message in messages) >= 1


async def test_a_server_that_cannot_be_spawned_is_tried_again(
    started: EmbeddedServer, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    watch = asyncio.create_task(started.supervise())
    async with Store(connect(started.url)) as store:
        with monkeypatch.context() as patch:
            patch.setattr(embedded, "binary", lambda: Path("/nowhere"))
            assert started.pid
            os.kill(started.pid, signal.SIGKILL)
            said = "cannot be started"
            assert await asyncio.to_thread(eventually, lambda: said in caplog.text, 30)
        assert await store.commit([act("application/a", 0)]) == [Committed()]
    watch.cancel()


def test_a_server_that_does_not_answer_is_a_clear_error(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedded, "START_WAIT", 0.2)
    monkeypatch.setattr(embedded, "STOP_WAIT", 0.1)
    silent = folder.parent / "silent"
    silent.write_text("#!/bin/sh\nexec sleep 60\n")
    silent.chmod(0o700)
    monkeypatch.setattr(embedded, "binary", lambda: silent)
    with pytest.raises(ServerFailed, match=r"does not answer.*valkey\.log"):
        EmbeddedServer(folder).start()


def test_loading_much_data_is_not_a_failure(
    started: EmbeddedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = [b"-LOADING ..."] * 30 + [b"+PONG"]
    monkeypatch.setattr(embedded, "START_WAIT", 0.1)
    monkeypatch.setattr(started, "_ping", lambda: answers.pop(0))
    started._wait()
    assert not answers


async def test_a_stopped_server_is_not_supervised_any_more(started: EmbeddedServer) -> None:
    watch = asyncio.create_task(started.supervise())
    await asyncio.sleep(0.1)
    started.stop()
    await asyncio.wait_for(watch, 2)
    assert started.pid is None


async def test_a_server_that_is_stopped_before_its_restart_stays_down(
    started: EmbeddedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedded, "LONGEST_PAUSE", 0.3)
    monkeypatch.setattr(embedded, "FIRST_PAUSE", 0.3)
    watch = asyncio.create_task(started.supervise())
    assert started.pid
    os.kill(started.pid, signal.SIGKILL)
    await asyncio.sleep(0.2)
    started.stop()
    await asyncio.wait_for(watch, 2)
    assert started.pid is None


async def test_a_server_that_ignores_the_wish_to_stop_is_killed(
    started: EmbeddedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedded, "STOP_WAIT", 0.1)
    pid = started.pid
    assert pid
    os.kill(pid, signal.SIGSTOP)
    started.stop()
    assert not alive(pid)


@pytest.mark.parametrize("package", [None, SimpleNamespace(submodule_search_locations=["/none"])])
def test_without_a_binary_the_way_out_is_named(
    monkeypatch: pytest.MonkeyPatch, package: object
) -> None:
    monkeypatch.setattr(embedded, "find_spec", lambda name: package)
    with pytest.raises(StoreFault, match="--redis URL"):
        embedded.binary()


async def test_it_needs_no_network(started: EmbeddedServer) -> None:
    client = connect(started.url)
    assert (await client.info("server"))["tcp_port"] == 0
    assert await ask(client, "PING")
    await client.aclose()
