"""Applications: open one, poll its status, list them, see what may happen next."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from api import answers, bodies, documentation, intake, past, waiting
from api.auth import principal_of
from api.examples import CREATIONS
from api.parts import parts_of
from api.problems import answer
from api.readers import Reader, reader_of
from api.schemas import (
    AcceptedOut,
    AllowedEventsOut,
    ApplicationIn,
    ApplicationListOut,
    ApplicationOut,
    In,
)
from api.views import application_body, listed, stored_tag
from workflow.domain.record import Document
from workflow.domain.terms import IN_TIME, OVERDUE
from workflow.service import UNKNOWN, now

router = APIRouter(tags=["applications"])


class ListQuery(In):
    """How a list of applications is narrowed."""

    state: str | None = None
    buyer: str | None = None
    procedure: str | None = None
    authority: Annotated[str | None, Field(description="has acted on the application")] = None
    waiting_on: Annotated[str | None, Field(description="its turn has come")] = None
    standing: Literal["confirmed", "reported"] | None = None
    overdue: bool | None = None
    q: Annotated[
        str | None,
        Field(max_length=64, description="beginning of an id, a reference or a buyer's name"),
    ] = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50
    cursor: Annotated[str | None, Field(max_length=200)] = None

    def terms(self) -> list[str]:
        """The index terms that an application must have."""
        named = ("state", "buyer", "procedure", "authority", "waiting_on", "standing")
        terms = [f"{name}={value}" for name in named if (value := getattr(self, name)) is not None]
        late = () if self.overdue is None else (OVERDUE if self.overdue else IN_TIME,)
        return [*terms, *late]


@router.post(
    "/v1/applications",
    status_code=201,
    operation_id="createApplication",
    summary="Open an application",
    **documentation.operation(
        ApplicationIn,
        {201: AcceptedOut, 200: AcceptedOut},
        problems=(400, 403, 404, 409, 413, 415, 422, 503),
        parameters=("idempotency-key",),
        examples=CREATIONS,
    ),
)
async def create_application(request: Request) -> Response:
    """Open an application for a registered buyer; the same key again opens no second one."""
    parts, principal = parts_of(request), principal_of(request)
    body = await bodies.read_json(request, ApplicationIn)
    bodies.no_query(request)
    key = bodies.idempotency_key(request)
    event = intake.creation_of(body.value, key, body.fingerprint)
    identifier, outcome = await parts.service.create(principal, body.value.procedure, event)
    return answers.accepted(parts, identifier, outcome, f"/v1/applications/{identifier}")


@router.head("/v1/applications/{id}", include_in_schema=False)
@router.get(
    "/v1/applications/{id}",
    operation_id="getApplication",
    summary="Poll an application",
    **documentation.operation(
        None,
        {200: ApplicationOut},
        problems=(400, 403, 404, 409, 422, 503),
        parameters=("id", "if-none-match", "prefer-wait", "as_of", "known_at"),
    ),
)
async def get_application(request: Request) -> Response:
    """The application as it is, or as it was; 304 when the caller has this very representation.

    With `If-None-Match` and `Prefer: wait=N` that answer is held until the application changes, N
    seconds at the most.
    """
    parts, identifier = parts_of(request), request.path_params["id"]
    moment = past.asked(request)
    stored = await parts.queries.application(reader_of(request), identifier)
    if stored is None:
        return answer(parts.problems.of_refusal(UNKNOWN))
    if moment is not None:
        return await past.application(request, identifier, moment)
    tag, wait = stored_tag(stored), None
    if bodies.header(request, b"if-none-match") is not None:
        wait = waiting.asked(request)
    if wait is not None and answers.unchanged(request, tag):
        del stored  # thousands may be held, each for as long as this lasts
        stored = await waiting.changed(request, identifier, tag, wait)
        if stored is None:
            return answer(parts.problems.of_refusal(UNKNOWN))
        tag = stored_tag(stored)
    if answers.unchanged(request, tag):
        return answers.not_modified(tag, waiting.applied(wait))
    document = Document.decode(stored)
    procedure = parts.catalog.engine(document).procedure
    body = application_body(identifier, document, procedure)
    return answers.written(body, {"ETag": tag, **waiting.applied(wait)})


@router.get(
    "/v1/applications",
    operation_id="listApplications",
    summary="List applications",
    **documentation.operation(None, {200: ApplicationListOut}, problems=(403, 422, 503)),
)
async def list_applications(
    request: Request, reader: Reader, query: Annotated[ListQuery, Query()]
) -> Response:
    """Applications that the principal sees, the newest first; a page may be short while `next` is
    set.
    """
    parts = parts_of(request)
    before = answers.position_of(query.cursor)
    found = await parts.queries.applications(reader, query.terms(), query.q, query.limit, before)
    at = now()
    items = [
        listed(identifier, document, parts.catalog.engine(document).procedure, at)
        for identifier, document in found.items
    ]
    return answers.page(request, items, answers.position_cursor(found.next))


@router.get(
    "/v1/applications/{id}/allowed-events",
    operation_id="getAllowedEvents",
    summary="What may be posted next",
    **documentation.operation(
        None, {200: AllowedEventsOut}, problems=(403, 404, 422, 503), parameters=("id",)
    ),
)
async def get_allowed_events(request: Request) -> Response:
    """What this principal may post now, and every reason against the rest."""
    parts, identifier = parts_of(request), request.path_params["id"]
    bodies.no_query(request)
    found = await parts.queries.outlook(reader_of(request), identifier, now())
    if found is None:
        return answer(parts.problems.of_refusal(UNKNOWN))
    _, outlook = found
    body = {
        "allowed": [{"type": kind, "authority": authority} for kind, authority in outlook.allowed],
        "refused": [
            {
                "type": kind,
                "refusals": [
                    {"code": refusal.code, "detail": refusal.detail._asdict()}
                    for refusal in refusals
                ],
            }
            for kind, refusals in outlook.refused
        ],
    }
    return answers.written(body)
