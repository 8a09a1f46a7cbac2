"""An event that is posted as a CloudEvent 1.0 (HTTP binding 1.0.2, section 3): structured or
binary.

Its key is `source`, a space and `id`, in which no two can be mixed up: a source has no space. An id
that does not fit into a key stands there as its SHA-256, as does one that could be taken for that.
Its fingerprint is that of the same body posted without being one, so that a repeat may come in
either mode, and with another `time`. When an act took effect is told in `data`: `time` says only
when somebody told of it.
"""

import base64
import binascii
import re
from collections.abc import Iterator
from typing import Any, NamedTuple
from urllib.parse import unquote

from fastapi import Request

from api import bodies
from api.cloud_events.media import BATCH_MEDIA_TYPE, MEDIA_TYPE, TYPE_PREFIX
from api.problems import Problem
from api.schemas import EventIn
from api.schemas.cloud_events import AttributesIn, CloudEventIn
from workflow.domain import canonical

_MARKS = frozenset({b"ce-specversion", b"ce-id", b"ce-source", b"ce-type"})
"""The attributes that every event has; other header fields that begin so may be a proxy's."""

_HASHED = "sha-256:"
_FAMILY = b"application/cloudevents"
_PREFIX = b"ce-"
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"')
_ESCAPED = re.compile(r"\\(.)")


class Posted(NamedTuple):
    """An event as it came, the key that it names, and where its body stands in the request."""

    body: bodies.Body[EventIn]
    key: str
    place: str


def is_one(request: Request) -> bool:
    """Whether a request comes as a CloudEvent."""
    for name, value in request.scope["headers"]:
        if name in _MARKS or (name == b"content-type" and value.lower().startswith(_FAMILY)):
            return True
    return False


async def posted(request: Request, application: str) -> Posted:
    """The event of a request that comes as a CloudEvent for this application. Raises Problem:
    413, 415, 400, 422.
    """
    declared = (bodies.header(request, b"content-type") or "").lower()
    if declared.startswith(BATCH_MEDIA_TYPE):
        raise Problem("unsupported-media-type", "Send CloudEvents one by one.")
    if declared.startswith(_FAMILY.decode("ascii")):
        attributes, data, place = await _structured(request)
        where = ""
    else:
        attributes, data = await _binary(request)
        place, where = "", "/header/ce-"
    return _joined(attributes, data, application, place, where)


async def _structured(request: Request) -> tuple[AttributesIn, Any, str]:
    """The event as one document, with the place of its data there."""
    bodies.check_media_type(request, MEDIA_TYPE)
    raw = bodies.parse(await bodies.read_bytes(request, bodies.BODY_LIMIT))
    event = bodies.shaped(CloudEventIn, raw)
    if event.data_base64 is None:
        return event, event.data, "/data"
    if event.data is not None:
        raise _unfit("/data_base64", "either data or data_base64")
    try:
        data = canonical.decode(base64.b64decode(event.data_base64, validate=True))
    except (binascii.Error, ValueError) as error:
        raise _unfit("/data_base64", "not JSON in base64 (RFC 4648 section 4)") from error
    return event, data, "/data"


async def _binary(request: Request) -> tuple[AttributesIn, Any]:
    """The event with its attributes in header fields."""
    if bodies.header(request, b"content-type") is not None:
        bodies.check_media_type(request, "application/json")
    text = await bodies.read_bytes(request, bodies.BODY_LIMIT)
    attributes: dict[str, str] = {}
    for name, value in _fields(request):
        if name in attributes:
            raise _unfit(f"/header/ce-{name}", "stands there more than once")
        attributes[name] = value
    data = bodies.parse(text) if text else None
    try:
        return bodies.shaped(AttributesIn, attributes), data
    except Problem as problem:
        raise _below(problem, "/header/ce-") from problem


def _fields(request: Request) -> Iterator[tuple[str, str]]:
    """Attributes and their values, unquoted and then percent-decoded (section 3.1.3.2)."""
    for raw, value in request.scope["headers"]:
        if raw.startswith(_PREFIX):
            name = raw[len(_PREFIX) :].decode("latin-1")
            try:
                text = value.decode("ascii").strip()
                quoted = _QUOTED.fullmatch(text)
                text = _ESCAPED.sub(r"\1", quoted.group(1)) if quoted else text
                yield name, unquote(text, errors="strict")
            except UnicodeDecodeError as error:
                raise _unfit(f"/header/ce-{name}", "not UTF-8 in percent-encoding") from error


def _joined(
    attributes: AttributesIn, data: Any, application: str, place: str, where: str
) -> Posted:
    """`place`: where the data stands in the request; `where`: what its attributes stand behind."""
    above = where or "/"
    if attributes.subject not in (None, application):
        raise _unfit(f"{above}subject", "another application than the address names")
    kind = attributes.type.removeprefix(TYPE_PREFIX)
    content = {} if data is None else data
    if not isinstance(content, dict):
        raise _unfit(place, "must be an object")
    if content.get("type", kind) != kind:
        raise _unfit(f"{place}/type", f"not the type of the CloudEvent, which is {kind}")
    raw = {**content, "type": kind}
    try:
        body = bodies.shaped(EventIn, raw)
    except Problem as problem:
        raise _below(problem, place) from problem
    key = _key(attributes.source, attributes.id)
    return Posted(bodies.Body(body, bodies.fingerprint(raw)), key, place)


def _key(source: str, identifier: str) -> str:
    """What names the event in the trail: a key as any other."""
    key = f"{source} {identifier}"
    if bodies.is_key(key) and not identifier.startswith(_HASHED):
        return key
    return f"{source} {_HASHED}{canonical.sha256(identifier.encode())}"


def _unfit(pointer: str, detail: str) -> Problem:
    errors = [{"pointer": pointer, "detail": detail}]
    return Problem("invalid-request", "The CloudEvent is not valid.", errors)


def _below(problem: Problem, place: str) -> Problem:
    """The same problem, its pointers moved to where the value stands in the request."""
    cut = "/" if place.endswith("-") else ""
    errors = [
        {**error, "pointer": place + error["pointer"].removeprefix(cut)} for error in problem.errors
    ]
    return Problem(problem.code, problem.detail, errors)
