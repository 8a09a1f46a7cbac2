"""Buyers: the registry, and the overview as the reports print it."""

from typing import Any

import httpx
import pytest

from api.examples import REPORT
from tests.e2e.http.journey import creation, event, new_key, opened, problem, register
from tests.e2e.http.people import actor

NAME = {"name": {"en": "DeepSeek", "zh": "深度求索"}}


def put(
    client: httpx.Client, buyer: str, body: Any = NAME, who: str = "recorder"
) -> httpx.Response:
    return client.put(f"/v1/buyers/{buyer}", json=body, headers=actor(who))


def test_a_buyer_is_registered_once(client: httpx.Client) -> None:
    first, again = put(client, "b-once"), put(client, "b-once")
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["name"] == NAME["name"]
    assert again.json() == first.json()
    assert again.headers["ETag"] == first.headers["ETag"]
    assert client.get("/v1/buyers/b-once").json() == first.json()


def test_a_buyer_may_be_renamed_and_named_back(client: httpx.Client) -> None:
    put(client, "b-renamed")
    other = {"name": {"en": "Deep Seek", "zh": "深度求索"}}
    for version, body in ((2, other), (3, NAME)):
        answer = put(client, "b-renamed", body)
        assert (answer.status_code, answer.json()["version"]) == (200, version)
        assert answer.json()["name"] == body["name"]


def test_a_buyer_is_polled_with_its_tag(client: httpx.Client) -> None:
    tag = put(client, "b-polled").headers["ETag"]
    answer = client.get("/v1/buyers/b-polled", headers={"If-None-Match": tag})
    assert (answer.status_code, answer.content) == (304, b"")
    put(client, "b-polled", {"name": {"en": "Another", "zh": "别的"}})
    assert client.get("/v1/buyers/b-polled", headers={"If-None-Match": tag}).status_code == 200


@pytest.mark.parametrize(
    ("who", "status"),
    [("operator", 201), ("recorder", 201), ("buyer", 403), ("miit", 403), ("auditor", 403)],
)
def test_who_may_register_a_buyer(client: httpx.Client, who: str, status: int) -> None:
    answer = put(client, f"b-by-{who}", who=who)
    assert answer.status_code == status
    if status == 403:
        problem(answer, 403, "role-may-not")
        problem(client.get(f"/v1/buyers/b-by-{who}"), 404, "buyer-not-found")


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"name": {}},
        {"name": "DeepSeek"},
        {"name": {"en": "DeepSeek"}},
        {"name": {"en": "", "zh": "深"}},
        {"name": {"en": " ", "zh": "深"}},
        {"name": {"en": "x" * 201, "zh": "深"}},
        {"name": {"en": "DeepSeek", "zh": None}},
        NAME | {"id": "b-bad"},
        {"name": NAME["name"] | {"fr": "DeepSeek"}},
        [],
    ],
)
def test_a_name_is_needed_in_both_languages(
    client: httpx.Client, no_trace: None, body: Any
) -> None:
    problem(put(client, "b-bad", body), 422, "invalid-request")


@pytest.mark.parametrize("buyer", ["b b", "b{}", "b%0A", "b" * 65, "深", "b:c", "b@c"])
def test_an_id_is_plain(client: httpx.Client, no_trace: None, buyer: str) -> None:
    problem(put(client, buyer), 422, "invalid-request")


def test_an_unknown_buyer_is_not_found(client: httpx.Client) -> None:
    problem(client.get("/v1/buyers/nobody"), 404, "buyer-not-found")


# the overview


def lines(client: httpx.Client, buyer: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    answer = client.get("/v1/buyers", params={"limit": 200})
    while True:
        found += [item for item in answer.json()["items"] if item["buyer"] == buyer]
        if "next" not in answer.links:
            return found
        answer = client.get(answer.links["next"]["url"])


def test_a_buyer_without_an_application_has_a_line(client: httpx.Client) -> None:
    put(client, "o-none")
    (line,) = lines(client, "o-none")
    assert line["application"] is line["state"] is line["standing"] is None
    assert line["sentence"] == {"en": "No application", "zh": "没有申请"}
    assert line["name"] == NAME["name"]


def test_each_application_has_a_line_the_newest_first(client: httpx.Client) -> None:
    ids = [opened(client, "o-two").id for _ in range(2)]
    assert [line["application"] for line in lines(client, "o-two")] == ids[::-1]


def test_a_line_tells_the_state_its_standing_and_its_source(client: httpx.Client) -> None:
    application = opened(client, "o-told")
    report = REPORT | {"publisher": "Reuters", "url": "https://example.org/a"}
    granted = event("grant_in_principle", authority=None, evidence=[report])
    application.accept("recorder", granted)
    (line,) = lines(client, "o-told")
    assert (line["state"], line["standing"]) == ("in_principle", "reported")
    assert line["sentence"]["en"] == (
        "Cleared in principle to prepare orders; approval still pending"
    )
    assert "原则上获准" in line["sentence"]["zh"]
    (source,) = line["sources"]
    assert source.items() >= report.items()
    assert line["waiting_on"] == ["miit", "mofcom"]
    assert line["working_days_left"] == 45
    assert line["updated_at"] == application.now()["updated_at"]


def test_a_line_tells_the_units_on_the_way(client: httpx.Client) -> None:
    application = opened(client, "o-units")
    application.live("record_shipment")
    (line,) = lines(client, "o-units")
    assert line["units"] == {
        "ordered": 50000,
        "claimed": None,
        "fixed": None,
        "licensed": 50000,
        "shipped": 1000,
    }


@pytest.mark.parametrize(
    ("bound", "units", "en", "zh"),
    [
        ("at_least", 400_000, "part of more than 400,000 units", "超过40万枚"),
        ("exactly", 400_000, "part of 400,000 units", "40万枚"),
        ("exactly", 123_456, "part of 123,456 units", "123,456枚"),
    ],
)
def test_a_joint_quantity_is_told_in_words(
    client: httpx.Client, bound: str, units: int, en: str, zh: str
) -> None:
    name = f"o-pool-{bound.replace('_', '-')}-{units}"
    claim = {"units": units, "bound": bound, "buyers": [name], "evidence": [REPORT]}
    pool = {"id": name, "title": {"en": "Joint", "zh": "联合"}, "claims": [claim]}
    register(client, name)
    assert client.post("/v1/pools", json=pool).status_code == 201
    opened(client, name, pool=name).accept("recorder", "grant_in_principle")
    (line,) = lines(client, name)
    assert en in line["sentence"]["en"]
    assert zh in line["sentence"]["zh"]
    assert line["pool"] == name


def test_the_overview_comes_in_pages(client: httpx.Client) -> None:
    for number in range(3):
        register(client, f"o-page-{number}")
    found, answer = [], client.get("/v1/buyers", params={"limit": 1})
    while True:
        found += [item["buyer"] for item in answer.json()["items"]]
        if "next" not in answer.links or "o-page-0" in found:
            break
        answer = client.get(answer.links["next"]["url"])
    assert [name for name in found if name.startswith("o-page-")] == [
        "o-page-2",
        "o-page-1",
        "o-page-0",
    ]


def test_a_shared_name_is_no_shared_application(client: httpx.Client) -> None:
    register(client, "o-shared")
    headers = actor("x;o-shared;buyer") | {"Idempotency-Key": new_key()}
    body = creation(buyer="o-shared")
    assert client.post("/v1/applications", json=body, headers=headers).status_code == 201
    assert len(lines(client, "o-shared")) == 1
