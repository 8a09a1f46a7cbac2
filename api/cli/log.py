"""`log`: the log of all records, its keys, and the database that was lost."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer
from typer import Option

from api.cli.faults import Failure, why
from api.cli.options import Look, command
from api.settings import Settings
from api.stop import NO, UNUSABLE

if TYPE_CHECKING:
    from api.cli.output import Output

T = TypeVar("T")

log = typer.Typer(help="The log of all records, and its keys.", no_args_is_help=True)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a service has its data; `CLEARANCE_LOG_DIRECTORY` says where else the log is."""

    data: Annotated[
        Path | None, Option(help="Data folder of the service.", show_default="data")
    ] = None
    redis: Annotated[
        str | None, Option(metavar="URL", help="A server of your own: redis://host:port/db")
    ] = None

    def settings(self) -> Settings:
        """With the variables for what is not given. Raises Unfit."""
        return Settings.from_environment(data=self.data, redis_url=self.redis)


@log.command("key")
@command
def key(
    look: Look,
    data: Annotated[
        Path | None, Option(help="Data folder of the service.", show_default="data")
    ] = None,
    rotate: Annotated[
        bool, Option("--rotate", help="Make a new key, which a running service takes up.")
    ] = False,
) -> None:
    """Print the public keys that have signed the log, the oldest first."""
    from api.cli.output import Output  # noqa: PLC0415
    from api.key_files import Unwritable  # noqa: PLC0415
    from api.log_start import keys_of  # noqa: PLC0415
    from workflow.proof.unsound import Unsound  # noqa: PLC0415

    output, settings = Output(look), Settings.from_environment(data=data)
    keys = keys_of(settings)
    try:
        present, coming = keys.present(), keys.coming()
        if present is None:
            raise Failure("no-log-key", UNUSABLE, folder=settings.data)
        if rotate:
            coming = keys.rotate()
            if coming is None:
                raise Failure("rotation-under-way", NO)
        known = [str(one) for one in keys.public()]
    except (Unsound, Unwritable) as error:
        raise Failure("log-key-unfit", UNUSABLE, why=why(error)) from error
    following = None if coming is None else str(coming.verifier)
    if output.json:
        output.write({"origin": present.name, "keys": known, "next": following})
        return
    for line in known:
        output.line(line)
    if following is not None:
        output.note("log-key-next", key=following)


@log.command("recover")
@command
def recover(
    place: Place,
    look: Look,
    replace: Annotated[
        bool,
        Option("--replace", help="Set the embedded server's data aside and begin with none."),
    ] = False,
    forget: Annotated[
        int,
        Option(
            min=0,
            metavar="N",
            help="With --replace: give up the last N signed records, if no folder has them.",
            show_default=False,
        ),
    ] = 0,
) -> None:
    """Rebuild the database from the log, up to its last signed checkpoint.

    No service may run on it. A database that is the beginning of the log is brought up to its
    end; one that differs is not touched.
    """
    from api.cli.installation import installed  # noqa: PLC0415
    from api.cli.output import Output  # noqa: PLC0415
    from api.log_tending import rebuilt  # noqa: PLC0415

    output, settings = Output(look), place.settings()
    installed()  # before anything is set aside: without its rules no application has a place
    if replace and settings.redis_url is not None:
        raise Failure("replace-embedded", UNUSABLE)
    recovered, aside = _with_bar(
        output,
        "rebuilding",
        settings,
        lambda told: rebuilt(settings, told, replace=replace, forget=forget),
        2,
    )
    if aside is not None:
        output.note("data-aside", folder=aside)
    if output.json:
        output.write({"size": recovered.size, "unsettled": list(recovered.unsettled)})
        return
    output.say("recovered", size=recovered.size)
    for name in recovered.unsettled:
        output.note("unsettled", name=name)


@log.command("check")
@command
def check(place: Place, look: Look) -> None:
    """Compare the whole database with the log, and name the first difference. Exit 1: they
    differ.
    """
    from api.cli.output import Output  # noqa: PLC0415
    from api.log_tending import compared  # noqa: PLC0415

    output, settings = Output(look), place.settings()
    size = _with_bar(output, "comparing", settings, lambda told: compared(settings, told), 2)
    if output.json:
        output.write({"size": size})
    output.say("log-same", size=size)


def _with_bar(
    output: "Output",
    name: str,
    settings: Settings,
    work: Callable[[Callable[[int], None]], Coroutine[Any, Any, T]],
    times: int,
) -> T:
    """The outcome of something that goes so many times through the log. Raises Failure."""
    from workflow.log.directory import Damaged  # noqa: PLC0415
    from workflow.log.tree import LogReader  # noqa: PLC0415

    try:
        total = times * LogReader(settings.log_directory).size
    except Damaged as error:
        raise Failure("log-differs", NO, why=why(error)) from error
    if total == 0:
        raise Failure("no-log", UNUSABLE, folder=settings.log_directory)
    with output.progress(name, total) as advance:
        done = 0

        def told(now: int) -> None:
            nonlocal done
            advance(now - done)
            done = now

        return _done(work(told))


def _done(work: Coroutine[Any, Any, T]) -> T:
    """What comes of it. Raises Failure."""
    from workflow.anchor import Apart  # noqa: PLC0415
    from workflow.log.directory import Damaged  # noqa: PLC0415
    from workflow.proof.unsound import Unsound  # noqa: PLC0415
    from workflow.store import FolderInUse, StoreFault  # noqa: PLC0415

    try:
        return asyncio.run(work)
    except (Apart, Damaged, Unsound) as error:
        raise Failure("log-differs", NO, why=why(error)) from error
    except FolderInUse as error:
        raise Failure("log-in-use", UNUSABLE, why=why(error)) from error
    except (StoreFault, OSError) as error:
        raise Failure("log-unreached", NO, why=why(error)) from error
