"""Records told as CloudEvents, with the specification's own SDK as the reader."""

import orjson
import pytest
from cloudevents.core.bindings.http import HTTPMessage, from_structured_event
from cloudevents.core.v1.event import CloudEvent

from api.cloud_events import MEDIA_TYPE, of_ping, of_record
from workflow.domain import canonical

ORIGIN = "https://clearance.example"
RECORD = {
    "subject": "application/q3m5xk2yw7ah4tzc6d5e",
    "seq": 4,
    "type": "approve",
    "recorded_at": "2026-02-10T01:00:00.000Z",
    "hash": "ab" * 32,
    "reason": '含引号 " 与反斜线 \\',
}


def read(text: bytes) -> CloudEvent:
    event = from_structured_event(HTTPMessage({"content-type": MEDIA_TYPE}, text))
    assert isinstance(event, CloudEvent)
    return event


def test_a_record_is_an_event_of_its_application() -> None:
    event = read(of_record(ORIGIN, canonical.encode(RECORD)))
    assert event.get_specversion() == "1.0"
    assert event.get_type() == "clearance.event.approve"
    assert event.get_source() == f"{ORIGIN}/v1/applications/q3m5xk2yw7ah4tzc6d5e"
    assert event.get_subject() == "q3m5xk2yw7ah4tzc6d5e"
    assert event.get_id() == RECORD["hash"]
    assert event.get_datacontenttype() == "application/json"
    assert event.get_dataschema() == f"{ORIGIN}/openapi.json#/components/schemas/RecordOut"
    time = event.get_time()
    assert time is not None
    assert time.isoformat() == "2026-02-10T01:00:00+00:00"
    assert event.get_data() == RECORD


def test_the_record_stands_there_to_the_byte_in_one_line() -> None:
    text = canonical.encode(RECORD)
    told = of_record(ORIGIN, text)
    assert told.endswith(b'"data":' + text + b"}")
    assert b"\n" not in told
    assert told == of_record(ORIGIN, text, RECORD)


@pytest.mark.parametrize(
    ("one", "next_one"), [(9, 10), (999_999, 1_000_000), (2**53 - 2, 2**53 - 1)]
)
def test_the_sequence_is_in_order_as_text(one: int, next_one: int) -> None:
    def sequence(seq: int) -> str:
        told = of_record(ORIGIN, canonical.encode(RECORD | {"seq": seq}))
        value = read(told).get_extension("sequence")
        assert isinstance(value, str)
        return value

    assert sequence(one) < sequence(next_one)


def test_a_ping_names_its_webhook_and_nothing_else() -> None:
    told = of_ping(ORIGIN, "w-1", "p-1", "2026-02-10T01:00:00.000Z")
    event = read(told)
    assert (event.get_type(), event.get_subject()) == ("clearance.webhook.ping", "w-1")
    assert (event.get_id(), event.get_source()) == ("p-1", f"{ORIGIN}/v1/webhooks/w-1")
    assert orjson.loads(told)["data"] == {"webhook": "w-1"}
