"""Events that come as CloudEvents 1.0, written by the specification's own SDK."""

from hashlib import sha256
from typing import Any

import httpx
import pytest
from cloudevents.core.bindings.http import (
    HTTPMessage,
    from_structured_event,
    to_binary_event,
    to_structured_event,
)
from cloudevents.core.v1.event import CloudEvent

from api.cloud_events import MEDIA_TYPE
from tests.e2e.http.journey import Application, event, new_key, problem
from tests.e2e.http.people import actor
from tests.e2e.http.streaming import streamed
from tests.keyring import Keyring

SOURCE = "https://ndrc.example/decisions?year=2026"


def cloud_event(kind: str = "grant_in_principle", **changes: Any) -> CloudEvent:
    """An event of the table as one; what is changed to None is left out."""
    body = event(kind)
    attributes = {
        "id": new_key(),
        "source": SOURCE,
        "type": f"clearance.event.{body.pop('type')}",
        "datacontenttype": "application/json",
    }
    data = changes.pop("data", body)
    named = {name: value for name, value in (attributes | changes).items() if value is not None}
    return CloudEvent(named, data)


def send(
    application: Application, message: HTTPMessage, who: str = "ndrc", **headers: str
) -> httpx.Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    named = message.headers | actor(who) | named
    return application.client.post(
        f"{application.path}/events", content=message.body, headers=named
    )


MODES = pytest.mark.parametrize("written", [to_structured_event, to_binary_event])


@MODES
def test_it_is_an_event_whose_key_is_source_and_id(application: Application, written: Any) -> None:
    sent = cloud_event(id='a "b" 100 %', subject=application.id)
    answer = send(application, written(sent))
    assert answer.status_code == 201, answer.text
    record = answer.json()["record"]
    assert record["id"] == f"{SOURCE} {sent.get_id()}"
    assert (record["type"], record["authority"]) == ("grant_in_principle", "ndrc")
    assert record["evidence"] == event("grant_in_principle")["evidence"]


def test_a_repeat_in_the_other_mode_or_as_a_plain_body_is_a_repeat(
    application: Application,
) -> None:
    sent = cloud_event(id='50 % "off"')
    first = send(application, to_binary_event(sent))
    assert first.status_code == 201, first.text
    later = cloud_event(id=sent.get_id(), time=None)
    plain = application.post("ndrc", "grant_in_principle", f"{SOURCE} {sent.get_id()}")
    for again in (send(application, to_structured_event(later)), plain):
        assert again.status_code == 200, again.text
        assert again.headers["Idempotency-Replayed"] == "true"
        assert again.json()["record"] == first.json()["record"]


def test_an_id_that_fits_into_no_key_stands_there_as_its_hash(application: Application) -> None:
    hashed = f"sha-256:{sha256('咖啡 é'.encode()).hexdigest()}"
    written: dict[str, None] = {}
    for name in ("咖啡 é", hashed, "i" * 254, " i"):
        sent = cloud_event("note", id=name)
        first = send(application, to_structured_event(sent), "recorder")
        assert first.status_code == 201, first.text
        again = send(application, to_binary_event(sent), "recorder")
        assert again.json()["record"] == first.json()["record"]
        written[first.json()["record"]["id"]] = None
    assert len(written) == 4
    assert next(iter(written)) == f"{SOURCE} {hashed}"


def test_its_time_is_not_when_the_act_took_effect(application: Application) -> None:
    headers = {
        "ce-specversion": "1.0",
        "ce-id": "1",
        "ce-source": "/news",
        "ce-type": "clearance.event.note",
        "ce-time": "1999-01-01T00:00:00Z",
        "ce-traceparent": "00-ab-cd-01",
    }
    body = b'{"type":"note","data":{"text":"No comment.","topic":"comment"}}'
    answer = send(application, HTTPMessage(headers, body), "recorder")
    assert answer.status_code == 201, answer.text
    record = answer.json()["record"]
    assert record["id"] == "/news 1"
    assert record["effective_at"] == record["recorded_at"]


def test_a_header_may_be_quoted_and_the_key_header_is_not_read(application: Application) -> None:
    sent = to_binary_event(cloud_event("note", source="/q", id="x"))
    sent.headers["ce-id"] = r'"a \"b\" %25"'
    answer = send(application, sent, "recorder", Idempotency_Key="another")
    assert answer.status_code == 201, answer.text
    assert answer.json()["record"]["id"] == '/q a "b" %'


