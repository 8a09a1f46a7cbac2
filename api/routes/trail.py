"""Trails: filtered, ordered, exported, one record, and checked."""

from collections.abc import AsyncIterator
from typing import Annotated, Literal

import orjson
from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import Field

from api import answers, bodies, documentation
from api.parts import parts_of
from api.problems import Problem, answer
from api.readers import Reader, reader_of
from api.schemas import In, Instant, RecordOut, TrailOut, VerificationOut
from workflow.domain.canonical import MAX_INTEGER
from workflow.domain.refusals import Refusal, Refused
from workflow.queries import TrailFilter
from workflow.service import UNKNOWN

JSONL = "application/jsonl"
UNKNOWN_RECORD = Refused((Refusal("unknown-record"),))

SHOWN = {**answers.PRIVATE, "Vary": f"{answers.PRIVATE['Vary']}, Accept"}
"""Headers of a trail, which is answered in several formats."""

router = APIRouter(tags=["trail"])


class TrailQuery(In):
    """Which records of a trail, and in which order."""

    type: str | None = None
    authority: str | None = None
    actor: Annotated[str | None, Field(description="name of the principal")] = None
    since: Annotated[Instant | None, Field(description="recorded at this time or later")] = None
    until: Annotated[Instant | None, Field(description="recorded before this time")] = None
    order: Literal["asc", "desc"] = "asc"
    limit: Annotated[int | None, Field(ge=1, le=1_000)] = None
    cursor: Annotated[str | None, Field(max_length=200)] = None

    def wanted(self) -> TrailFilter:
        """The filter that the query describes."""
        return TrailFilter(self.type, self.authority, self.actor, self.since, self.until)


@router.get(
    "/v1/applications/{id}/trail",
    operation_id="getTrail",
    summary="Review a trail",
    **documentation.operation(
        None,
        {200: TrailOut},
        problems=(403, 404, 406, 422, 503),
        parameters=("id",),
        texts={200: JSONL},
    ),
)
async def get_trail(
    request: Request, reader: Reader, query: Annotated[TrailQuery, Query()]
) -> Response:
    """The records of an application. As `application/jsonl`, each line is a record exactly as
    stored, and without `limit` all of them.
    """
    parts, identifier = parts_of(request), request.path_params["id"]
    subject = f"application/{identifier}"
    media_type = answers.preferred(request, answers.JSON, JSONL)
    after, newest = answers.seq_of(query.cursor), query.order == "desc"
    if await parts.queries.application(reader, identifier) is None:
        return answer(parts.problems.of_refusal(UNKNOWN))
    if media_type == JSONL and query.limit is None and after is None:
        records = parts.queries.whole_trail(subject, query.wanted(), newest)
        return StreamingResponse(_lines(records), 200, SHOWN, JSONL)
    page = await parts.queries.trail(subject, query.wanted(), query.limit or 100, after, newest)
    cursor = answers.seq_cursor(page.next)
    headers = {**SHOWN, **answers.link_to_next(request, cursor)}
    if media_type == JSONL:
        content = b"".join(record + b"\n" for record in page.records)
    else:
        following = b"null" if cursor is None else b'"%b"' % cursor.encode("ascii")
        content = b'{"items":[%b],"next":%b}' % (b",".join(page.records), following)
    return Response(content, 200, headers, media_type)


@router.get(
    "/v1/applications/{id}/trail/{seq}",
    operation_id="getRecord",
    summary="Read one record",
    **documentation.operation(
        None, {200: RecordOut}, problems=(404, 422, 503), parameters=("id", "seq", "if-none-match")
    ),
)
async def get_record(request: Request) -> Response:
    """One record, exactly as stored. It never changes, so its hash is its entity tag."""
    parts, path = parts_of(request), request.path_params
    reader = reader_of(request)
    bodies.no_query(request)
    record = await parts.queries.record(f"application/{path['id']}", _seq(path["seq"]))
    if record is None or await parts.queries.hides(reader, path["id"]):
        return answer(parts.problems.of_refusal(UNKNOWN_RECORD))
    tag = f'"{orjson.loads(record)["hash"]}"'
    if answers.unchanged(request, tag):
        return answers.not_modified(tag)
    return Response(record, 200, {**answers.PRIVATE, "ETag": tag}, answers.JSON)


@router.get(
    "/v1/applications/{id}/trail:verify",
    operation_id="verifyTrail",
    summary="Check a trail",
    **documentation.operation(
        None, {200: VerificationOut}, problems=(403, 404, 422, 503), parameters=("id",)
    ),
)
async def verify_trail(request: Request) -> Response:
    """Whether the chain is whole and folds to the application as it is stored."""
    parts, identifier = parts_of(request), request.path_params["id"]
    reader = reader_of(request)
    bodies.no_query(request)
    hidden = await parts.queries.hides(reader, identifier)
    verdict = None if hidden else await parts.queries.verify(identifier)
    if verdict is None:
        return answer(parts.problems.of_refusal(UNKNOWN))
    body = {
        "ok": verdict.ok,
        "checked": verdict.checked,
        "head": verdict.head,
        "first_bad": verdict.first_bad,
        "reason": verdict.reason,
    }
    return answers.written(body)


def _seq(text: str) -> int:
    if text.isascii() and text.isdecimal() and len(text) <= 16 and 0 < int(text) <= MAX_INTEGER:
        return int(text)
    errors = [{"pointer": "/path/seq", "detail": "a number from 1"}]
    raise Problem("invalid-request", "A record is named by its number in the trail.", errors)


async def _lines(records: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    async for record in records:
        yield record + b"\n"
