"""Posting events: one, or many at once."""

from fastapi import APIRouter, Request, Response

from api import answers, bodies, cloud_events, documentation, intake
from api.auth import principal_of
from api.examples import CLOUD_EVENTS, EVENTS
from api.journal.watch import EVENT, REHEARSED
from api.parts import parts_of
from api.schemas import AcceptedOut, CloudEventIn, EventIn

router = APIRouter(tags=["events"])


@router.post(
    "/v1/applications/{id}/events",
    status_code=201,
    operation_id="postEvent",
    summary="Post an event",
    **documentation.also_as(
        cloud_events.MEDIA_TYPE,
        CloudEventIn,
        CLOUD_EVENTS,
        documentation.operation(
            EventIn,
            {201: AcceptedOut, 200: AcceptedOut},
            problems=(400, 403, 404, 409, 412, 413, 415, 422, 428, 503),
            parameters=("id", "event-key", "if-match", "dry_run"),
            examples=EVENTS,
        ),
    ),
)
async def post_event(request: Request) -> Response:
    """Decide one event on an application and make it durable before answering. A CloudEvent 1.0,
    structured or binary (`ce-` header fields), names its own key, and Idempotency-Key is not read.
    """
    parts, identifier = parts_of(request), request.path_params["id"]
    principal = principal_of(request)
    key, place = None, ""
    if cloud_events.is_one(request):
        body, key, place = await cloud_events.posted(request, identifier)
    else:
        body = await bodies.read_json(request, EventIn)
    dry_run = bodies.flag(request, "dry_run")
    request.scope[EVENT] = body.value.type
    if dry_run:
        request.scope[REHEARSED] = True
        key = key or bodies.optional_key(request, intake.REHEARSAL)
    else:
        key = key or bodies.idempotency_key(request)
    event = intake.event_of(parts.catalog, body.value, key, body.fingerprint, place)
    condition = intake.precondition(bodies.header(request, b"if-match"))
    if dry_run:
        rehearsal = await parts.service.rehearse(principal, identifier, event, condition)
        return answers.rehearsed(parts, identifier, rehearsal)
    outcome = await parts.service.post(principal, identifier, event, condition)
    location = f"/v1/applications/{identifier}/trail/{{seq}}"
    return answers.accepted(parts, identifier, outcome, location)
