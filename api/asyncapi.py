"""The AsyncAPI 3.0 document: what this service sends on its own account, beside the OpenAPI
document of what it is asked.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from api.cloud_events import MEDIA_TYPE
from api.documentation import IDENTIFIER, SCHEMES

VERSION = "3.0.0"
_HTTP = "0.3.0"
"""Of the binding, in which the method, the query and the header fields of a request stand."""

TRAIL, ALL = "/v1/applications/{id}/stream", "/v1/stream"

_JSON_SCHEMA = "application/schema+json;version=draft-2020-12"

_FRAME = {
    "type": "object",
    "description": "The fields of a server-sent event (WHATWG HTML, section 9.2).",
    "properties": {
        "event": {"const": "record"},
        "id": {"type": "string", "description": "send it as Last-Event-ID, to go on behind it"},
    },
    "required": ["event", "id"],
}
_SIGNATURE = {
    "type": "object",
    "description": "Standard Webhooks 1.0.",
    "properties": {
        "content-type": {"const": MEDIA_TYPE},
        "webhook-id": {"type": "string", "description": "the same at every attempt"},
        "webhook-timestamp": {"type": "string", "pattern": "^[0-9]+$"},
        "webhook-signature": {
            "type": "string",
            "pattern": "^v1,[A-Za-z0-9+/]+=*( v1,[A-Za-z0-9+/]+=*)*$",
            "description": "one for each secret that is good, with a space between them",
        },
    },
    "required": ["content-type", "webhook-id", "webhook-timestamp", "webhook-signature"],
}

_RECEIVER = {
    "host": "{receiver}",
    "protocol": "https",
    "title": "Whoever is sent what a webhook asks for",
    "variables": {"receiver": {"description": "the host of the webhook's address"}},
}
"""A channel that names no server would be one of every server (Channel Object)."""


def describe(openapi: Mapping[str, Any], origin: str) -> dict[str, Any]:
    """The whole document, with the shapes of the OpenAPI document."""
    info = {name: openapi["info"][name] for name in ("title", "version")}
    schemas = openapi["components"]["schemas"]
    roots = ("RecordOut", "RecordEventOut", "PingOut")
    return {
        "asyncapi": VERSION,
        "info": {**info, "description": _purpose(origin)},
        "defaultContentType": "application/json",
        "servers": {"clearance": _server(origin), "receiver": _RECEIVER},
        "channels": _channels(),
        "operations": _operations(openapi["paths"]),
        "components": {
            "messages": _messages(),
            "schemas": {name: schemas[name] for name in sorted(_closure(schemas, roots))},
            "securitySchemes": _security(),
        },
    }


def _purpose(origin: str) -> str:
    return (
        "Records as they come: to whoever holds a stream open, and to the address of a webhook. "
        f"What the service is asked is described in {origin}/openapi.json."
    )


def _server(origin: str) -> dict[str, Any]:
    address = urlsplit(origin)
    server = {"host": address.netloc, "protocol": address.scheme, "security": _any_of()}
    return server | ({"pathname": address.path} if address.path else {})


def _any_of() -> list[dict[str, str]]:
    return [{"$ref": f"#/components/securitySchemes/{name}"} for name in SCHEMES]


def _security() -> dict[str, Any]:
    """A cookie is an API key to AsyncAPI only under this name."""
    return {
        name: {**scheme, "type": "httpApiKey"} if scheme["type"] == "apiKey" else scheme
        for name, scheme in SCHEMES.items()
    }


def _channels() -> dict[str, Any]:
    here = {"servers": [{"$ref": "#/servers/clearance"}]}
    streamed = _refs("record", "event")
    return {
        "application": {
            **here,
            "address": TRAIL,
            "title": "The records of one application",
            "parameters": {"id": {"description": f"Its id: {IDENTIFIER['pattern']}"}},
            "messages": streamed,
        },
        "all": {
            **here,
            "address": ALL,
            "title": "The records of all applications that one sees",
            "messages": streamed,
        },
        "webhook": {
            "address": None,
            "title": "The address of a webhook",
            "description": "Whoever makes a webhook names it.",
            "servers": [{"$ref": "#/servers/receiver"}],
            "messages": _refs("delivery", "ping"),
        },
    }


def _refs(*names: str) -> dict[str, Any]:
    return {name: {"$ref": f"#/components/messages/{name}"} for name in names}


def _operations(paths: Mapping[str, Any]) -> dict[str, Any]:
    trail, every = (_asked(paths[address]["get"]["parameters"]) for address in (TRAIL, ALL))
    told = "At least once, in order for each application."
    return {
        "streamTrail": _sending("application", "The records of an application.", **trail),
        "stream": _sending("all", "In order for each application.", **every),
        "deliver": _sending("webhook", told, bindings=_http(method="POST")),
    }


def _asked(parameters: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """What a request for a stream may say. The binding has no place for its header fields."""
    query = {one["name"]: one["schema"] for one in parameters if one["in"] == "query"}
    fields = [one for one in parameters if one["in"] == "header"]
    asked = {"type": "object", "properties": query, "additionalProperties": False}
    return {
        "description": "\n".join(f"{one['name']}: {one['description']}" for one in fields),
        "bindings": _http(method="GET", query=asked),
    }


def _sending(channel: str, summary: str, **told: Any) -> dict[str, Any]:
    return {
        "action": "send",
        "channel": {"$ref": f"#/channels/{channel}"},
        "summary": summary,
        **told,
    }


def _http(**told: Any) -> dict[str, Any]:
    return {"http": {**told, "bindingVersion": _HTTP}}


def _messages() -> dict[str, Any]:
    frame = {"headers": {"schemaFormat": _JSON_SCHEMA, "schema": _FRAME}}
    signed = {"bindings": _http(headers=_SIGNATURE)}
    return {
        "record": _message("A record, to the byte as it is kept", "RecordOut", frame),
        "event": _message("The same as a CloudEvent, where asked for", "RecordEventOut", frame),
        "delivery": _message("A record as a signed CloudEvent", "RecordEventOut", signed),
        "ping": _message("What a webhook is tried out with", "PingOut", signed),
    }


def _message(title: str, shape: str, around: Mapping[str, Any]) -> dict[str, Any]:
    kind = "application/json" if shape == "RecordOut" else MEDIA_TYPE
    payload = {"$ref": f"#/components/schemas/{shape}"}
    return {
        "title": title,
        "contentType": kind,
        **around,
        "payload": {"schemaFormat": _JSON_SCHEMA, "schema": payload},
    }


def _closure(schemas: Mapping[str, Any], names: tuple[str, ...]) -> set[str]:
    """These shapes and all that they refer to."""
    found: set[str] = set()
    wanted = list(names)
    while wanted:
        name = wanted.pop()
        if name not in found:
            found.add(name)
            wanted += [reference.rpartition("/")[2] for reference in _references(schemas[name])]
    return found


def _references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"]
        value = list(value.values())
    if isinstance(value, list):
        for inner in value:
            yield from _references(inner)
