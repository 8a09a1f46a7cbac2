"""`simulate`: what a change of law would have done to the applications that there are."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

from api.cli.options import Reach, command
from api.cli.procedures import load_rules
from api.stop import NO, UNUSABLE, Stop
from workflow.domain import clock

if TYPE_CHECKING:
    from api.cli.output import Output
    from workflow.domain.application import Snapshot
    from workflow.procedures import Procedures
    from workflow.simulation import Candidate, Limits, Otherwise, Simulated

OTHERWISE = {
    "gate": "otherwise-gate",
    "licence": "otherwise-licence",
    "draw": "otherwise-draw",
    "deadline": "otherwise-deadline",
    "overdue": "otherwise-overdue",
}
"""The sentence for what would stand otherwise, by its kind."""


@command
def simulate(
    rules: Annotated[
        str, typer.Argument(help="The candidate: a YAML file, a name, or NAME/VERSION.")
    ],
    reach: Reach,
    files: Annotated[
        list[Path] | None,
        typer.Argument(help="Exported trails.", show_default="those of the service"),
    ] = None,
) -> None:
    """Replay every trail under other rules, writing nothing. Exit 1 when something would be other
    than it is.
    """
    from api.cli.output import Output  # noqa: PLC0415
    from workflow.simulation import Candidate  # noqa: PLC0415

    output, candidate = Output(reach), Candidate(load_rules(rules))
    found = _of_files(candidate, files, output) if files else _of_service(candidate, reach)
    different = [one for one in found if one.differs]
    if output.json:
        procedure = candidate.procedure
        named = {"name": procedure.name, "version": procedure.version, "digest": procedure.digest}
        told = [_plain(one) for one in different]
        output.write({"procedure": named, "checked": len(found), "applications": told})
    else:
        _show(output, found, different)
    if different:
        raise typer.Exit(NO)


def _of_files(candidate: "Candidate", files: Sequence[Path], output: "Output") -> list["Simulated"]:
    with output.progress("simulating", len(files)) as advance:
        return list(_each(candidate, ((str(file), _exported(file)) for file in files), advance))


def _of_service(candidate: "Candidate", reach: Reach) -> list["Simulated"]:
    """Every trail under any version of the procedure, verified as it comes."""
    from api.cli.session import session  # noqa: PLC0415

    with session(reach) as talk:
        name = candidate.procedure.name
        known = [one.id for one in talk.client.applications(procedure=name)]
        with talk.output.progress("simulating", len(known)) as advance:
            trails = ((one, list(talk.client.export(one))) for one in known)
            return list(_each(candidate, trails, advance))


def _each(
    candidate: "Candidate",
    trails: Iterator[tuple[str, list[bytes]]],
    advance: Callable[[int], None],
) -> Iterator["Simulated"]:
    from api.cli.installation import installed  # noqa: PLC0415

    at, known = clock.instant(datetime.now(UTC)), installed()
    for name, trail in trails:
        running = partial(_limits, known, trail[-1] if trail else b"{}", at)
        try:
            yield candidate.simulate(trail, at, running)
        except (LookupError, TypeError, AttributeError) as error:
            raise Stop(f"{name} is not the trail of an application.", UNUSABLE) from error
        advance(1)


def _limits(
    known: "Procedures", last: bytes, at: str, present: Mapping[str, Any]
) -> "Limits | None":
    """The time limits that run for an application, where its rules are those of this installation,
    as its last record says.
    """
    import orjson  # noqa: PLC0415

    from workflow.simulation import limits_of  # noqa: PLC0415

    named = orjson.loads(last)["procedure"]
    found = known.get((present["procedure"], present["procedure_version"]))
    if found is None or (named["version"] == found.version and named["digest"] != found.digest):
        return None
    return limits_of(found, cast("Snapshot", present), at)


def _exported(file: Path) -> list[bytes]:
    """A whole trail from a file, checked. Raises Stop."""
    from api import exports  # noqa: PLC0415
    from api.cli.files import content  # noqa: PLC0415
    from workflow.domain.trail import verify  # noqa: PLC0415

    try:
        export = exports.read(content(str(file)))
    except exports.Unreadable as unreadable:
        raise Stop(f"{file} is not an exported trail: {unreadable}.", UNUSABLE) from unreadable
    verdict = verify(export.records)
    if not verdict.ok or export.partial:
        why = verdict.reason or "it is a page of one"
        raise Stop(f"{file} is no whole and sound trail: {why}.", UNUSABLE)
    return export.records


def _plain(one: "Simulated") -> dict[str, Any]:
    return {
        "application": one.application,
        "buyer": one.buyer,
        "version": one.version,
        "state": one.state,
        "expected": one.expected,
        "reached": one.reached,
        "elsewhere": one.elsewhere,
        "timed": one.timed,
        "otherwise": [other._asdict() for other in one.otherwise],
        "refused": [
            {
                "seq": objection.seq,
                "type": objection.type,
                "refusals": [
                    {"code": refusal.code, "detail": refusal.detail._asdict()}
                    for refusal in objection.refusals
                ],
            }
            for objection in one.refused
        ],
    }


def _show(output: "Output", found: Sequence["Simulated"], different: Sequence["Simulated"]) -> None:
    from api.cli.tables import Column, Grid  # noqa: PLC0415

    words = output.words
    made = Grid(
        Column(words("application"), whole=True),
        Column(words("buyer"), under=0),
        Column(words("state")),
        Column(words("would-be"), under=2),
        Column(words("otherwise"), under=2),
        Column(words("would-refuse")),
    )
    for one in different:
        reasons = (
            f"{objection.seq} {objection.type}: {output.label(refusal.detail._asdict())}"
            for objection in one.refused
            for refusal in objection.refusals
        )
        reached = one.reached or output.words("nothing")
        others = "\n".join(_told(output, other) for other in one.otherwise)
        made.row(one.application, one.buyer, one.state, reached, others, "\n".join(reasons))
    if different:
        output.show(different, lambda _: made)
    output.say(
        "simulated",
        count=len(found),
        elsewhere=sum(one.elsewhere for one in different),
        gates=sum(other.kind == "gate" for one in different for other in one.otherwise),
        licences=sum(any(o.kind == "licence" for o in one.otherwise) for one in different),
        draws=sum(other.kind == "draw" for one in different for other in one.otherwise),
        limits=sum(any(o.kind == "deadline" for o in one.otherwise) for one in different),
        refused=sum(len(one.refused) for one in different),
    )
    untimed = sum(not one.timed for one in found)
    if untimed:
        output.say("simulated-untimed", count=untimed)


def _told(output: "Output", other: "Otherwise") -> str:
    """What would be other, in a line: `Gate export: open -> shut`."""
    named = output.words(OTHERWISE[other.kind], name=other.name or "").rstrip()
    was, would_be = (
        output.words("nothing") if value is None else str(value)
        for value in (other.present, other.reached)
    )
    return f"{named}: {was} -> {would_be}"
