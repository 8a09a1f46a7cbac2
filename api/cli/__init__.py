"""The `clearance` command. Each command imports what it needs when it runs: all start fast.

What every exit code means stands in `api/stop.py`.
"""

import sys
import traceback
from collections.abc import Callable
from io import TextIOWrapper
from typing import Annotated, Any

import typer
from typer import Option
from typer.main import get_command

from api.cli import (
    access_journal,
    applications,
    backing_up,
    doctor,
    events,
    exporting,
    following,
    keys,
    log,
    procedures,
    registry,
    service,
    simulating,
    trails,
    verifying,
    webhooks,
    witness,
)
from api.cli.faults import Failure
from api.cli.options import Look, Reach, command
from api.cli.telling import look_of, tell
from api.settings import Unfit
from api.stop import INTERRUPTED, NO, UNUSABLE, Stop


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version  # noqa: PLC0415

        typer.echo(f"clearance {version('clearance')}")
        raise typer.Exit


app = typer.Typer(
    epilog="Exit codes: 0 done, 1 the answer is no, 2 wrong usage or input, 3 refused, "
    "4 not found, 5 changed since, 6 no service answered, 130 Ctrl-C (of status --watch and "
    "follow: 0). From 2 on, --json prints an object with code and detail.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)


@app.callback()
def clearance(
    version: Annotated[
        bool,
        Option("--version", help="Print the version and end.", callback=_version, is_eager=True),
    ] = False,
) -> None:
    """Carries import applications through a regulatory procedure and keeps their trail."""


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
    """Post the events of a file. The same command again goes on where it stopped.

    Ctrl-C stops it with the exit code 130.
    """
    from api.cli.importing import carry  # noqa: PLC0415

    carry(file, file.lower().endswith(".csv") if as_csv is None else as_csv, reach)


COMMANDS: dict[str, Callable[..., None]] = {
    "apply": events.apply,
    "post": events.post,
    "status": applications.status,
    "list": applications.list_,
    "follow": following.follow,
    "trail": trails.trail,
    "allowed": events.allowed,
    "import": import_,
    "export": exporting.export,
    "verify": verifying.verify,
    "simulate": simulating.simulate,
    "journal": access_journal.journal,
    "serve": service.serve,
    "worker": service.worker,
    "demo": service.demo,
    "witness": witness.witness,
    "backup": backing_up.backup,
    "restore": backing_up.restore,
    "doctor": doctor.doctor,
}
for name, function in COMMANDS.items():
    app.command(name)(function)
app.add_typer(registry.buyers, name="buyers")
app.add_typer(registry.pools, name="pools")
app.add_typer(keys.keys, name="keys")
app.add_typer(webhooks.webhooks, name="webhooks")
app.add_typer(log.log, name="log")
app.add_typer(procedures.procedure, name="procedure")


def main() -> None:
    """Run a command. The user is told in a sentence what went wrong, never by a traceback."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal that knows no Chinese
    look = look_of(sys.argv[1:])
    try:
        # What is wrong with the usage, typer tells people itself.
        code = _command(look)(standalone_mode=not look.json)
    except Stop as stop:
        sys.exit(tell(stop, stop.code, look))
    except Unfit as unfit:
        sys.exit(tell(Failure("unfit", UNUSABLE, why=unfit), UNUSABLE, look))
    except typer.TyperException as wrong:
        sys.exit(tell(Failure("usage", UNUSABLE, why=wrong), UNUSABLE, look))
    except Exception as error:
        place = traceback.extract_tb(error.__traceback__)[-1]
        fault = f"{type(error).__name__}: {error} ({place.filename}:{place.lineno})"
        sys.exit(tell(Failure("own-fault", NO, why=fault), NO, look))
    if code == INTERRUPTED:
        tell(Failure("interrupted", INTERRUPTED), INTERRUPTED, look)
    sys.exit(code)


def _command(look: Look) -> Any:
    """What typer makes of the functions above, with its help in the language of the user."""
    made = get_command(app)
    if look.lang == "zh":
        from api.cli.help_zh import speak_chinese  # noqa: PLC0415

        speak_chinese(made)
    return made
