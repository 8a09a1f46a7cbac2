"""`import`: a file of events, carried on where it stopped, repeating nothing."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import typer

from api.cli.faults import Failure, problem
from api.cli.files import content
from api.cli.import_file import SHOWN, Line, Unreadable, read
from api.cli.journal import Journal, Progress
from api.cli.options import Reach
from api.cli.output import Output
from api.cli.session import Session, session
from api.client import (
    Accepted,
    BatchOutcome,
    ClientFault,
    Entered,
    Refused,
    Unavailable,
    Unresolved,
)
from api.schemas import RecordOut
from api.stop import INTERRUPTED, REFUSED, UNUSABLE
from workflow.domain import canonical

TOGETHER = 100
"""Events sent at once; an interruption leaves no more than these to be sent again."""


def carry(file: str, as_csv: bool, reach: Reach) -> None:
    """Import a file. Raises Failure, Exit."""
    try:
        lines = read(content(file), as_csv)
    except Unreadable as problems:
        told = {"file": file, "problems": problems.label}
        raise Failure("nothing-sent", UNUSABLE, **told) from problems
    texts = [canonical.encode([line.key, line.body]) for line in lines]
    with session(reach) as talk:
        journal = Journal(None if file == "-" else Path(file), texts, talk.holder)
        progress = _resumed(talk, journal)
        try:
            with talk.output.progress("importing", len(lines)) as advance:
                advance(progress.lines)
                _send(talk, lines, progress, journal, advance)
        except KeyboardInterrupt:
            counts = {"lines": progress.lines, "total": len(lines)}
            raise Failure("import-interrupted", INTERRUPTED, **counts) from None
        except ClientFault:
            talk.output.note("import-stopped", lines=progress.lines, total=len(lines))
            raise
        journal.remove()
        _report(talk.output, progress)


def _resumed(talk: Session, journal: Journal) -> Progress:
    """Where to go on, if the service still has what the last line left."""
    progress = journal.read()
    if progress is None or progress.last is None:
        return Progress()
    application, seq, head = progress.last
    found = talk.client.record(application, seq)
    if isinstance(found, Refused) or found.hash != head:
        return Progress()
    talk.output.note("import-resumed", lines=progress.lines)
    return progress


def _send(
    talk: Session,
    lines: list[Line],
    progress: Progress,
    journal: Journal,
    advance: Callable[[int], None],
) -> None:
    for some in _groups(lines[progress.lines :]):
        if some[0].creation:
            outcomes: list[Accepted | BatchOutcome] = [_create(talk, some[0])]
        else:
            outcomes = list(talk.client.post_many(_item(line, progress) for line in some))
        for outcome in outcomes:
            if isinstance(outcome, Unresolved):  # what comes later must not be recorded earlier
                raise Unavailable(f"{outcome.code}: {outcome.detail}")
        for line, outcome in zip(some, outcomes, strict=True):
            _count(progress, line, outcome)
        progress.lines += len(some)
        journal.write(progress)
        advance(len(some))


def _groups(lines: list[Line]) -> Iterator[list[Line]]:
    """Creations one by one; events that follow each other, together."""
    some: list[Line] = []
    for line in lines:
        if some and (line.creation or some[0].creation or len(some) == TOGETHER):
            yield some
            some = []
        some.append(line)
    if some:
        yield some


def _create(talk: Session, line: Line) -> Accepted | Refused:
    return talk.client.create(line.body, key=line.key)


def _item(line: Line, progress: Progress) -> dict[str, Any]:
    named = line.body["application"]
    # A line whose creation was refused names an application that cannot exist.
    application = progress.refs.get(named[1:], "-") if named.startswith("@") else named
    return {**line.body, "application": application, "idempotency_key": line.key}


def _count(progress: Progress, line: Line, outcome: Accepted | BatchOutcome) -> None:
    match outcome:
        case Accepted() | Entered():
            progress.replayed += outcome.replayed
            progress.new += not outcome.replayed
            record = outcome.record
            progress.last = _application(record), record.seq, record.hash
            if isinstance(outcome, Accepted) and line.ref is not None:
                progress.refs[line.ref] = outcome.application.id
        case Refused():
            told = {"code": outcome.code, "status": outcome.status, "detail": outcome.detail}
            told |= {"detail_zh": outcome.detail_zh, "errors": list(outcome.errors)}
            progress.refused.append({"line": line.number, **told})


def _application(record: RecordOut) -> str:
    return record.subject.partition("/")[2]


def _report(output: Output, progress: Progress) -> None:
    counts = {
        "lines": progress.lines,
        "new": progress.new,
        "replayed": progress.replayed,
    }
    many = len(progress.refused)
    if output.json:
        outcome = {"code": "lines-refused", **problem("lines-refused", count=many)} if many else {}
        output.write({**counts, "refused": progress.refused, **outcome})
    output.say("import-done", **counts, refused=many)
    if not output.json:
        for refused in progress.refused[:SHOWN]:
            _told(output, refused)
        if many > SHOWN:
            output.note("import-more-refused", count=many - SHOWN)
    if many:
        raise typer.Exit(REFUSED)


def _told(output: Output, refused: dict[str, Any]) -> None:
    """A refused line; a journal of an earlier version has it in English alone."""
    detail = (output.lang == "zh" and refused.get("detail_zh")) or refused["detail"]
    output.note("import-refused", line=refused["line"], code=refused["code"], detail=detail)
    output.fields(refused.get("errors", ()))
