"""`trail`: what happened."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer
from typer import Option

from api.cli.completing import authorities, event_types
from api.cli.faults import Failure
from api.cli.options import TIME, Grade, Reach, command, timed
from api.stop import UNUSABLE

if TYPE_CHECKING:
    from api.cli.session import Session

LATEST = 50
"""Records that are shown of many applications where it is not said how many."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which records."""

    type: Annotated[str | None, Option(help="Of this type.", autocompletion=event_types)] = None
    authority: Annotated[
        str | None, Option(help="In which this authority acted.", autocompletion=authorities)
    ] = None
    by: Annotated[str | None, Option(help="Posted by the principal of this name.")] = None
    since: Annotated[
        str | None, Option(help=f"Recorded then or later. {TIME}", metavar="TIME", callback=timed)
    ] = None
    until: Annotated[
        str | None, Option(help=f"Recorded before. {TIME}", metavar="TIME", callback=timed)
    ] = None

    grade: Annotated[Grade | None, Option(help="With evidence of this grade.")] = None
    standing: Annotated[
        Literal["confirmed", "reported"] | None, Option(help="Of this standing.")
    ] = None

    def filters(self) -> Any:
        """As the client takes them."""
        named = asdict(self)
        named["actor"] = named.pop("by")
        return {name: value for name, value in named.items() if value is not None}


@dataclass(frozen=True, slots=True)
class Part:
    """How much of what is wanted, and from which end."""

    buyer: Annotated[str | None, Option(help="Of this buyer's applications.")] = None
    newest: Annotated[bool, Option("--newest-first", help="The last record first.")] = False
    limit: Annotated[int | None, Option(help="How many at the most.", min=1)] = None


@command
def trail(
    wanted: Wanted,
    part: Part,
    reach: Reach,
    application: Annotated[
        str | None,
        typer.Argument(help="Id of the application.", show_default="every one that you see"),
    ] = None,
    seq: Annotated[int | None, Option(help="One record, whole, by its number.", min=1)] = None,
    proof: Annotated[
        Path | None, Option(metavar="FILE", help="Write the proof of that record to this file.")
    ] = None,
    check: Annotated[
        bool, Option("--check", help="Let the service check the trail, and against its log.")
    ] = False,
) -> None:
    """Show the records of an application, or the latest of all that you see. A whole trail is
    verified as it comes.
    """
    from api.cli.drawing import trail_table  # noqa: PLC0415
    from api.cli.session import session  # noqa: PLC0415

    if application is None and (seq is not None or check):
        raise Failure("record-of-what", UNUSABLE)
    if application is not None and part.buyer is not None:
        raise Failure("buyer-and-application", UNUSABLE)
    if proof is not None and seq is None:
        raise Failure("proof-of-what", UNUSABLE)
    with session(reach) as talk:
        if application is None:
            narrowed = {} if part.buyer is None else {"buyer": part.buyer}
            _search(talk, wanted.filters() | narrowed, part.limit or LATEST)
            return
        if check:
            from api.cli.proving import show_verification  # noqa: PLC0415

            show_verification(talk, application)
            return
        if seq is not None and proof is not None:
            from api.cli.proving import write_proof  # noqa: PLC0415

            write_proof(talk, application, seq, proof, reach.patience)
            return
        if seq is not None:
            talk.output.write(
                talk.yes(talk.client.record(application, seq)).model_dump(by_alias=True)
            )
            return
        records = talk.client.trail(application, newest_first=part.newest, **wanted.filters())
        found = list(islice(records, part.limit))
        talk.output.show(found, lambda found: trail_table(talk, found))


def _search(talk: "Session", filters: Any, limit: int) -> None:
    """The latest records, and whether there are more."""
    from api.cli.drawing import trail_table  # noqa: PLC0415

    page = min(limit + 1, 1_000)
    records: Iterator[Any] = talk.client.search_trail(page=page, **filters)
    found = list(islice(records, limit))
    talk.output.show(found, lambda found: trail_table(talk, found, subjects=True))
    if len(found) == limit and next(records, None) is not None:
        talk.output.note("more-records")
