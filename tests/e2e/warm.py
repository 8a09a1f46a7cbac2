"""The command without its start: a process that has imported all of it forks for each run.

A run is a process of its own still, with arguments, folder, environment and streams of its own.
How the command starts from nothing, and what others see of it, is for those tests that start it
themselves.
"""

import atexit
import gc
import json
import os
import pkgutil
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import import_module
from io import StringIO
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

CLEARANCE = str(Path(sys.executable).with_name("clearance"))
PATIENCE = 30.0  # seconds
LONGEST = 200_000  # bytes of a request
LATE = ("typer.rich_utils", "httpcore", "anyio._backends._asyncio", "api.serve", "api.work")
"""What the command and its libraries import only when it is used."""


class Run:
    """A process that was forked elsewhere, and of it what `subprocess.Popen` tells of a child. What
    it writes on standard output is read from a pipe, unless it goes somewhere else; what it says on
    standard error is there when it has ended.
    """

    def __init__(
        self,
        arguments: Sequence[str | Path],
        *,
        folder: Path | None = None,
        environment: Mapping[str, str] | None = None,
        source: IO[bytes] | None = None,
        out: IO[bytes] | None = None,
        errors: IO[bytes] | None = None,
    ) -> None:
        self.returncode: int | None = None
        self._told: tuple[str, str] | None = None
        self.stdout: IO[str] | None = None
        self._errors = errors or TemporaryFile()  # noqa: SIM115 - closed once it was read
        words = [str(argument) for argument in arguments]
        surroundings = dict(os.environ if environment is None else environment)
        asked = json.dumps([words, str(folder or Path.cwd()), surroundings]).encode()
        self._ending, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs, Path(os.devnull).open("rb") as nothing:
            given = (source or nothing).fileno()
            if out is None:
                reading, writing = os.pipe()
                self.stdout = os.fdopen(reading, encoding="utf-8")
            else:
                writing = os.dup(out.fileno())
            streams = [given, writing, self._errors.fileno(), theirs.fileno()]
            socket.send_fds(_warm(), [asked], streams)
            os.close(writing)
        self._ending.settimeout(PATIENCE)
        self.pid: int = json.loads(self._ending.recv(LONGEST))

    def poll(self) -> int | None:
        """Its exit code, if it has ended."""
        return self._ended(0)

    def wait(self, timeout: float | None = None) -> int:
        """Its exit code, when it has ended. Raises TimeoutExpired after so many seconds."""
        code = self._ended(timeout)
        if code is None:
            raise subprocess.TimeoutExpired(CLEARANCE, timeout or 0)
        return code

    def communicate(self, timeout: float | None = None) -> tuple[str, str]:
        """What it has printed and was not read, and what it said, when it has ended."""
        self.wait(timeout)
        if self._told is None:
            printed = self.stdout or StringIO()
            told = "" if printed.closed else printed.read()
            printed.close()
            with self._errors as errors:
                errors.seek(0)
                self._told = told, errors.read().decode()
        return self._told

    def send_signal(self, number: int) -> None:
        """Nothing happens to one that has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it at once."""
        self.send_signal(signal.SIGKILL)

    def _ended(self, timeout: float | None) -> int | None:
        if self.returncode is None:
            self._ending.settimeout(timeout)
            try:
                self.returncode = json.loads(self._ending.recv(LONGEST))
            except (TimeoutError, BlockingIOError):
                return None
            self._ending.close()
        return self.returncode


def outcome(
    *arguments: str | Path,
    folder: Path | None = None,
    environment: Mapping[str, str] | None = None,
    given: bytes | None = None,
) -> subprocess.CompletedProcess[str]:
    """What `clearance` with these arguments comes to, with the folder and the environment of the
    tests unless others are named.
    """
    with TemporaryFile() as source, TemporaryFile() as out, TemporaryFile() as errors:
        source.write(given or b"")
        source.seek(0)
        run = Run(
            arguments,
            folder=folder,
            environment=environment,
            source=source,
            out=out,
            errors=errors,
        )
        try:
            _, said = run.communicate(PATIENCE)
        finally:
            run.kill()
        out.seek(0)
        told = out.read().decode()
    return subprocess.CompletedProcess([CLEARANCE, *map(str, arguments)], run.wait(), told, said)


@cache
def _warm() -> socket.socket:
    """Where to ask the process that forks, which ends with this one, as does a run that hangs."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with theirs:
        process = subprocess.Popen(
            [sys.executable, "-c", f"from {__name__} import wait; wait({theirs.fileno()})"],
            pass_fds=(theirs.fileno(),),
            process_group=0,
            env=os.environ | {"LANG": "C.UTF-8"},
        )

    def end() -> None:
        ours.close()
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    atexit.register(end)
    return ours


def wait(number: int) -> None:
    """Fork for each request that comes in here; a run ends as the command does."""
    package = import_module("api.cli")
    own = (module.name for module in pkgutil.iter_modules(package.__path__, "api.cli."))
    for name in (*own, *LATE):
        import_module(name)
    gc.collect()
    gc.freeze()  # what a run does not look at, it need not copy
    watchers: set[int] = set()
    with socket.socket(fileno=number) as asking:
        while True:
            asked, streams, _, _ = socket.recv_fds(asking, LONGEST, 4)
            if not asked:
                return
            watcher = os.fork()
            if not watcher:
                break
            for stream in streams:
                os.close(stream)
            watchers.add(watcher)
            watchers = {one for one in watchers if os.waitpid(one, os.WNOHANG) == (0, 0)}
    _watched(streams.pop(), streams)
    _become(streams, *json.loads(asked))
    package.main()


def _watched(number: int, streams: list[int]) -> None:
    """Go on as a child of this process, which stays to tell its pid and how it ended."""
    with socket.socket(fileno=number) as telling:
        run = os.fork()
        if not run:
            return
        for stream in streams:
            os.close(stream)
        telling.send(json.dumps(run).encode())
        _, status = os.waitpid(run, 0)
        telling.send(json.dumps(os.waitstatus_to_exitcode(status)).encode())
    os._exit(0)


def _become(
    streams: list[int], arguments: list[str], folder: str, environment: dict[str, str]
) -> None:
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    for name, mode, lines in (("stdin", "r", -1), ("stdout", "w", -1), ("stderr", "w", 1)):
        old = getattr(sys, name)  # which knows of what it was opened on whether that can seek
        fresh = os.fdopen(old.fileno(), mode, lines, encoding=old.encoding, errors=old.errors)
        setattr(sys, name, fresh)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = [CLEARANCE, *arguments]
