"""The journal of access: who tried, read, exported and changed what, beside the trails."""

from collections.abc import AsyncIterator
from typing import Annotated, Any, Literal

import orjson
from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import Field

from api import answers, documentation
from api.journal import Filter, What, page, table, whole
from api.parts import parts_of
from api.past import Time
from api.problems import answer
from api.readers import Reader
from api.schemas import In, JournalOut
from workflow.domain import access, clock
from workflow.domain.refusals import Refused

JSONL, CSV = "application/jsonl", "text/csv"

SHOWN = {**answers.PRIVATE, "Vary": f"{answers.PRIVATE['Vary']}, Accept"}
"""Headers of the journal, which is answered in several formats."""

router = APIRouter(tags=["journal"])


class JournalQuery(In):
    """Which entries, and in which order."""

    what: Annotated[What | None, Field(description="of this kind")] = None
    actor: Annotated[str | None, Field(description="name of the principal")] = None
    since: Annotated[Time | None, Field(description="written at this time or later")] = None
    until: Annotated[Time | None, Field(description="written before this time")] = None
    order: Literal["asc", "desc"] = "desc"
    limit: Annotated[int | None, Field(ge=1, le=1_000)] = None
    cursor: Annotated[str | None, Field(max_length=200)] = None

    def wanted(self) -> Filter:
        """The filter that the query describes."""
        since, until = map(_milliseconds, (self.since, self.until))
        return Filter(self.what, self.actor, since, until)


@router.get(
    "/v1/journal",
    operation_id="getJournal",
    summary="Review the journal of access",
    **documentation.operation(
        None, {200: JournalOut}, problems=(403, 406, 422, 503), texts={200: (JSONL, CSV)}
    ),
)
async def get_journal(
    request: Request, reader: Reader, query: Annotated[JournalQuery, Query()]
) -> Response:
    """Attempts that were refused, sign-ins, reads, exports and downloads, changes of credentials,
    starts and stops; the newest first. As `application/jsonl` and `text/csv` all of them, without
    `limit`.
    """
    parts = parts_of(request)
    refusal = access.may_see_journal(reader)
    if refusal is not None:
        return answer(parts.problems.of_refusal(Refused((refusal,))))
    media_type = answers.preferred(request, answers.JSON, JSONL, CSV)
    after, newest = answers.place_of(query.cursor), query.order == "desc"
    if media_type != answers.JSON and query.limit is None and after is None:
        entries = whole(parts.journal, query.wanted(), newest)
        lines = table.lines(entries) if media_type == CSV else _lines(entries)
        return StreamingResponse(lines, 200, SHOWN, media_type)
    found = await page(parts.journal, query.wanted(), query.limit or 100, after, newest)
    cursor = answers.place_cursor(found.next)
    headers = {**SHOWN, **answers.link_to_next(request, cursor)}
    if media_type == answers.JSON:
        content = orjson.dumps({"items": found.entries, "next": cursor})
    elif media_type == CSV:
        content = b"".join((table.head(), *map(table.line, found.entries)))
    else:
        content = b"".join(map(_line, found.entries))
    return Response(content, 200, headers, media_type)


def _milliseconds(time: str | None) -> int | None:
    return None if time is None else clock.milliseconds(time)


def _line(entry: Any) -> bytes:
    return orjson.dumps(entry) + b"\n"


async def _lines(entries: AsyncIterator[Any]) -> AsyncIterator[bytes]:
    async for entry in entries:
        yield _line(entry)
