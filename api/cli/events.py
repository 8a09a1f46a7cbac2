"""`apply`, `post` and `allowed`: what moves an application."""

from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer
from typer import Option

from api.cli.completing import authorities, event_types, names
from api.cli.faults import Failure, Wrong
from api.cli.options import TIME, Reach, Sending, Source, command, timed
from api.stop import UNUSABLE

if TYPE_CHECKING:
    from rich.console import RenderableType

    from api.cli.session import Session
    from api.client import Refused
    from api.schemas import AllowedEventsOut, ApplicationOut, RecordOut

T = TypeVar("T")

Application = Annotated[str, typer.Argument(help="Id of the application.", show_default=False)]


@dataclass(frozen=True, slots=True)
class Opening:
    """What an application is about."""

    buyer: Annotated[str | None, Option(help="Id of the buyer.")] = None
    procedure: Annotated[str, Option(help="Which rules.", autocompletion=names)] = "h200-import"
    item: Annotated[str, Option(help="What is to be imported.")] = "NVIDIA H200"
    units: Annotated[int | None, Option(help="How many.", show_default="not known")] = None
    pool: Annotated[str | None, Option(help="Id of the joint quantity it shares.")] = None
    reference: Annotated[str | None, Option(help="The buyer's own name for it.")] = None
    effective_at: Annotated[
        str | None,
        Option(help=f"Since when. {TIME}", metavar="TIME", show_default="now", callback=timed),
    ] = None


@dataclass(frozen=True, slots=True)
class Act:
    """What an event says beside its type."""

    authority: Annotated[
        str | None,
        Option(
            "--as",
            help="The authority that acts.",
            metavar="AUTHORITY",
            autocompletion=authorities,
        ),
    ] = None
    effective_at: Annotated[
        str | None,
        Option(
            help=f"When it took effect. {TIME}",
            metavar="TIME",
            show_default="now",
            callback=timed,
        ),
    ] = None
    reason: Annotated[str | None, Option(help="Why.")] = None
    data: Annotated[
        list[str] | None,
        Option(
            help="A field of the event's data, repeatable: units=5, text.en=Words. A value that "
            "is JSON is read as JSON; name='\"5\"' is the text 5.",
            metavar="NAME=VALUE",
        ),
    ] = None


@dataclass(frozen=True, slots=True)
class Condition:
    """On which terms an event is posted."""

    if_match: Annotated[
        str | None, Option(help="Only on the version with this entity tag.", metavar="ETAG")
    ] = None
    dry_run: Annotated[bool, Option("--dry-run", help="Decide, and write nothing.")] = False


@command
def apply(opening: Opening, source: Source, sending: Sending, reach: Reach) -> None:
    """Open an application. With --file, its body is read from there."""
    from api.cli.drawing import application_card  # noqa: PLC0415
    from api.cli.session import session  # noqa: PLC0415

    if sending.file is not None and (opening, source) != (Opening(), Source()):
        raise Failure("said-twice", UNUSABLE)
    body = _opening(opening, source) if sending.file is None else _file(sending.file)
    with session(reach) as talk:
        done = talk.yes(talk.client.create(body, key=sending.key))
        output, record = talk.output, done.record
        if output.json:
            output.write(_json(done.record, done.application, key=done.key, replayed=done.replayed))
            return
        state = talk.state(done.application.procedure, done.application.state)
        output.say("created", id=done.application.id, state=state, seq=record.seq, key=done.key)
        output.show(done.application, lambda found: application_card(talk, found))


