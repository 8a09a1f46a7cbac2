"""Correcting a record: it stays, and something else, or nothing, counts in its place."""

from typing import Any, NamedTuple, cast

import orjson
from fastapi import Response

from api import answers, bodies, intake
from api.console import choices, correctable, evidence, forms, meanwhile, rehearsal
from api.console.fields import Field, fields_of, read, typed
from api.console.forms import Form
from api.console.pages.application import Seen, seen
from api.console.pages.event import COMMON, SEEN, seen_now, wrong_in
from api.console.routing import page
from api.console.visit import Visit
from api.journal.watch import EVENT, REHEARSED
from api.problems import Problem
from api.routes.trail import seq_in
from api.schemas import EventIn
from workflow.domain.application import Snapshot
from workflow.domain.procedure import EventSpec, Label
from workflow.domain.refusals import Refusal, Refused
from workflow.registry import Outcome
from workflow.service import Rehearsed
from workflow.trails import TrailFilter

TYPE, RECORD, VOID = "correct", "seq", "void"
"""The event, the parameter that names its record, and the button that lets nothing count."""
REHEARSED_VOID = "confirmed"
"""What the second button says, which is there once it was told what the first one would do."""
SAME = Label("Nothing is changed yet", "尚未作任何改动")
WHY = Label("say why nothing is to count in its place", "请说明作废的原因")
OFFERED = 200
"""Records to choose from at a time."""
INSTEAD = "data.with"
OWN = ("authority", "effective_at", "reason")

Record = dict[str, Any]


class Sheet(NamedTuple):
    """What is asked of whoever corrects a record: the record as it should be, and why."""

    on: Seen
    record: Record
    own: list[Field]
    """Of the event that is to count; with `data`, what its type takes."""
    data: list[Field]
    instead: evidence.Sources
    reason: Field
    sources: evidence.Sources
    obstacles: tuple[Refusal, ...]

    @property
    def fields(self) -> list[Field]:
        """Every field there is."""
        pieces = [*self.instead.pieces, *self.sources.pieces]
        return [*self.own, *self.data, self.reason, *(field for piece in pieces for field in piece)]


async def show(visit: Visit) -> Response:
    """The records to choose from, or the one that was chosen, to be changed."""
    on = await seen(visit)
    if visit.asked(RECORD) is None:
        return await _choose(visit, on)
    sheet = await _sheet(visit, on, None)
    return _page(visit, sheet, Form({}), values=_as_it_is(sheet))


async def post(visit: Visit) -> Response:
    """Try the correction out, or post it."""
    form = await visit.form()
    sheet = await _sheet(visit, await seen(visit), form)
    if evidence.wants_more(form):
        return _page(visit, sheet, form)
    visit.request.scope[EVENT] = TYPE
    rehearsed = form.dry_run or form.get(VOID) not in ("", REHEARSED_VOID)
    if rehearsed:
        visit.request.scope[REHEARSED] = True
    body = _body(sheet, form)
    unfit = _unfit(sheet, form, body)
    if unfit:
        return _page(visit, sheet, form, 422, **unfit)
    try:
        shaped = bodies.shaped(EventIn, body)
        key, mark = form.key, bodies.fingerprint(body)
        event = intake.event_of(visit.parts.catalog, shaped, key, mark)
    except Problem as problem:
        return _page(visit, sheet, form, 422, **wrong_in(problem, sheet.fields))
    condition = intake.precondition(form.get(SEEN) or None)
    service, who, name = visit.parts.service, visit.reader, sheet.on.id
    outcome: Rehearsed | Outcome
    if rehearsed:
        outcome = await service.rehearse(who, name, event, condition)
    else:
        outcome = await service.post(who, name, event, condition)
    if isinstance(outcome, Refused):
        since = await meanwhile.since(visit, sheet.on, form.get(SEEN), outcome)
        return _page(visit, sheet, form, refused=outcome, since=since)
    if isinstance(outcome, Rehearsed):
        record = rehearsal.told(outcome, sheet.on.names, sheet.on.document.snapshot)
        return _page(visit, sheet, form, record=record)
    return visit.see(f"/applications/{name}?posted={outcome.document.version}")


async def _choose(visit: Visit, on: Seen) -> Response:
    subject = f"application/{on.id}"
    after = answers.seq_of(visit.asked("cursor"))
    found = await visit.parts.queries.trail(subject, TrailFilter(), OFFERED, after, newest=True)
    records = [orjson.loads(text) for text in found.records]
    stops = await correctable.stops(visit, on, _spec(on), [record["seq"] for record in records])
    records = [record for record in records if not stops[record["seq"]]]
    following = answers.seq_cursor(found.next)
    known: Record = {"on": on, "names": on.names, "records": records, "following": following}
    return visit.page("correction_choice.html", **known)