def test_it_may_be_rehearsed(application: Application) -> None:
    message = to_structured_event(cloud_event())
    answer = application.client.post(
        f"{application.path}/events",
        content=message.body,
        headers=message.headers | actor("ndrc"),
        params={"dry_run": "true"},
    )
    assert answer.status_code == 200, answer.text
    assert len(application.records()) == 1


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"subject": "another"}, "subject"),
        ({"type": "clearance.approve"}, "type"),
        ({"source": "a b"}, "source"),
        ({"source": "s" * 183}, "source"),
        ({"id": "a\tb"}, "id"),
        ({"specversion": "0.3"}, "specversion"),
    ],
)
def test_what_is_wrong_with_an_attribute_is_pointed_at(
    application: Application, changes: dict[str, str], pointer: str
) -> None:
    sent = cloud_event(**{name: value for name, value in changes.items() if name != "specversion"})
    structured, binary = to_structured_event(sent), to_binary_event(sent)
    if "specversion" in changes:
        body = structured.body.replace(b'"1.0"', b'"0.3"')
        structured = HTTPMessage(structured.headers, body)
        binary.headers["ce-specversion"] = "0.3"
    for message, place in ((structured, "/"), (binary, "/header/ce-")):
        told = problem(send(application, message), 422, "invalid-request")
        assert [error["pointer"] for error in told["errors"]] == [f"{place}{pointer}"]


@pytest.mark.parametrize(
    ("data", "pointer"),
    [
        ({"type": "approve"}, "/type"),
        ({"authority": "NDRC"}, "/authority"),
        ({"data": {"units": 0}}, "/data/units"),
    ],
)
def test_what_is_wrong_with_its_data_is_pointed_at(
    application: Application, data: dict[str, Any], pointer: str
) -> None:
    sent = cloud_event("declare_order", data=data)
    for message, place in ((to_structured_event(sent), "/data"), (to_binary_event(sent), "")):
        told = problem(send(application, message, "buyer"), 422, "invalid-request")
        assert f"{place}{pointer}" in [error["pointer"] for error in told["errors"]]


def test_an_attribute_that_is_missing_or_twice_or_no_utf_8_is_pointed_at(
    application: Application,
) -> None:
    sent = to_binary_event(cloud_event())
    for spoilt, pointer in (
        ([pair for pair in sent.headers.items() if pair[0] != "ce-id"], "/header/ce-id"),
        ([*sent.headers.items(), ("ce-id", "again")], "/header/ce-id"),
        ([*sent.headers.items(), ("ce-word", "%ff")], "/header/ce-word"),
        ([*sent.headers.items(), ("ce-word", "é".encode())], "/header/ce-word"),
    ):
        answer = application.client.post(
            f"{application.path}/events",
            content=sent.body,
            headers=[*spoilt, *actor("ndrc").items()],
        )
        told = problem(answer, 422, "invalid-request")
        assert [error["pointer"] for error in told["errors"]] == [pointer]


def test_data_may_come_as_base64(application: Application) -> None:
    binary = cloud_event(data=b'{"authority":"ndrc"}')
    told = problem(send(application, to_structured_event(binary)), 409, "evidence-too-weak")
    assert told["state"] == "submitted"  # it was read and decided
    for content, pointer in ((b"[1]", "/data"), (b"{", "/data_base64")):
        answer = send(application, to_structured_event(cloud_event(data=content)))
        told = problem(answer, 422, "invalid-request")
        assert [error["pointer"] for error in told["errors"]] == [pointer]


def test_other_media_types_are_told_what_fits(application: Application) -> None:
    message = to_structured_event(cloud_event())
    for kind in ("application/cloudevents-batch+json", "application/cloudevents+avro"):
        spoilt = HTTPMessage({"content-type": kind}, message.body)
        problem(send(application, spoilt), 415, "unsupported-media-type")


def test_a_stream_tells_of_records_as_cloud_events_where_asked(
    client: httpx.Client, url: str, keyring: Keyring, application: Application
) -> None:
    with httpx.Client(base_url=url, auth=keyring, timeout=10) as plain:
        for path in (f"{application.path}/stream", "/v1/stream"):
            with streamed(plain, f"{path}?form=cloudevents") as found:
                assert "data" not in next(found)
                record = application.accept("recorder", "note")["record"]
                block = next(found)
            message = HTTPMessage({"content-type": MEDIA_TYPE}, block["data"].encode())
            told = from_structured_event(message)
            assert told.get_id() == record["hash"]
            assert told.get_type() == "clearance.event.note"
            assert told.get_source() == f"{url}{application.path}"
            assert told.get_data() == record
    problem(client.get("/v1/stream", params={"form": "xml"}), 422, "invalid-request")
