"""Streams: records as they come, of one application or of all that one may see."""

from functools import partial
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from api import answers, cloud_events, documentation, feed_cursors
from api.bodies import header
from api.event_stream import MEDIA_TYPE, EventStream, Form
from api.parts import Parts, parts_of
from api.problems import Problem, answer
from api.readers import Reader
from api.schemas import In
from api.sealing import Seal
from api.sources import Feed, Trail
from workflow.domain.canonical import MAX_INTEGER
from workflow.domain.record import Document
from workflow.following import Gone, Place
from workflow.service import UNKNOWN
from workflow.trails import TrailFilter, Wanted

router = APIRouter(tags=["streams"])

AFTER = "an id of this stream, behind which to begin; Last-Event-ID goes before it"


class FormQuery(In):
    """What records are told as: as they are kept, or as CloudEvents 1.0."""

    form: Literal["record", "cloudevents"] = "record"


class TrailStreamQuery(FormQuery):
    """Where the stream of an application begins."""

    after: Annotated[int | None, Field(ge=0, le=MAX_INTEGER, description=AFTER)] = None


class StreamQuery(FormQuery):
    """Which records of which applications, and where the stream of them begins."""

    type: str | None = None
    buyer: Annotated[str | None, Field(description="the buyer whose applications they are")] = None
    procedure: Annotated[str | None, Field(description="under which they are decided")] = None
    after: Annotated[str | None, Field(max_length=feed_cursors.LONGEST, description=AFTER)] = None

    def wanted(self) -> Wanted:
        """What the query describes."""
        return Wanted(TrailFilter(type=self.type), None, self.buyer, self.procedure)


@router.get(
    "/v1/applications/{id}/stream",
    operation_id="streamTrail",
    summary="Follow an application",
    **documentation.operation(
        None,
        {},
        problems=(403, 404, 406, 422, 503),
        parameters=("id", "last-event-id"),
        texts={200: MEDIA_TYPE},
    ),
)
async def stream_trail(
    request: Request, reader: Reader, query: Annotated[TrailStreamQuery, Query()]
) -> Response:
    """The records of an application as server-sent events, each as stored and called by its seq.

    Without `Last-Event-ID` or `after` it begins now; with it behind that record, however old.
    """
    parts, identifier = parts_of(request), request.path_params["id"]
    answers.preferred(request, MEDIA_TYPE)
    after = seq_of(header(request, b"last-event-id"))
    after = query.after if after is None else after
    stored = await parts.queries.application(reader, identifier)
    if stored is None:
        return answer(parts.problems.of_refusal(UNKNOWN))
    version = Document.decode(stored).version
    after = version if after is None else after
    if after > version:
        raise _unfit("There is no such record yet.")
    return EventStream(
        request, Trail(parts, identifier, after, _form(parts, query)), parts.lasting, reader
    )


@router.get(
    "/v1/stream",
    operation_id="stream",
    summary="Follow all applications",
    **documentation.operation(
        None,
        {},
        problems=(403, 406, 410, 422, 503),
        parameters=("last-event-id",),
        texts={200: MEDIA_TYPE},
    ),
)
async def stream(
    request: Request, reader: Reader, query: Annotated[StreamQuery, Query()]
) -> Response:
    """The records of all applications that the principal sees, as server-sent events, each as
    stored. They are in order for each application.

    Without `Last-Event-ID` or `after` it begins now. An event's id is an opaque place among all
    records; 410 when what follows it is not kept any more.
    """
    parts = parts_of(request)
    answers.preferred(request, MEDIA_TYPE)
    seal = await feed_cursors.stream_seal(parts.store)
    place = await place_of(parts, seal, header(request, b"last-event-id") or query.after)
    feed = Feed(parts, seal, place, query.wanted(), _form(parts, query))
    return EventStream(request, feed, parts.lasting, reader)


def _form(parts: Parts, query: FormQuery) -> Form:
    """What a record is told as; `bytes` leaves it as it is."""
    if query.form == "record":
        return bytes
    return partial(cloud_events.of_record, parts.settings.origin)


async def place_of(parts: Parts, seal: Seal, cursor: str | None) -> Place:
    """Where a stream begins. Raises Problem: 422, and 410 for what is gone."""
    after = None
    if cursor:
        after = feed_cursors.positions_of(seal, cursor, parts.following.partitions)
    try:
        return await parts.following.place(after)
    except Gone as error:
        raise feed_cursors.gone() from error


def seq_of(given: str | None) -> int | None:
    """The seq in Last-Event-ID. Raises Problem (422)."""
    if not given:
        return None
    if not (given.isascii() and given.isdecimal() and len(given) <= 16):
        raise _unfit("An event of this stream is called by the number of its record.")
    return int(given)


def _unfit(told: str) -> Problem:
    errors = [{"pointer": "/query/after", "detail": "not the id of an event of this stream"}]
    return Problem("invalid-request", told, errors)
