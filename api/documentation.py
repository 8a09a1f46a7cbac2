"""The OpenAPI 3.1 document: what the routes read by hand is described here by hand."""

from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from api.schemas import ProblemOut

REF = "#/components/schemas/{model}"
IDENTIFIER = {"type": "string", "pattern": "^[A-Za-z0-9._-]{1,64}$"}
COUNT = {"type": "integer", "minimum": 1, "maximum": 2**53 - 1}
ACTOR = {
    "type": "string",
    "pattern": "^[!-:<-~]{1,64};[!-:<-~]{1,64};(auditor|buyer|officer|operator|recorder)"
    "(;[!-:<-~]{1,64}){0,8}$",
    "example": "li;miit;officer;miit",
}
KEY = {"type": "string", "pattern": "^[!-~]{1,255}$", "example": "5f0c9a52-2f6b-4b5e-9f51"}


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
    "actor": _parameter(
        "Clearance-Actor",
        "header",
        ACTOR,
        "Who acts: name;organisation;role[;authority...]. Left out: a recorder named local.",
    ),
    "id": _parameter("id", "path", IDENTIFIER, "Its id."),
    "name": _parameter("name", "path", IDENTIFIER, "The procedure's name."),
    "version": _parameter("version", "path", COUNT, "The procedure's version."),
    "seq": _parameter("seq", "path", COUNT, "The record's number in the trail, from 1."),
    "code": _parameter("code", "path", IDENTIFIER, "The problem's code."),
    "idempotency-key": _parameter(
        "Idempotency-Key",
        "header",
        KEY,
        "Names the event for ever: the same key and body again change nothing.",
        required=True,
    ),
    "optional-key": _parameter(
        "Idempotency-Key", "header", KEY, "Left out: the same body again is the same entry."
    ),
    "if-match": _parameter(
        "If-Match", "header", {"type": "string"}, "Decide only on this version (an entity tag)."
    ),
    "if-none-match": _parameter(
        "If-None-Match", "header", {"type": "string"}, "304 while this is the representation."
    ),
    "dry_run": _parameter(
        "dry_run", "query", {"type": "boolean", "default": False}, "Decide and write nothing."
    ),
}

HEADERS = {
    "ETag": "Names this representation (strong).",
    "Location": "Where the record, or what was opened, is found.",
    "Idempotency-Replayed": "`true`: the key was used before, and nothing has changed.",
    "Retry-After": "Seconds after which another try makes sense.",
}

DESCRIPTIONS = {
    200: "Done before, or as asked.",
    201: "Accepted and durable.",
    207: "One outcome for each item.",
}

EVERYWHERE = (421, 431, 500)

_described: dict[str, type[BaseModel]] = {}


def operation(
    body: type[BaseModel] | None,
    answers: Mapping[int, type[BaseModel]],
    *,
    problems: Sequence[int] = (),
    parameters: Sequence[str] = (),
    examples: Mapping[str, Any] | None = None,
    many: str | None = None,
    texts: Mapping[int, str | tuple[str, ...]] | None = None,
    public: bool = False,
) -> dict[str, Any]:
    """What a route's decorator is told about a route that reads its request by hand.

    `many`: the body is an array of `body`, or lines of it in this media type. `texts`: the
    media types in which an answer is a text, beside or instead of JSON. `public`: whoever asks,
    the answer is the same, and nobody is asked for a name.
    """
    responses: dict[int | str, dict[str, Any]] = {
        status: {"model": model, "description": DESCRIPTIONS[status]}
        for status, model in answers.items()
    }
    for status, offered in (texts or {}).items():
        response = responses.setdefault(status, {"description": DESCRIPTIONS[status]})
        types = (offered,) if isinstance(offered, str) else offered
        response["content"] = {media_type: {"schema": {"type": "string"}} for media_type in types}
    named = () if public else ("actor",)
    for status in (*problems, *EVERYWHERE, *(() if public else (401,))):
        responses[status] = _problem()
    if "if-none-match" in parameters:
        responses[304] = {"description": "Nothing has changed."}
    _add_headers(responses, parameters)
    extra: dict[str, Any] = {"parameters": [PARAMETERS[name] for name in (*parameters, *named)]}
    if body is not None:
        extra["requestBody"] = _request_body(body, examples or {}, many)
    return {"responses": responses, "openapi_extra": extra}


def _add_headers(responses: Mapping[int | str, dict[str, Any]], parameters: Sequence[str]) -> None:
    """The header fields of answers; a 200 to a dry run has none of those of a repeat."""
    if "if-none-match" in parameters:
        responses[200]["headers"] = responses[304]["headers"] = _headers("ETag")
    if "idempotency-key" in parameters or "optional-key" in parameters:
        responses[201]["headers"] = _headers("ETag", "Location")
        responses[200]["headers"] = _headers(
            "ETag", "Location", "Idempotency-Replayed", required=False
        )
    if 503 in responses:
        responses[503]["headers"] = _headers("Retry-After")


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
        schemas = document.setdefault("components", {}).setdefault("schemas", {})
        schemas.update(definitions["$defs"])
        app.openapi_schema = document
    return app.openapi_schema
