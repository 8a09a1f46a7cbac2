"""`clearance serve --workers N`: several processes on one socket, kept by one that serves none."""

import asyncio
import os
import signal
import socket
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import httpx
import pytest

from tests.e2e.commands import PATIENCE, Service, run, running, servers_of, started
from tests.e2e.test_cli_worker import expired_licence, until_expired
from tests.integration.store.servers import VALKEY
from tests.integration.store.servers import running as foreign
from workflow.store import Store, connect

NUMBER = 3


def workers_of(service: Service) -> set[int]:
    """The children that answer for a service: all but its server (Linux, proc(5))."""
    parent = service.process.pid
    text = Path(f"/proc/{parent}/task/{parent}/children").read_text()
    return {int(child) for child in text.split() if b"api.worker_process" in command(int(child))}


def command(pid: int) -> bytes:
    """The arguments of a process, none when it is gone or waits to be buried."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def eventually(holds: Callable[[], bool]) -> bool:
    """Whether it holds in time."""
    deadline = time.monotonic() + PATIENCE
    while not holds():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def answer(service: Service) -> bool:
    """One request on a connection of its own; whether it was answered as it should be."""
    try:
        return httpx.get(f"{service.url}/readyz", trust_env=False).status_code == 200
    except httpx.TransportError:
        return False


def free(port: str) -> bool:
    """Whether nobody listens there any more."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", int(port))) != 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_as_many_as_were_asked_for_answer_and_all_end(
    tmp_path: Path, number: signal.Signals
) -> None:
    """What was taken in is answered; meanwhile nobody is let in whom no one would answer."""
    with running("serve", "--data", tmp_path, CLEARANCE_WORKERS="2") as service:
        first = workers_of(service)
        assert len(first) == 2
        assert len(servers_of(tmp_path)) == 1
        assert answer(service)
        with socket.create_connection(("127.0.0.1", int(service.port)), PATIENCE) as begun:
            begun.sendall(half_of_a_request(service))
            assert begun.recv(1_024).startswith(b"HTTP/1.1 100 ")
            service.process.send_signal(number)
            assert eventually(lambda: free(service.port))
            assert service.process.poll() is None
            begun.sendall(b"}")
            assert begun.recv(1_024).startswith(b"HTTP/1.1 422 ")
        assert service.process.communicate(timeout=PATIENCE)[1] == ""
        assert service.process.returncode == 0
    assert not any(map(command, first))
    assert not servers_of(tmp_path)
    assert free(service.port)
    assert not (tmp_path / "address").exists()


def half_of_a_request(service: Service) -> bytes:
    """Half of a body, and all that goes before it."""
    return (
        "PUT /v1/buyers/half HTTP/1.1\r\n"
        f"Host: 127.0.0.1:{service.port}\r\n"
        f"Authorization: Bearer {service.keyring.key()}\r\n"
        "Content-Type: application/json\r\n"
        "Content-Length: 2\r\n"
        "Expect: 100-continue\r\n\r\n{"
    ).encode("ascii")


def test_each_of_them_answers_and_one_that_is_killed_is_replaced(tmp_path: Path) -> None:
    """While all others stand still, the one that is left answers."""
    with running("serve", "--data", tmp_path, "--workers", str(NUMBER)) as service:
        first = workers_of(service)
        assert len(first) == NUMBER
        for left in first:
            alone(service, left, first)
        killed = min(first)
        os.kill(killed, signal.SIGKILL)
        assert eventually(lambda: len(workers_of(service) - {killed}) == NUMBER)
        assert answer(service)
        code, errors = service.stop()
    assert code == 0
    assert "a worker process ended with status -9, another in 0.2 s" in errors
    assert errors.count("\n") == 1


def alone(service: Service, left: int, every: set[int]) -> None:
    """Let one of them answer, and no other."""
    for other in every - {left}:
        os.kill(other, signal.SIGSTOP)
    try:
        assert answer(service)
    finally:
        for other in every - {left}:
            os.kill(other, signal.SIGCONT)


