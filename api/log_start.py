"""The log of a service: begun by the first start, and compared with the database by every one."""

import logging
import secrets
from urllib.parse import urlsplit

from api import key_files
from api.settings import Settings, is_loopback
from workflow.anchor import Apart, Behind, Unfinished, compare
from workflow.anchor import check_restored as check_database
from workflow.backup.restoring import cut_short
from workflow.log.directory import Damaged, LogDirectory
from workflow.log.intent import NOTHING
from workflow.log.signing import KEY, PUBLIC, LogKeys
from workflow.proof.unsound import Unsound
from workflow.sequencing import Sequencer
from workflow.service import Service
from workflow.store import ArchiveUnreadable, Bell, Store

logger = logging.getLogger(__name__)


class LogUnfit(Exception):
    """The service does not start with this log and this database; the message says why, and what
    to do.
    """


def keys_of(settings: Settings) -> LogKeys:
    """The keys of the log, beside the operator's."""
    return LogKeys(settings.data, key_files.read, key_files.write)


def sequencer_of(settings: Settings, store: Store, service: Service, bell: Bell) -> Sequencer:
    """What adds to the log, on a host that does."""
    keys, directory = keys_of(settings), LogDirectory(settings.log_directory)
    active = settings.log.sequence
    return Sequencer(store, directory, keys, service, active=active, bell=bell)


async def prepare_log(settings: Settings, store: Store) -> None:
    """Make the key where no log was begun yet, and see that the database is the one that the log
    was made of. Raises LogUnfit, key_files.Unwritable, StoreFault.
    """
    keys, directory = keys_of(settings), LogDirectory(settings.log_directory)
    try:
        await check_restored(settings, store)
        if settings.log.sequence and directory.signed() == NOTHING:
            await _begin(settings, store, keys)
        if settings.log.sequence:
            await _drop_unless_ours(store, keys)
            _check_key(settings, keys, directory)
        _check_name(settings, keys)
        await compare(store, directory)
    except Behind as behind:
        raise LogUnfit(_missing(settings, behind)) from behind
    except Apart as apart:
        raise LogUnfit(_advice(settings, apart)) from apart
    except (Damaged, Unsound, ArchiveUnreadable) as damaged:
        raise LogUnfit(_damaged(settings, damaged)) from damaged
    except OSError as error:
        raise LogUnfit(f"the log cannot be used: {error.filename}: {error.strerror}.") from error


async def check_restored(settings: Settings, store: Store) -> None:
    """Whoever works with a data folder or a database into which a backup was put back sees that
    this has come to its end. Raises LogUnfit, OSError, StoreFault.
    """
    try:
        if cut_short(settings.data) is not None:
            raise Unfinished(f"a restore into {settings.data} was cut short, or is under way")
        await check_database(store)
    except Unfinished as unfinished:
        raise LogUnfit(
            f"{unfinished}: run the same `clearance restore` again, which goes on; or empty the "
            "folder, and the database."
        ) from unfinished


async def _begin(settings: Settings, store: Store, keys: LogKeys) -> None:
    """Make the first key, or take up that of a first start which was cut short. Where the database
    has a log already, another host may have its key. Raises LogUnfit.
    """
    if await store.feeds.published():
        return
    if keys.settled or (settings.log_directory / "tile").exists():
        raise LogUnfit(_lost(settings, keys))
    key = keys.present() or keys.begin(settings.log.origin or _origin(settings))
    if await store.feeds.begin(str(key.verifier)) != str(key.verifier):
        keys.drop(key)
        return
    if await store.feeds.publish("", str(NOTHING)) == str(NOTHING):
        keys.settle()


async def _drop_unless_ours(store: Store, keys: LogKeys) -> None:
    """Drop the key of a first start that was cut short, where another host began the log."""
    key = keys.present()
    if key is None or keys.settled:
        return
    if await store.feeds.begun() not in (None, str(key.verifier)):
        keys.drop(key)


def _check_name(settings: Settings, keys: LogKeys) -> None:
    """Raises LogUnfit."""
    present, wanted = keys.present(), settings.log.origin
    if present is not None and wanted not in (None, present.name):
        raise LogUnfit(
            f"the log is called {present.name} and keeps that name: set CLEARANCE_LOG_ORIGIN to "
            "it, or leave it out."
        )


def _check_key(settings: Settings, keys: LogKeys, directory: LogDirectory) -> None:
    """Warn of a host that has signed and cannot any more: it goes on, as one that is not to.
    Raises LogUnfit for one that would sign with the key of another log, Damaged.
    """
    try:
        if keys.present() is not None:
            keys.check(directory.checkpoint())
    except Unsound as error:
        raise LogUnfit(
            f"{settings.data / KEY} does not belong to the log in {directory.path}: {error}.\n"
            f"Bring back the {KEY} and {PUBLIC} of this log from their copy, or name the right "
            "folder with CLEARANCE_LOG_DIRECTORY."
        ) from error
    if keys.settled and keys.present() is None:
        logger.warning(
            "%s names the keys of a log, and %s is not there or cannot be read: this host adds "
            "nothing to the log. Restore it from its copy; if another host signs, set "
            "CLEARANCE_LOG_SEQUENCE=no here.",
            settings.data / PUBLIC,
            settings.data / KEY,
        )


def _origin(settings: Settings) -> str:
    """What a new log is called: where it is found, without the scheme (C2SP tlog-tiles); a name
    that no other has where that is this machine alone.
    """
    parts = urlsplit(settings.public_url or "")
    if parts.hostname is None or is_loopback(parts.hostname):
        return f"localhost/clearance-{secrets.token_hex(4)}"
    return f"{parts.netloc}{parts.path.rstrip('/')}/log"


def _damaged(settings: Settings, why: Exception) -> str:
    told = str(why).rstrip(".")
    return (
        f"the log cannot be used: {told}.\n"
        f"Restore {settings.log_directory} from a copy of it, or mount its disk."
    )


def _missing(settings: Settings, behind: Behind) -> str:
    return (
        f"the folder of the log is empty, not mounted, or an older copy: {behind}.\n"
        f"Bring back {settings.log_directory}: mount its disk, name the right folder with "
        "CLEARANCE_LOG_DIRECTORY, or restore its newest copy.\n"
        "Keep the database as it is: what was signed must not be signed a second time, otherwise."
    )


def _lost(settings: Settings, keys: LogKeys) -> str:
    folder = settings.log_directory
    told = f"{folder} has tiles of a log, without its checkpoint; the database knows of none."
    if keys.settled:
        told = (
            f"{settings.data} has the keys of a log, which neither {folder} nor the database has."
        )
    return (
        f"{told}\n"
        "  - Mount its disk, name the right folder with CLEARANCE_LOG_DIRECTORY and the right "
        "database, or restore the folder from a copy of it.\n"
        "  - To begin another log, which has nothing in common with that one, move the folder, "
        "log.key and log.pub away; a new key is made."
    )


def _advice(settings: Settings, apart: Apart) -> str:
    return (
        f"the database and the log do not belong together: {apart}.\n"
        f"The log is {settings.log_directory}; its last checkpoint is signed and stays as it is.\n"
        "  - If another database was named by mistake, name the right one.\n"
        "  - If a newer copy of the database is at hand, restore that.\n"
        "  - Else `clearance log recover` rebuilds an empty database from the log, up to the last "
        "checkpoint; `clearance log check` names the first difference."
    )
