"""The `clearance` command. Each command imports what it needs when it runs: all start fast.

What every exit code means stands in `api/stop.py`.
"""

import sys
import traceback
from io import TextIOWrapper
from typing import Annotated

import typer
from typer import Option

from api.cli import applications, events, procedures, registry, service, trails
from api.cli.options import Reach, command
from api.settings import Unfit
from api.stop import NO, UNUSABLE, Stop

app = typer.Typer(
    help="Carries import applications through a regulatory procedure and keeps their trail.",
    epilog="Exit codes: 0 done, 1 the answer is no, 2 wrong usage, 3 refused, 4 not found, "
    "5 changed since, 6 no service answered, 130 interrupted.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)


@command
def import_(
    file: Annotated[
        str,
        typer.Argument(help="JSON Lines or CSV; - reads standard input.", show_default=False),
    ],
    reach: Reach,
    as_csv: Annotated[
        bool | None, Option("--csv/--jsonl", help="Its form.", show_default="by its name")
    ] = None,
) -> None:
    """Post the events of a file. The same command again goes on where it stopped."""
    from api.cli.importing import carry  # noqa: PLC0415

    carry(file, file.lower().endswith(".csv") if as_csv is None else as_csv, reach)


for name, function in {
    "apply": events.apply,
    "post": events.post,
    "status": applications.status,
    "list": applications.list_,
    "trail": trails.trail,
    "allowed": events.allowed,
    "import": import_,
    "export": trails.export,
    "verify": trails.verify,
    "serve": service.serve,
    "demo": service.demo,
}.items():
    app.command(name)(function)
app.add_typer(registry.buyers, name="buyers")
app.add_typer(registry.pools, name="pools")
app.add_typer(procedures.procedure, name="procedure")


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
