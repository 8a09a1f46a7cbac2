"""`follow`: records as they come."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer import Option

from api.cli.completing import event_types, names
from api.cli.faults import Failure
from api.cli.options import Reach, command
from api.stop import UNUSABLE

if TYPE_CHECKING:
    from api.cli.session import Session
    from api.schemas import RecordOut


@dataclass(frozen=True, slots=True)
class Narrowing:
    """Which records of all applications."""

    type: Annotated[str | None, Option(help="Of this type.", autocompletion=event_types)] = None
    buyer: Annotated[str | None, Option(help="Of this buyer.")] = None
    procedure: Annotated[str | None, Option(help="Under these rules.", autocompletion=names)] = None


@command
def follow(
    narrowing: Narrowing,
    reach: Reach,
    application: Annotated[
        str | None, typer.Argument(help="Id of the application.", show_default="all that you see")
    ] = None,
    after: Annotated[
        str | None,
        Option(
            help="Begin behind this record; of all applications, behind this id.",
            show_default="now",
        ),
    ] = None,
) -> None:
    """Print records as they are recorded, one a line, until Ctrl-C (exit code 0)."""
    from api.cli.session import session  # noqa: PLC0415

    wanted: Any = {name: value for name, value in asdict(narrowing).items() if value is not None}
    if application is not None and wanted:
        raise Failure("follow-which", UNUSABLE)
    if application is not None and after is not None and not after.isdecimal():
        raise Failure("follow-after", UNUSABLE, after=after)
    with session(reach) as talk:
        talk.output.note("following")
        try:
            for place, record in _records(talk, application, after, wanted):
                _print_line(talk, place, record)
        except KeyboardInterrupt:
            return


def _records(
    talk: "Session", application: str | None, after: str | None, wanted: Any
) -> Iterator[tuple[str, "RecordOut"]]:
    """Records with their ids; it never ends."""
    if application is None:
        for one in talk.client.stream(after=after, **wanted):
            yield one.cursor, one.record
    else:
        for record in talk.client.follow(application, after=None if after is None else int(after)):
            yield str(record.seq), record


def _print_line(talk: "Session", place: str, record: "RecordOut") -> None:
    from api.cli.drawing import record_line  # noqa: PLC0415
    from api.cli.output import dumped  # noqa: PLC0415

    if talk.output.json:
        talk.output.write({"id": place, "record": dumped(record)})
    else:
        talk.output.line(record_line(talk, record))
