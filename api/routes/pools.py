"""Pools: a joint quantity, what sources claim of it, and who shares it."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from api import answers, bodies, documentation
from api.auth import principal_of
from api.examples import CLAIMS, POOLS
from api.parts import Parts, parts_of
from api.problems import answer
from api.readers import Reader, reader_of
from api.routes.buyers import PageQuery
from api.schemas import FurtherClaimIn, PoolIn, PoolListOut, PoolOut
from api.shares import pool_view
from workflow.desk import Accepted
from workflow.domain.principal import Principal
from workflow.domain.record import Document
from workflow.domain.refusals import Refusal, Refused

UNKNOWN = Refused((Refusal("unknown-pool"),))

router = APIRouter(tags=["pools"])


@router.post(
    "/v1/pools",
    status_code=201,
    operation_id="openPool",
    summary="Open a pool",
    **documentation.operation(
        PoolIn,
        {201: PoolOut, 200: PoolOut},
        problems=(400, 403, 409, 413, 415, 422, 503),
        parameters=("optional-key",),
        examples=POOLS,
    ),
)
async def open_pool(request: Request) -> Response:
    """Begin a pool with the claims that its sources make."""
    parts, principal = parts_of(request), principal_of(request)
    body = await bodies.read_json(request, PoolIn)
    bodies.no_query(request)
    key = bodies.optional_key(request, body.fingerprint)
    identifier, data = body.value.id, body.value.model_dump(exclude={"id"})
    outcome = await parts.service.open_pool(principal, identifier, data, key, body.fingerprint)
    return await _answer(parts, principal, identifier, outcome)


@router.post(
    "/v1/pools/{id}/claims",
    status_code=201,
    operation_id="addClaim",
    summary="Enter a claim about a pool",
    **documentation.operation(
        FurtherClaimIn,
        {201: PoolOut, 200: PoolOut},
        problems=(400, 403, 404, 409, 413, 415, 422, 503),
        parameters=("id", "optional-key"),
        examples=CLAIMS,
    ),
)
async def add_claim(request: Request) -> Response:
    """Add a claim; it may supersede an earlier one, which stays readable."""
    parts, principal = parts_of(request), principal_of(request)
    body = await bodies.read_json(request, FurtherClaimIn)
    bodies.no_query(request)
    identifier = request.path_params["id"]
    key = bodies.optional_key(request, body.fingerprint)
    data = body.value.model_dump()
    outcome = await parts.service.add_claim(principal, identifier, data, key, body.fingerprint)
    return await _answer(parts, principal, identifier, outcome)


@router.get(
    "/v1/pools/{id}",
    operation_id="getPool",
    summary="Read a pool",
    **documentation.operation(
        None,
        {200: PoolOut},
        problems=(403, 404, 422, 503),
        parameters=("id", "if-none-match"),
    ),
)
async def get_pool(request: Request) -> Response:
    """A pool with its claims and shares; a buyer sees its own share and the totals. The entity
    tag covers the shares.
    """
    parts, identifier = parts_of(request), request.path_params["id"]
    reader = reader_of(request)
    bodies.no_query(request)
    document = await parts.queries.pool(reader, identifier)
    if document is None:
        return answer(parts.problems.of_refusal(UNKNOWN))
    body, tag = await _shown(parts, reader, identifier, document)
    return answers.current(request, body, tag)


@router.get(
    "/v1/pools",
    operation_id="listPools",
    summary="List pools",
    **documentation.operation(None, {200: PoolListOut}, problems=(403, 422, 503)),
)
async def list_pools(
    request: Request, reader: Reader, query: Annotated[PageQuery, Query()]
) -> Response:
    """Pools that the principal sees, the newest first."""
    parts = parts_of(request)
    found = await parts.queries.pools(reader, query.limit, answers.position_of(query.cursor))
    items = [(await _shown(parts, reader, *item))[0] for item in found.items]
    return answers.page(request, items, answers.position_cursor(found.next))


async def _answer(
    parts: Parts, principal: Principal, identifier: str, outcome: Accepted | Refused
) -> Response:
    if isinstance(outcome, Refused):
        return answer(parts.problems.of_refusal(outcome))
    body, tag = await _shown(parts, principal, identifier, outcome.document)
    headers = {"Location": f"/v1/pools/{identifier}", "ETag": tag}
    if outcome.replayed:
        headers["Idempotency-Replayed"] = "true"
    return answers.written(body, headers, 200 if outcome.replayed else 201)


async def _shown(
    parts: Parts, principal: Principal, identifier: str, document: Document
) -> tuple[dict[str, Any], str]:
    """What the principal sees of a pool, and its entity tag."""
    members = await parts.queries.members(identifier)
    return pool_view(principal, parts.catalog.bodies, identifier, document, members)
