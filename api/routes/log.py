"""The log as anybody verifies it (C2SP tlog-tiles): checkpoint, keys, hash tiles; and, for those
who may read every record, its entries.

Nothing that a caller writes reaches the disk: a path is read into numbers first, and what lies at
those is given only as far as the last checkpoint covers it.
"""

import asyncio
from collections.abc import Callable
from hashlib import sha256
from typing import TypeVar

from fastapi import APIRouter, Request, Response

from api import answers, bodies, documentation
from api.parts import Parts, parts_of
from api.problems import Problem
from api.readers import decline, reader_of
from workflow.domain import access
from workflow.log.directory import Damaged
from workflow.proof.tiles import parse_path
from workflow.proof.unsound import Unsound

TEXT, BYTES = "text/plain", "application/octet-stream"

BRIEFLY, FOR_GOOD = "max-age=1", "max-age=31536000, immutable"
"""The checkpoint changes every second or so; a tile never does."""

T = TypeVar("T")

router = APIRouter(tags=["log"])


@router.head("/log/checkpoint", include_in_schema=False)
@router.get(
    "/log/checkpoint",
    operation_id="getCheckpoint",
    summary="Read the last signed checkpoint",
    **documentation.operation(
        None,
        {},
        problems=(404, 422, 503),
        parameters=("if-none-match",),
        texts={200: TEXT},
        public=None,
    ),
)
async def get_checkpoint(request: Request) -> Response:
    """Size and root of the log's tree, with the log's signature (C2SP tlog-checkpoint)."""
    parts = _let_in(request)
    checkpoint = await _read(parts.log.checkpoint)
    if checkpoint is None:
        raise Problem("not-found", "Nothing was published yet.")
    return _given(request, checkpoint, TEXT, BRIEFLY)


@router.head("/log/key", include_in_schema=False)
@router.get(
    "/log/key",
    operation_id="getLogKeys",
    summary="Read the keys that verify the log",
    **documentation.operation(
        None,
        {},
        problems=(404, 422, 503),
        parameters=("if-none-match",),
        texts={200: TEXT},
        public=None,
    ),
)
async def get_keys(request: Request) -> Response:
    """A verifier key a line (C2SP signed-note), the oldest first: the last one signs. Whoever
    wants to be sure compares it with one that they have from elsewhere.
    """
    parts = _let_in(request)
    keys = await _read(parts.log_keys.public)
    if not keys:
        raise Problem("not-found", "This host does not know the keys of the log.")
    return _given(request, "".join(f"{key}\n" for key in keys).encode(), TEXT, "max-age=60")


@router.head("/log/tile/entries/{path:path}", include_in_schema=False)
@router.get(
    "/log/tile/entries/{path:path}",
    operation_id="getEntries",
    summary="Read entries of the log",
    **documentation.operation(
        None,
        {},
        problems=(403, 404, 422, 503),
        parameters=("bundle", "if-none-match"),
        texts={200: BYTES},
    ),
)
async def get_entries(request: Request) -> Response:
    """A bundle of up to 256 entries, each behind its length in two bytes. An entry is a record's
    exact stored text, of whatever application, pool, buyer or credential.
    """
    reader = reader_of(request)
    decline(access.may_see_entries(reader))
    return await _tile(request, parts_of(request), entries=True)


@router.head("/log/tile/{path:path}", include_in_schema=False)
@router.get(
    "/log/tile/{path:path}",
    operation_id="getTile",
    summary="Read a hash tile of the log",
    **documentation.operation(
        None,
        {},
        problems=(404, 422, 503),
        parameters=("tile", "if-none-match"),
        texts={200: BYTES},
        public=None,
    ),
)
async def get_tile(request: Request) -> Response:
    """Up to 256 hashes of the tree. A hash discloses nothing of the entry: each has 128 random
    bits in it.
    """
    return await _tile(request, _let_in(request), entries=False)


def _let_in(request: Request) -> Parts:
    """The parts, for whoever may read the log. Raises Declined."""
    parts = parts_of(request)
    if not parts.settings.log.public:
        decline(access.may_see_log(reader_of(request)))
    bodies.no_query(request)
    return parts


async def _tile(request: Request, parts: Parts, *, entries: bool) -> Response:
    bodies.no_query(request)
    try:
        tile = parse_path(request.scope["path"].removeprefix("/log/"))
    except Unsound as error:
        raise _nothing() from error
    if (tile.level is None) is not entries:
        raise _nothing()
    content = await _read(lambda: parts.log.tile(tile))
    if content is None:
        raise _nothing()
    return _given(request, content, BYTES, FOR_GOOD, everybody=not entries)


def _given(
    request: Request, content: bytes, media_type: str, lasting: str, everybody: bool = True
) -> Response:
    """A file of the log, or 304; a cache that is shared may keep it where everybody may have it."""
    shared = everybody and parts_of(request).settings.log.public
    headers = {"ETag": f'"{sha256(content).hexdigest()[:32]}"'}
    headers["Cache-Control"] = f"{'public' if shared else 'private'}, {lasting}"
    if not shared:
        headers["Vary"] = "Authorization, Cookie"
    if answers.unchanged(request, headers["ETag"]):
        return Response(status_code=304, headers=headers)
    return Response(content, 200, headers, media_type)


async def _read(read: Callable[[], T]) -> T:
    """What a file holds, read beside the loop. Raises Problem (503)."""
    try:
        return await asyncio.to_thread(read)
    except (Damaged, Unsound, OSError) as error:
        raise Problem("log-unreadable", "The log cannot be read here.") from error


def _nothing() -> Problem:
    return Problem("not-found", "The last checkpoint covers no such tile.")
