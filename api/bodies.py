"""Reading a request: strict JSON, its fingerprint, the idempotency key, conditions."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from fastapi import Request
from pydantic import BaseModel, ValidationError

from api.problems import Problem, field_errors
from workflow.domain import canonical

BODY_LIMIT = 256 * 1024
"""Bytes of an ordinary body."""

BATCH_LIMIT = 8 * 1024 * 1024
"""Bytes of a batch."""

KEY_LIMIT = 255
"""Characters of an idempotency key."""

Shape = TypeVar("Shape", bound=BaseModel)

_UTF_8 = ("charset=utf-8", 'charset="utf-8"')
_QUOTED = re.compile(r'"((?:[ !#-\[\]-~]|\\["\\])*)"')
_IDENTIFIER = re.compile(r"[A-Za-z0-9._-]{1,64}")
_ESCAPED = re.compile(r"\\(.)")
_BARE = re.compile(r"[!-~](?:[ -~]*[!-~])?")


@dataclass(frozen=True, slots=True)
class Body(Generic[Shape]):
    """A body as read: its value, and the SHA-256 of its canonical form as sent."""

    value: Shape
    fingerprint: str


def header(request: Request, name: bytes) -> str | None:
    """A header field by its lower-case name; several lines of it are one list (RFC 9110
    section 5.3). It is asked half a dozen times on the path of an event, so the raw pairs are
    searched.
    """
    found: str | None = None
    for key, value in request.scope["headers"]:
        if key == name:
            text: str = value.decode("latin-1")
            found = text if found is None else f"{found}, {text}"
    return found


def once(request: Request, name: bytes, code: str) -> str | None:
    """A header field that may stand there once. Raises Problem."""
    lines = [value for key, value in request.scope["headers"] if key == name]
    if len(lines) > 1:
        raise Problem(code, f"The header field {name.decode()} stands there more than once.")
    return lines[0].decode("latin-1") if lines else None


async def read_json(request: Request, shape: type[Shape]) -> Body[Shape]:
    """The body in its shape. Raises Problem: 413, 415, 400, 422."""
    check_media_type(request, "application/json")
    raw = parse(await read_bytes(request, BODY_LIMIT))
    return Body(shaped(shape, raw), fingerprint(raw))


async def read_optional(request: Request, default: Shape) -> Body[Shape]:
    """As `read_json`; the default where there is no body."""
    if header(request, b"content-type") is None and not await read_bytes(request, 0):
        return Body(default, fingerprint({}))
    return await read_json(request, type(default))


def check_media_type(request: Request, *offered: str) -> str:
    """The media type of the body without parameters. Raises Problem (415), also for a body that
    is coded (RFC 9110 section 8.4) or says that it is not UTF-8.
    """
    declared = header(request, b"content-type") or ""
    if header(request, b"content-encoding") is not None:
        raise Problem("unsupported-media-type", "Send the body without a content coding.")
    if declared in offered:
        return declared
    media_type, *parameters = [part.strip().lower() for part in declared.split(";")]
    if media_type not in offered:
        raise Problem("unsupported-media-type", f"Send the body as {' or '.join(offered)}.")
    if any(one.startswith("charset=") and one not in _UTF_8 for one in parameters):
        raise Problem("unsupported-media-type", "Send the body in UTF-8.")
    return media_type


async def read_bytes(request: Request, limit: int) -> bytes:
    """The body, at most `limit` bytes of it. Raises Problem (413)."""
    declared = header(request, b"content-length") or ""
    if declared.isdecimal() and int(declared) > limit:
        raise _too_large(limit)
    received = b""
    while True:
        message: Mapping[str, Any] = await request.receive()
        if message["type"] != "http.request":  # the client has gone, nobody reads the answer
            raise Problem("malformed-json", "The body ends too early.")
        chunk: bytes = message.get("body", b"")
        received += chunk
        if len(received) > limit:
            raise _too_large(limit)
        if not message.get("more_body", False):
            return received


def parse(text: bytes) -> Any:
    """Strict JSON. Raises Problem (400)."""
    try:
        return canonical.decode(text)
    except canonical.Malformed as error:
        raise Problem("malformed-json", f"The body is refused: {error}.") from error


def shaped(shape: type[Shape], raw: Any) -> Shape:
    """A value in its shape. Raises Problem (422)."""
    try:
        return shape.model_validate(raw)
    except ValidationError as error:
        errors = field_errors(error.errors(include_url=False, include_input=False))
        raise Problem(
            "invalid-request", "The body is not of the expected shape.", errors
        ) from error


def fingerprint(raw: Any) -> str:
    """SHA-256 of the canonical form of a body as sent, before defaults."""
    return canonical.sha256(canonical.encode(raw))


def idempotency_key(request: Request) -> str:
    """The caller's key. Raises Problem (400) when it is missing or unfit."""
    given = once(request, b"idempotency-key", "invalid-idempotency-key")
    if given is None:
        raise Problem("idempotency-key-required", "Send Idempotency-Key with every new event.")
    return key_of(given)


def optional_key(request: Request, default: str) -> str:
    """The caller's key where one may be left out."""
    given = once(request, b"idempotency-key", "invalid-idempotency-key")
    return default if given is None else key_of(given)


def flag(request: Request, name: str) -> bool:
    """A query parameter that is true or false, the only one allowed. Raises Problem (422)."""
    if not request.scope["query_string"]:
        return False
    given = request.query_params.multi_items()
    if len(given) == 1 and given[0][0] == name and given[0][1] in ("true", "false"):
        return given[0][1] == "true"
    errors = [{"pointer": f"/query/{name}", "detail": "true or false, and no other parameter"}]
    raise Problem("invalid-request", "The query is not valid.", errors)


def no_query(request: Request) -> None:
    """Raises Problem (422) for a query parameter where none is known."""
    if request.scope["query_string"]:
        names = sorted(request.query_params)
        errors = [{"pointer": f"/query/{name}", "detail": "unknown parameter"} for name in names]
        raise Problem("invalid-request", "This address takes no query.", errors)


def identifier(text: str) -> str:
    """An id that somebody chooses. Raises Problem (422)."""
    if not _IDENTIFIER.fullmatch(text):
        errors = [{"pointer": "/path/id", "detail": "1 to 64 of A-Z a-z 0-9 . _ -"}]
        raise Problem("invalid-request", "The id is not valid.", errors)
    return text


def key_of(header: str) -> str:
    """A key, bare or quoted (a structured-field string, RFC 8941 section 3.3.3): the same key.

    Printable ASCII, 1 to 255 characters. Raises Problem (400).
    """
    text = header.strip()
    quoted = _QUOTED.fullmatch(text)
    key = _ESCAPED.sub(r"\1", quoted.group(1)) if quoted else text
    if not is_key(key):
        raise Problem("invalid-idempotency-key", "A key is 1 to 255 printable ASCII characters.")
    return key


def is_key(text: str) -> bool:
    """Whether a text may be a key."""
    return len(text) <= KEY_LIMIT and _BARE.fullmatch(text) is not None


def _too_large(limit: int) -> Problem:
    return Problem("body-too-large", f"The body may have {limit:,} bytes at the most.")
