"""`status` and `list`: where applications stand."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from itertools import islice
from typing import TYPE_CHECKING, Annotated, Any, Literal

from typer import Option

from api.cli.completing import authorities, names, states
from api.cli.events import Application
from api.cli.options import Reach, command

if TYPE_CHECKING:
    from api.cli.session import Session
    from api.client import Found
    from api.schemas import ApplicationOut


@dataclass(frozen=True, slots=True)
class Narrowing:
    """Which applications are listed."""

    state: Annotated[str | None, Option(help="In this state.", autocompletion=states)] = None
    buyer: Annotated[str | None, Option(help="Of this buyer.")] = None
    procedure: Annotated[str | None, Option(help="Under these rules.", autocompletion=names)] = None
    authority: Annotated[
        str | None, Option(help="On which this authority has acted.", autocompletion=authorities)
    ] = None
    waiting_on: Annotated[
        str | None, Option(help="That wait for this authority.", autocompletion=authorities)
    ] = None
    standing: Annotated[Literal["confirmed", "reported"] | None, Option()] = None
    overdue: Annotated[bool | None, Option("--overdue", help="Past their time limit.")] = None
    q: Annotated[
        str | None,
        Option("--search", "-q", help="Whose id, reference or buyer's name begins like this."),
    ] = None


@command
def status(
    application: Application,
    reach: Reach,
    watch: Annotated[
        bool, Option("--watch", help="Print every change, one a line, until Ctrl-C (exit code 0).")
    ] = False,
) -> None:
    """Show where an application stands."""
    from api.cli.drawing import application_card  # noqa: PLC0415
    from api.cli.session import session  # noqa: PLC0415

    with session(reach) as talk:
        found = talk.yes(talk.client.application(application))
        if not watch:
            talk.output.show(found.value, lambda found: application_card(talk, found))
            return
        talk.output.note("watching")
        try:
            for version in _versions(talk, application, found):
                _print_line(talk, version)
        except KeyboardInterrupt:
            return


@command
def list_(
    narrowing: Narrowing,
    reach: Reach,
    limit: Annotated[int, Option(help="How many at the most.", min=1)] = 50,
    every: Annotated[bool, Option("--all", help="All of them.")] = False,
) -> None:
    """List applications, the newest first."""
    from api.cli.drawing import application_table  # noqa: PLC0415
    from api.cli.session import session  # noqa: PLC0415

    wanted: Any = {name: value for name, value in asdict(narrowing).items() if value is not None}
    with session(reach) as talk:
        page = 200 if every else min(limit + 1, 200)
        items = talk.client.applications(page=page, **wanted)
        found = list(items if every else islice(items, limit + 1))
        shown = found if every else found[:limit]
        talk.output.show(shown, lambda shown: application_table(talk, shown))
        if len(found) > len(shown):
            talk.output.note("more")


def _versions(
    talk: "Session", application: str, found: "Found[ApplicationOut]"
) -> Iterator["ApplicationOut"]:
    """The application as it is and each time that it has changed; it never ends."""
    from api.client import NotModified  # noqa: PLC0415

    yield found.value
    while True:
        waited = talk.client.wait(application, found.etag)
        if not isinstance(waited, NotModified):
            found = talk.yes(waited)
            yield found.value


def _print_line(talk: "Session", version: "ApplicationOut") -> None:
    from api.cli.drawing import application_line  # noqa: PLC0415
    from api.cli.output import dumped  # noqa: PLC0415

    if talk.output.json:
        talk.output.write(dumped(version))
    else:
        talk.output.line(application_line(talk, version))
