"""A log and its database beside no service: rebuilt, or compared."""

import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from api.archive import reading
from api.log_start import keys_of
from api.settings import Settings
from workflow.anchor import Apart, Behind, check_reach
from workflow.catalog import Catalog
from workflow.checking import Comparison
from workflow.log.directory import LogDirectory
from workflow.log.tree import LogReader
from workflow.procedures import load_served
from workflow.proof.checkpoint import open_checkpoint
from workflow.proof.unsound import Unsound
from workflow.recovery import Recovered, Recovery
from workflow.store import (
    EmbeddedServer,
    FolderInUse,
    ServerFailed,
    Store,
    WrongDatabase,
    connect,
)

AOF = "appendonlydir"
"""Where the embedded server has its data, in the data folder."""

Told = Callable[[int], None]


class Rebuilt(NamedTuple):
    """What was rebuilt, and where the data lies that was there before, if it was replaced."""

    recovered: Recovered
    aside: Path | None


async def rebuilt(
    settings: Settings, told: Told, *, replace: bool = False, forget: int = 0
) -> Rebuilt:
    """Bring the database up to the last checkpoint, of which nobody else may add to the log; with
    `replace` from nothing, and what was there comes back when that fails. `forget`: so many
    records are lost with what was signed of them, which the database alone knows. Raises
    FolderInUse, Apart, Unsound, and what `Recovery.run` raises.
    """
    directory = LogDirectory(settings.log_directory)
    if not directory.hold():
        raise FolderInUse(f"It is {directory.path}.")
    try:
        _check_signature(settings, directory)
        catalog = Catalog(load_served(settings.procedures).values())
        aside = await _set_aside(settings, directory, forget) if replace else None
        try:
            async with database_of(settings) as store:
                recovered = await Recovery(store, catalog, directory).run(told)
        except BaseException:
            _put_back(settings, aside)
            raise
        directory.note(None)
    finally:
        directory.release()
    return Rebuilt(recovered, aside)


async def compared(settings: Settings, told: Told) -> int:
    """Compare the database of a service, running or not, with its log. Raises what
    `Comparison.run` raises.
    """
    directory = LogDirectory(settings.log_directory)
    _check_signature(settings, directory)
    async with database_of(settings, shared=True) as store:
        return await Comparison(store, directory).run(told)


async def _set_aside(settings: Settings, directory: LogDirectory, forget: int) -> Path | None:
    """Take the embedded server's data out of its way; where it lies then. Raises FolderInUse, and
    Behind where it knows more of the log than the folder has, by other than `forget` records.
    """
    embedded = EmbeddedServer(settings.data)
    try:
        embedded.start()
        async with Store(connect(embedded.url)) as store:
            await check_reach(store, directory)
    except Behind as behind:
        if behind.lost != forget:
            raise
    except (ServerFailed, WrongDatabase, Apart):  # what cannot be read is replaced all the same
        pass
    finally:
        embedded.stop()
    folder = settings.data / AOF
    if not folder.is_dir():
        return None
    return folder.rename(folder.with_name(f"{AOF}.{datetime.now(UTC):%Y%m%dT%H%M%SZ}"))


def _put_back(settings: Settings, aside: Path | None) -> None:
    """Undo `_set_aside`: what was made since is of the log alone."""
    if aside is not None:
        shutil.rmtree(settings.data / AOF, ignore_errors=True)
        aside.rename(settings.data / AOF)


def _check_signature(settings: Settings, directory: LogDirectory) -> None:
    """Check that there is a checkpoint, signed by a key that is known here. Raises Unsound."""
    raw = directory.checkpoint()
    if raw is None:
        raise Unsound("there is no checkpoint in it")
    open_checkpoint(raw, keys_of(settings).public())


@asynccontextmanager
async def database_of(settings: Settings, *, shared: bool = False) -> AsyncIterator[Store]:
    """The database of a service; `shared` with one that runs."""
    archived = reading(LogReader(settings.log_directory))
    if settings.redis_url is not None:
        async with Store(
            connect(settings.redis_url, settings.redis_ca), archived=archived
        ) as store:
            yield store
        return
    embedded = EmbeddedServer(settings.data)
    try:
        embedded.start()
    except FolderInUse:
        if not shared:
            raise
    try:
        async with Store(connect(embedded.url), archived=archived) as store:
            yield store
    finally:
        embedded.stop()
