"""Bodies that cannot be read: a clear 4xx, never a 500, and no trace in the data."""

from typing import Any

import httpx
import orjson
import pytest

from tests.e2e.http.journey import Application, event, new_key, problem
from tests.e2e.http.throwing import JSON, every_way_in, throw

pytestmark = pytest.mark.usefixtures("target", "no_trace")


UNREADABLE = {
    "empty": b"",
    "blank": b" \n",
    "cut short": b'{"type":"note"',
    "trailing comma": b'{"type":"note",}',
    "two values": b"{}{}",
    "a comment": b'{"type":"note"} // comment',
    "single quotes": b"{'type':'note'}",
    "bare word": b"note",
    "NaN": b'{"data":NaN}',
    "Infinity": b'{"data":-Infinity}',
    "a float": b'{"data":1.5}',
    "a float that is whole": b'{"data":1.0}',
    "an exponent": b'{"data":1e3}',
    "a huge exponent": b'{"data":1e400}',
    "2^53": b'{"data":9007199254740992}',
    "-2^53": b'{"data":-9007199254740992}',
    "10^400": b'{"data":1' + b"0" * 400 + b"}",
    "a million digits": b'{"data":' + b"9" * 200_000 + b"}",
    "a leading zero": b'{"data":01}',
    "a plus": b'{"data":+1}',
    "equal keys": b'{"type":"note","type":"note"}',
    "equal keys below": b'{"type":"note","data":{"text":"a","text":"b"}}',
    "equal keys in a list": b'{"evidence":[{"grade":1,"grade":2}]}',
    "equal keys by escape": b'{"type":"note","\\u0074ype":"note"}',
    "raw NUL": b'{"type":"no\x00te"}',
    "escaped NUL": b'{"type":"no\\u0000te"}',
    "NUL in a key": b'{"ty\\u0000pe":"note"}',
    "raw line feed": b'{"type":"no\nte"}',
    "escaped high surrogate": b'{"type":"\\ud800"}',
    "escaped low surrogate": b'{"type":"\\udc00"}',
    "surrogates turned": b'{"type":"\\udc00\\ud800"}',
    "surrogate in a key": b'{"\\ud800":"note"}',
    "raw surrogate": b'{"type":"\xed\xa0\x80"}',
    "invalid UTF-8": b'{"type":"\xff"}',
    "overlong UTF-8": b'{"type":"\xc0\xaf"}',
    "UTF-16": '{"type":"note"}'.encode("utf-16"),
    "UTF-8 with BOM": b'\xef\xbb\xbf{"type":"note"}',
    "a bad escape": b'{"type":"\\x41"}',
    "deep lists": b"[" * 10_000 + b"]" * 10_000,
    "deep objects": b'{"a":' * 10_000 + b"1" + b"}" * 10_000,
    "a little too deep": b'{"data":' + b"[" * 32 + b"]" * 32 + b"}",
    "gzip": bytes.fromhex("1f8b0800000000000003ab562aa92c4855b252cacb2f4955aa0500d0a8f4ad0f000000"),
}


@pytest.mark.parametrize("content", UNREADABLE.values(), ids=UNREADABLE)
def test_a_body_that_cannot_be_read_in_one_way_is_refused(
    client: httpx.Client, target: Application, content: bytes
) -> None:
    for path in every_way_in(target):
        told = problem(throw(client, path, content), 400, "malformed-json")
        assert told["detail"].startswith("The body is refused: ")


@pytest.mark.parametrize("content", [b"null", b"[]", b'"note"', b"1", b"true", b"{}"])
def test_a_body_is_an_object_with_its_fields(
    client: httpx.Client, target: Application, content: bytes
) -> None:
    for path in every_way_in(target):
        if path == "/v1/events:batch" and content == b"[]":
            continue  # a batch may be empty
        told = problem(throw(client, path, content), 422, "invalid-request")
        assert told["errors"]


@pytest.mark.parametrize(
    "declared",
    [
        "",
        "text/plain",
        "text/json",
        "application/xml",
        "application/x-www-form-urlencoded",
        "multipart/form-data",
        "application/problem+json",
        "application",
        "json",
        "*/*",
    ],
)
def test_a_body_of_another_type_is_refused(
    client: httpx.Client, target: Application, declared: str
) -> None:
    for path in every_way_in(target):
        answer = throw(client, path, orjson.dumps(event("note")), Content_Type=declared)
        problem(answer, 415, "unsupported-media-type")


@pytest.mark.parametrize("path", ["/v1/applications", "/v1/pools", "/v1/buyers/thrown-at"])
def test_a_body_may_have_256_KiB(client: httpx.Client, path: str) -> None:  # noqa: N802
    limit = 256 * 1024
    problem(throw(client, path, b"{}".ljust(limit)), 422, "invalid-request")
    problem(throw(client, path, b"{}".ljust(limit + 1)), 413, "body-too-large")


def test_a_body_of_unknown_length_has_the_same_limit(
    client: httpx.Client, target: Application
) -> None:
    def chunks(count: int) -> Any:
        return (b" " * 1024 for _ in range(count))

    headers = JSON | {"Idempotency-Key": new_key()}
    path = f"{target.path}/events"
    problem(client.post(path, content=chunks(257), headers=headers), 413, "body-too-large")
    problem(client.post(path, content=chunks(256), headers=headers), 400, "malformed-json")


def test_a_note_of_a_megabyte_is_too_large(client: httpx.Client, target: Application) -> None:
    content = orjson.dumps(event("note", data={"text": "x" * 1_000_000}))
    problem(throw(client, f"{target.path}/events", content), 413, "body-too-large")
