"""A backup of a service's data, made beside it or without it, and brought back where none runs."""

from collections.abc import Callable, Mapping, Sequence
from typing import BinaryIO, NamedTuple

from api import key_files, operator_key
from api.log_tending import database_of
from api.settings import Settings
from workflow.backup import making, restoring
from workflow.backup.file import BackupFile, Manifest, NoBackup
from workflow.backup.proving import Advance, prove
from workflow.catalog import Catalog
from workflow.log.directory import LogDirectory
from workflow.log.signing import KEY, NEXT, PUBLIC
from workflow.procedures import load_served
from workflow.proof.checkpoint import Checkpoint
from workflow.proof.keys import VerifierKey
from workflow.store import FolderInUse
from workflow.webhooks.secretless import secretless

SECRET = (KEY, NEXT, operator_key.NAME)
"""Files of the data folder that whoever is to go on with a service needs, and nobody else may
have; in the order in which they are put back, the one that lets a host sign the log last.
"""


class Restored(NamedTuple):
    """What was put back: the first two as in `Recovered`, and the webhooks without a secret."""

    size: int
    unsettled: tuple[str, ...]
    secretless: tuple[str, ...]


async def made(
    settings: Settings,
    into: BinaryIO,
    *,
    secret: bool,
    patience: float,
    advance: making.Advance,
) -> Manifest:
    """Write a backup of a service's data, whether or not it runs; with `secret` its private keys
    as well. Raises what `making.write` raises, FolderInUse.
    """
    names = (PUBLIC, *SECRET) if secret else (PUBLIC,)

    def files() -> Mapping[str, str]:
        found = ((name, key_files.read(settings.data / name)) for name in names)
        return {name: content for name, content in found if content is not None}

    directory = LogDirectory(settings.log_directory)
    async with database_of(settings, shared=True) as store:
        return await making.write(
            store, directory, files, PUBLIC, into, patience=patience, advance=advance
        )


def proved(
    settings: Settings, file: BackupFile, known: Sequence[VerifierKey], advance: Advance
) -> Checkpoint:
    """Prove a backup, and that a service with these settings can go on with what is in it. Raises
    NoBackup, ProcedureError.
    """
    kept = file.keys()
    if not kept.keys() <= {PUBLIC, *SECRET}:
        raise NoBackup("it has files of keys that no service has")
    operator = kept.get(operator_key.NAME)
    if operator is not None and not operator_key.is_one(operator):
        raise NoBackup(f"{operator_key.NAME} in it is no key of an operator")
    return prove(file, known, Catalog(load_served(settings.procedures).values()), advance)


async def restored(settings: Settings, file: BackupFile, told: Callable[[int], None]) -> Restored:
    """Put a backup that was proved where there is nothing, or the beginning of the same. Raises
    Occupied, FolderInUse, Unwritable, and what `restoring.fill` raises.
    """
    catalog = Catalog(load_served(settings.procedures).values())
    kept = file.keys()
    directory = LogDirectory(settings.log_directory)
    resumed = restoring.claim(settings.data, directory.path, file.digest)
    if settings.redis_url is not None and not resumed:
        async with database_of(settings) as store:
            await restoring.check_empty(store)
    if not directory.hold():
        raise FolderInUse(f"It is {directory.path}.")
    try:
        restoring.begin(settings.data, directory.path, file.digest)
        async with database_of(settings) as store:
            done = await restoring.fill(file, store, catalog, directory, told)
            without = await secretless(store)
        for name in (PUBLIC, *reversed(SECRET)):
            if name in kept:
                key_files.write(settings.data / name, kept[name])
        restoring.end(settings.data)
    finally:
        directory.release()
    return Restored(*done, tuple(without))
