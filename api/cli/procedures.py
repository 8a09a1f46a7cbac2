"""`procedure`: the files that hold the rules. A name is looked up among the procedures of this
installation: `h200-import` is its newest version, `h200-import/1` a certain one.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer
from typer import Option

from api.cli.options import Look, Reach, command
from api.stop import NO, NOT_FOUND, UNUSABLE, Stop

if TYPE_CHECKING:
    from workflow.domain.procedure import Procedure

procedure = typer.Typer(help="The files that hold the rules.", no_args_is_help=True)

File = Annotated[Path, typer.Argument(help="A procedure, in YAML.", show_default=False)]
Rules = Annotated[
    str, typer.Argument(help="A YAML file, a name, or NAME/VERSION.", show_default=False)
]


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
    from api.cli.rules import facts, procedure_tables  # noqa: PLC0415

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
        typer.Argument(
            help="A YAML file, a name, or NAME/VERSION.", show_default="of the --application"
        ),
    ] = None,
    form: Annotated[Literal["mermaid", "svg"], Option("--format")] = "mermaid",
    state: Annotated[str | None, Option(help="The state to mark.")] = None,
    application: Annotated[
        str | None, Option(help="An application: its procedure, with its state marked.")
    ] = None,
    file: Annotated[
        str | None, Option("--output", "-o", help="Where to.", show_default="standard output")
    ] = None,
) -> None:
    """Draw a procedure, as Mermaid text or as SVG."""
    from api.cli.files import written_at_once  # noqa: PLC0415
    from api.cli.output import Output  # noqa: PLC0415

    if (rules is None) == (application is None):
        raise Stop("name a procedure, or an --application.", UNUSABLE)
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
    from api.cli.output import Output, row, table  # noqa: PLC0415
    from api.cli.rules import differences  # noqa: PLC0415

    output = Output(look)
    found = list(differences(load_rules(before), load_rules(after)))
    if output.json:
        output.write({"differences": [one._asdict() for one in found]})
    elif not found:
        output.say("procedures-same")
    else:
        names = ("difference", "part", "name", "before", "after")
        made = table(*map(output.words, names))
        for one in found:
            row(made, output.words(one.kind), one.part, one.name, one.before, one.after)
        output.show(found, lambda _: made)
    if found:
        raise typer.Exit(NO)


def load_rules(rules: str) -> "Procedure":
    """The procedure that a file or a name means. Raises Stop."""
    from workflow.procedures import ProcedureError, load, load_packaged  # noqa: PLC0415

    path = Path(rules)
    if path.suffix in (".yaml", ".yml") or path.is_file():
        try:
            return load(path)
        except ProcedureError as error:
            raise Stop(f"{rules} is not a sound procedure:\n{error}", UNUSABLE) from error
    name, _, version = rules.partition("/")
    fitting = {
        known: found
        for (named, known), found in load_packaged().items()
        if named == name and version in ("", str(known))
    }
    if not fitting:
        raise Stop(f"there is no procedure {rules}.", NOT_FOUND)
    return fitting[max(fitting)]


def _of_rules(
    found: "Procedure",
    form: Literal["mermaid", "svg"],
    state: str | None,
    lang: Literal["en", "zh"],
) -> str:
    from workflow.procedures import mermaid, svg  # noqa: PLC0415

    if state is not None and state not in found.states:
        raise Stop(f"{found.name} has no state {state}.", NOT_FOUND)
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