def test_what_was_acknowledged_stays_when_they_are_killed_and_ended(tmp_path: Path) -> None:
    with running("serve", "--data", tmp_path, "--workers", "2") as service:
        service.keyring.key()
        over = Event()
        with ThreadPoolExecutor(4) as pool:
            kept = [pool.submit(register, service, f"buyer-{one}-", over) for one in range(4)]
            for child in workers_of(service):
                time.sleep(0.3)
                os.kill(child, signal.SIGKILL)
                assert eventually(lambda: len(workers_of(service)) == 2)
            assert eventually(lambda: answer(service))
            assert service.stop()[0] == 0
            over.set()
            made = {name for names in kept for name in names.result()}
    assert made
    with (
        running("serve", "--data", tmp_path) as service,
        httpx.Client(auth=service.keyring, trust_env=False) as client,
    ):
        for name in made:
            assert client.get(f"{service.url}/v1/buyers/{name}").status_code == 200


def register(service: Service, prefix: str, over: Event) -> list[str]:
    """Register buyers until the service has ended; those that were acknowledged."""
    made: list[str] = []
    for number in range(10_000):
        name = f"{prefix}{number}"
        try:
            answered = httpx.put(
                f"{service.url}/v1/buyers/{name}",
                json={"name": {"en": name, "zh": name}},
                auth=service.keyring,
                trust_env=False,
            )
        except httpx.TransportError:
            if over.is_set():
                break
            continue
        assert answered.status_code == 201, answered.text
        made.append(name)
    return made


def test_nothing_is_left_of_a_service_whose_parent_is_killed(tmp_path: Path) -> None:
    with running("serve", "--data", tmp_path, "--workers", str(NUMBER)) as service:
        children = workers_of(service)
        assert len(children) == NUMBER
        service.process.kill()
        service.process.wait(PATIENCE)
        left = not eventually(lambda: not any(map(command, children)))
        for child in filter(command, children):
            os.kill(child, signal.SIGKILL)  # who waits for their output would wait for ever
        assert not left
        assert eventually(lambda: not servers_of(tmp_path))
        assert eventually(lambda: free(service.port))
    with running("serve", "--data", tmp_path, "--workers", "2") as again:
        assert answer(again)


async def test_a_timer_fires_once(tmp_path: Path) -> None:
    with foreign(VALKEY, tmp_path / "server") as url:
        arguments = ("serve", "--data", tmp_path / "data", "--redis", url)
        async with Store(connect(url)) as store:
            before = [await expired_licence(store, f"before{number}") for number in range(5)]
            with running(*arguments, "--workers", str(NUMBER)) as service:
                after = [await expired_licence(store, f"after{number}") for number in range(5)]
                await asyncio.gather(*(until_expired(store, name) for name in before + after))
                assert await asyncio.to_thread(service.stop) == (0, "")
            for name in before + after:
                records = await store.records(f"application/{name}", 1, 100)
                assert sum(b'"type":"expire"' in record for record in records) == 1


def test_settings_are_not_seen_from_outside(tmp_path: Path) -> None:
    """They are neither among the arguments of a child nor in its environment."""
    with started("serve", "--data", tmp_path, "--workers", "2") as service:
        own = Path(f"/proc/{service.process.pid}/environ").read_bytes()
        children = workers_of(service)
        assert children
        for child in children:
            *_, module, listener, end = command(child).split(b"\0")
            assert (module, listener.isdigit(), end) == (b"api.worker_process", True, b"")
            assert Path(f"/proc/{child}/environ").read_bytes() == own


def test_fewer_than_one_is_a_wrong_flag(tmp_path: Path) -> None:
    assert run("serve", "--data", tmp_path / "none", "--workers", "0").returncode == 2
    assert not (tmp_path / "none").exists()