@command
def post(
    application: Application,
    act: Act,
    source: Source,
    sending: Sending,
    condition: Condition,
    reach: Reach,
    type: Annotated[
        str | None,
        typer.Argument(
            help="Type of the event, such as approve.",
            show_default=False,
            autocompletion=event_types,
        ),
    ] = None,
) -> None:
    """Post an event. With --file, the whole event is read from there.

    clearance post APP approve --as miit --evidence official_notice --title 'Decision 7'
    --publisher MIIT --published-at 2026-01-30T00:00:00+08:00
    """
    from api.cli.session import session  # noqa: PLC0415

    if (type is None) == (sending.file is None):
        raise Failure("type-or-file", UNUSABLE)
    if sending.file is not None and (act, source) != (Act(), Source()):
        raise Failure("said-twice", UNUSABLE)
    event = _event(type, act, source) if sending.file is None else _file(sending.file)
    terms = {"key": sending.key, "if_match": condition.if_match}
    with session(reach) as talk:
        output = talk.output
        if condition.dry_run:
            rehearsed = talk.client.rehearse(application, event, **terms)
            would = talk.yes(_suggesting(talk, application, event, rehearsed))
            if output.json:
                output.write(_json(would.record, would.application, dry_run=True))
            output.say("would-record", **_said(talk, would.record, would.application))
            return
        posted = talk.client.post(application, event, **terms)
        done = talk.yes(_suggesting(talk, application, event, posted))
        if output.json:
            output.write(_json(done.record, done.application, key=done.key, replayed=done.replayed))
        told = "recorded-before" if done.replayed else "recorded-as"
        output.say(told, **_said(talk, done.record, done.application), key=done.key)


@command
def allowed(application: Application, reach: Reach) -> None:
    """What may be posted next, and what stands in the way."""
    from api.cli.drawing import allowed_events  # noqa: PLC0415
    from api.cli.session import session  # noqa: PLC0415

    with session(reach) as talk:
        found = talk.yes(talk.client.allowed_events(application))

        def draw(found: "AllowedEventsOut") -> "RenderableType":
            ref = talk.yes(talk.client.application(application)).value.procedure
            return allowed_events(talk, found, talk.names(ref))

        talk.output.show(found, draw)


def data_of(pairs: list[str]) -> dict[str, Any]:
    """Data from `name=value` and `outer.inner=value`. Raises Failure."""
    from api.cli.pairs import put  # noqa: PLC0415

    data: dict[str, Any] = {}
    for pair in pairs:
        name, equals, text = pair.partition("=")
        if not equals:
            raise Failure("not-a-pair", UNUSABLE, pair=pair)
        try:
            put(data, name, text)
        except Wrong as wrong:
            raise Failure("bad-data", UNUSABLE, why=wrong.label) from wrong
    return data


def _event(kind: str | None, act: Act, source: Source) -> dict[str, Any]:
    event = {
        "type": kind,
        "authority": act.authority,
        "effective_at": act.effective_at,
        "reason": act.reason,
        "evidence": source.pieces() or None,
        "data": data_of(act.data or []) or None,
    }
    return {name: value for name, value in event.items() if value is not None}


def _opening(opening: Opening, source: Source) -> dict[str, Any]:
    if opening.buyer is None:
        raise Failure("buyer-missing", UNUSABLE)
    body = {
        "procedure": opening.procedure,
        "buyer": opening.buyer,
        "goods": {"item": opening.item, "units": opening.units},
        "pool": opening.pool,
        "reference": opening.reference,
        "effective_at": opening.effective_at,
        "evidence": source.pieces() or None,
    }
    return {name: value for name, value in body.items() if value is not None}


def _file(name: str) -> dict[str, Any]:
    from api.cli.files import json_object  # noqa: PLC0415

    return json_object(name)


def _suggesting(
    talk: "Session", application: str, event: dict[str, Any], outcome: "T | Refused"
) -> "T | Refused":
    """The outcome; a refusal of the type says which types of the procedure look like it."""
    from api.client import Refused  # noqa: PLC0415

    kind = event.get("type")
    if not isinstance(outcome, Refused) or not isinstance(kind, str):
        return outcome
    if not any(error.get("pointer") == "/type" for error in outcome.errors):
        return outcome
    found = talk.client.application(application)
    if isinstance(found, Refused):
        return outcome
    ref = found.value.procedure
    known = talk.procedure(ref.name, ref.version).events
    near = get_close_matches(kind.lower().replace("-", "_"), known)
    return replace(outcome, problem={**outcome.problem, "did_you_mean": near})


def _said(talk: "Session", record: "RecordOut", application: "ApplicationOut") -> dict[str, Any]:
    state = talk.state(application.procedure, application.state)
    return {"seq": record.seq, "type": record.type, "state": state}


def _json(record: "RecordOut", application: "ApplicationOut", **more: Any) -> dict[str, Any]:
    from api.cli.output import dumped  # noqa: PLC0415

    return {"record": dumped(record), "application": dumped(application), **more}
