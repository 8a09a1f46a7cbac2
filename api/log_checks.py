"""Checks of the whole log by the service itself, and what the last one found.

A million records take most of a minute, which nobody who is answered meanwhile should feel. So each
check is a process of its own (api/log_check_process.py), one at a time: it holds a lock that it was
given. What it found lies beside the keys of the log, so every process of the service tells the
same, after a restart too.
"""

import asyncio
import fcntl
import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import orjson

from api.file_locks import is_held
from api.settings import Settings

FOUND, LOCK = "log-check.json", "log-check.lock"

PATIENCE = 3.0
"""Seconds in which a check may end before whoever asked for it is answered; it goes on then."""

BESIDE = {"LANG": "C.UTF-8"}
"""All that the process knows of the environment, in which there may be secrets."""


class Verdict(NamedTuple):
    """What a check found that began `at` an instant: a tree of `size` entries, of which the first
    `checked` are sound. `reason`: what does not hold; None: everything does. `place`: at which
    entry of the log, from 0, which says that it is record `seq` of `subject`, as far as that can
    be told.
    """

    at: str
    size: int
    root: str
    checked: int
    reason: str | None = None
    place: int | None = None
    subject: str | None = None
    seq: int | None = None

    @property
    def ok(self) -> bool:
        """Whether everything holds."""
        return self.reason is None


def last(data: Path) -> Verdict | None:
    """What the last check found; None where there was none, or it cannot be read."""
    try:
        return Verdict(**orjson.loads((data / FOUND).read_bytes()))
    except (OSError, ValueError, TypeError):
        return None


def keep(data: Path, verdict: Verdict) -> None:
    """Keep what was found in place of what was found before. Raises OSError."""
    draft = data / f".{FOUND}.{os.getpid()}"
    draft.write_bytes(orjson.dumps(verdict._asdict()))
    draft.replace(data / FOUND)


def under_way(data: Path) -> bool:
    """Whether somebody is checking."""
    return is_held(data / LOCK)


async def begin(settings: Settings, patience: float = PATIENCE) -> None:
    """Begin a check, unless one is under way, and wait a little for its end. Raises OSError."""
    held = os.open(settings.data / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        places = (settings.data.absolute(), settings.log_directory.absolute())
        command = (sys.executable, "-I", "-m", "api.log_check_process", *map(str, places))
        process = await asyncio.create_subprocess_exec(
            *command, stdin=asyncio.subprocess.DEVNULL, env=BESIDE, pass_fds=(held,)
        )
    except BlockingIOError:
        return
    finally:
        os.close(held)  # the process has it by now, and its end is the end of the lock
    with suppress(TimeoutError):
        async with asyncio.timeout(patience):
            await process.wait()
