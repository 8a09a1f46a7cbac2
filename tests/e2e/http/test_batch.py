"""Many events at once: one outcome for each item, in order for each application."""

from typing import Any

import httpx
import orjson
import pytest

from tests.e2e.http.journey import Application, event, new_key, opened, problem
from tests.e2e.http.people import actor

JSONL = "application/jsonl"
Item = dict[str, Any]
Results = list[dict[str, Any]]


def item(application: Application | str, what: str | Item, **changes: Any) -> Item:
    named = application if isinstance(application, str) else application.id
    body = event(what) if isinstance(what, str) else what
    return {"application": named, "idempotency_key": new_key(), "event": body} | changes


def send(
    client: httpx.Client, items: list[Any], who: str = "recorder", media_type: str = JSONL
) -> httpx.Response:
    if media_type == JSONL:
        content = b"".join(orjson.dumps(one) + b"\n" for one in items)
    else:
        content = orjson.dumps(items)
    headers = actor(who) | {"Content-Type": media_type}
    return client.post("/v1/events:batch", content=content, headers=headers)


def results(answer: httpx.Response) -> Results:
    assert answer.status_code == 207, answer.text
    found: Results = answer.json()["items"]
    return found


def statuses(answer: httpx.Response) -> list[int]:
    return [result["status"] for result in results(answer)]


@pytest.mark.parametrize("media_type", ["application/json", JSONL])
def test_a_batch_brings_an_outcome_for_each_item(client: httpx.Client, media_type: str) -> None:
    one, other = opened(client), opened(client)
    items = [item(one, "grant_in_principle"), item(other, "note"), item(one, "approve")]
    found = results(send(client, items, media_type=media_type))
    assert [result["status"] for result in found] == [201, 201, 201]
    assert [result["record"]["seq"] for result in found] == [2, 2, 3]
    assert [result["record"]["id"] for result in found] == [one["idempotency_key"] for one in items]
    assert one.records()[1:] == [found[0]["record"], found[2]["record"]]
    assert one.now()["state"] == "in_principle"


def test_items_of_an_application_are_decided_in_order(
    client: httpx.Client, application: Application
) -> None:
    other = opened(client)
    items = [
        item(application, "grant_in_principle"),
        item(other, "grant_in_principle"),
        item(application, "approve"),
        item(other, "note"),
        item(application, event("approve", authority="mofcom")),
    ]
    assert statuses(send(client, items)) == [201] * 5
    turned = opened(client)
    backwards = [item(turned, "approve"), item(turned, "grant_in_principle")]
    assert statuses(send(client, backwards)) == [409, 201]


def test_a_batch_goes_on_after_a_refusal(client: httpx.Client, application: Application) -> None:
    items = [
        item(application, "approve"),
        item("no-such-application", "note"),
        item(application, "confirm"),
        item(application, "grant_in_principle"),
        item(application, "approve", if_match='"stale"'),
        item(application, "approve"),
    ]
    found = results(send(client, items))
    assert [result["status"] for result in found] == [409, 404, 403, 201, 412, 201]
    refused = found[0]["problem"]
    assert (refused["code"], refused["state"]) == ("transition-not-allowed", "submitted")
    assert refused["failed_guards"][0]["code"] == "transition-not-allowed"
    assert refused["allowed_events"]
    assert found[1]["problem"]["code"] == "unknown-application"
    assert application.now()["version"] == 3


def test_an_item_may_name_the_version_it_was_decided_on(
    client: httpx.Client, application: Application
) -> None:
    tag = application.tag()
    items = [item(application, "note", if_match=tag), item(application, "note", if_match=tag)]
    assert statuses(send(client, items)) == [201, 412]


@pytest.mark.parametrize("media_type", ["application/json", JSONL])
def test_a_batch_sent_again_changes_nothing(
    client: httpx.Client, application: Application, media_type: str
) -> None:
    items = [item(application, "grant_in_principle"), item(application, "note")]
    first = results(send(client, items))
    again = results(send(client, items, media_type=media_type))
    assert [result["status"] for result in again] == [200, 200]
    assert [result["record"] for result in again] == [result["record"] for result in first]
    assert application.now()["version"] == 3


def test_the_same_key_twice_in_a_batch_is_one_event(
    client: httpx.Client, application: Application
) -> None:
    one = item(application, "note")
    changed = one | {"event": event("note", data={"text": "Another."})}
    found = results(send(client, [one, one, changed]))
    assert [result["status"] for result in found] == [201, 200, 422]
    assert found[0]["record"] == found[1]["record"]
    assert found[2]["problem"]["code"] == "idempotency-key-reused"


