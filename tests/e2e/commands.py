"""The `clearance` command as a user runs it: a process of its own."""

import os
import re
import signal
import subprocess
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from tests.e2e import warm
from tests.keyring import Keyring

CLEARANCE = warm.CLEARANCE
READY = re.compile(r"clearance is ready at (http://\S+), data in (.+), durability (\w+)\n")
PATIENCE = warm.PATIENCE


@dataclass(frozen=True)
class Service:
    """A running service, its address, and the line that said so."""

    process: subprocess.Popen[str] | warm.Run
    url: str
    line: str

    @property
    def folder(self) -> Path:
        """Its data folder; it may be written in the line that says so."""
        ready = READY.fullmatch(self.line)
        assert ready
        return Path(ready.group(2))

    @cached_property
    def keyring(self) -> Keyring:
        """Keys of whoever asks it."""
        return Keyring(self.folder, lambda: self.url)

    @property
    def port(self) -> str:
        return self.url.rpartition(":")[2]

    def read_until(self, last: str) -> str:
        """What it prints, up to the line with these words."""
        assert self.process.stdout is not None
        lines: list[str] = []
        while not lines or last not in lines[-1]:
            lines.append(self.process.stdout.readline())
            assert lines[-1], f"it ended: {''.join(lines)}"
        return "".join(lines)

    def stop(self, number: signal.Signals = signal.SIGTERM) -> tuple[int, str]:
        """Its exit code, and what it said on standard error."""
        self.process.send_signal(number)
        _, errors = self.process.communicate(timeout=PATIENCE)
        return self.process.wait(), errors


def run(*arguments: str | Path, given: bytes | None = None) -> subprocess.CompletedProcess[str]:
    """The outcome of a command that ends by itself; it must not show a traceback."""
    done = warm.outcome(*arguments, given=given)
    assert "Traceback" not in done.stderr
    return done


def running(*arguments: str | Path, **environment: str) -> AbstractContextManager[Service]:
    """A service that has said that it is ready, on a free port; with more in its environment."""
    words = [*arguments, "--port", "0"]
    return _ready(warm.Run(words, environment=os.environ | environment))


def started(*arguments: str | Path, **environment: str) -> AbstractContextManager[Service]:
    """The same, started from nothing: with an environment and arguments that others see."""
    process = subprocess.Popen(
        [CLEARANCE, *map(str, arguments), "--port", "0"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        env=os.environ | environment,
    )
    return _ready(process)


@contextmanager
def _ready(process: subprocess.Popen[str] | warm.Run) -> Iterator[Service]:
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        ready = READY.fullmatch(line)
        assert ready, (line, process.communicate(timeout=PATIENCE))
        yield Service(process, ready.group(1), line)
    finally:
        process.kill()
        process.communicate()


def servers_of(folder: Path) -> list[int]:
    """The embedded servers whose working directory is this data folder (Linux, proc(5))."""
    found: list[int] = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            program, here = (process / "exe").readlink(), (process / "cwd").readlink()
        except OSError:
            continue  # it has ended meanwhile
        if program.name == "valkey-server" and here == folder.resolve():
            found.append(int(process.name))
    return found
