"""Webhooks over HTTP: made, told of what their owner sees, changed, removed."""

import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from cloudevents.core.bindings.http import HTTPMessage, from_structured_event
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from tests.e2e.http.journey import Application, new_key, opened, problem
from tests.e2e.http.people import actor
from tests.e2e.http.receiving import PATIENCE, Got, Receiver
from tests.e2e.http.test_scopes import key

BUYER, RIVAL, OPERATOR, AUDITOR = (
    actor(name) for name in ("buyer", "rival", "operator", "auditor")
)
ELSEWHERE = {"url": "https://receiver.invalid/hook"}
MADE = "/v1/webhooks"


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver().receiving() as found:
        yield found


def make(client: httpx.Client, who: dict[str, str], **wanted: Any) -> dict[str, Any]:
    """A new webhook, which the test removes by itself or leaves to what is refused."""
    answer = client.post(MADE, json=ELSEWHERE | wanted, headers=who)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


@pytest.fixture
def mine(client: httpx.Client, receiver: Receiver) -> Iterator[dict[str, Any]]:
    """A webhook of the buyer to the receiver."""
    made = make(client, BUYER, url=receiver.url)
    yield made
    client.delete(f"{MADE}/{made['id']}", headers=BUYER)


def verified(got: Got, secret: str) -> dict[str, Any]:
    """The record that a message tells of; the signature and the envelope must be good."""
    Webhook(secret).verify(got.body, got.headers)
    event = from_structured_event(HTTPMessage(got.headers, got.body))
    data = event.get_data()
    assert isinstance(data, dict)
    return data


