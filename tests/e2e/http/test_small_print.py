"""What is easily overlooked: repeated header lines, hosts in capitals, who is asked first."""

import httpx
import pytest

from api.examples import CLAIM
from tests.e2e.http.journey import Application, creation, event, new_key, problem
from tests.e2e.http.people import actor
from tests.keyring import NOBODY, Keyring


def test_who_may_not_register_is_told_so_even_if_nothing_would_change(client: httpx.Client) -> None:
    body = {"name": {"en": "Quiet", "zh": "静"}}
    assert client.put("/v1/buyers/b-quiet", json=body, headers=actor("recorder")).status_code == 201
    for who in ("auditor", "buyer", "miit"):
        answer = client.put("/v1/buyers/b-quiet", json=body, headers=actor(who))
        assert answer.status_code == 403


def test_a_buyer_is_renamed_on_the_version_that_was_read(client: httpx.Client) -> None:
    one, two = ({"name": {"en": name, "zh": "名"}} for name in ("One", "Two"))
    tag = client.put("/v1/buyers/b-cond", json=one).headers["ETag"]
    stale = client.put("/v1/buyers/b-cond", json=two, headers={"If-Match": '"9.x"'})
    assert stale.status_code == 412
    unquoted = client.put("/v1/buyers/b-cond", json=two, headers={"If-Match": tag.strip('"')})
    problem(unquoted, 422, "invalid-request")
    assert client.put("/v1/buyers/b-cond", json=two, headers={"If-Match": tag}).status_code == 200


def test_namesakes_share_no_key(client: httpx.Client, application: Application) -> None:
    """A key belongs to a principal, and a principal to an organisation."""
    key, body = new_key(), creation()
    first = actor("ann;press-desk;recorder") | {"Idempotency-Key": key}
    second = actor("ann;other-desk;recorder") | {"Idempotency-Key": key}
    ids = {
        client.post("/v1/applications", json=body, headers=headers).json()["application"]["id"]
        for headers in (first, second)
    }
    assert len(ids) == 2
    path, told = f"/v1/applications/{application.id}/events", event("note")
    records = [
        client.post(path, json=told, headers=one).json()["record"] for one in (first, second)
    ]
    assert [record["organisation"] for record in records] == ["press-desk", "other-desk"]


@pytest.mark.parametrize(
    "path",
    ["/v1/applications", "/v1/buyers", "/v1/pools", "/v1/applications/none/trail"],
)
def test_who_asks_is_settled_before_what_is_asked(client: httpx.Client, path: str) -> None:
    answer = client.get(f"{path}?limit=0", auth=NOBODY)
    assert answer.status_code == 401


def test_a_pool_names_registered_buyers_each_once(client: httpx.Client) -> None:
    title = {"en": "Joint", "zh": "联合"}
    unknown = {
        "id": "small-unknown",
        "title": title,
        "claims": [CLAIM | {"buyers": ["nobody-at-all"]}],
    }
    assert problem(client.post("/v1/pools", json=unknown), 422, "unknown-buyer")
    twice = {"id": "small-twice", "title": title, "claims": [CLAIM | {"buyers": ["a", "a"]}]}
    assert problem(client.post("/v1/pools", json=twice), 422, "invalid-request")
    for pool in ("small-unknown", "small-twice"):
        assert client.get(f"/v1/pools/{pool}").status_code == 404


def test_a_record_is_polled_with_its_hash(client: httpx.Client, application: Application) -> None:
    path = f"/v1/applications/{application.id}/trail/1"
    answer = client.get(path)
    assert answer.headers["ETag"] == f'"{answer.json()["hash"]}"'
    again = client.get(path, headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_several_lines_of_a_list_are_one_list(
    client: httpx.Client, application: Application
) -> None:
    path = f"/v1/applications/{application.id}"
    tag = client.get(path).headers["ETag"]
    lines = [("If-None-Match", '"other"'), ("If-None-Match", tag)]
    assert client.get(path, headers=lines).status_code == 304


@pytest.mark.parametrize(("name", "status"), [("Idempotency-Key", 400), ("Authorization", 401)])
def test_a_field_that_stands_once_may_not_stand_twice(
    client: httpx.Client, keyring: Keyring, application: Application, name: str, status: int
) -> None:
    known = {"Idempotency-Key": new_key(), "Authorization": f"Bearer {keyring.key()}"}
    lines = [*known.items(), (name, known[name])]
    path = f"/v1/applications/{application.id}/events"
    answer = client.post(path, json=event("note"), headers=lines, auth=NOBODY)
    assert answer.status_code == status


@pytest.mark.parametrize(
    ("host", "status"),
    [("LOCALHOST", 200), ("localhost.:80", 200), ("[::1]:1", 200), ("localhost:evil.example", 421)],
)
def test_a_host_is_named_in_any_case_with_a_port_or_without(
    client: httpx.Client, host: str, status: int
) -> None:
    assert client.get("/healthz", headers={"Host": host}).status_code == status
