"""The counts of all processes that share a data folder, so that each of them tells the same.

A process has a place there, a number, by a lock on a file, which ends with it however it ends; its
counts are written beside it about once a second. Who takes a place goes on from the counts that
were left in it: what is counted never goes back, and there are no more files than there were ever
processes at once.
"""

import asyncio
import fcntl
import logging
import os
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any, Final, NamedTuple

import orjson

from api.file_locks import is_held
from api.metrics.tally import Tally

FOLDER: Final = "metrics"

PARTS: Final = {"counts", "histograms", "loads"}

PERIOD: Final = 1.0
"""Seconds between two writings, which `kill -9` may lose; others tell of it that much later."""

logger = logging.getLogger(__name__)


class Told(NamedTuple):
    """What a process has written, and whether it lives."""

    written: dict[str, Any]
    alive: bool


class Shared:
    """One process among those that share a data folder; one that has none (None), or cannot write
    there, is counted alone. What goes wrong is told once.
    """

    def __init__(self, data: Path | None, tally: Tally) -> None:
        self.tally: Final = tally
        self._data: Final = data
        self._folder: Final = (data or Path()) / FOLDER
        self._place = ""
        self._lock: int | None = None
        self._last = b""
        self._told: dict[str, Any] = Tally().written()
        self._complained = False
        self._writing: Final = asyncio.Lock()

    def begin(self) -> None:
        """Take the first place that is free, with the counts in it."""
        if self._data is None:
            return
        try:
            self._data.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._folder.mkdir(mode=0o700, exist_ok=True)
            for number in count():
                self._lock = _locked(self._folder / f"{number}.lock")
                if self._lock is not None:
                    self._place = str(number)
                    break
            self._adopt()
        except OSError as error:
            self._complain(error)

    async def run(self) -> None:
        """Write about once a second until cancelled."""
        while True:
            await asyncio.sleep(PERIOD)
            await self.write()

    async def write(self) -> Told:
        """Let the others know what this process has counted by now. Whoever tells it to the
        outside does that first: then no other one tells of less later. What could not be written
        is not told. It goes on when its caller is cancelled: nothing older is written later.
        """
        return await asyncio.shield(asyncio.create_task(self._write_in_turn()))

    async def _write_in_turn(self) -> Told:
        async with self._writing:
            told = self.tally.written()
            text = orjson.dumps(told)
            if text == self._last or await asyncio.to_thread(self._write, text):
                self._last, self._told = text, told
            return Told(self._told | {"loads": told["loads"]}, True)

    async def end(self) -> None:
        """Write what is left, and leave the place to whoever comes."""
        async with self._writing:
            self._write(orjson.dumps(self.tally.written()))
            if self._lock is not None:
                os.close(self._lock)
                self._lock = None

    def latest(self) -> Told:
        """What this process had counted when it wrote it last, as the others read it."""
        return Told(_read(self._folder / f"{self._place}.json") or self._told, True)

    def version(self) -> set[tuple[int, int]]:
        """Another one as soon as any process has written what it counted."""
        found = (path.stat() for path in self._folder.glob("*.json"))
        return {(one.st_ino, one.st_mtime_ns) for one in found}

    def others(self) -> Iterator[Told]:
        """What all others had counted when they wrote it last."""
        for path in sorted(self._folder.glob("*.json")) if self._place else ():
            written = None if path.stem == self._place else _read(path)
            if written is not None:
                yield Told(written, is_held(path.with_suffix(".lock")))

    def _adopt(self) -> None:
        found = _read(self._folder / f"{self._place}.json")
        if found is not None:
            self.tally.merge(found)
            self._told = self.tally.written()

    def _write(self, text: bytes) -> bool:
        """Whether that is told now: written, or there is nobody else who reads it."""
        if self._lock is None:
            return True
        draft = self._folder / f".{self._place}"
        try:
            draft.write_bytes(text)
            draft.replace(self._folder / f"{self._place}.json")
        except OSError as error:
            self._complain(error)
            return False
        return True

    def _complain(self, error: OSError) -> None:
        if not self._complained:
            logger.warning("what is counted is not shared: %s", error.strerror)
        self._complained = True


def _locked(path: Path) -> int | None:
    """A file that is locked from now on; None where somebody else has it."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    return descriptor


def _read(path: Path) -> dict[str, Any] | None:
    """What was written; None for what cannot be read, which a power cut may leave."""
    try:
        found = orjson.loads(path.read_bytes())
    except (OSError, orjson.JSONDecodeError):
        return None
    return found if isinstance(found, dict) and found.keys() >= PARTS else None
