"""Puts a backup that was proved into an empty place.

A mark is in the data folder from before the first byte until after the last, and one in the
database from before the first record until all is there, in the place of how far the log has come:
no service starts with either, whatever folder it has, and the same command with the same file goes
on from wherever it was cut short.
"""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

from workflow.anchor import RESTORING
from workflow.backup.file import BackupFile, NoBackup
from workflow.backup.pieces import decoded
from workflow.catalog import Catalog
from workflow.log.directory import CHECKPOINT, LOCK, LogDirectory, sync
from workflow.proof.tiles import Tile, tiles_between
from workflow.recovery import Recovered, Recovery
from workflow.store import Store

MARK = "restoring"
DRAFT = f".{MARK}.new"

GROUP = 64
"""Files of the log that are made durable at once: at the most 16 MiB of records of 1 KiB."""

Told = Callable[[int], None]
"""Is told how many entries have been looked at, of twice as many as there are."""


class Occupied(Exception):
    """There is something already where a backup is to go; the message says where."""


def cut_short(folder: Path) -> str | None:
    """The digest of the backup whose restoring into a data folder has not come to its end."""
    try:
        return (folder / MARK).read_text("ascii").strip()
    except FileNotFoundError:
        return None


def claim(folder: Path, log: Path, digest: str) -> bool:
    """See that folders of data and log are empty, but for what holds the log's, or were left half
    full by the restoring of the same backup; whether that is so. Nothing is written. Raises
    Occupied, OSError.
    """
    before = cut_short(folder)
    if before == digest:
        return True
    if before is not None:
        raise Occupied(f"the restore of another backup into {folder} was cut short")
    within = log.name if log.parent == folder else DRAFT
    for one, own in ((folder, (DRAFT, within)), (log, (LOCK,))):
        found = sorted(path.name for path in one.iterdir()) if one.is_dir() else []
        there = [name for name in found if name not in (*own, "lost+found")]
        if there:
            raise Occupied(f"{one} is not empty: it has {there[0]}")
    return False


def begin(folder: Path, log: Path, digest: str) -> None:
    """Mark a data folder, durably. The log's is held by now, so nobody else has claimed the two
    since this one does. Raises Occupied, OSError.
    """
    if claim(folder, log, digest):
        return
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = folder / DRAFT
    with draft.open("w", encoding="ascii") as file:
        file.write(f"{digest}\n")
        file.flush()
        os.fsync(file.fileno())
    draft.replace(folder / MARK)
    sync(folder)


def end(folder: Path) -> None:
    """Take the mark away: all is there. Raises OSError."""
    (folder / MARK).unlink()
    sync(folder)


async def check_empty(store: Store) -> None:
    """Raises Occupied for a database that has any record or knows of a log, StoreFault."""
    records = sum(await store.feeds.last())
    if records:
        raise Occupied(f"the database has {records} records")
    if said := await store.feeds.published():
        raise Occupied(f"the database says of its log {said!r}")


async def fill(
    file: BackupFile,
    store: Store,
    catalog: Catalog,
    directory: LogDirectory,
    told: Told,
) -> Recovered:
    """Write the log of a backup, build the database from it, and put back what is kept beside.
    What is there already stays; the last step takes the mark of the database away. Raises
    Occupied, NoBackup, OSError, and what `Recovery.run` raises.
    """
    _write_log(file, directory)
    mark = f"{RESTORING}{file.digest}"
    await _mark(store, mark, str(directory.signed()))
    for fields in file.pieces():
        await store.beside.put(decoded(fields))
    return await Recovery(store, catalog, directory).run(told, mark)


async def _mark(store: Store, mark: str, done: str) -> None:
    """Mark a database that is empty, unless the same restore has: it may have come to the end of
    its work there. Raises Occupied, StoreFault.
    """
    if await store.feeds.published() in (mark, done):
        return
    await check_empty(store)
    if await store.feeds.publish("", mark) != mark:
        raise Occupied("somebody else has just begun to use the database")


def _write_log(file: BackupFile, directory: LogDirectory) -> None:
    group: dict[str, bytes] = {}
    for path in (*_paths(file.manifest.size), CHECKPOINT):
        content = file.find(path)
        if content is None:
            raise NoBackup(f"{path} is missing in it")
        group[path] = content
        if len(group) == GROUP or path == CHECKPOINT:
            directory.write(group)
            group = {}


def _paths(size: int) -> Iterator[str]:
    """The files of a log of that size but its checkpoint."""
    for tile in tiles_between(0, size):
        yield tile.path
        if tile.level == 0:
            yield Tile(None, tile.index, tile.width).path
