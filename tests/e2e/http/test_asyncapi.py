"""The AsyncAPI document: it keeps the rules of its specification, and is about what the service
really sends.
"""

from copy import deepcopy
from typing import Any

import httpx
import orjson
import pytest
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from api.cloud_events import of_ping, of_record
from tests.e2e.http.asyncapi_rules import broken, resolved
from tests.e2e.http.journey import Application
from tests.e2e.http.people import actor
from tests.e2e.http.receiving import Receiver

Document = dict[str, Any]


@pytest.fixture(scope="module")
def document(client: httpx.Client) -> Document:
    found: Document = client.get("/asyncapi.json").json()
    return found


def test_it_keeps_the_rules_of_asyncapi_3_0(document: Document) -> None:
    assert list(broken(document)) == []
    for schema in document["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)


@pytest.mark.parametrize(
    ("place", "value"),
    [
        ("#/asyncapi", "2.6.0"),
        ("#/info/titel", "misspelt"),
        ("#/servers/clearance/host", "https://clearance.example"),
        ("#/servers/clearance/security", [{"$ref": "#/components/securitySchemes/none"}]),
        ("#/servers/receiver/variables", {}),
        ("#/channels/all/adress", "/v1/stream"),
        ("#/channels/application/parameters", {}),
        ("#/channels/all/messages/record/$ref", "#/components/messages/none"),
        ("#/channels/webhook/servers", [{"$ref": "#/channels/all"}]),
        ("#/operations/deliver/action", "post"),
        ("#/operations/stream/bindings/http/query", {"type": "object"}),
        ("#/components/messages/ping/bindings/http/headers/type", "array"),
        ("#/operations/deliver/channel", {"address": None}),
        ("#/components/messages/ping/payload/schema/$ref", "#/components/schemas/None"),
        ("#/components/messages/record/headers/schema/type", "array"),
        ("#/components/securitySchemes/session/type", "apiKey"),
    ],
)
def test_the_rules_find_what_is_wrong(document: Document, place: str, value: Any) -> None:
    wrong = deepcopy(document)
    above, _, field = place.rpartition("/")
    resolved(wrong, above)[field] = value
    assert list(broken(wrong))


def test_every_channel_and_message_is_used(document: Document) -> None:
    channels, operations = document["channels"], document["operations"].values()
    assert {one["channel"]["$ref"] for one in operations} == {
        f"#/channels/{one}" for one in channels
    }
    sent = {one["$ref"] for channel in channels.values() for one in channel["messages"].values()}
    assert sent == {f"#/components/messages/{one}" for one in document["components"]["messages"]}


def test_it_names_this_service_and_its_own_routes(
    document: Document, url: str, client: httpx.Client
) -> None:
    server = document["servers"]["clearance"]
    assert f"{server['protocol']}://{server['host']}" == url
    paths = client.get("/openapi.json").json()["paths"]
    addresses = {channel["address"] for channel in document["channels"].values()}
    assert addresses - {None} == {path for path in paths if path.endswith("/stream")}


def test_what_is_sent_has_the_shapes_that_it_says(
    document: Document, application: Application, url: str
) -> None:
    trail = application.client.get(
        f"{application.path}/trail", headers={"Accept": "application/jsonl"}
    )
    record = trail.content.splitlines()[0]
    ping = of_ping(url, "w1", "e1", "2026-02-10T01:00:00.000Z")
    for message, sent in (
        ("record", record),
        ("event", of_record(url, record)),
        ("delivery", of_record(url, record)),
        ("ping", ping),
    ):
        schema = document["components"]["messages"][message]["payload"]["schema"]
        validator = Draft202012Validator({**schema, "components": document["components"]})
        validator.validate(orjson.loads(sent))
        with pytest.raises(ValidationError):
            validator.validate({})


def test_what_a_request_for_a_stream_may_say(document: Document) -> None:
    shared = {"form", "after"}
    for operation, asked in (
        ("streamTrail", shared),
        ("stream", shared | {"type", "buyer", "procedure"}),
    ):
        told = document["operations"][operation]
        assert told["bindings"]["http"]["query"]["properties"].keys() == asked
        assert told["description"].startswith("Last-Event-ID: ")


def test_a_message_has_the_header_fields_that_it_says(
    document: Document, client: httpx.Client
) -> None:
    with Receiver().receiving() as receiver:
        made = client.post(
            "/v1/webhooks", json={"url": receiver.url}, headers=actor("buyer")
        ).json()
        path = f"/v1/webhooks/{made['id']}"
        client.post(f"{path}:ping", headers=actor("buyer"))
        sent = receiver.next().headers
        client.delete(path, headers=actor("buyer"))
    schema = document["components"]["messages"]["ping"]["bindings"]["http"]["headers"]
    Draft202012Validator(schema).validate(sent)
    assert {name for name in sent if name.startswith("webhook-")} < schema["properties"].keys()
