"""Buyers: the registry, and the overview as the reports print it."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from api import answers, bodies, documentation, intake, overview
from api.auth import principal_of
from api.examples import BUYERS
from api.parts import parts_of
from api.past import PastQuery
from api.problems import answer
from api.readers import Reader, reader_of
from api.schemas import BuyerIn, BuyerOut, In, OverviewOut
from api.views import tag_of
from workflow.domain.record import Document
from workflow.domain.refusals import Refusal, Refused
from workflow.service import now

NOT_FOUND = Refused((Refusal("buyer-not-found"),))

router = APIRouter(tags=["buyers"])


class PageQuery(In):
    """Which page of a list."""

    limit: Annotated[int, Field(ge=1, le=200)] = 50
    cursor: Annotated[str | None, Field(max_length=200)] = None


class OverviewQuery(PageQuery, PastQuery):
    """Which page of the overview, and of when."""


@router.put(
    "/v1/buyers/{id}",
    operation_id="putBuyer",
    summary="Register a buyer",
    **documentation.operation(
        BuyerIn,
        {200: BuyerOut, 201: BuyerOut},
        problems=(400, 403, 412, 413, 415, 422, 503),
        parameters=("id", "if-match"),
        examples=BUYERS,
    ),
)
async def put_buyer(request: Request) -> Response:
    """Give a buyer its name; the same name again changes nothing."""
    parts, principal = parts_of(request), principal_of(request)
    body = await bodies.read_json(request, BuyerIn)
    bodies.no_query(request)
    identifier = bodies.identifier(request.path_params["id"])
    name = body.value.name.model_dump()
    condition = intake.precondition(bodies.header(request, b"if-match"))
    outcome = await parts.service.register_buyer(
        principal, identifier, name, body.fingerprint, condition
    )
    if isinstance(outcome, Refused):
        return answer(parts.problems.of_refusal(outcome))
    document = outcome.document
    status = 201 if document.version == 1 and not outcome.replayed else 200
    return answers.written(_body(identifier, document), {"ETag": tag_of(document)}, status)


@router.get(
    "/v1/buyers/{id}",
    operation_id="getBuyer",
    summary="Read a buyer",
    **documentation.operation(
        None,
        {200: BuyerOut},
        problems=(403, 404, 422, 503),
        parameters=("id", "if-none-match"),
    ),
)
async def get_buyer(request: Request) -> Response:
    """A buyer's entry in the registry."""
    parts, identifier = parts_of(request), request.path_params["id"]
    reader = reader_of(request)
    bodies.no_query(request)
    document = await parts.queries.buyer(reader, identifier)
    if document is None:
        return answer(parts.problems.of_refusal(NOT_FOUND))
    return answers.current(request, _body(identifier, document), tag_of(document))


@router.get(
    "/v1/buyers",
    operation_id="getOverview",
    summary="The overview of the buyers",
    **documentation.operation(None, {200: OverviewOut}, problems=(400, 403, 422, 503)),
)
async def get_overview(
    request: Request, reader: Reader, query: Annotated[OverviewQuery, Query()]
) -> Response:
    """Each buyer that the principal sees, with its applications, as they are or as they were:
    status in a sentence, standing, and the sources.
    """
    parts, moment = parts_of(request), query.moment(request)
    before = answers.position_of(query.cursor)
    if moment is None:
        rows, following = await parts.queries.overview(reader, query.limit, before)
        at = now()
    else:
        rows, following = await parts.queries.overview_at(reader, query.limit, before, moment)
        at = moment.as_of or moment.known_at or now()
    items = [overview.line(row, parts.catalog, at) for row in rows]
    return answers.page(request, items, answers.position_cursor(following))


def _body(identifier: str, document: Document) -> dict[str, Any]:
    return {
        "id": identifier,
        "name": document.snapshot["name"],
        "version": document.version,
        "created_at": document.snapshot["created_at"],
        "updated_at": document.recorded_at,
        "head": document.head,
    }
