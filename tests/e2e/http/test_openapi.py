"""The OpenAPI document: valid, complete, and with an example of every event."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from fastapi.routing import APIRoute
from jsonschema import Draft202012Validator
from schemathesis.specs.openapi.definitions import OPENAPI_31_VALIDATOR

from api.app import create_app
from api.documentation import describe
from api.faults import FAULTS, STATUS_OF_KIND
from api.settings import Settings
from tests.e2e.http.asyncapi_rules import pointers

Document = dict[str, Any]
BODILESS = ("webhooks/{id}:rotate", ":ping", ":resend")
LOG = ("/log/checkpoint", "/log/key", "/log/tile/{path}", "/log/tile/entries/{path}")
HIDDEN = {
    ("GET", "/openapi.json"),
    ("GET", "/asyncapi.json"),
    *(("HEAD", path) for path in ("/v1/applications/{id}", *LOG)),
}
"""The documents themselves, and what answers as the GET beside it does."""


@pytest.fixture(scope="module")
def document(client: httpx.Client) -> Document:
    found: Document = client.get("/openapi.json").json()
    return found


def operations(document: Document) -> Iterator[tuple[str, str, Document]]:
    for path, item in document["paths"].items():
        for method, operation in item.items():
            yield method, path, operation


def validator(document: Document, schema: Any) -> Draft202012Validator:
    return Draft202012Validator({**schema, "components": document["components"]})


def test_it_is_openapi_3_1(document: Document) -> None:
    assert document["openapi"].startswith("3.1.")
    OPENAPI_31_VALIDATOR.validate(document)


def test_every_shape_is_a_json_schema(document: Document) -> None:
    for schema in document["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)


def test_every_reference_leads_somewhere(document: Document) -> None:
    named = {f"#/components/schemas/{name}" for name in document["components"]["schemas"]}
    found = set(pointers(document))
    assert found <= named
    assert named <= found, "a shape that nothing uses"


def test_every_route_is_described() -> None:
    app = create_app(Settings())
    routes = {
        (method, route.path_format)
        for route in app.routes
        if isinstance(route, APIRoute)
        for method in route.methods or ()
    }
    described = {(method.upper(), path) for method, path, _ in operations(describe(app))}
    assert routes - HIDDEN == described


def test_every_operation_says_what_it_is(document: Document) -> None:
    found = list(operations(document))
    for _, _, operation in found:
        assert operation["summary"]
        assert operation["description"]
        assert operation["tags"]
    names = [operation["operationId"] for _, _, operation in found]
    assert len(set(names)) == len(names)


def test_every_path_parameter_is_described(document: Document) -> None:
    for _, path, operation in operations(document):
        named = {one["name"] for one in operation.get("parameters", []) if one["in"] == "path"}
        assert named == {part[1:].partition("}")[0] for part in path.split("/") if "{" in part}


def test_a_key_is_required_only_where_nothing_goes_without(document: Document) -> None:
    """A CloudEvent is named by its source and id, and a rehearsal needs no name."""
    required = {
        path
        for _, path, operation in operations(document)
        for one in operation.get("parameters", [])
        if one["name"] == "Idempotency-Key" and one["required"]
    }
    assert required == {"/v1/applications"}


def test_an_event_of_every_type_is_shown(document: Document, client: httpx.Client) -> None:
    body = document["paths"]["/v1/applications/{id}/events"]["post"]["requestBody"]
    examples = body["content"]["application/json"]["examples"]
    procedure = client.get("/v1/procedures/h200-import/1").json()
    assert set(examples) == {*procedure["events"]} - {"expire"}, "but the clock's own"
    for kind, example in examples.items():
        shape = validator(document, procedure["events"][kind]["data"])
        assert example["value"]["type"] == kind
        shape.validate(example["value"].get("data", {}))


def test_every_body_has_examples_and_all_fit_its_shape(document: Document) -> None:
    for method, path, operation in operations(document):
        if "requestBody" not in operation:
            assert method in ("get", "delete") or path.endswith(BODILESS)
            continue
        content = operation["requestBody"]["content"]["application/json"]
        assert content["examples"], path
        for example in content["examples"].values():
            validator(document, content["schema"]).validate(example["value"])


def test_every_problem_is_documented_somewhere(document: Document) -> None:
    statuses = {
        int(status)
        for _, _, operation in operations(document)
        for status, response in operation["responses"].items()
        if "application/problem+json" in response.get("content", {})
    }
    within_batches = {424}
    without_operation = {405}
    told = {fault.status for fault in FAULTS.values()} | set(STATUS_OF_KIND.values())
    assert told - within_batches - without_operation == statuses


def test_whoever_acts_is_described(document: Document) -> None:
    for _, path, operation in operations(document):
        schemes = {name for one in operation["security"] for name in one}
        guarded = path.startswith(("/v1/", "/log/", "/metrics"))
        assert schemes == ({"bearer", "session"} if guarded else set())
        assert ("401" in operation["responses"]) == guarded
        without = {} in operation["security"]
        assert without == (path.startswith(("/log/", "/metrics")) and "entries" not in path)
    assert set(document["components"]["securitySchemes"]) == {"bearer", "session"}