def settled(client: httpx.Client, webhook: str, number: int) -> list[dict[str, Any]]:
    """So many deliveries, when none of them is pending any more."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        answer = client.get(f"{MADE}/{webhook}/deliveries", headers=BUYER)
        items: list[dict[str, Any]] = answer.json()["items"]
        if len(items) >= number and all(one["status"] != "pending" for one in items):
            return items
        time.sleep(0.05)
    raise AssertionError(answer.text)


def test_a_record_is_sent_signed_to_whoever_sees_it(
    client: httpx.Client, mine: dict[str, Any], receiver: Receiver
) -> None:
    opened(client, "rival-cloud")
    application = opened(client)
    got = receiver.next()
    record = verified(got, mine["secret"])
    assert record == application.records()[0]
    with pytest.raises(WebhookVerificationError):
        verified(Got(got.headers, got.body + b" "), mine["secret"])
    (delivery,) = settled(client, mine["id"], 1)
    assert delivery["id"] == got.headers["webhook-id"]
    assert (delivery["application"], delivery["seq"]) == (application.id, 1)
    assert (delivery["status"], delivery["attempts"], delivery["last_status"]) == (
        "delivered",
        1,
        204,
    )
    standing = client.get(f"{MADE}/{mine['id']}", headers=BUYER).json()["deliveries"]
    assert (standing["delivered"], standing["pending"], standing["dead"]) == (1, 0, 0)


def test_a_message_is_sent_again_under_its_id(
    client: httpx.Client, mine: dict[str, Any], receiver: Receiver
) -> None:
    pinged = client.post(f"{MADE}/{mine['id']}:ping", headers=BUYER)
    assert pinged.status_code == 202
    assert pinged.json()["application"] is None
    first = receiver.next()
    assert verified(first, mine["secret"]) == {"webhook": mine["id"]}
    (delivery,) = settled(client, mine["id"], 1)
    assert delivery["id"] == pinged.json()["id"] == first.headers["webhook-id"]
    path = f"{MADE}/{mine['id']}/deliveries/{delivery['id']}:resend"
    assert client.post(path, headers=BUYER).status_code == 202
    again = receiver.next()
    assert (again.headers["webhook-id"], again.body) == (first.headers["webhook-id"], first.body)
    problem(client.post(path.replace("msg_", "msg_0"), headers=BUYER), 404, "unknown-delivery")
    problem(client.post(path, headers=RIVAL), 404, "unknown-webhook")


def test_during_a_rotation_both_secrets_are_good(
    client: httpx.Client, mine: dict[str, Any], receiver: Receiver
) -> None:
    rotated = client.post(f"{MADE}/{mine['id']}:rotate", headers=BUYER).json()
    assert rotated["secret"] != mine["secret"]
    assert rotated["webhook"]["old_secret_until"] is not None
    client.post(f"{MADE}/{mine['id']}:ping", headers=BUYER)
    got = receiver.next()
    for secret in (mine["secret"], rotated["secret"]):
        assert verified(got, secret) == {"webhook": mine["id"]}
    assert got.headers["webhook-signature"].count("v1,") == 2


def test_a_repeat_makes_no_second_one_and_shows_no_secret(client: httpx.Client) -> None:
    headers = BUYER | {"Idempotency-Key": new_key()}
    first = client.post(MADE, json=ELSEWHERE, headers=headers)
    again = client.post(MADE, json=ELSEWHERE, headers=headers)
    other = client.post(MADE, json={"url": "https://other.invalid/"}, headers=headers)
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.headers["Idempotency-Replayed"] == "true"
    made = first.json()
    assert made["secret"].startswith("whsec_")
    assert (again.json()["id"], again.json()["secret"]) == (made["id"], None)
    assert first.headers["Location"] == f"{MADE}/{made['id']}"
    assert first.headers["Cache-Control"] == "no-store"
    problem(other, 422, "idempotency-key-reused")
    client.delete(f"{MADE}/{made['id']}", headers=BUYER)


def test_it_is_its_owners_and_an_operators(client: httpx.Client) -> None:
    made = make(client, BUYER, description="仓库")
    path, secret = f"{MADE}/{made['id']}", made["secret"]
    ours = client.get(path, headers=BUYER).json()
    assert (ours["url"], ours["description"]) == (ELSEWHERE["url"], "仓库")
    assert ours["owner"]["organisation"] == "example-cloud"
    for who in (BUYER, OPERATOR, AUDITOR):
        listed = client.get(MADE, headers=who)
        assert made["id"] in [one["id"] for one in listed.json()["items"]]
        for answer in (
            listed,
            client.get(path, headers=who),
            client.get(f"{path}/trail", headers=who),
        ):
            assert answer.status_code == 200
            assert secret not in answer.text
    assert made["id"] not in client.get(MADE, headers=RIVAL).text
    for method, rest in (
        ("GET", ""),
        ("GET", "/trail"),
        ("GET", "/deliveries"),
        ("DELETE", ""),
        ("POST", ":ping"),
        ("POST", ":rotate"),
    ):
        problem(client.request(method, path + rest, headers=RIVAL), 404, "unknown-webhook")
    problem(client.post(f"{path}:ping", headers=AUDITOR), 403, "role-may-not")
    problem(client.delete(path, headers=key(client, "operator", "read")), 403, "scope-missing")
    assert client.delete(path, headers=OPERATOR).status_code == 204


def test_making_one_takes_the_scope_to_manage(client: httpx.Client) -> None:
    blind = key(client, "recorder", "read", "post")
    problem(client.post(MADE, json=ELSEWHERE, headers=blind), 403, "scope-missing")


def test_it_is_changed_rested_and_removed(client: httpx.Client) -> None:
    made = make(client, BUYER, types=["approve"])
    path = f"{MADE}/{made['id']}"
    changes = {"types": [], "states": ["licensed"], "enabled": False}
    changed = client.patch(path, json=changes, headers=BUYER)
    assert changed.status_code == 200, changed.text
    assert (changed.json()["types"], changed.json()["states"]) == ([], ["licensed"])
    assert (changed.json()["state"], changed.json()["why"]) == ("disabled", "by-request")
    problem(client.post(f"{path}:ping", headers=BUYER), 409, "webhook-disabled")
    enabled = client.patch(path, json={"enabled": True}, headers=BUYER).json()
    assert (enabled["state"], enabled["why"], enabled["states"]) == ("active", None, ["licensed"])
    for _ in range(2):
        assert client.delete(path, headers=BUYER).status_code == 204
    problem(client.get(path, headers=BUYER), 404, "unknown-webhook")
    trail = client.get(f"{path}/trail", headers=BUYER).json()["items"]
    assert [record["type"] for record in trail] == ["subscribe", "change", "change", "remove"]
    kinds = ("webhook-made", "webhook-changed", "webhook-removed")
    assert tuple(told_of(client, made["id"])) == kinds


def test_null_removes_and_what_changes_nothing_is_no_version(client: httpx.Client) -> None:
    made = make(client, BUYER, description="仓库", types=["approve"], buyers=["b"])
    path = f"{MADE}/{made['id']}"
    for same in ({}, {"types": ["approve"]}, {"enabled": True}):
        found = client.patch(path, json=same, headers=BUYER).json()
        assert (found["version"], found["description"]) == (1, "仓库")
    removed = {"description": None, "types": None}
    found = client.patch(path, json=removed, headers=BUYER).json()
    assert (found["version"], found["description"]) == (2, None)
    assert (found["types"], found["buyers"]) == ([], ["b"])
    for field in ("url", "enabled"):
        answer = client.patch(path, json={field: None}, headers=BUYER)
        errors = problem(answer, 422, "invalid-request")["errors"]
        assert [error["pointer"] for error in errors] == [f"/{field}"]
    client.delete(path, headers=BUYER)


def told_of(client: httpx.Client, webhook: str) -> dict[str, None]:
    """What the journal says of a webhook that was removed, in order, when it says so; what happens
    twice in a second is one entry.
    """
    until = time.monotonic() + PATIENCE
    found: dict[str, None] = {}
    while "webhook-removed" not in found and time.monotonic() < until:
        answer = client.get("/v1/journal", params={"limit": 50}, headers=OPERATOR)
        items = reversed(answer.json()["items"])
        named = [item for item in items if item["subject"] == f"webhook/{webhook}"]
        whats = [item["what"] for item in named]
        found = dict.fromkeys(what for what in whats if what.startswith("webhook-"))
        time.sleep(0.1)
    return found


@pytest.mark.parametrize(
    ("wanted", "pointer"),
    [
        ({"types": ["aprove"]}, "/types/0"),
        ({"states": ["licensed", "lisensed"]}, "/states/1"),
        ({"types": ["approve", "approve"]}, "/types"),
        ({"url": "ftp://receiver.invalid/"}, "/url"),
        ({"url": "https://user@receiver.invalid/"}, "/url"),
    ],
)
def test_a_slip_is_pointed_at(client: httpx.Client, wanted: dict[str, Any], pointer: str) -> None:
    answer = client.post(MADE, json=ELSEWHERE | wanted, headers=BUYER)
    told = problem(answer, 422, "invalid-request")
    assert [error["pointer"] for error in told["errors"]] == [pointer]


@pytest.mark.parametrize(
    "address",
    [
        "https://10.0.0.1/",
        "https://169.254.169.254/latest/meta-data",
        "https://[::1]/",
        "https://[::ffff:10.0.0.1]/",
        "http://203.0.114.1/",
    ],
)
def test_nothing_is_sent_to_what_only_the_service_reaches(
    client: httpx.Client, address: str
) -> None:
    answer = client.post(MADE, json={"url": address}, headers=BUYER)
    told = problem(answer, 422, "webhook-address-refused")
    assert told["errors"][0]["pointer"] == "/url"
    assert told["detail"].endswith("it is not an address of the public Internet by https.")
    assert told["detail_zh"] == "不向该地址发送：不是以 https 访问的公网地址。"


def test_it_tells_of_what_it_was_asked_for(client: httpx.Client, receiver: Receiver) -> None:
    made = make(client, OPERATOR, url=receiver.url, types=["note"], buyers=["filtered-cloud"])
    other, ours = opened(client), opened(client, "filtered-cloud")
    for application in (other, ours):
        _note(application)
    record = verified(receiver.next(), made["secret"])
    assert (record["type"], record["subject"]) == ("note", f"application/{ours.id}")
    client.delete(f"{MADE}/{made['id']}", headers=OPERATOR)


def _note(application: Application) -> None:
    application.accept("recorder", "note")
