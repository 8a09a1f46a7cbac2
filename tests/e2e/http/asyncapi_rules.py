"""What AsyncAPI 3.0.0 demands of a document, as far as this service's document uses it: the fields
that each object must and may have, and what must agree (the sections of the specification are named
as the objects are).
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from jsonschema import Draft202012Validator

Schema = dict[str, Any]

TEXT: Schema = {"type": "string", "minLength": 1}
TOLD = "title summary description tags externalDocs"
NAMES: Schema = {"pattern": r"^[a-zA-Z0-9.\-_]+$"}
"""Components Object: how what stands in it is called."""


def has(required: str, optional: str = "", **fields: Schema) -> Schema:
    """An object with these fields and, but for extensions, no others."""
    named = [*required.split(), *optional.split()]
    return {
        "type": "object",
        "required": required.split(),
        "properties": {name: fields.get(name, True) for name in named},
        "patternProperties": {r"^x-[\w.\-]+$": True},
        "additionalProperties": False,
    }


def each(value: Schema, names: Schema | bool = True) -> Schema:
    """An object whose every field has such a value."""
    return {"type": "object", "additionalProperties": value, "propertyNames": names}


def reference(place: str) -> Schema:
    """A Reference Object into this place of the document."""
    target = {"type": "string", "pattern": rf"^#/{place}/[^/]+$"}
    return has("$ref", "", **{"$ref": target})


def references(place: str) -> Schema:
    """A list of them, none of them twice."""
    return {"type": "array", "items": reference(place), "uniqueItems": True}


SECURITY: Schema = {
    "type": "object",
    "properties": {"type": {"enum": ["http", "httpApiKey"]}},
    "oneOf": [
        has("type scheme", "description bearerFormat", type={"const": "http"}),
        has(
            "type name in",
            "description",
            type={"const": "httpApiKey"},
            **{"in": {"enum": ["query", "header", "cookie"]}},
        ),
    ],
}
SERVER = has(
    "host protocol",
    f"protocolVersion pathname variables security bindings {TOLD}",
    host={"type": "string", "pattern": "^[^/]+$"},
    protocol=TEXT,
    pathname={"type": "string", "pattern": "^/"},
    security=references("components/securitySchemes"),
    variables=each(has("", "enum default description examples")),
)
CHANNEL = has(
    "",
    f"address messages servers parameters bindings {TOLD}",
    address={"type": ["string", "null"], "pattern": "^[^?#]+$"},
    messages=each(reference("components/messages")),
    servers=references("servers"),
    parameters=each(has("", "enum default description examples location")),
)
FIELDS: Schema = {
    "type": "object",
    "required": ["type", "properties"],
    "properties": {"type": {"const": "object"}},
}
"""HTTP bindings 0.3.0: a query, or the header fields of a message."""
OPERATION = has(
    "action channel",
    f"security bindings traits messages reply {TOLD}",
    action={"enum": ["send", "receive"]},
    channel=reference("channels"),
    bindings=has("", "http", http=has("", "method query bindingVersion", query=FIELDS)),
)
MULTI_FORMAT = has("schemaFormat schema", schemaFormat=TEXT)
MESSAGE = has(
    "",
    f"headers payload correlationId contentType name bindings examples traits {TOLD}",
    headers=MULTI_FORMAT
    | {
        "properties": {
            "schemaFormat": TEXT,
            "schema": {"properties": {"type": {"const": "object"}}},
        }
    },
    payload=MULTI_FORMAT,
    bindings=has("", "http", http=has("", "headers statusCode bindingVersion", headers=FIELDS)),
    contentType={"type": "string", "pattern": r"^[a-z]+/[a-z.+\-]+$"},
)
DOCUMENT = has(
    "asyncapi info",
    "id servers defaultContentType channels operations components",
    asyncapi={"const": "3.0.0"},
    info=has(
        "title version",
        "termsOfService contact license description tags externalDocs",
        title=TEXT,
        version=TEXT,
    ),
    servers=each(SERVER, NAMES),
    channels=each(CHANNEL),
    operations=each(OPERATION),
    components=has(
        "",
        "schemas messages securitySchemes",
        schemas=each({}, NAMES),
        messages=each(MESSAGE, NAMES),
        securitySchemes=each(SECURITY, NAMES),
    ),
)


def broken(document: Mapping[str, Any]) -> Iterator[str]:
    """Every rule that the document breaks."""
    for error in Draft202012Validator(DOCUMENT).iter_errors(document):
        yield f"{error.json_path}: {error.message}"
    for target in pointers(document):
        if resolved(document, target) is None:
            yield f"{target} leads nowhere"
    for name, channel in document["channels"].items():
        if set(re.findall(r"\{(.+?)\}", channel["address"] or "")) != set(
            channel.get("parameters", ())
        ):
            yield f"{name}: other parameters than the address has"
    for name, server in document["servers"].items():
        if set(re.findall(r"\{(.+?)\}", server["host"])) != set(server.get("variables", ())):
            yield f"{name}: other variables than the host has"


def pointers(value: Any) -> Iterator[str]:
    """Every reference in a value."""
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"]
        value = list(value.values())
    if isinstance(value, list):
        for inner in value:
            yield from pointers(inner)


def resolved(document: Any, pointer: str) -> Any:
    """What a reference within the document leads to (RFC 6901), or None."""
    first, *steps = pointer.split("/")
    for step in steps if first == "#" else ():
        document = document.get(step) if isinstance(document, dict) else None
    return document if first == "#" else None
