"""The two servers that are measured: the service, and the empty application."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from tests.benchmarks import keys

CLEARANCE = Path(sys.executable).with_name("clearance")
START = 30.0  # seconds
STOP = 20.0  # seconds


@dataclass(frozen=True, slots=True)
class Server:
    """A running server and the process of its embedded Valkey, if it has one."""

    port: int
    pid: int
    valkey: int | None = None

    @property
    def pids(self) -> list[int]:
        return [self.pid] if self.valkey is None else [self.pid, self.valkey]


@contextmanager
def service(folder: Path, command: Path = CLEARANCE) -> Iterator[Server]:
    """`clearance serve` as a user starts it, on an empty data folder."""
    port = _free_port()
    folder.mkdir(exist_ok=True)
    data = folder / "service"
    arguments = [str(command), "serve", "--data", str(data), "--port", str(port)]
    with _running(arguments, folder / "service.log") as process:
        _await(port, "/readyz", process, folder / "service.log")
        keys.use(data, port)
        yield Server(port, process.pid, _child(process.pid))


@contextmanager
def empty(folder: Path, answer: bytes) -> Iterator[Server]:
    """The empty application, which gives every event this answer."""
    port = _free_port()
    told = folder / "answer.json"
    told.write_bytes(answer)
    arguments = [sys.executable, "-m", "tests.benchmarks.empty", str(port), str(told)]
    with _running(arguments, folder / "empty.log") as process:
        _await(port, "/v1/applications/any", process, folder / "empty.log")
        yield Server(port, process.pid)


@contextmanager
def _running(arguments: list[str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    with log.open("wb") as out:
        process = subprocess.Popen(arguments, stdout=out, stderr=out)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(STOP)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _await(port: int, path: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START
    while True:
        try:
            if httpx.get(f"http://127.0.0.1:{port}{path}").status_code < 400:
                return
        except httpx.TransportError:
            pass
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"it did not start: {log.read_text()}")
        time.sleep(0.05)


def _child(pid: int) -> int | None:
    """The embedded server: the only child of the service (Linux, proc(5))."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return int(children[0]) if children else None


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
