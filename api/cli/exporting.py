"""`export`: records and dossiers as files."""

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO, Literal, NamedTuple, get_args

import typer
from typer import Option

from api.cli.faults import Failure
from api.cli.options import Reach, command
from api.cli.trails import Wanted
from api.stop import UNUSABLE

if TYPE_CHECKING:
    from api.cli.session import Session
    from api.exporting import Form

Format = Literal["jsonl", "json", "csv", "xlsx", "pdf"]
FORMATS: tuple[Format, ...] = get_args(Format)

EVERY = "-"
"""In the place of an application: every one."""

BATCH = 256


class Written(NamedTuple):
    """How many records were written, and the last one."""

    records: int
    last: bytes | None


@command
def export(
    application: Annotated[
        str,
        typer.Argument(
            help="Id of the application; - for every one that you see.", show_default=False
        ),
    ],
    wanted: Wanted,
    reach: Reach,
    file: Annotated[
        str, typer.Argument(help="Where to; - writes to standard output.", show_default=False)
    ],
    form: Annotated[
        Format | None,
        Option(
            "--format",
            help="jsonl: each record as stored; pdf: the dossier of an application.",
            show_default="by the file's name",
        ),
    ] = None,
) -> None:
    """Write a trail to a file, whole and verified or not at all."""
    from api.cli.session import session  # noqa: PLC0415

    form = form or _by_name(file)
    one, filters = (None if application == EVERY else application), wanted.filters()
    with session(reach) as talk:
        if form == "pdf":
            if one is None or filters:
                raise Failure("dossier-of-one", UNUSABLE)
            _dossier(talk, one, file)
            return
        if one is None:
            total, lines = None, talk.client.export_search(**filters)
        else:
            total = talk.yes(talk.client.application(one)).value.version
            lines = talk.client.export(one, **filters)
        with talk.output.progress("exporting", total) as advance, _target(file) as target:
            found = _write(target, lines, _form(talk, form), advance)
        if file != "-":
            _tell(talk, file, found, "search" if one is None else "part" if filters else "whole")


def _by_name(file: str) -> Format:
    """The format that a name says; JSON Lines where it says none. Raises Failure for another."""
    ending = Path(file).suffix.lower().removeprefix(".")
    found = next((one for one in FORMATS if one == ending), None)
    if found is None and ending:
        raise Failure("unknown-format", UNUSABLE, file=file, formats=", ".join(FORMATS))
    return found or "jsonl"


def _tell(talk: "Session", file: str, found: Written, what: str) -> None:
    head = "" if found.last is None or what == "search" else _hash(found.last)
    if talk.output.json:
        told = {"file": file, "records": found.records, "head": head, "verified": what == "whole"}
        talk.output.write(told)
    name = {"whole": "exported", "part": "exported-unverified", "search": "exported-search"}[what]
    talk.output.say(name, count=found.records, file=file, head=head)


def _dossier(talk: "Session", application: str, file: str) -> None:
    pieces = talk.client.download("pdf", application)
    with _target(file) as target:
        size = sum(map(target.write, pieces))
    if file == "-":
        return
    if talk.output.json:
        talk.output.write({"file": file, "bytes": size})
    talk.output.say("written-to", file=file)


@contextmanager
def _target(file: str) -> Iterator[BinaryIO]:
    """A file that is there whole or not at all; standard output for `-`."""
    from api.cli.files import written_at_once  # noqa: PLC0415

    if file == "-":
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    with written_at_once(Path(file)) as target:
        yield target


def _write(
    target: BinaryIO, lines: Iterable[bytes], form: "Form", advance: Callable[[int], None]
) -> Written:
    """Every record, as fast as it comes."""
    count, last = 0, None
    with closing(form):
        target.write(form.begin())
        for some in _batches(lines):
            target.write(form.rows(some))
            count, last = count + len(some), some[-1]
            advance(len(some))
        target.write(form.end())
    return Written(count, last)


def _form(talk: "Session", form: Format) -> "Form":
    from api.exporting import CSV, JSONL, XLSX, form_of  # noqa: PLC0415

    if form == "json":
        return _Page()
    media_types = {"jsonl": JSONL, "csv": CSV, "xlsx": XLSX}
    return form_of(media_types[form], talk.output.lang)


class _Page:
    """A JSON page with all records on it, each as stored."""

    def __init__(self) -> None:
        self._between = b'{"items":[\n'

    def begin(self) -> bytes:
        return b""

    def rows(self, records: Sequence[bytes]) -> bytes:
        whole = self._between + b",\n".join(records)
        self._between = b",\n"
        return whole

    def end(self) -> bytes:
        return (
            b'\n],"next":null}\n' if self._between == b",\n" else b'{"items":[\n\n],"next":null}\n'
        )

    def close(self) -> None:
        pass


def _batches(lines: Iterable[bytes]) -> Iterator[list[bytes]]:
    some: list[bytes] = []
    for line in lines:
        some.append(line)
        if len(some) == BATCH:
            yield some
            some = []
    if some:
        yield some


def _hash(record: bytes) -> str:
    from workflow.domain import canonical  # noqa: PLC0415

    return str(canonical.decode(record)["hash"])
