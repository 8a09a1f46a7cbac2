"""`backup` and `restore`: everything that a service keeps, in one file and back."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from typer import Argument, Option

from api.cli.faults import Failure, why
from api.cli.log import Place
from api.cli.options import Look, command
from api.stop import NO, UNUSABLE

if TYPE_CHECKING:
    from workflow.backup.file import BackupFile


@command
def backup(
    file: Annotated[Path, Argument(help="Where to; it must not be there.", show_default=False)],
    place: Place,
    look: Look,
    without_keys: Annotated[
        bool,
        Option("--without-keys", help="Leave out what is secret: log.key and operator.key."),
    ] = False,
    wait: Annotated[
        float, Option(min=0, max=86_400, help="Seconds that the log is waited for.")
    ] = 60.0,
) -> None:
    """Write all that a service keeps to one file, while it runs.

    In it is everything that was acknowledged before the command began.
    """
    from api.backups import made  # noqa: PLC0415
    from api.cli.files import written_at_once  # noqa: PLC0415
    from api.cli.output import Output  # noqa: PLC0415

    output, settings = Output(look), place.settings()
    if file.exists():
        raise Failure("there-already", UNUSABLE, file=file)
    with (
        _told(file),
        written_at_once(file, 0o600) as into,
        output.progress("copying", None) as advance,
    ):
        work = made(settings, into, secret=not without_keys, patience=wait, advance=advance)
        manifest = asyncio.run(work)
    if output.json:
        output.write(manifest._asdict())
    output.say("backed-up", size=manifest.size, file=file, bytes=file.stat().st_size)
    if not without_keys:
        output.note("backup-secret")


@command
def restore(
    file: Annotated[Path, Argument(help="A backup.", show_default=False)],
    place: Place,
    look: Look,
    key: Annotated[
        list[str] | None,
        Option(
            metavar="KEY",
            help="The log's verifier key, or a file with it; may be repeated.",
            show_default="those in the backup",
        ),
    ] = None,
    check: Annotated[
        bool, Option("--check", help="Prove the backup from beginning to end, and write nothing.")
    ] = False,
) -> None:
    """Bring back what a backup holds, into folders and a database that are empty.

    All of it is proved before anything is written. When it was cut short, the same command goes
    on.
    """
    from api.backups import proved, restored  # noqa: PLC0415
    from api.cli.installation import installed  # noqa: PLC0415
    from api.cli.log_keys import verifier_keys  # noqa: PLC0415
    from api.cli.output import Output  # noqa: PLC0415

    output, settings = Output(look), place.settings()
    installed()  # before anything is written: without its rules no application has a place
    keys = verifier_keys(key) if key else []
    with _told(file), _opened(file) as opened:
        size = opened.manifest.size
        with output.progress("proving", size) as advance:
            checkpoint = proved(settings, opened, keys, advance)
        output.say("backup-proved", size=size, origin=checkpoint.origin, at=opened.manifest.made_at)
        if check:
            if output.json:
                output.write(opened.manifest._asdict())
            return
        with output.progress("rebuilding", 2 * size) as advance:
            done = 0

            def told(now: int) -> None:
                nonlocal done
                advance(now - done)
                done = now

            back = asyncio.run(restored(settings, opened, told))
    if output.json:
        output.write(back._asdict())
        return
    output.say("restored", size=back.size, folder=settings.data)
    for name in back.unsettled:
        output.note("unsettled", name=name)
    for name in back.secretless:
        output.note("secretless", name=name)


def _opened(file: Path) -> "BackupFile":
    """Raises Failure, NoBackup."""
    from workflow.backup.file import BackupFile  # noqa: PLC0415

    try:
        return BackupFile(file)
    except OSError as error:
        raise Failure("unreadable", UNUSABLE, file=file, why=why(error)) from error


@contextmanager
def _told(file: Path) -> Iterator[None]:
    """What goes wrong is told in a sentence. Raises Failure."""
    from api.key_files import Unwritable  # noqa: PLC0415
    from workflow.anchor import Apart  # noqa: PLC0415
    from workflow.backup.cut import NotCovered  # noqa: PLC0415
    from workflow.backup.file import NoBackup  # noqa: PLC0415
    from workflow.backup.restoring import Occupied  # noqa: PLC0415
    from workflow.log.directory import Damaged  # noqa: PLC0415
    from workflow.proof.unsound import Unsound  # noqa: PLC0415
    from workflow.store import FolderInUse, StoreFault  # noqa: PLC0415

    try:
        yield
    except NoBackup as error:
        raise Failure("no-backup", UNUSABLE, file=file, why=why(error)) from error
    except NotCovered as error:
        raise Failure("log-not-there", NO, why=why(error)) from error
    except Occupied as error:
        raise Failure("occupied", UNUSABLE, why=why(error)) from error
    except (Apart, Damaged, Unsound) as error:
        raise Failure("log-differs", NO, why=why(error)) from error
    except FolderInUse as error:
        raise Failure("log-in-use", UNUSABLE, why=why(error)) from error
    except (StoreFault, Unwritable, OSError) as error:
        raise Failure("log-unreached", NO, why=why(error)) from error
