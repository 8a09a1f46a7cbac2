"""The form of an event: made from what its procedure says of it, tried out, and posted."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple, cast

from fastapi import Response

from api import bodies, intake
from api.console import choices, evidence, forms, meanwhile, rehearsal
from api.console.fields import Field, fields_of, read
from api.console.forms import Form
from api.console.obstacles import enters
from api.console.pages.application import Seen, seen
from api.console.reasons import at_fields, errors_of, trouble_of
from api.console.routing import page
from api.console.visit import Visit
from api.journal.watch import EVENT, REHEARSED
from api.problems import Problem
from api.schemas import EventIn
from api.views import tag_of
from workflow.domain.act import Event
from workflow.domain.application import Snapshot
from workflow.domain.authority import authorise
from workflow.domain.principal import BUYER_AUTHORITY, Actor
from workflow.domain.procedure import EventSpec
from workflow.domain.record import Document
from workflow.domain.refusals import Refusal, Refused
from workflow.machine import Outlook
from workflow.registry import Outcome
from workflow.service import Rehearsed, now

COMMON = EventIn.model_json_schema()
SEEN = "seen"
"""The hidden field with the entity tag of the application that whoever posts has looked at."""


class Sheet(NamedTuple):
    """A form before it is filled in."""

    on: Seen
    spec: EventSpec
    kind: str | None
    """Of the condition that the event is about."""
    head: list[Field]
    data: list[Field]
    tail: list[Field]
    sources: evidence.Sources
    obstacles: tuple[Refusal, ...]

    @property
    def fields(self) -> list[Field]:
        """Every field there is."""
        pieces = [field for piece in self.sources.pieces for field in piece]
        return [*self.head, *self.data, *self.tail, *pieces]


async def show(visit: Visit) -> Response:
    """The form, with what stands in the way as things are."""
    return _page(visit, await _sheet(visit, None), _preset(visit))


async def post(visit: Visit) -> Response:
    """Try the event out, or post it."""
    form = await visit.form()
    sheet = await _sheet(visit, form)
    if evidence.wants_more(form):
        return _page(visit, sheet, form)
    visit.request.scope[EVENT] = sheet.spec.type
    if form.dry_run:
        visit.request.scope[REHEARSED] = True
    try:
        event = _event(visit, sheet, form)
    except Problem as problem:
        return _page(visit, sheet, form, 422, **wrong_in(problem, sheet.fields))
    condition = intake.precondition(form.get(SEEN) or None)
    service, who, name = visit.parts.service, visit.reader, sheet.on.id
    outcome: Rehearsed | Outcome
    if form.dry_run:
        outcome = await service.rehearse(who, name, event, condition)
    else:
        outcome = await service.post(who, name, event, condition)
    if isinstance(outcome, Refused):
        since = await meanwhile.since(visit, sheet.on, form.get(SEEN), outcome)
        return _page(visit, sheet, form, refused=outcome, since=since)
    if isinstance(outcome, Rehearsed):
        record = rehearsal.told(outcome, sheet.on.names, sheet.on.document.snapshot)
        return _page(visit, sheet, form, record=record)
    return visit.see(f"/applications/{name}?posted={outcome.document.version}#trail")


async def _sheet(visit: Visit, form: Form | None) -> Sheet:
    """The form of the event in the address. Raises Problem (404)."""
    on = await seen(visit)
    spec = on.names.procedure.events.get(visit.request.path_params["type"])
    if spec is None:
        raise visit.nothing()
    snapshot = cast(Snapshot, on.document.snapshot)
    asked = _kind_asked(visit, form)
    kind = choices.kind_of(spec, snapshot, asked)
    needed = choices.needed_of(spec, snapshot, asked)
    offered = choices.offered(spec, snapshot, on.names, visit.language, kind)
    data = fields_of(choices.schema_of(spec, kind, needed), "data", offered)
    found = await visit.parts.queries.outlook(visit.reader, on.id, now())
    outlook = Outlook((), ()) if found is None else found[1]
    whose = _bodies(visit, on, spec, outlook)
    common = {field.name: field for field in fields_of(COMMON, "event", whose)}
    reason = common["event.reason"]._replace(required=spec.reason_required)
    return Sheet(
        on=on,
        spec=spec,
        kind=kind,
        head=[common["event.authority"]],
        data=data,
        tail=[reason, common["event.effective_at"]],
        sources=evidence.sources_of(form),
        obstacles=dict(outlook.refused).get(spec.type, ()),
    )


def _kind_asked(visit: Visit, form: Form | None) -> dict[str, str]:
    """What decides about the shape of the data."""
    given = visit.query if form is None else {name: form.get(name) for name in form.fields}
    return {name: given.get(f"data.{name}", "") for name in ("kind", "condition")}


def _own(visit: Visit, on: Seen, spec: EventSpec, bodies: Iterable[str]) -> list[str]:
    """For which of these the visitor acts, whether or not the event may happen now."""
    procedure, buyer = on.names.procedure, on.document.snapshot["buyer"]
    acting = {body: authorise(procedure, spec, visit.reader, buyer, body) for body in bodies}
    return [body for body, actor in acting.items() if isinstance(actor, Actor)]


def _bodies(
    visit: Visit, on: Seen, spec: EventSpec, outlook: Outlook
) -> Mapping[str, list[tuple[str, str]]]:
    """Whom the visitor may act for now, else whom it acts for at all; where that is nobody, whose
    act it is.
    """
    may = [body for kind, body in outlook.allowed if kind == spec.type and body is not None]
    bodies = (*on.names.procedure.authorities, BUYER_AUTHORITY)
    whose = [one for one in spec.by if one in bodies]
    known = may or _own(visit, on, spec, whose) or whose
    return {"event.authority": [(one, on.names.official(one)) for one in known]}


def _preset(visit: Visit) -> Form:
    """What a link to the form says already."""
    given = {name: [value] for name, value in visit.query.items() if name.startswith("data.")}
    return Form(given | {"event.authority": [visit.asked("authority") or ""]})


def _event(visit: Visit, sheet: Sheet, form: Form) -> Event:
    """What was filled in, as the event that the service decides. Raises Problem (400, 422)."""
    fields = [*sheet.head, *sheet.tail]
    body = read(fields, form, "event") | {"type": sheet.spec.type}
    body["data"] = read(sheet.data, form, "data")
    pieces = sheet.sources.values(form)
    if pieces:
        body["evidence"] = pieces
    shaped = bodies.shaped(EventIn, body)
    return intake.event_of(visit.parts.catalog, shaped, form.key, bodies.fingerprint(body))


def _entered(visit: Visit, sheet: Sheet) -> bool:
    """Whether the visitor would enter what others are reported to have done."""
    procedure, buyer = sheet.on.names.procedure, sheet.on.document.snapshot["buyer"]
    bodies = [body for body, _ in sheet.head[0].offered]
    return any(enters(procedure, visit.reader, buyer, (sheet.spec.type, body)) for body in bodies)


def wrong_in(problem: Problem, shown: Sequence[Field]) -> dict[str, Any]:
    """What is wrong by field, where those of the event itself have no object above them; and what
    has no field.
    """
    found = errors_of(problem).items()
    named = {name if "." in name else f"event.{name}": reason for name, reason in found}
    errors = at_fields(named, shown)
    return {"errors": errors, "trouble": trouble_of(problem, errors, shown)}


def seen_now(document: Document, form: Form, *, told: bool) -> str:
    """The version that a form goes on with: the one that it was opened at, until it was told what
    came since.
    """
    return (not told and form.get(SEEN)) or tag_of(document)


def _page(visit: Visit, sheet: Sheet, form: Form, status: int = 200, **more: Any) -> Response:
    """The form as it was filled in, and what was answered to it."""
    values = {name: "\n".join(given) for name, given in form.fields.items()}
    known = {"refused": None, "record": None, "errors": {}, "trouble": [], "since": []} | more
    answer = known.pop("refused")
    shown = known | {
        "sheet": sheet,
        "names": sheet.on.names,
        "entered": _entered(visit, sheet),
        "own": bool(_own(visit, sheet.on, sheet.spec, dict(sheet.head[0].offered))),
        "values": values,
        "key": form.get(forms.KEY) or forms.new_key(),
        "seen": seen_now(sheet.on.document, form, told=bool(known["since"])),
    }
    if answer is not None:
        return visit.refused("event.html", answer, **shown)
    return visit.page("event.html", status, refused=None, **shown)


ROUTES = (
    page("/applications/{id}/events/{type}", show, post, posts="/v1/applications/{id}/events"),
)
