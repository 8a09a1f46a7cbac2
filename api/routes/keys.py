"""Credentials: who may come in, as what, and who granted that."""

from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import Field
from starlette.convertors import StringConvertor, register_url_convertor

from api import answers, bodies, documentation
from api.auth import principal_of
from api.examples import KEYS, ROTATIONS
from api.parts import Parts, parts_of
from api.problems import answer
from api.routes.buyers import PageQuery
from api.schemas import CredentialListOut, CredentialOut, KeyIn, KeyOut, RotationIn, TrailOut
from api.views import tag_of
from workflow.credentials import Granted
from workflow.domain import access
from workflow.domain.credential import Rights
from workflow.domain.principal import Role
from workflow.domain.record import Document
from workflow.domain.refusals import Refusal, Refused
from workflow.trails import TrailFilter


class _CredentialId(StringConvertor):
    """What an id consists of, so that `{id}:rotate` is no credential."""

    regex = "[^/:]+"


register_url_convertor("credential", _CredentialId())

UNKNOWN = Refused((Refusal("unknown-credential"),))

router = APIRouter(tags=["keys"])


class KeysQuery(PageQuery):
    """Which credentials."""

    organisation: Annotated[str | None, Field(max_length=64)] = None


@router.post(
    "/v1/keys",
    status_code=201,
    operation_id="createKey",
    summary="Make a key",
    **documentation.operation(
        KeyIn,
        {201: KeyOut, 200: KeyOut},
        problems=(400, 403, 404, 409, 413, 415, 422, 503),
        parameters=("fresh-key",),
        examples=KEYS,
    ),
)
async def create_key(request: Request) -> Response:
    """Make a key. It is shown in this answer and never again; a repeat of the same request with
    the same Idempotency-Key makes no second one and shows none.
    """
    parts, principal = parts_of(request), principal_of(request)
    body = await bodies.read_json(request, KeyIn)
    bodies.no_query(request)
    wanted = body.value
    rights = Rights(
        name=wanted.name,
        organisation=wanted.organisation,
        roles=frozenset(map(Role, wanted.roles)),
        authorities=frozenset(wanted.authorities),
        scopes=frozenset(wanted.scopes),
    )
    key = bodies.optional_key(request, "") or None
    outcome = await parts.credentials.grant(
        principal, rights, wanted.expires_at, key, body.fingerprint
    )
    return _shown(parts, outcome, 201)


@router.post(
    "/v1/keys/{id}:rotate",
    operation_id="rotateKey",
    summary="Give a key a new secret",
    **documentation.operation(
        RotationIn,
        {200: KeyOut},
        problems=(400, 403, 404, 409, 413, 415, 422, 503),
        parameters=("id", "fresh-key"),
        examples=ROTATIONS,
    ),
)
async def rotate_key(request: Request) -> Response:
    """Make a new secret; the old one stays good for the time asked for. The holder of a key may
    do this for their own.
    """
    parts, principal = parts_of(request), principal_of(request)
    body = await bodies.read_optional(request, RotationIn())
    bodies.no_query(request)
    key = bodies.optional_key(request, "") or None
    outcome = await parts.credentials.rotate(
        principal, request.path_params["id"], body.value.overlap_seconds, key, body.fingerprint
    )
    return _shown(parts, outcome, 200)


@router.delete(
    "/v1/keys/{id:credential}",
    status_code=204,
    operation_id="revokeKey",
    summary="Revoke a credential",
    response_class=Response,
    **documentation.operation(
        None, {204: None}, problems=(403, 404, 409, 422, 503), parameters=("id",)
    ),
)
async def revoke_key(request: Request) -> Response:
    """End a credential for good; revoking it again changes nothing."""
    parts, identifier = parts_of(request), request.path_params["id"]
    bodies.no_query(request)
    outcome = await parts.credentials.revoke(principal_of(request), identifier)
    if isinstance(outcome, Refused) and outcome.decisive.code != "credential-revoked":
        return answer(parts.problems.of_refusal(outcome))
    return Response(status_code=204, headers=answers.PRIVATE)


