"""The trail of a pool: for whoever sees all its shares."""

from typing import Annotated

import orjson
from fastapi import APIRouter, Depends, Query, Request, Response

from api import answers, bodies, documentation
from api.parts import parts_of
from api.problems import answer
from api.readers import decline, reader_of
from api.routes.buyers import PageQuery
from api.routes.pools import UNKNOWN
from api.routes.trail import UNKNOWN_RECORD, seq_in
from api.schemas import RecordOut, TrailOut
from workflow.domain import access
from workflow.domain.refusals import Refused
from workflow.trails import TrailFilter

router = APIRouter(tags=["pools"])


async def pool_seen(request: Request, identifier: str) -> Refused | None:
    """Why the trail of a pool is not shown, if so: it names every member with its share. Raises
    Declined (403).
    """
    parts, reader = parts_of(request), reader_of(request)
    decline(access.may_see_shares(reader, parts.catalog.bodies))
    return UNKNOWN if await parts.queries.document("pool", identifier) is None else None


@router.get(
    "/v1/pools/{id}/trail",
    operation_id="getPoolTrail",
    dependencies=[Depends(reader_of)],
    summary="Review the trail of a pool",
    **documentation.operation(
        None, {200: TrailOut}, problems=(403, 404, 422, 503), parameters=("id",)
    ),
)
async def get_pool_trail(request: Request, query: Annotated[PageQuery, Query()]) -> Response:
    """Its claims, and what was reserved, drawn and released, from the beginning. A buyer sees the
    totals and its own share, with the pool.
    """
    parts, identifier = parts_of(request), request.path_params["id"]
    after = answers.seq_of(query.cursor)
    refused = await pool_seen(request, identifier)
    if refused is not None:
        return answer(parts.problems.of_refusal(refused))
    subject = f"pool/{identifier}"
    page = await parts.queries.trail(subject, TrailFilter(), query.limit, after, newest=False)
    items = [orjson.loads(record) for record in page.records]
    return answers.page(request, items, answers.seq_cursor(page.next))


@router.get(
    "/v1/pools/{id}/trail/{seq}",
    operation_id="getPoolRecord",
    summary="Read one record of a pool",
    **documentation.operation(
        None, {200: RecordOut}, problems=(403, 404, 422, 503), parameters=("id", "seq")
    ),
)
async def get_pool_record(request: Request) -> Response:
    """One record, exactly as stored."""
    parts, path = parts_of(request), request.path_params
    seq = seq_in(path["seq"])
    bodies.no_query(request)
    refused = await pool_seen(request, path["id"])
    if refused is not None:
        return answer(parts.problems.of_refusal(refused))
    record = await parts.queries.record(f"pool/{path['id']}", seq)
    if record is None:
        return answer(parts.problems.of_refusal(UNKNOWN_RECORD))
    return Response(record, 200, answers.PRIVATE, answers.JSON)
