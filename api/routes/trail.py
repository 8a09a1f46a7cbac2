"""Trails: filtered, ordered, exported, and one record."""

from typing import Annotated, Literal

import orjson
from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from api import answers, bodies, documentation, exporting
from api.exporting import beginning
from api.parts import parts_of
from api.problems import Problem, answer
from api.readers import Reader, reader_of
from api.schemas import Grade, In, Instant, RecordOut, TrailOut
from workflow.domain.canonical import MAX_INTEGER
from workflow.domain.refusals import Refusal, Refused
from workflow.service import UNKNOWN
from workflow.trails import TrailFilter

UNKNOWN_RECORD = Refused((Refusal("unknown-record"),))

router = APIRouter(tags=["trail"])


class TrailQuery(In):
    """Which records of a trail, and in which order."""

    type: str | None = None
    authority: str | None = None
    actor: Annotated[str | None, Field(description="name of the principal")] = None
    since: Annotated[Instant | None, Field(description="recorded at this time or later")] = None
    until: Annotated[Instant | None, Field(description="recorded before this time")] = None
    grade: Annotated[Grade | None, Field(description="some of its evidence has it")] = None
    standing: Literal["confirmed", "reported"] | None = None
    order: Literal["asc", "desc"] = "asc"
    limit: Annotated[int | None, Field(ge=1, le=1_000)] = None
    cursor: Annotated[str | None, Field(max_length=200)] = None

    def wanted(self) -> TrailFilter:
        """The filter that the query describes."""
        return TrailFilter(
            type=self.type,
            authority=self.authority,
            actor=self.actor,
            since=self.since,
            until=self.until,
            grade=self.grade,
            standing=self.standing,
        )


@router.get(
    "/v1/applications/{id}/trail",
    operation_id="getTrail",
    summary="Review a trail",
    **documentation.operation(
        None,
        {200: TrailOut},
        problems=(403, 404, 406, 422, 503),
        parameters=("id",),
        texts={200: exporting.OFFERED[1:]},
    ),
)
async def get_trail(
    request: Request, reader: Reader, query: Annotated[TrailQuery, Query()]
) -> Response:
    """The records of an application. As `application/jsonl`, each line is a record exactly as
    stored; as `text/csv` or XLSX, a row; and without `limit` all of them.
    """
    parts, identifier = parts_of(request), request.path_params["id"]
    subject, name = f"application/{identifier}", f"trail-{identifier}"
    media_type = answers.preferred(request, *exporting.OFFERED)
    after, newest = answers.seq_of(query.cursor), query.order == "desc"
    if await parts.queries.application(reader, identifier) is None:
        return answer(parts.problems.of_refusal(UNKNOWN))
    if media_type != exporting.JSON and query.limit is None and after is None:
        records = parts.queries.whole_trail(subject, query.wanted(), newest)
        return await beginning.begun(request, records, media_type, name)
    page = await parts.queries.trail(subject, query.wanted(), query.limit or 100, after, newest)
    cursor = answers.seq_cursor(page.next)
    return await beginning.paged(request, page.records, cursor, media_type, name)


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
    seq, unknown = seq_in(path["seq"]), parts.problems.of_refusal(UNKNOWN_RECORD)
    if await parts.queries.hides(reader, path["id"]):  # before a fault or a wait tells of a record
        return answer(unknown)
    record = await parts.queries.record(f"application/{path['id']}", seq)
    if record is None:
        return answer(unknown)
    tag = f'"{orjson.loads(record)["hash"]}"'
    if answers.unchanged(request, tag):
        return answers.not_modified(tag)
    return Response(record, 200, {**answers.PRIVATE, "ETag": tag}, answers.JSON)


def seq_in(text: str) -> int:
    """The number of a record as it stands in an address. Raises Problem (422)."""
    if text.isascii() and text.isdecimal() and len(text) <= 16 and 0 < int(text) <= MAX_INTEGER:
        return int(text)
    errors = [{"pointer": "/path/seq", "detail": "a number from 1"}]
    raise Problem("invalid-request", "A record is named by its number in the trail.", errors)