def _spec(on: Seen) -> EventSpec:
    """The rules of corrections. Raises Problem (404)."""
    spec = on.names.procedure.events.get(TYPE)
    if spec is None:
        raise Problem("not-found", "There is nothing here.")
    return spec


async def _sheet(visit: Visit, on: Seen, form: Form | None) -> Sheet:
    """The form for the record in the address. Raises Problem (404)."""
    seq = seq_in(visit.asked(RECORD) or "")
    text = await visit.parts.queries.record(f"application/{on.id}", seq)
    if text is None:
        raise visit.nothing()
    record: Record = orjson.loads(text)
    spec = on.names.procedure.events.get(record["type"])
    bodies = [] if spec is None else choices.bodies_of(spec, on.names)
    whose = {f"{INSTEAD}.authority": bodies} if bodies else {}
    common = {field.path[0]: field for field in fields_of(COMMON, INSTEAD, whose)}
    reason = {field.path[0]: field for field in fields_of(COMMON, "event")}["reason"]
    stops = await correctable.stops(visit, on, _spec(on), [seq])
    return Sheet(
        on=on,
        record=record,
        own=[common[name] for name in OWN],
        data=[] if spec is None else _data(visit, on, spec, record),
        instead=evidence.sources(max(len(record["evidence"]), 1), f"{INSTEAD}.evidence"),
        reason=reason._replace(path=("why",)),
        sources=evidence.sources_of(form),
        obstacles=stops[seq],
    )


def _data(visit: Visit, on: Seen, spec: EventSpec, record: Record) -> list[Field]:
    snapshot = cast(Snapshot, on.document.snapshot)
    named = {name: record["data"].get(name, "") for name in ("kind", "condition")}
    kind = choices.kind_of(spec, snapshot, named)
    found = choices.offered(spec, snapshot, on.names, visit.language, kind)
    offered = choices.restated(found, record["data"], INSTEAD)
    return fields_of(choices.schema_of(spec, kind), f"{INSTEAD}.data", offered)


def _as_it_is(sheet: Sheet) -> dict[str, str]:
    """The record as it counts now, so that only what is wrong need be typed."""
    record = sheet.record
    found = typed(record, sheet.own, INSTEAD)
    found |= typed(record["data"], sheet.data, f"{INSTEAD}.data")
    pieces = zip(record["evidence"], sheet.instead.pieces, strict=False)
    for number, (piece, fields) in enumerate(pieces):
        found |= typed(piece, fields, f"{sheet.instead.prefix}.{number}")
    return found


def _unfit(sheet: Sheet, form: Form, body: Record) -> Record:
    """What a correction lacks that its shape does not ask for: that it changes something, and of
    one that lets nothing count, why.
    """
    if form.get(VOID):
        return {} if form.get(sheet.reason.name) else {"errors": {sheet.reason.name: WHY}}
    as_it_is = Form({name: [text] for name, text in _as_it_is(sheet).items()})
    same = body["data"]["with"] == _instead(sheet, as_it_is)
    return {"trouble": [SAME]} if same else {}


def _instead(sheet: Sheet, form: Form) -> Record:
    """The event that is to count."""
    event = read(sheet.own, form, INSTEAD) | {"type": sheet.record["type"]}
    event["data"] = read(sheet.data, form, f"{INSTEAD}.data")
    return event | _evidence(sheet.instead, form)


def _body(sheet: Sheet, form: Form) -> Record:
    """The correction as it is posted."""
    event = None if form.get(VOID) else _instead(sheet, form)
    body: Record = {"type": TYPE, "data": {"seq": sheet.record["seq"], "with": event}}
    return body | read([sheet.reason], form, "event") | _evidence(sheet.sources, form)


def _evidence(sources: evidence.Sources, form: Form) -> Record:
    pieces = sources.values(form)
    return {"evidence": pieces} if pieces else {}


def _page(
    visit: Visit,
    sheet: Sheet,
    form: Form,
    status: int = 200,
    *,
    refused: Refused | None = None,
    **more: Any,
) -> Response:
    values = {name: "\n".join(given) for name, given in form.fields.items()}
    known: Record = {"record": None, "errors": {}, "trouble": [], "since": [], "values": values}
    known |= more | {"voiding": bool(form.get(VOID))}
    known |= {"sheet": sheet, "names": sheet.on.names}
    known |= {"seen": seen_now(sheet.on.document, form, told=bool(known["since"]))}
    known |= {"key": form.get(forms.KEY) or forms.new_key()}
    if refused is not None:
        return visit.refused("correction.html", refused, **known)
    return visit.page("correction.html", status, refused=None, **known)


ROUTES = (
    page(f"/applications/{{id}}/events/{TYPE}", show, post, posts="/v1/applications/{id}/events"),
)
