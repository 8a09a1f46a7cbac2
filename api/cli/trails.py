"""`trail`, `export` and `verify`: what happened, and that nobody has rewritten it."""

import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, BinaryIO, Literal

import typer
from typer import Option

from api.cli.completing import authorities, event_types
from api.cli.events import Application
from api.cli.faults import Failure, why
from api.cli.options import TIME, Look, Reach, command, timed
from api.stop import NO, UNUSABLE

if TYPE_CHECKING:
    from api.exports import Export


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

    def filters(self) -> Any:
        """As the client takes them."""
        named = asdict(self)
        named["actor"] = named.pop("by")
        return {name: value for name, value in named.items() if value is not None}


@command
def trail(
    application: Application,
    wanted: Wanted,
    reach: Reach,
    newest: Annotated[bool, Option("--newest-first", help="The last record first.")] = False,
    limit: Annotated[int | None, Option(help="How many at the most.", min=1)] = None,
    seq: Annotated[int | None, Option(help="One record, whole, by its number.", min=1)] = None,
) -> None:
    """Show the records of an application. A whole trail is verified as it comes."""
    from api.cli.drawing import trail_table  # noqa: PLC0415
    from api.cli.session import session  # noqa: PLC0415

    with session(reach) as talk:
        if seq is not None:
            talk.output.write(
                talk.yes(talk.client.record(application, seq)).model_dump(by_alias=True)
            )
            return
        records = talk.client.trail(application, newest_first=newest, **wanted.filters())
        found = list(islice(records, limit))
        talk.output.show(found, lambda found: trail_table(talk, found))


@command
def export(
    application: Application,
    wanted: Wanted,
    reach: Reach,
    file: Annotated[
        str, typer.Argument(help="Where to; - writes to standard output.", show_default=False)
    ],
    form: Annotated[
        Literal["jsonl", "json"] | None,
        Option("--format", help="jsonl: each record as stored.", show_default="by the file's name"),
    ] = None,
) -> None:
    """Write a trail to a file, whole and verified or not at all."""
    from api.cli.files import written_at_once  # noqa: PLC0415
    from api.cli.session import session  # noqa: PLC0415

    form = form or ("json" if file.endswith(".json") else "jsonl")
    with session(reach) as talk:
        filters = wanted.filters()
        total = talk.yes(talk.client.application(application)).value.version
        lines = talk.client.export(application, **filters)
        with talk.output.progress("exporting", total) as advance:
            if file == "-":
                _write(sys.stdout.buffer, lines, form, advance)
                sys.stdout.buffer.flush()
                return
            with written_at_once(Path(file)) as target:
                count, last = _write(target, lines, form, advance)
        head = "" if last is None else _hash(last)
        if talk.output.json:
            talk.output.write(
                {"file": file, "records": count, "head": head, "verified": not filters}
            )
        told = "exported-unverified" if filters else "exported"
        talk.output.say(told, count=count, file=file, head=head)


@command
def verify(
    file: Annotated[
        str, typer.Argument(help="An exported trail, JSON or JSON Lines; - reads standard input.")
    ],
    look: Look,
    head: Annotated[
        str | None, Option(metavar="HASH", help="The hash of the last record, if it is known.")
    ] = None,
) -> None:
    """Check an exported trail, with no service. Exit 1 names the first bad record."""
    from api import exports  # noqa: PLC0415
    from api.cli.files import content  # noqa: PLC0415
    from api.cli.output import Output  # noqa: PLC0415
    from api.cli.reasons import in_both  # noqa: PLC0415
    from workflow.domain.trail import Checker  # noqa: PLC0415

    output = Output(look)
    try:
        export = exports.read(content(file))
    except exports.Unreadable as unreadable:
        told = {"file": file, "why": why(unreadable)}
        raise Failure("not-a-trail", UNUSABLE, **told) from unreadable
    checker = Checker()
    with output.progress("verifying", len(export.records)) as advance:
        for text in export.records:
            if not checker.take(text):
                break
            advance(1)
    verdict = checker.verdict()
    remarks = list(_remarks(export, head))
    sound = verdict.ok and head in (None, verdict.head)
    if output.json:
        output.write(
            {
                "ok": sound,
                "checked": verdict.checked,
                "records": len(export.records),
                "head": verdict.head,
                "first_bad": verdict.first_bad,
                "reason": verdict.reason,
                "remarks": remarks,
            }
        )
    elif not verdict.ok:
        reason = output.label(in_both(verdict.reason or "")._asdict())
        output.say("verify-bad", seq=verdict.first_bad, reason=reason)
        output.say("verify-sound", checked=verdict.checked, count=len(export.records))
    elif not sound:
        output.say("verify-other-head", checked=verdict.checked, found=verdict.head, head=head)
    else:
        output.say("verify-ok", count=verdict.checked, head=verdict.head)
        for remark in remarks:
            output.say(f"verify-{remark}")
    if not sound:
        raise typer.Exit(NO)


def _write(
    target: BinaryIO, lines: Iterator[bytes], form: str, advance: Callable[[int], None]
) -> tuple[int, bytes | None]:
    """How many records were written, and the last one."""
    begin, between, end = (
        (b'{"items":[\n', b",\n", b'\n],"next":null}\n') if form == "json" else (b"", b"\n", b"\n")
    )
    count, last = 0, None
    target.write(begin)
    for last in lines:
        target.write(between + last if count else last)
        count += 1
        advance(1)
    if count or form == "json":
        target.write(end)
    return count, last


def _hash(record: bytes) -> str:
    from workflow.domain import canonical  # noqa: PLC0415

    return str(canonical.decode(record)["hash"])


def _remarks(export: "Export", head: str | None) -> Iterator[str]:
    """What the check could not show."""
    if not export.exact:
        yield "rewritten"
    if export.partial:
        yield "page"
    elif head is None:
        yield "unknown-head"
