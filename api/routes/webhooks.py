"""Webhooks: made, changed, given a new secret, removed; and read."""

from typing import Annotated

import orjson
from fastapi import APIRouter, Query, Request, Response

from api import answers, bodies, documentation
from api.auth import principal_of
from api.examples import WEBHOOK_CHANGES, WEBHOOKS
from api.parts import Parts, parts_of
from api.problems import Problem, answer
from api.readers import Reader
from api.routes.buyers import PageQuery
from api.schemas import (
    TrailOut,
    WebhookChangeIn,
    WebhookIn,
    WebhookListOut,
    WebhookOut,
    WebhookSecretOut,
    WebhookStandingOut,
)
from api.views import tag_of
from api.webhooks.showing import tallied_body, webhook_body
from workflow.catalog import Catalog
from workflow.domain import access
from workflow.domain.record import Document
from workflow.domain.refusals import Refusal, Refused
from workflow.trails import TrailFilter
from workflow.webhooks import Made, Target

UNKNOWN = Refused((Refusal("unknown-webhook"),))

router = APIRouter(tags=["webhooks"])


@router.post(
    "/v1/webhooks",
    status_code=201,
    operation_id="createWebhook",
    summary="Make a webhook",
    **documentation.operation(
        WebhookIn,
        {201: WebhookSecretOut, 200: WebhookSecretOut},
        problems=(400, 403, 409, 413, 415, 422, 503),
        parameters=("fresh-key",),
        examples=WEBHOOKS,
    ),
)
async def create_webhook(request: Request) -> Response:
    """Make a webhook. The secret that its messages are signed with is shown in this answer and
    never again; a repeat of the same request with the same Idempotency-Key makes no second one
    and shows none. It begins with the records that come from now on.
    """
    parts, principal = parts_of(request), principal_of(request)
    body = await bodies.read_json(request, WebhookIn)
    bodies.no_query(request)
    key = bodies.optional_key(request, "") or None
    wanted = body.value
    _check_names(parts.catalog, wanted)
    target = Target(
        url=wanted.url,
        description=wanted.description or "",
        types=tuple(wanted.types),
        states=tuple(wanted.states),
        buyers=tuple(wanted.buyers),
    )
    return _shown(parts, await parts.webhooks.create(principal, target, key, body.fingerprint), 201)


@router.post(
    "/v1/webhooks/{id}:rotate",
    operation_id="rotateWebhook",
    summary="Give a webhook a new secret",
    **documentation.operation(
        None,
        {200: WebhookSecretOut},
        problems=(400, 403, 404, 409, 422, 503),
        parameters=("id", "fresh-key"),
    ),
)
async def rotate_webhook(request: Request) -> Response:
    """Make a new secret; for 24 hours, or until the next one is made, messages are signed with the
    old one as well.
    """
    parts, principal = parts_of(request), principal_of(request)
    bodies.no_query(request)
    key, none = bodies.optional_key(request, "") or None, bodies.fingerprint({})
    identifier = request.path_params["id"]
    return _shown(parts, await parts.webhooks.rotate(principal, identifier, key, none), 200)


@router.patch(
    "/v1/webhooks/{id:credential}",
    operation_id="changeWebhook",
    summary="Change a webhook",
    **documentation.operation(
        WebhookChangeIn,
        {200: WebhookOut},
        problems=(400, 403, 404, 409, 413, 415, 422, 503),
        parameters=("id", "fresh-key"),
        examples=WEBHOOK_CHANGES,
    ),
)
async def change_webhook(request: Request) -> Response:
    """Change what is named; null removes a description or a filter. One that is enabled again
    tells of what comes from now on, after what was waiting.
    """
    parts, identifier = parts_of(request), request.path_params["id"]
    body = await bodies.read_json(request, WebhookChangeIn)
    bodies.no_query(request)
    key = bodies.optional_key(request, "") or None
    _check_names(parts.catalog, body.value)
    outcome = await parts.webhooks.change(
        principal_of(request), identifier, body.value.changes(), key, body.fingerprint
    )
    if isinstance(outcome, Refused):
        return answer(parts.problems.of_refusal(outcome))
    document = outcome.document
    return answers.written(webhook_body(identifier, document), {"ETag": tag_of(document)})


