"""Where every export begins, whatever of it is asked for and in which form."""

import asyncio
import re
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import closing

from fastapi import Request, Response
from fastapi.responses import StreamingResponse

from api import answers
from api.accept_language import language_of
from api.bodies import header
from api.exporting.forms import ENDINGS, JSON, PDF, Form, form_of

BATCH = 256
"""Records that are written in one go: they are what an export keeps in memory."""

SHOWN = {**answers.PRIVATE, "Vary": f"{answers.PRIVATE['Vary']}, Accept, Accept-Language"}
"""Header fields of what is answered in several formats."""

_NAME = re.compile(r"[A-Za-z0-9._-]{1,100}")


async def begun(
    request: Request,
    records: AsyncIterator[bytes],
    media_type: str,
    name: str,
    headers: Mapping[str, str] | None = None,
    language: str | None = None,
) -> Response:
    """Records as a file of this name, without its ending, in this language or the one that the
    caller likes. They are asked for as fast as the caller takes them. What goes wrong before the
    first ones are there is told as a problem.
    """
    language = language or language_of(header(request, b"accept-language") or "")
    form = form_of(media_type, "zh" if language == "zh" else "en")
    first = await _some(records)
    fields = _fields(name, media_type) | dict(headers or {})
    return StreamingResponse(_pieces(form, first, records), 200, fields, media_type)


async def paged(
    request: Request, records: Sequence[bytes], cursor: str | None, media_type: str, name: str
) -> Response:
    """A page of records, with a link to the next one: JSON, or a file of this name."""
    link = answers.link_to_next(request, cursor)
    if media_type != JSON:
        return await begun(request, _each(records), media_type, name, link)
    following = b"null" if cursor is None else b'"%b"' % cursor.encode("ascii")
    content = b'{"items":[%b],"next":%b}' % (b",".join(records), following)
    return Response(content, 200, SHOWN | link, JSON)


def attached(content: bytes, name: str, headers: Mapping[str, str] | None = None) -> Response:
    """A dossier as a file of this name, without its ending."""
    return Response(content, 200, _fields(name, PDF) | dict(headers or {}), PDF)


def _fields(name: str, media_type: str) -> dict[str, str]:
    safe = name if _NAME.fullmatch(name) else "export"
    disposition = f'attachment; filename="{safe}.{ENDINGS[media_type]}"'
    return {**SHOWN, "Content-Disposition": disposition}


async def _pieces(
    form: Form, first: list[bytes], records: AsyncIterator[bytes]
) -> AsyncIterator[bytes]:
    """The file. Writing rows takes long enough to be done beside the loop."""
    with closing(form):
        if piece := form.begin():
            yield piece
        some = first
        while some:
            if piece := await asyncio.to_thread(form.rows, some):
                yield piece
            some = await _some(records)
        if piece := form.end():
            yield piece


async def _each(records: Sequence[bytes]) -> AsyncIterator[bytes]:
    for record in records:
        yield record


async def _some(records: AsyncIterator[bytes]) -> list[bytes]:
    found: list[bytes] = []
    async for record in records:
        found.append(record)
        if len(found) == BATCH:
            break
    return found
