"""Searching the records of all trails that one may see."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from api import answers, documentation, exporting, trail_cursors
from api.exporting import beginning
from api.parts import parts_of
from api.readers import Reader
from api.routes.trail import TrailQuery
from api.schemas import TrailOut
from workflow.trails import ForeignPlace, Wanted

NAME = "records"
"""Of a file with records of many trails, without its ending."""

router = APIRouter(tags=["trail"])


class SearchQuery(TrailQuery):
    """Which records of which applications, and in which order of `recorded_at`."""

    application: Annotated[str | None, Field(description="the id of one application")] = None
    buyer: Annotated[str | None, Field(description="the buyer whose applications they are")] = None
    procedure: Annotated[str | None, Field(description="under which they are decided")] = None
    order: Literal["asc", "desc"] = "desc"
    cursor: Annotated[str | None, Field(max_length=trail_cursors.LONGEST)] = None

    def everything_wanted(self) -> Wanted:
        """What the query describes."""
        return Wanted(self.wanted(), self.application, self.buyer, self.procedure)


@router.get(
    "/v1/trail",
    operation_id="searchTrails",
    summary="Search all trails",
    **documentation.operation(
        None,
        {200: TrailOut},
        problems=(403, 406, 422, 503),
        texts={200: exporting.OFFERED[1:]},
    ),
)
async def search_trails(
    request: Request, reader: Reader, query: Annotated[SearchQuery, Query()]
) -> Response:
    """The records of all applications that the principal sees, the newest first. A page may be
    short while `next` is set; in a format other than JSON there are all of them without `limit`.

    The order is that of `recorded_at`; where several services write, it is exact within a trail
    and between trails as exact as their clocks.
    """
    parts = parts_of(request)
    media_type = answers.preferred(request, *exporting.OFFERED)
    wanted, newest = query.everything_wanted(), query.order == "desc"
    if media_type != exporting.JSON and query.limit is None and query.cursor is None:
        records = parts.queries.all_trails(reader, wanted, newest)
        return await beginning.begun(request, records, media_type, NAME)
    cursors = await trail_cursors.cursors_of(parts.store, reader, wanted, newest)
    place = cursors.place(query.cursor)
    try:
        page = await parts.queries.search_trails(reader, wanted, query.limit or 100, place, newest)
    except ForeignPlace as error:
        raise answers.unknown_cursor() from error
    cursor = cursors.of(page.next)
    return await beginning.paged(request, page.records, cursor, media_type, NAME)
