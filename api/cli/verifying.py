"""`verify`: that nobody has rewritten what happened, by a file and a public key alone."""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from typer import Option

from api.cli.faults import Failure
from api.cli.options import Keyed, command
from api.stop import NO, UNUSABLE

if TYPE_CHECKING:
    from api.cli.output import Output
    from api.exports import Export


@dataclass(frozen=True, slots=True)
class Against:
    """What is known from elsewhere."""

    head: Annotated[
        str | None, Option(metavar="HASH", help="The hash of the last record, if it is known.")
    ] = None
    key: Annotated[
        list[str] | None,
        Option(metavar="KEY", help="The log's verifier key, or a file with it; may be repeated."),
    ] = None
    since: Annotated[
        str | None,
        Option(metavar="FILE", help="A checkpoint kept from before, that the log must contain."),
    ] = None
    states: Annotated[
        str | None,
        Option(metavar="FILE", help="What `clearance list --all --json` says the states are."),
    ] = None
    trail: Annotated[
        str | None,
        Option(metavar="FILE", help="An exported trail that must be in the log, to the record."),
    ] = None

    def only(self, target: str, *names: str) -> None:
        """Nothing else may be given with such a target. Raises Failure."""
        given = (one.name for one in fields(self) if getattr(self, one.name))
        for name in given:
            if name not in names:
                raise Failure("verify-option", UNUSABLE, option=f"--{name}", target=target)


@command
def verify(
    target: Annotated[
        str,
        typer.Argument(
            help="An exported trail (- reads standard input), a proof of one record, or a log: "
            "its folder, or its address."
        ),
    ],
    keyed: Keyed,
    against: Against,
) -> None:
    """Check a trail, a proof or a whole log, offline. Exit 1 names the first bad record."""
    from api.cli import logs  # noqa: PLC0415
    from api.cli.files import content  # noqa: PLC0415
    from api.cli.output import Output  # noqa: PLC0415
    from workflow.proof.inclusion import BEGIN  # noqa: PLC0415

    output = Output(keyed)
    if _is_log(target, against):
        against.only(target, "key", "since", "states", "trail")
        sound = logs.verify_log(output, target, keyed, against)
    else:
        found = content(target)
        if found.startswith(BEGIN.encode()):
            against.only(target, "key", "trail")
            sound = logs.verify_proof(output, found, against)
        else:
            against.only(target, "head")
            sound = _verify_trail(output, target, found, against.head)
    if not sound:
        raise typer.Exit(NO)


def _is_log(target: str, against: Against) -> bool:
    """An address; a folder with a checkpoint, or for which a key was given."""
    if target.startswith(("http://", "https://")):
        return True
    folder = Path(target)
    return folder.is_dir() and (against.key is not None or (folder / "checkpoint").exists())


def _verify_trail(output: "Output", file: str, found: bytes, head: str | None) -> bool:
    from api.cli.files import exported  # noqa: PLC0415
    from api.reasons import in_both  # noqa: PLC0415
    from workflow.domain.trail import Checker  # noqa: PLC0415

    export = exported(file, found)
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
    return sound


def _remarks(export: "Export", head: str | None) -> Iterator[str]:
    """What the check could not show."""
    if not export.exact:
        yield "rewritten"
    if export.partial:
        yield "page"
    elif head is None:
        yield "unknown-head"
