"""The OpenAPI 3.1 document: what the routes read by hand is described here by hand."""

from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from api.schemas import ProblemOut
from api.views import TAGS

REF = "#/components/schemas/{model}"
IDENTIFIER = {"type": "string", "pattern": "^[A-Za-z0-9._-]{1,64}$"}
TIME = {"type": "string", "format": "date-time", "pattern": "^(?!000[01]|9999)"}
COUNT = {"type": "integer", "minimum": 1, "maximum": 2**53 - 1}
BUNDLE = {
    "type": "string",
    "pattern": r"^(x[0-9]{3}/){0,4}[0-9]{3}([.]p/[1-9][0-9]{0,2})?$",
    "example": "000",
}
TILE = {
    "type": "string",
    "pattern": r"^[0-9]/(x[0-9]{3}/){0,4}[0-9]{3}([.]p/[1-9][0-9]{0,2})?$",
    "example": "0/000",
}
KEY = {
    "type": "string",
    "pattern": "^[!-~]([ -~]{0,253}[!-~])?$",
    "example": "5f0c9a52-2f6b-4b5e-9f51",
}


def _parameter(
    name: str, place: str, schema: Mapping[str, Any], description: str, required: bool = False
) -> dict[str, Any]:
    return {
        "name": name,
        "in": place,
        "required": required or place == "path",
        "description": description,
        "schema": dict(schema),
    }


PARAMETERS: dict[str, dict[str, Any]] = {
    "id": _parameter("id", "path", IDENTIFIER, "Its id."),
    "name": _parameter("name", "path", IDENTIFIER, "The procedure's name."),
    "version": _parameter("version", "path", COUNT, "The procedure's version."),
    "seq": _parameter("seq", "path", COUNT, "The record's number in the trail, from 1."),
    "tile": _parameter("path", "path", TILE, "Level and index: `0/x001/234.p/56`."),
    "bundle": _parameter("path", "path", BUNDLE, "Index: `x001/234.p/56`."),
    "delivery": _parameter("delivery", "path", IDENTIFIER, "The `webhook-id` of its messages."),
    "code": _parameter("code", "path", IDENTIFIER, "The problem's code."),
    "idempotency-key": _parameter(
        "Idempotency-Key",
        "header",
        KEY,
        "Names the event for ever: the same key and body again change nothing.",
        required=True,
    ),
    "event-key": _parameter(
        "Idempotency-Key",
        "header",
        KEY,
        "Names the event for ever: the same key and body again change nothing. Required, but for "
        "a dry run and for a CloudEvent, which its source and id name.",
    ),
    "optional-key": _parameter(
        "Idempotency-Key", "header", KEY, "Left out: the same body again is the same entry."
    ),
    "fresh-key": _parameter(
        "Idempotency-Key", "header", KEY, "Left out: every request is a new one."
    ),
    "if-match": _parameter(
        "If-Match",
        "header",
        {"type": "string", "pattern": TAGS, "example": '"4.5f0c9a522f6b4b5e.full"'},
        "Decide only on this version (an entity tag in its quotation marks, or several).",
    ),
    "if-none-match": _parameter(
        "If-None-Match", "header", {"type": "string"}, "304 while this is the representation."
    ),
    "prefer-wait": _parameter(
        "Prefer",
        "header",
        {"type": "string"},
        "With If-None-Match: `wait=N` holds the answer for up to N seconds (RFC 7240).",
    ),
    "last-event-id": _parameter(
        "Last-Event-ID", "header", {"type": "string"}, "The id of the last event that was received."
    ),
    "as_of": _parameter(
        "as_of", "query", TIME, "What was true then: the acts that had taken effect."
    ),
    "known_at": _parameter(
        "known_at", "query", TIME, "What was known then: the records that there were."
    ),
    "dry_run": _parameter(
        "dry_run", "query", {"type": "boolean", "default": False}, "Decide and write nothing."
    ),
}

SCHEMES: dict[str, Any] = {
    "bearer": {
        "type": "http",
        "scheme": "bearer",
        "description": "An API key, or an access token of the identity provider (RFC 6750).",
    },
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": "clearance-session",
        "description": "What a sign-in gives a browser; __Host-clearance-session over https.",
    },
}
"""How a principal makes itself known."""

HEADERS = {
    "Preference-Applied": "`wait=N`: the wish to wait was heard.",
    "ETag": "Names this representation (strong).",
    "Location": "Where the record, or what was opened, is found.",
    "Idempotency-Replayed": "`true`: the key was used before, and nothing has changed.",
    "Retry-After": "Seconds after which another try makes sense.",
    "RateLimit": "What is left of a limit, and when there is more (the IETF's draft).",
    "RateLimit-Policy": "The limit of a principal: so many requests in so many seconds.",
    "WWW-Authenticate": "Which credentials are taken (RFC 9110 section 11.6.1).",
    "X-Request-Id": "What the lines of the service call this request, as every answer says. "
    "It may be chosen: up to 39 letters, digits, and `.`, `_`, `-`.",
}

DESCRIPTIONS = {
    200: "Done before, or as asked.",
    201: "Accepted and durable.",
    202: "On its way.",
    204: "Done.",
    207: "One outcome for each item.",
}

