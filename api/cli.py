"""The `clearance` command. Each command imports what it needs when it runs: all start fast."""

import sys
import traceback
from collections.abc import Iterator
from dataclasses import replace
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from api.settings import Settings, Unfit
from api.stop import NO, UNUSABLE, Stop

if TYPE_CHECKING:
    from api.exports import Export

app = typer.Typer(
    help="Carries import applications through a regulatory procedure and keeps their trail.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
procedure = typer.Typer(help="The files that hold the rules.", no_args_is_help=True)
app.add_typer(procedure, name="procedure")

Port = Annotated[int | None, typer.Option(help="0 takes any free port.", show_default="8000")]


@app.command()
def serve(
    data: Annotated[
        Path | None,
        typer.Option(help="Folder of the data, made if missing.", show_default="data"),
    ] = None,
    port: Port = None,
    host: Annotated[
        str | None, typer.Option(help="A loopback address.", show_default="127.0.0.1")
    ] = None,
    redis: Annotated[
        str | None, typer.Option(metavar="URL", help="A server of your own: redis://host:port/db")
    ] = None,
    durability: Annotated[
        Literal["strict", "relaxed"] | None,
        typer.Option(
            help="strict refuses a server that may lose an acknowledged event.",
            show_default="strict",
        ),
    ] = None,
    public_url: Annotated[
        str | None, typer.Option(metavar="URL", help="How others call the service.")
    ] = None,
) -> None:
    """Run the service until Ctrl-C or SIGTERM."""
    settings = Settings.from_environment(
        data=data,
        port=port,
        host=host,
        redis_url=redis,
        durability=durability,
        public_url=public_url,
    )
    from api.serve import announce, run  # noqa: PLC0415

    run(settings, announce)


@app.command()
def demo(
    data: Annotated[Path, typer.Option(help="Folder of the data, made if missing.")] = Path(
        "data/demo"
    ),
    port: Port = None,
) -> None:
    """Run the service with what was reported in January 2026."""
    settings = Settings.from_environment(data=data, port=port)
    from api.demo import present  # noqa: PLC0415
    from api.serve import run  # noqa: PLC0415

    # The reports never enter a server that the operator has set up for something else.
    run(replace(settings, redis_url=None), present)


@app.command()
def verify(
    file: Annotated[
        str, typer.Argument(help="An exported trail, JSON or JSON Lines; - reads standard input.")
    ],
    head: Annotated[
        str | None,
        typer.Option(metavar="HASH", help="The hash of the last record, if it is known."),
    ] = None,
) -> None:
    """Check an exported trail, with no service. Exit 1 names the first bad record."""
    from api import exports  # noqa: PLC0415
    from workflow.domain import trail  # noqa: PLC0415

    try:
        export = exports.read(_content(file))
    except exports.Unreadable as unreadable:
        raise Stop(f"{file} is not an exported trail: {unreadable}.", UNUSABLE) from unreadable
    verdict = trail.verify(export.records)
    if not verdict.ok:
        typer.echo(f"BAD: record {verdict.first_bad}: {verdict.reason}")
        typer.echo(f"{verdict.checked} of {len(export.records)} records are sound, up to there.")
        raise typer.Exit(NO)
    if head not in (None, verdict.head):
        typer.echo(f"BAD: the trail ends with record {verdict.checked}, {verdict.head},")
        typer.echo(f"and not with {head}: what comes after it is missing, or it is another trail.")
        raise typer.Exit(NO)
    typer.echo(f"OK: {verdict.checked} records, the last of them {verdict.head}")
    for remark in _remarks(export, head):
        typer.echo(remark)


@procedure.command()
def check(file: Annotated[Path, typer.Argument(help="A procedure, in YAML.")]) -> None:
    """Check a procedure file. Exit 1 lists every problem as file:line: message."""
    from workflow.procedures import ProcedureError, load  # noqa: PLC0415

    try:
        found = load(file)
    except ProcedureError as problems:
        typer.echo(str(problems))
        raise typer.Exit(NO) from problems
    typer.echo(
        f"OK: {found.name} version {found.version}, {len(found.states)} states, "
        f"{len(found.events)} events, {len(found.authorities)} authorities, digest {found.digest}"
    )


def main() -> None:
    """Run a command. The user is told in a sentence what went wrong, never by a traceback."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal that knows no Chinese
    try:
        app()
    except Stop as stop:
        sys.exit(_told(str(stop), stop.code))
    except Unfit as unfit:
        sys.exit(_told(f"{unfit}.", UNUSABLE))
    except Exception as error:
        place = traceback.extract_tb(error.__traceback__)[-1]
        fault = f"{type(error).__name__}: {error} ({place.filename}:{place.lineno})"
        sys.exit(_told(f"this is a fault of clearance, please report it: {fault}", NO))


def _told(message: str, code: int) -> int:
    typer.echo(f"clearance: {message}", err=True)
    return code


def _content(file: str) -> bytes:
    try:
        return sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    except OSError as error:
        raise Stop(f"{file} cannot be read: {error.strerror}.", UNUSABLE) from error


def _remarks(export: "Export", head: str | None) -> Iterator[str]:
    """What the check could not show."""
    if not export.exact:
        yield "Each record was written canonically again before its hash was checked."
    if export.partial:
        yield "The export is a page: more records follow that were not checked."
    elif head is None:
        yield "Records missing at the end show only against a known head: --head HASH."
