"""The service and a server of its own, as processes that are killed and started again."""

import os
import re
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from redis import Redis
from redis.exceptions import RedisError

from tests.e2e.warm import Run
from tests.faults.keys import answers_at
from workflow.store.embedded import SETTINGS

READY = re.compile(r"clearance is ready at http://127\.0\.0\.1:(\d+)")
PATIENCE = 30.0
"""Seconds until a process must have started or ended."""


@dataclass(slots=True)
class Service:
    """`clearance serve` with these arguments; what it says goes to a file."""

    arguments: tuple[str, ...]
    log: Path
    port: int = 0
    process: Run | None = None

    def start(self) -> None:
        """Start and wait until it says that it is ready; on a free port."""
        begun = self.log.stat().st_size if self.log.exists() else 0
        with self.log.open("ab") as log:
            self.process = Run(["serve", *self.arguments, "--port", "0"], out=log, errors=log)
        ready = eventually(lambda: READY.search(self.said(begun)) or self.ended)
        found = READY.search(self.said(begun))
        assert ready, "it is not ready in time"
        assert found, f"it did not start: {self.said(begun)}"
        self.port = int(found.group(1))
        answers_at(self.port, self.folder)

    @property
    def folder(self) -> Path:
        """Its data folder."""
        return Path(self.arguments[self.arguments.index("--data") + 1])

    @property
    def ended(self) -> bool:
        return self.process is not None and self.process.poll() is not None

    @property
    def pid(self) -> int:
        assert self.process is not None
        return self.process.pid

    @property
    def server(self) -> int:
        """The embedded server, its only child (Linux, proc(5))."""
        children = Path(f"/proc/{self.pid}/task/{self.pid}/children")
        eventually(lambda: children.read_text().strip())
        return int(children.read_text().split()[0])

    def said(self, since: int = 0) -> str:
        """What it said on standard output and standard error."""
        return self.log.read_bytes()[since:].decode()

    def kill(self) -> None:
        """kill -9, at once."""
        if self.process is not None:
            self.process.kill()
            self.process.wait(PATIENCE)

    def terminate(self) -> int:
        """Its exit code after SIGTERM."""
        assert self.process is not None
        self.process.terminate()
        return self.process.wait(PATIENCE)


@contextmanager
def serving(log: Path, *arguments: str | Path) -> Iterator[Service]:
    """A service that runs, until the block ends at the latest."""
    service = Service(tuple(map(str, arguments)), log)
    try:
        service.start()
        yield service
    finally:
        service.kill()


@dataclass(slots=True)
class Server:
    """A server outside the service, with the settings that lose nothing."""

    program: str
    folder: Path
    process: "subprocess.Popen[bytes] | None" = field(default=None)

    @property
    def socket(self) -> Path:
        return self.folder / "s.sock"

    @property
    def url(self) -> str:
        return f"unix://{self.socket}"

    def start(self) -> None:
        """Start and wait until it answers with its data loaded."""
        self.folder.mkdir(parents=True, exist_ok=True)
        wanted = {**SETTINGS, "dir": str(self.folder), "unixsocket": str(self.socket)}
        given = [part for name in wanted for part in (f"--{name}", wanted[name])]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen([self.program, *given], stdout=log, stderr=log)
        assert eventually(self._answers), (self.folder / "log").read_text()

    def kill(self) -> None:
        """kill -9, at once."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    def _answers(self) -> bool:
        with Redis(unix_socket_path=str(self.socket)) as client:
            try:
                return bool(client.ping())
            except RedisError:
                return False


@contextmanager
def outside(program: str, folder: Path) -> Iterator[Server]:
    """A server outside the service that runs, until the block ends at the latest."""
    server = Server(program, folder)
    try:
        server.start()
        yield server
    finally:
        server.kill()


def alive(pid: int) -> bool:
    """Whether a process runs (a zombie does not)."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2][0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def kill(pid: int) -> None:
    """kill -9 of a process that the service has started."""
    os.kill(pid, signal.SIGKILL)


def eventually(condition: Callable[[], object], seconds: float = PATIENCE) -> bool:
    """Whether it holds within so many seconds."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.005)
    return True