@router.get(
    "/v1/keys/{id:credential}",
    operation_id="getKey",
    summary="Read a credential",
    **documentation.operation(
        None, {200: CredentialOut}, problems=(403, 404, 422, 503), parameters=("id",)
    ),
)
async def get_key(request: Request) -> Response:
    """A credential: what it grants, and when it was last used. Never its secret."""
    parts, identifier = parts_of(request), request.path_params["id"]
    bodies.no_query(request)
    document = await _seen(request, identifier)
    if isinstance(document, Refused):
        return answer(parts.problems.of_refusal(document))
    (used,) = await parts.identities.last_used([identifier])
    return answers.written(_body(identifier, document, used))


@router.get(
    "/v1/keys/{id}/trail",
    operation_id="getKeyTrail",
    dependencies=[Depends(principal_of)],
    summary="Review a credential's trail",
    **documentation.operation(
        None, {200: TrailOut}, problems=(403, 404, 422, 503), parameters=("id",)
    ),
)
async def get_key_trail(request: Request, query: Annotated[PageQuery, Query()]) -> Response:
    """Who granted what to whom, and when, from the beginning."""
    parts, identifier = parts_of(request), request.path_params["id"]
    after = answers.seq_of(query.cursor)
    document = await _seen(request, identifier)
    if isinstance(document, Refused):
        return answer(parts.problems.of_refusal(document))
    subject = f"credential/{identifier}"
    page = await parts.queries.trail(subject, TrailFilter(), query.limit, after, newest=False)
    items = [orjson.loads(record) for record in page.records]
    return answers.page(request, items, answers.seq_cursor(page.next))


@router.get(
    "/v1/keys",
    operation_id="listKeys",
    dependencies=[Depends(principal_of)],
    summary="List credentials",
    **documentation.operation(None, {200: CredentialListOut}, problems=(403, 422, 503)),
)
async def list_keys(request: Request, query: Annotated[KeysQuery, Query()]) -> Response:
    """Credentials, the newest first: an operator and an auditor see all, others their own."""
    parts, principal = parts_of(request), principal_of(request)
    refusal = access.may_read(principal)
    if refusal is not None:
        return answer(parts.problems.of_refusal(Refused((refusal,))))
    before = answers.position_of(query.cursor)
    if access.sees_credential(principal, None):
        terms = [] if query.organisation is None else [f"organisation={query.organisation}"]
        found = await parts.queries.credentials(terms, query.limit, before)
        items, cursor = found.items, answers.position_cursor(found.next)
    else:
        own = await parts.queries.document("credential", principal.credential)
        wanted = query.organisation in (None, principal.organisation)
        items = [(principal.credential, own)] if own is not None and wanted else []
        cursor = None
    uses = await parts.identities.last_used([identifier for identifier, _ in items])
    shown = [
        _body(identifier, document, used)
        for (identifier, document), used in zip(items, uses, strict=True)
    ]
    return answers.page(request, shown, cursor)


async def _seen(request: Request, identifier: str) -> Document | Refused:
    """A credential that the principal may know of."""
    principal = principal_of(request)
    refusal = access.may_read(principal)
    if refusal is not None:
        return Refused((refusal,))
    if not access.sees_credential(principal, identifier):
        return UNKNOWN
    return await parts_of(request).queries.document("credential", identifier) or UNKNOWN


def _shown(parts: Parts, outcome: Granted | Refused, status: int) -> Response:
    """A key, this once."""
    if isinstance(outcome, Refused):
        return answer(parts.problems.of_refusal(outcome))
    body = {
        "id": outcome.id,
        "key": outcome.key,
        "credential": _body(outcome.id, outcome.document, None),
    }
    headers = {"ETag": tag_of(outcome.document), "Location": f"/v1/keys/{outcome.id}"}
    headers["Cache-Control"] = "no-store"
    if outcome.replayed:
        return answers.written(body, headers | {"Idempotency-Replayed": "true"})
    return answers.written(body, headers, status)


def _body(identifier: str, document: Document, used: str | None) -> dict[str, Any]:
    snapshot = document.snapshot
    named = ("kind", "name", "organisation", "roles", "authorities", "scopes")
    previous = snapshot["previous"]
    return {
        "id": identifier,
        **{name: snapshot[name] for name in named},
        "created_at": snapshot["created_at"],
        "expires_at": snapshot["expires_at"],
        "revoked_at": snapshot["revoked_at"],
        "old_secret_until": None if previous is None else previous["until"],
        "last_used_at": used,
        "version": document.version,
        "updated_at": document.recorded_at,
        "head": document.head,
    }
