"""`journal`: what the audit sees beside the trails."""

import sys
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, BinaryIO

from typer import Option

from api.cli.options import TIME, Reach, command, timed

if TYPE_CHECKING:
    from api.schemas import JournalEntryOut

SHOWN = 50
"""Entries that are shown unless more are asked for."""


@dataclass(frozen=True, slots=True)
class WantedEntries:
    """Which entries."""

    what: Annotated[
        str | None, Option(help="Of this kind: refused, read, exported, key-made, ...")
    ] = None
    by: Annotated[str | None, Option(help="By the principal of this name.")] = None
    since: Annotated[
        str | None, Option(help=f"Written then or later. {TIME}", metavar="TIME", callback=timed)
    ] = None
    until: Annotated[
        str | None, Option(help=f"Written before. {TIME}", metavar="TIME", callback=timed)
    ] = None

    def filters(self) -> Any:
        """As the client takes them."""
        named = asdict(self)
        named["actor"] = named.pop("by")
        return {name: value for name, value in named.items() if value is not None}


@command
def journal(
    wanted: WantedEntries,
    reach: Reach,
    oldest: Annotated[bool, Option("--oldest-first", help="The first entry first.")] = False,
    limit: Annotated[
        int | None, Option(help="How many at the most.", min=1, show_default="50; all with --csv")
    ] = None,
    csv: Annotated[
        str | None,
        Option(
            "--csv",
            metavar="FILE",
            help="Write them to a file that a spreadsheet opens; - writes to standard output.",
        ),
    ] = None,
) -> None:
    """Show who tried, read, exported and changed what: the newest first. For auditors and
    operators.
    """
    from api.cli.journal_table import journal_table  # noqa: PLC0415
    from api.cli.session import session  # noqa: PLC0415

    with session(reach) as talk:
        entries = talk.client.journal(newest_first=not oldest, **wanted.filters())
        if csv is None:
            found = list(islice(entries, limit or SHOWN))
            talk.output.show(found, lambda found: journal_table(talk.output, found))
        elif csv == "-":
            _write(sys.stdout.buffer, islice(entries, limit))
            sys.stdout.buffer.flush()
        else:
            from api.cli.files import written_at_once  # noqa: PLC0415

            with written_at_once(Path(csv)) as target:
                count = _write(target, islice(entries, limit))
            if talk.output.json:
                talk.output.write({"file": csv, "entries": count})
            talk.output.say("journal-written", count=count, file=csv)


def _write(target: BinaryIO, entries: Iterable["JournalEntryOut"]) -> int:
    """How many were written."""
    from api.journal import table  # noqa: PLC0415

    count = 0
    target.write(table.head())
    for entry in entries:
        target.write(table.line(entry.model_dump()))
        count += 1
    return count
