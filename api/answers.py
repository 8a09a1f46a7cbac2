"""Writing answers: accepted events, refusals, pages."""

import base64
import binascii
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

import orjson
from fastapi import Request, Response

from api.bodies import header
from api.parts import Parts
from api.problems import Problem, answer
from api.views import application_body, tag_of
from workflow.desk import Accepted
from workflow.domain.record import Document
from workflow.domain.refusals import Refused
from workflow.service import Rehearsed
from workflow.store import Position

JSON = "application/json"
PRIVATE = {
    "Cache-Control": "private, no-cache",
    "Vary": "Authorization, Cookie, Prefer",
}
"""Of every answer that depends on who asks and on when."""


def accepted(parts: Parts, identifier: str, outcome: Accepted | Refused, location: str) -> Response:
    """An event's outcome: 201, 200 for a repeat, or the problem. `{seq}` in the location is
    the record's.
    """
    if isinstance(outcome, Refused):
        return answer(parts.problems.of_refusal(outcome))
    document = outcome.document
    headers = {**PRIVATE, "ETag": tag_of(document)}
    if outcome.replayed:
        headers["Idempotency-Replayed"] = "true"
        seq = orjson.loads(outcome.record)["seq"]
    else:
        seq = document.version
    headers["Location"] = location.format(seq=seq)
    content = _pair(parts, identifier, outcome.record, document)
    return Response(content, 200 if outcome.replayed else 201, headers, JSON)


def rehearsed(parts: Parts, identifier: str, outcome: Rehearsed | Refused) -> Response:
    """What an event would lead to, or the refusal."""
    if isinstance(outcome, Refused):
        return answer(parts.problems.of_refusal(outcome))
    content = _pair(parts, identifier, outcome.record, outcome.document)
    return Response(content, 200, PRIVATE, JSON)


def _pair(parts: Parts, identifier: str, record: bytes, document: Document) -> bytes:
    procedure = parts.catalog.engine(document).procedure
    body = orjson.dumps(application_body(identifier, document, procedure))
    return b'{"record":%b,"application":%b}' % (record, body)


def written(body: Any, headers: Mapping[str, str] | None = None, status: int = 200) -> Response:
    """A JSON answer."""
    return Response(orjson.dumps(body), status, {**PRIVATE, **(headers or {})}, JSON)


def unchanged(request: Request, tag: str) -> bool:
    """Whether the caller has this representation (If-None-Match, RFC 9110 section 13.1.2)."""
    given = header(request, b"if-none-match")
    if given is None:
        return False
    if given == tag:
        return True
    known = (one.strip().removeprefix("W/") for one in given.split(","))
    return any(one in ("*", tag) for one in known)


def current(request: Request, body: Any, tag: str) -> Response:
    """A representation, or 304 for whoever has this very one."""
    return not_modified(tag) if unchanged(request, tag) else written(body, {"ETag": tag})


def not_modified(tag: str, headers: Mapping[str, str] | None = None) -> Response:
    """304 with what a cache needs."""
    return Response(status_code=304, headers={**PRIVATE, "ETag": tag, **(headers or {})})


def page(request: Request, items: Sequence[Any], cursor: str | None) -> Response:
    """A page of a list, with a link to the next one (RFC 8288)."""
    return written({"items": items, "next": cursor}, link_to_next(request, cursor))


def preferred(request: Request, *offered: str) -> str:
    """The offered media type that the caller likes best (RFC 9110 section 12.5.1); the first
    offered where it does not say. Raises Problem (406).
    """
    given = (header(request, b"accept") or "").strip() or "*/*"
    best, weight = "", 0.0
    for media_type in offered:
        liked = max((_liking(media_type, one) for one in given.split(",")), default=(0, 0.0))[1]
        if liked > weight:
            best, weight = media_type, liked
    if not best:
        raise Problem("not-acceptable", f"Offered here: {', '.join(offered)}.")
    return best


def _liking(media_type: str, accepted: str) -> tuple[int, float]:
    """How closely an entry of Accept names a media type, and the weight it gives it."""
    pattern, *parameters = [part.strip().lower() for part in accepted.split(";")]
    closeness = [
        pattern == "*/*",
        pattern == media_type.split("/", maxsplit=1)[0] + "/*",
        pattern == media_type,
    ]
    if not any(closeness):
        return 0, 0.0
    weight = next((one[2:] for one in parameters if one.startswith("q=")), "1")
    try:
        return closeness.index(True) + 1, min(max(float(weight), 0.0), 1.0)
    except ValueError:
        return 0, 0.0


def link_to_next(request: Request, cursor: str | None) -> dict[str, str]:
    """The Link header of a page; relative, so that no host is believed."""
    if cursor is None:
        return {}
    kept = [(name, value) for name, value in request.query_params.multi_items() if name != "cursor"]
    query = urlencode([*kept, ("cursor", cursor)])
    return {"Link": f'<{request.url.path}?{query}>; rel="next"'}


def position_cursor(position: Position | None) -> str | None:
    """A place in a list as an opaque cursor."""
    return None if position is None else sealed(f"p.{position.created_ms}.{position.id}")


def position_of(cursor: str | None) -> Position | None:
    """The place that a cursor means. Raises Problem (422)."""
    if cursor is None:
        return None
    kind, _, rest = opened(cursor).partition(".")
    created, _, identifier = rest.partition(".")
    if kind != "p" or not _number(created) or not identifier:
        raise unknown_cursor()
    return Position(int(created), identifier)


def seq_cursor(seq: int | None) -> str | None:
    """A place in a trail as an opaque cursor."""
    return None if seq is None else sealed(f"s.{seq}")


def seq_of(cursor: str | None) -> int | None:
    """The seq that a cursor means. Raises Problem (422)."""
    if cursor is None:
        return None
    kind, _, seq = opened(cursor).partition(".")
    if kind != "s" or not _number(seq):
        raise unknown_cursor()
    return int(seq)


def place_cursor(place: str | None) -> str | None:
    """A place in the journal as an opaque cursor."""
    return None if place is None else sealed(f"j.{place}")


def place_of(cursor: str | None) -> str | None:
    """The place that a cursor means. Raises Problem (422)."""
    if cursor is None:
        return None
    kind, _, place = opened(cursor).partition(".")
    written, _, number = place.partition("-")
    if kind != "j" or not _number(written) or not _number(number):
        raise unknown_cursor()
    return place


def sealed(text: str) -> str:
    """A text as an opaque cursor."""
    return base64.urlsafe_b64encode(text.encode()).decode("ascii").rstrip("=")


def opened(cursor: str) -> str:
    """The text that was made a cursor of. Raises Problem (422)."""
    try:
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        return base64.b64decode(padded, altchars=b"-_", validate=True).decode()
    except (binascii.Error, ValueError) as error:
        raise unknown_cursor() from error


def _number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= 15


def unknown_cursor() -> Problem:
    """What a cursor of something else is answered with."""
    errors = [{"pointer": "/query/cursor", "detail": "not a cursor of this list"}]
    return Problem("invalid-request", "The cursor is not one of this list.", errors)
