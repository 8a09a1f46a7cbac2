"""Keys: every credential there is, and making one more."""

from collections.abc import Mapping
from typing import Any

from fastapi import Response

from api import answers, bodies
from api.console import forms
from api.console.fields import Field, fields_of, read
from api.console.forms import Form
from api.console.operating import operator_of, spoken
from api.console.reasons import errors_of
from api.console.routing import page
from api.console.visit import Visit
from api.problems import Problem
from api.schemas import KeyIn
from workflow.credentials import Granted
from workflow.domain.credential import Rights
from workflow.domain.principal import Role, Scope
from workflow.domain.procedure import Label
from workflow.domain.record import Document
from workflow.domain.refusals import Refused
from workflow.service import now

KEYS = 50
"""Credentials on a page."""

SCHEMA = KeyIn.model_json_schema()
PREFIX = "wanted"
LISTS = ("roles", "authorities", "scopes")
"""Fields of which several values are ticked."""


async def list_all(visit: Visit) -> Response:
    """Credentials, the newest first: all, or those of an organisation."""
    operator_of(visit)
    parts, organisation = visit.parts, visit.asked("organisation")
    terms = [] if organisation is None else [f"organisation={organisation}"]
    before = answers.position_of(visit.asked("cursor"))
    found = await parts.queries.credentials(terms, KEYS, before)
    uses = await parts.identities.last_used([identifier for identifier, _ in found.items])
    credentials = [
        credential(identifier, document, used)
        for (identifier, document), used in zip(found.items, uses, strict=True)
    ]
    following = answers.position_cursor(found.next)
    return visit.page(
        "keys.html", credentials=credentials, following=following, bodies=spoken(visit).bodies
    )


async def show(visit: Visit) -> Response:
    """The empty form."""
    operator_of(visit)
    return _page(visit, {f"{PREFIX}.scopes": Scope.READ.value})


async def post(visit: Visit) -> Response:
    """Make the key, and show it this once; the same form again makes no second one."""
    operator = operator_of(visit)
    form = await visit.form()
    values = {name: "\n".join(given) for name, given in form.fields.items()}
    body = read(_fields(), form, PREFIX) | {name: form.all(f"{PREFIX}.{name}") for name in LISTS}
    try:
        wanted = bodies.shaped(KeyIn, body)
    except Problem as problem:
        return _page(visit, values, form, 422, errors=_errors(problem))
    rights = Rights(
        name=wanted.name,
        organisation=wanted.organisation,
        roles=frozenset(map(Role, wanted.roles)),
        authorities=frozenset(wanted.authorities),
        scopes=frozenset(wanted.scopes),
    )
    outcome = await visit.parts.credentials.grant(
        operator, rights, wanted.expires_at, form.key, bodies.fingerprint(body)
    )
    if isinstance(outcome, Refused):
        return _page(visit, values, form, refused=outcome)
    return shown(visit, outcome, 201)


ROUTES = (
    page("/operations/keys", list_all),
    page("/operations/keys/new", show, post, posts="/v1/keys"),
)


def credential(identifier: str, document: Document, used: str | None) -> dict[str, Any]:
    """A credential as a page tells of it. `standing` is good, revoked or expired."""
    snapshot = document.snapshot
    expires_at, previous = snapshot["expires_at"], snapshot["previous"]
    standing, at = "good", now()
    if snapshot["revoked_at"] is not None:
        standing = "revoked"
    elif expires_at is not None and expires_at <= at:
        standing = "expired"
    old = None if previous is None or previous["until"] <= at else previous["until"]
    told = {"id": identifier, "used": used, "standing": standing, "old_until": old}
    return {name: value for name, value in snapshot.items() if name != "secret"} | told


def shown(visit: Visit, granted: Granted, status: int) -> Response:
    """A new key, this once: no cache keeps the page, and nobody is asked again for a repeat."""
    one = credential(granted.id, granted.document, None)
    response = visit.page("key_made.html", status, credential=one, secret=granted.key)
    response.headers["Cache-Control"] = "no-store"
    response.headers["Location"] = f"/operations/keys/{granted.id}"
    if granted.replayed:
        response.headers["Idempotency-Replayed"] = "true"
    return response


def _fields() -> list[Field]:
    return fields_of(SCHEMA, PREFIX)


def _errors(problem: Problem) -> dict[str, Label]:
    """What is wrong by field; what is wrong with one of several values, with the field."""
    found = errors_of(problem).items()
    return {f"{PREFIX}.{name.partition('.')[0]}": detail for name, detail in found}


def _offered(visit: Visit) -> Mapping[str, list[tuple[str, str]]]:
    """What may be ticked."""
    bodies_of = {
        code: names.official(code)
        for names in visit.regimes()
        for code in names.procedure.authorities
    }
    roles = SCHEMA["properties"]["roles"]["items"]["enum"]
    return {
        "roles": [(role, role) for role in roles],
        "authorities": list(bodies_of.items()),
        "scopes": [(scope, scope) for scope in Scope],
    }


def _page(
    visit: Visit,
    values: Mapping[str, str],
    form: Form | None = None,
    status: int = 200,
    **more: Any,
) -> Response:
    answer = more.pop("refused", None)
    known = {"errors": {}} | more
    known |= {
        "fields": {field.path[0]: field for field in _fields()},
        "offered": _offered(visit),
        "values": values,
        "key": (form and form.get(forms.KEY)) or forms.new_key(),
    }
    if answer is not None:
        return visit.refused("key_form.html", answer, **known)
    return visit.page("key_form.html", status, refused=None, **known)
