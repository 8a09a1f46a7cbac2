"""Opening an application: for whom, of what, under which procedure."""

from collections.abc import Mapping
from typing import Any

from fastapi import Response

from api import bodies, intake
from api.console import evidence, forms, rehearsal
from api.console.fields import Field, fields_of, read
from api.console.forms import Form
from api.console.naming import Names
from api.console.reasons import at_fields, errors_of, trouble_of
from api.console.routing import page
from api.console.visit import Visit
from api.journal.watch import REHEARSED
from api.problems import Problem
from api.schemas import ApplicationIn
from workflow.domain.act import Event
from workflow.domain.authority import authorise
from workflow.domain.principal import Actor, Role
from workflow.domain.procedure import Label
from workflow.domain.refusals import Refusal, Refused

SCHEMA = ApplicationIn.model_json_schema()
PREFIX = "application"
BUYERS = 200
"""Buyers that a list to choose from has at the most; of more, the id is typed."""


async def show(visit: Visit) -> Response:
    """The empty form."""
    return await _page(visit, Form({}))


async def post(visit: Visit) -> Response:
    """Open the application; the same form again opens no second one."""
    form = await visit.form()
    if evidence.wants_more(form):
        return await _page(visit, form)
    if form.dry_run:
        visit.request.scope[REHEARSED] = True
    fields, sources = await _fields(visit), evidence.sources_of(form)
    body = read(fields, form, PREFIX)
    pieces = sources.values(form)
    if pieces:
        body["evidence"] = pieces
    try:
        shaped = bodies.shaped(ApplicationIn, body)
        event = intake.creation_of(shaped, form.key, bodies.fingerprint(body))
    except Problem as problem:
        shown = [*fields, *(field for piece in sources.pieces for field in piece)]
        errors = at_fields(_errors(problem), shown)
        trouble = trouble_of(problem, errors, shown)
        return await _page(visit, form, 422, errors=errors, trouble=trouble)
    if form.dry_run:
        return await _rehearsed(visit, form, shaped.procedure, event)
    identifier, outcome = await visit.parts.service.create(visit.reader, shaped.procedure, event)
    if isinstance(outcome, Refused):
        return await _page(visit, form, refused=outcome)
    return visit.see(f"/applications/{identifier}?posted={outcome.document.version}")


async def _rehearsed(visit: Visit, form: Form, procedure: str, event: Event) -> Response:
    found = await visit.parts.service.rehearse_creation(visit.reader, procedure, event)
    if isinstance(found, Refused):
        return await _page(visit, form, refused=found)
    names = visit.names_of(found.document)
    return await _page(visit, form, record=rehearsal.told(found, names, {}), names=names)


async def _fields(visit: Visit) -> list[Field]:
    found = fields_of(SCHEMA, PREFIX, await _offered(visit))
    return [
        field._replace(path=("own_reference",)) if field.path == ("reference",) else field
        for field in found
        if not field.name.endswith(".evidence")
    ]


async def _offered(visit: Visit) -> Mapping[str, list[tuple[str, str]]]:
    """The procedures, the buyers as far as they can be listed, and whom a recorder enters it
    for.
    """
    procedures = {one.name: visit.names(one).title for one in visit.parts.catalog.procedures()}
    rows, more = await visit.parts.queries.overview(visit.reader, BUYERS, None, 1)
    buyers = {row.buyer: row.name[visit.language] for row in rows}
    found = {f"{PREFIX}.procedure": list(procedures.items())}
    if more is None and buyers:
        found[f"{PREFIX}.buyer"] = list(buyers.items())
    recorder = Role.RECORDER in visit.reader.acting
    found[f"{PREFIX}.authority"] = [("buyer", "buyer")] if recorder else []
    return found


def _errors(problem: Problem) -> dict[str, Label]:
    """What is wrong by field; evidence has its own names."""
    found = errors_of(problem).items()
    return {
        name if name.startswith("evidence.") else f"{PREFIX}.{name}": detail
        for name, detail in found
    }


def _obstacle(visit: Visit) -> tuple[Names, Refusal] | None:
    """Why the visitor opens no application, whatever the procedure; None where it may be that it
    does.
    """
    found: tuple[Names, Refusal] | None = None
    for names in visit.regimes():
        procedure, who = names.procedure, visit.reader
        actor = authorise(procedure, procedure.creation, who, who.organisation, None)
        if isinstance(actor, Actor) or actor.code == "authority-required":
            return None
        found = names, actor
    return found


async def _page(visit: Visit, form: Form, status: int = 200, **more: Any) -> Response:
    values = {name: "\n".join(given) for name, given in form.fields.items()}
    answer = more.pop("refused", None)
    shown = {"errors": {}, "trouble": [], "record": None, "names": None} | more
    names, refusal = _obstacle(visit) or (None, None)
    shown |= {
        "regime": names,
        "obstacles": [refusal],
        "fields": await _fields(visit),
        "sources": evidence.sources_of(form),
        "values": values,
        "key": form.get(forms.KEY) or forms.new_key(),
    }
    if answer is not None:
        return visit.refused("opening.html", answer, **shown)
    return visit.page("opening.html", status, refused=None, **shown)


ROUTES = (page("/applications/new", show, post, posts="/v1/applications"),)