@router.delete(
    "/v1/webhooks/{id:credential}",
    status_code=204,
    operation_id="removeWebhook",
    summary="Remove a webhook",
    response_class=Response,
    **documentation.operation(
        None, {204: None}, problems=(403, 404, 409, 422, 503), parameters=("id",)
    ),
)
async def remove_webhook(request: Request) -> Response:
    """End a webhook for good, with all that was not delivered."""
    parts, identifier = parts_of(request), request.path_params["id"]
    bodies.no_query(request)
    outcome = await parts.webhooks.remove(principal_of(request), identifier)
    if isinstance(outcome, Refused) and outcome.decisive.code != "webhook-removed":
        return answer(parts.problems.of_refusal(outcome))
    return Response(status_code=204, headers=answers.PRIVATE)


@router.get(
    "/v1/webhooks/{id:credential}",
    operation_id="getWebhook",
    summary="Read a webhook",
    **documentation.operation(
        None, {200: WebhookStandingOut}, problems=(403, 404, 422, 503), parameters=("id",)
    ),
)
async def get_webhook(request: Request, reader: Reader) -> Response:
    """A webhook, and how it stands with what was sent. Never its secret."""
    parts, identifier = parts_of(request), request.path_params["id"]
    bodies.no_query(request)
    document = await parts.webhooks.seen(reader, identifier)
    if isinstance(document, Refused):
        return answer(parts.problems.of_refusal(document))
    tallied = await parts.webhooks.standing(identifier)
    body = webhook_body(identifier, document) | {"deliveries": tallied_body(tallied)}
    return answers.written(body)


@router.get(
    "/v1/webhooks",
    operation_id="listWebhooks",
    summary="List webhooks",
    **documentation.operation(None, {200: WebhookListOut}, problems=(403, 422, 503)),
)
async def list_webhooks(
    request: Request, reader: Reader, query: Annotated[PageQuery, Query()]
) -> Response:
    """Webhooks, the newest first: an operator and an auditor see all, others those that were made
    with their credential.
    """
    before = answers.position_of(query.cursor)
    found = await parts_of(request).webhooks.page(reader, query.limit, before)
    items = [webhook_body(identifier, document) for identifier, document in found.items]
    return answers.page(request, items, answers.position_cursor(found.next))


@router.get(
    "/v1/webhooks/{id}/trail",
    operation_id="getWebhookTrail",
    summary="Review a webhook's trail",
    **documentation.operation(
        None, {200: TrailOut}, problems=(403, 404, 422, 503), parameters=("id",)
    ),
)
async def get_webhook_trail(
    request: Request, reader: Reader, query: Annotated[PageQuery, Query()]
) -> Response:
    """Who made it, changed it and gave it new secrets, and when, from the beginning; also when it
    has been removed.
    """
    parts, identifier = parts_of(request), request.path_params["id"]
    after = answers.seq_of(query.cursor)
    document = await parts.queries.document("webhook", identifier)
    if document is None or not access.sees_webhook(reader, document.snapshot["owner"]):
        return answer(parts.problems.of_refusal(UNKNOWN))
    subject = f"webhook/{identifier}"
    page = await parts.queries.trail(subject, TrailFilter(), query.limit, after, newest=False)
    items = [orjson.loads(record) for record in page.records]
    return answers.page(request, items, answers.seq_cursor(page.next))


def _check_names(catalog: Catalog, wanted: WebhookIn | WebhookChangeIn) -> None:
    """A filter that nothing can pass is a slip. Raises Problem (422)."""
    procedures = catalog.procedures()
    types = {"create"}.union(*(procedure.events for procedure in procedures))
    states = set[str]().union(*(procedure.states for procedure in procedures))
    errors = [
        {"pointer": f"/{field}/{place}", "detail": "no procedure knows it"}
        for field, names, known in (
            ("types", wanted.types, types),
            ("states", wanted.states, states),
        )
        for place, name in enumerate(names or ())
        if name not in known
    ]
    if errors:
        raise Problem("invalid-request", "A filter names what there is not.", errors)


def _shown(parts: Parts, outcome: Made | Refused, status: int) -> Response:
    """A secret, this once."""
    if isinstance(outcome, Refused):
        return answer(parts.problems.of_refusal(outcome))
    document: Document = outcome.document
    body = {
        "id": outcome.id,
        "secret": outcome.secret,
        "webhook": webhook_body(outcome.id, document),
    }
    headers = {"ETag": tag_of(document), "Location": f"/v1/webhooks/{outcome.id}"}
    headers["Cache-Control"] = "no-store"
    if outcome.replayed:
        return answers.written(body, headers | {"Idempotency-Replayed": "true"})
    return answers.written(body, headers, status)