def test_an_item_and_a_single_event_are_one_and_the_same(
    client: httpx.Client, application: Application
) -> None:
    key = new_key()
    single = application.post("recorder", "note", key)
    found = results(send(client, [item(application, "note", idempotency_key=f'"{key}"')]))
    assert found[0]["status"] == 200
    assert found[0]["record"] == single.json()["record"]


def test_a_thousand_items_are_taken(client: httpx.Client) -> None:
    applications = [opened(client) for _ in range(4)]
    items = [item(applications[number % 4], "note") for number in range(1_000)]
    found = results(send(client, items))
    assert {result["status"] for result in found} == {201}
    seqs = [result["record"]["seq"] for result in found]
    assert seqs == [2 + number // 4 for number in range(1_000)]
    for application in applications:
        assert application.now()["version"] == 251
        assert client.get(f"{application.path}/trail:verify").json()["ok"] is True


@pytest.mark.parametrize("media_type", ["application/json", JSONL])
def test_a_thousand_and_one_are_too_many(
    client: httpx.Client, application: Application, no_trace: None, media_type: str
) -> None:
    items = [item(application, "note") for _ in range(1_001)]
    problem(send(client, items, media_type=media_type), 413, "body-too-large")


@pytest.mark.parametrize("media_type", ["application/json", JSONL])
def test_a_batch_may_be_empty(client: httpx.Client, no_trace: None, media_type: str) -> None:
    assert results(send(client, [], media_type=media_type)) == []


MALFORMED: list[tuple[Any, str]] = [
    (None, "invalid-request"),
    (1, "invalid-request"),
    ([], "invalid-request"),
    ({}, "invalid-request"),
    (item("a", "note", colour="red"), "invalid-request"),
    (item("a b", "note"), "invalid-request"),
    (item("a" * 65, "note"), "invalid-request"),
    (item("a", "note", idempotency_key=""), "invalid-request"),
    (item("a", "note", idempotency_key="k" * 256), "invalid-request"),
    (item("a", "note", idempotency_key="键"), "invalid-idempotency-key"),
    (item("a", "note", idempotency_key=7), "invalid-request"),
    (item("a", "note", if_match=7), "invalid-request"),
    (item("a", {}), "invalid-request"),
    (item("a", {"type": "note"}), "invalid-request"),
    (item("a", {"type": "no_such_event"}), "unknown-event"),
    (item("a", event("note", colour="red")), "invalid-request"),
    ({"application": "a", "event": event("note")}, "invalid-request"),
]


@pytest.mark.parametrize("media_type", ["application/json", JSONL])
def test_each_malformed_item_has_a_problem_of_its_own(
    client: httpx.Client, application: Application, media_type: str
) -> None:
    items = [one for one, _ in MALFORMED] + [item(application, "note")]
    found = results(send(client, items, media_type=media_type))
    assert [result.get("problem", {}).get("code") for result in found] == [
        *(code for _, code in MALFORMED),
        None,
    ]
    assert {result["status"] for result in found[:-1]} <= {400, 422}
    assert found[-1]["status"] == 201


def test_a_line_that_cannot_be_read_spoils_no_other(
    client: httpx.Client, application: Application
) -> None:
    good = orjson.dumps(item(application, "note"))
    lines = [good, b"{", b'{"a":1,"a":2}', b"\xff", b"1.5", b"", b" \t", b"[" * 5_000]
    headers = {"Content-Type": JSONL}
    answer = client.post("/v1/events:batch", content=b"\n".join(lines), headers=headers)
    found = results(answer)
    assert [result["status"] for result in found] == [201, 400, 400, 400, 400, 400]
    assert {result["problem"]["code"] for result in found[1:]} == {"malformed-json"}


@pytest.mark.parametrize(
    ("content", "media_type", "status", "code"),
    [
        (b"{}", "application/json", 422, "invalid-request"),
        (b"null", "application/json", 422, "invalid-request"),
        (b"[", "application/json", 400, "malformed-json"),
        (b"", "application/json", 400, "malformed-json"),
        (b'[{"a":1,"a":2}]', "application/json", 400, "malformed-json"),
        (b"[]", "text/plain", 415, "unsupported-media-type"),
        (b"[]", "application/x-ndjson", 415, "unsupported-media-type"),
        (b" " * (8 * 1024 * 1024 + 1), "application/json", 413, "body-too-large"),
    ],
)
def test_a_batch_that_is_none_is_refused_as_a_whole(
    client: httpx.Client,
    no_trace: None,
    content: bytes,
    media_type: str,
    status: int,
    code: str,
) -> None:
    headers = {"Content-Type": media_type}
    answer = client.post("/v1/events:batch", content=content, headers=headers)
    problem(answer, status, code)


def test_a_batch_takes_no_query(client: httpx.Client, no_trace: None) -> None:
    problem(client.post("/v1/events:batch?dry_run=true", json=[]), 422, "invalid-request")
