"""`procedure`: the files that hold the rules. A name is looked up among the procedures of this
installation (those that are shipped, and those in the folder of `CLEARANCE_PROCEDURES`), never at
a service: `h200-import` is its newest version, `h200-import/1` a certain
one.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer
from typer import Option

from api.cli.completing import states, versions
from api.cli.faults import Failure
from api.cli.options import Look, Reach, command
from api.stop import NO, NOT_FOUND, UNUSABLE

if TYPE_CHECKING:
    from workflow.domain.procedure import Procedure

procedure = typer.Typer(help="The files that hold the rules.", no_args_is_help=True)

File = Annotated[Path, typer.Argument(help="A procedure, in YAML.", show_default=False)]
MEANT = (
    "A YAML file, or a procedure of this installation by NAME or NAME/VERSION; no service is asked."
)
Rules = Annotated[str, typer.Argument(help=MEANT, show_default=False, autocompletion=versions)]


@procedure.command()
@command
def check(file: File, look: Look) -> None:
    """Check a procedure file. Exit 1 lists every problem as file:line: message."""
    from api.cli.output import Output  # noqa: PLC0415
    from workflow.procedures import ProcedureError, load  # noqa: PLC0415

    output = Output(look)
    try:
        found = load(file)
    except ProcedureError as error:
        if output.json:
            told = [{"file": p.file, "line": p.line, "detail": p.message} for p in error.problems]
            output.write({"ok": False, "problems": told})
        else:
            typer.echo(str(error))
        raise typer.Exit(NO) from error
    counts = {
        "states": len(found.states),
        "events": len(found.events),
        "authorities": len(found.authorities),
    }
    named = {"name": found.name, "version": found.version, "digest": found.digest}
    if output.json:
        output.write({"ok": True, **named, **counts})
    output.say("procedure-ok", **named, **counts)


@procedure.command()
@command
def show(rules: Rules, look: Look) -> None:
    """Show the states and events of a procedure."""
    from api.cli.output import Output  # noqa: PLC0415
    from api.cli.rules import procedure_tables  # noqa: PLC0415
    from workflow.procedures.comparison import facts  # noqa: PLC0415

    output, found = Output(look), load_rules(rules)
    if output.json:
        output.write({"name": found.name, "version": found.version, **facts(found)})
    else:
        output.show(found, lambda found: procedure_tables(output, found))


@procedure.command()
@command
def diagram(
    reach: Reach,
    rules: Annotated[
        str | None,
        typer.Argument(help=MEANT, show_default="of the --application", autocompletion=versions),
    ] = None,
    form: Annotated[Literal["mermaid", "svg"], Option("--format")] = "mermaid",
    state: Annotated[str | None, Option(help="The state to mark.", autocompletion=states)] = None,
    application: Annotated[
        str | None,
        Option(help="An application: its procedure as its service has it, its state marked."),
    ] = None,
    file: Annotated[
        str | None, Option("--output", "-o", help="Where to.", show_default="standard output")
    ] = None,
) -> None:
    """Draw a procedure, as Mermaid text or as SVG."""
    from api.cli.files import written_at_once  # noqa: PLC0415
    from api.cli.output import Output  # noqa: PLC0415

    if (rules is None) == (application is None):
        raise Failure("procedure-or-application", UNUSABLE)
    if application is not None:
        drawn = _of_application(application, form, reach)
    else:
        drawn = _of_rules(load_rules(str(rules)), form, state, Output(reach).lang)
    if reach.json:
        Output(reach).write({"format": form, "diagram": drawn})
    elif file is None:
        typer.echo(drawn, nl=not drawn.endswith("\n"))
    else:
        with written_at_once(Path(file)) as target:
            target.write(drawn.encode())
        Output(reach).note("written-to", file=file)


@procedure.command()
@command
def diff(before: Rules, after: Rules, look: Look) -> None:
    """Show what differs between two procedures. Exit 1 when something does."""
    from api.cli.output import Output  # noqa: PLC0415
    from api.cli.rules import difference_table  # noqa: PLC0415
    from workflow.procedures.comparison import differences  # noqa: PLC0415

    output = Output(look)
    found = list(differences(load_rules(before), load_rules(after)))
    if output.json:
        output.write({"differences": [one._asdict() for one in found]})
    elif not found:
        output.say("procedures-same")
    else:
        output.show(found, lambda found: difference_table(output, found))
    if found:
        raise typer.Exit(NO)


def load_rules(rules: str) -> "Procedure":
    """The procedure that a file or a name means. Raises Failure."""
    from api.cli.installation import installed  # noqa: PLC0415
    from workflow.procedures import ProcedureError, load  # noqa: PLC0415

    path = Path(rules)
    if path.suffix in (".yaml", ".yml") or path.is_file():
        try:
            return load(path)
        except ProcedureError as error:
            raise Failure("procedure-unsound", UNUSABLE, rules=rules, why=error) from error
    name, _, version = rules.partition("/")
    known = installed()
    fitting = {
        number: found
        for (named, number), found in known.items()
        if named == name and version in ("", str(number))
    }
    if not fitting:
        names = ", ".join(f"{named}/{number}" for named, number in known)
        raise Failure("no-procedure", NOT_FOUND, rules=rules, known=names)
    return fitting[max(fitting)]


def _of_rules(
    found: "Procedure",
    form: Literal["mermaid", "svg"],
    state: str | None,
    lang: Literal["en", "zh"],
) -> str:
    from workflow.procedures import mermaid, svg  # noqa: PLC0415

    if state is not None and state not in found.states:
        raise Failure("no-state", NOT_FOUND, name=found.name, state=state)
    draw = mermaid if form == "mermaid" else svg
    return draw(found, lang, state)


def _of_application(application: str, form: Literal["mermaid", "svg"], reach: Reach) -> str:
    from api.cli.session import session  # noqa: PLC0415

    accept = "text/vnd.mermaid" if form == "mermaid" else "image/svg+xml"
    with session(reach) as talk:
        found = talk.yes(talk.client.application(application)).value
        ref = found.procedure
        lang = talk.output.lang
        drawn = talk.client.diagram(
            ref.name, ref.version, lang=lang, state=found.state, accept=accept
        )
        return talk.yes(drawn)