BINARY = ("application/pdf", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
"""Media types of answers that are no text."""

EVERYWHERE = (408, 421, 431, 500)
GUARDED = (401, 403, 429, 503)
"""What the gate may answer."""

_described: dict[str, type[BaseModel]] = {}
_sent: dict[str, Any] = {}


def operation(
    body: type[BaseModel] | None,
    answers: Mapping[int, type[BaseModel] | None],
    *,
    problems: Sequence[int] = (),
    parameters: Sequence[str] = (),
    examples: Mapping[str, Any] | None = None,
    many: str | None = None,
    texts: Mapping[int, str | tuple[str, ...]] | None = None,
    public: bool | None = False,
) -> dict[str, Any]:
    """What a route's decorator is told about a route that reads its request by hand.

    `many`: the body is an array of `body`, or lines of it in this media type. `texts`: the
    media types in which an answer is a text, beside or instead of JSON. `public`: whoever asks,
    the answer is the same, and nobody is asked for a credential; None: unless the operator wants
    one. An answer of None has no body.
    """
    responses: dict[int | str, dict[str, Any]] = {
        status: {"description": DESCRIPTIONS[status], **({"model": model} if model else {})}
        for status, model in answers.items()
    }
    for status, offered in (texts or {}).items():
        response = responses.setdefault(status, {"description": DESCRIPTIONS[status]})
        types = (offered,) if isinstance(offered, str) else offered
        response["content"] = {media_type: _text(media_type) for media_type in types}
    for status in (*problems, *EVERYWHERE, *(() if public else GUARDED)):
        responses[status] = _problem()
    if "if-none-match" in parameters:
        responses[304] = {"description": "Nothing has changed."}
    _add_headers(responses, parameters)
    extra: dict[str, Any] = {"parameters": [PARAMETERS[name] for name in parameters]}
    shown: list[dict[str, Any]] = [] if public else [{name: []} for name in SCHEMES]
    extra["security"] = [{}, *shown] if public is None else shown
    if body is not None:
        extra["requestBody"] = _request_body(body, examples or {}, many)
    return {"responses": responses, "openapi_extra": extra}


def also_as(
    media_type: str,
    body: type[BaseModel],
    examples: Mapping[str, Any],
    operation: dict[str, Any],
) -> dict[str, Any]:
    """The same operation, which also takes a body of this shape in this media type."""
    described = _request_body(body, examples, None)["content"]["application/json"]
    operation["openapi_extra"]["requestBody"]["content"][media_type] = described
    return operation


def sends(name: str, body: type[BaseModel], media_type: str, **told: Any) -> None:
    """Describe a request that the service sends by itself (OpenAPI 3.1, `webhooks`)."""
    _described[body.__name__] = body
    content = {media_type: {"schema": {"$ref": REF.format(model=body.__name__)}}}
    _sent[name] = {"post": {**told, "requestBody": {"required": True, "content": content}}}


def _text(media_type: str) -> dict[str, Any]:
    """A text; what is no text has no schema (OpenAPI 3.1, section 4.8.14.3)."""
    return {} if media_type in BINARY else {"schema": {"type": "string"}}


KEYS = ("idempotency-key", "event-key", "optional-key", "fresh-key")


def _add_headers(responses: Mapping[int | str, dict[str, Any]], parameters: Sequence[str]) -> None:
    """The header fields of answers; a 200 to a dry run has none of those of a repeat."""
    if "if-none-match" in parameters:
        told = _headers("ETag")
        if "prefer-wait" in parameters:
            told |= _headers("Preference-Applied", required=False)
        responses[200]["headers"] = responses[304]["headers"] = told
    if 201 in responses and any(name in parameters for name in KEYS):
        responses[201]["headers"] = _headers("ETag", "Location")
        responses[200]["headers"] = _headers(
            "ETag", "Location", "Idempotency-Replayed", required=False
        )
    if 503 in responses:
        responses[503]["headers"] = _headers("Retry-After")
    if 429 in responses:
        responses[429]["headers"] = _headers("Retry-After") | _headers(
            "RateLimit", "RateLimit-Policy", required=False
        )
    if 401 in responses:
        responses[401]["headers"] = _headers("WWW-Authenticate")
    if 500 in responses:
        responses[500]["headers"] = _headers("X-Request-Id", required=False)


def _headers(*names: str, required: bool = True) -> dict[str, Any]:
    return {
        name: {"description": HEADERS[name], "required": required, "schema": {"type": "string"}}
        for name in names
    }


def _problem() -> dict[str, Any]:
    _described["ProblemOut"] = ProblemOut
    schema = {"$ref": REF.format(model="ProblemOut")}
    return {
        "description": "A problem (RFC 9457).",
        "content": {"application/problem+json": {"schema": schema}},
    }


def _request_body(
    body: type[BaseModel], examples: Mapping[str, Any], many: str | None
) -> dict[str, Any]:
    _described[body.__name__] = body
    one: dict[str, Any] = {"$ref": REF.format(model=body.__name__)}
    whole = {"type": "array", "items": one, "maxItems": 1000} if many else one
    named = {name: {"value": value} for name, value in examples.items()}
    content: dict[str, Any] = {"application/json": {"schema": whole, "examples": named}}
    if many:
        content[many] = {"schema": {"type": "string"}}
    return {"required": True, "content": content}


def describe(app: FastAPI) -> dict[str, Any]:
    """The whole document, made once."""
    if app.openapi_schema is None:
        document = get_openapi(
            title=app.title,
            version=app.version,
            summary=app.summary,
            description=app.description,
            routes=app.routes,
        )
        _, definitions = models_json_schema(
            [(model, "validation") for model in _described.values()], ref_template=REF
        )
        document.setdefault("components", {})["securitySchemes"] = SCHEMES
        schemas = document["components"].setdefault("schemas", {})
        schemas.update(definitions["$defs"])
        document["webhooks"] = _sent
        app.openapi_schema = document
    return app.openapi_schema
