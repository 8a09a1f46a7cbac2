"""The append-only file of a server, seen from outside, and copies of it that are cut short."""

import os
import shutil
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

NAME = "appendonlydir"


class Reached(NamedTuple):
    """How far the server had written: which of its files, in order, and its length in bytes."""

    file: int
    length: int


def _files(folder: Path) -> list[Path]:
    """The files that the server appends to, the one in use last: `....<n>.incr.aof`."""
    found = (folder / NAME).glob("*.incr.aof")
    return sorted(found, key=_number)


def _number(file: Path) -> int:
    return int(file.name.split(".")[-3])


def reached(folder: Path) -> Reached:
    """How far the server has written."""
    last = _files(folder)[-1]
    return Reached(_number(last), last.stat().st_size)


@contextmanager
def paused(pid: int) -> Iterator[None]:
    """A process that stands still for as long as the block lasts."""
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


def copy(folder: Path, into: Path) -> Reached:
    """Copy what a power cut at this moment could leave at the most; the server stands still."""
    into.mkdir(parents=True)
    shutil.copytree(folder / NAME, into / NAME)
    return reached(into)


def cut(folder: Path, length: int) -> None:
    """Let the file in use end at this length."""
    os.truncate(_files(folder)[-1], length)
