"""Pools: a joint quantity, what sources claim of it, and who shares it."""

from typing import Annotated, Any, cast

from fastapi import APIRouter, Depends, Query, Request, Response

from api import answers, bodies, documentation
from api.auth import principal_of
from api.examples import CLAIMS, POOLS
from api.parts import Parts, parts_of
from api.problems import answer
from api.routes.buyers import PageQuery
from api.schemas import FurtherClaimIn, PoolIn, PoolListOut, PoolOut
from workflow.desk import Accepted
from workflow.domain import canonical
from workflow.domain import pool as pools
from workflow.domain.application import Snapshot
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
    return await _answer(parts, identifier, outcome)


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
    return await _answer(parts, identifier, outcome)


@router.get(
    "/v1/pools/{id}",
    operation_id="getPool",
    summary="Read a pool",
    **documentation.operation(
        None,
        {200: PoolOut},
        problems=(404, 422, 503),
        parameters=("id", "if-none-match"),
    ),
)
async def get_pool(request: Request) -> Response:
    """A pool with its claims and shares. The entity tag covers the shares."""
    parts, identifier = parts_of(request), request.path_params["id"]
    principal_of(request)
    bodies.no_query(request)
    document = await parts.queries.document("pool", identifier)
    if document is None:
        return answer(parts.problems.of_refusal(UNKNOWN))
    body = await _body(parts, identifier, document)
    return answers.current(request, body, _tag(body))


@router.get(
    "/v1/pools",
    operation_id="listPools",
    dependencies=[Depends(principal_of)],
    summary="List pools",
    **documentation.operation(None, {200: PoolListOut}, problems=(422, 503)),
)
async def list_pools(request: Request, query: Annotated[PageQuery, Query()]) -> Response:
    """Pools, the newest first."""
    parts = parts_of(request)
    found = await parts.queries.pools(query.limit, answers.position_of(query.cursor))
    items = [await _body(parts, identifier, document) for identifier, document in found.items]
    return answers.page(request, items, answers.position_cursor(found.next))


async def _answer(parts: Parts, identifier: str, outcome: Accepted | Refused) -> Response:
    if isinstance(outcome, Refused):
        return answer(parts.problems.of_refusal(outcome))
    body = await _body(parts, identifier, outcome.document)
    headers = {"Location": f"/v1/pools/{identifier}", "ETag": _tag(body)}
    if outcome.replayed:
        headers["Idempotency-Replayed"] = "true"
    return answers.written(body, headers, 200 if outcome.replayed else 201)


async def _body(parts: Parts, identifier: str, document: Document) -> dict[str, Any]:
    snapshot = document.snapshot
    members = await parts.queries.members(identifier)
    exact = pools.exact_units(snapshot)
    held = sum(map(_held, members))
    return {
        "id": identifier,
        "title": snapshot["title"],
        "version": document.version,
        "claims": [{"id": name, **claim} for name, claim in snapshot["claims"].items()],
        "conflict": pools.in_conflict(snapshot),
        "shares": [_share(application, member) for application, member in members],
        "reserved": None if exact is None else held,
        "free": None if exact is None else exact - held,
        "created_at": snapshot["created_at"],
        "updated_at": document.recorded_at,
        "head": document.head,
    }


def _held(member: tuple[str, Document]) -> int:
    """Units of the pool that a member's licence takes up; what was given up is free again."""
    licence = cast(Snapshot, member[1].snapshot)["licence"]
    return 0 if licence is None else licence["units"] - licence["given_up"]


def _share(application: str, member: Document) -> dict[str, Any]:
    snapshot = cast(Snapshot, member.snapshot)
    allocation = snapshot["allocation"]
    return {
        "application": application,
        "buyer": snapshot["buyer"],
        "status": "unknown" if allocation is None else allocation["status"],
        "units": None if allocation is None else allocation["units"],
    }


def _tag(body: dict[str, Any]) -> str:
    return f'"{body["version"]}.{canonical.sha256(canonical.encode(body))[:32]}.full"'
