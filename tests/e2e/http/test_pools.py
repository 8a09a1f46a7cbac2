"""Pools: what sources claim of a joint quantity, and who shares it."""

from typing import Any

import httpx
import pytest

from api.examples import REPORT
from tests.e2e.http.journey import event, new_key, opened, problem, register
from tests.e2e.http.people import actor

TITLE = {"en": "Joint purchase", "zh": "联合采购"}


@pytest.fixture(autouse=True)
def _registered(client: httpx.Client) -> None:
    """Claims name registered buyers."""
    for buyer in ("alibaba", "bytedance", "tencent", "deepseek", "a", "b", "c"):
        register(client, buyer)


def claim(units: int | None = 400_000, bound: str = "at_least", *buyers: str) -> dict[str, Any]:
    named = list(buyers or ("alibaba", "bytedance", "tencent"))
    return {"units": units, "bound": bound, "buyers": named, "evidence": [REPORT]}


def post(
    client: httpx.Client, pool: str, *claims: dict[str, Any], who: str = "recorder", **headers: str
) -> httpx.Response:
    body = {"id": pool, "title": TITLE, "claims": list(claims)}
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return client.post("/v1/pools", json=body, headers=actor(who) | named)


def add(
    client: httpx.Client, pool: str, body: dict[str, Any], who: str = "recorder", **headers: str
) -> httpx.Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return client.post(f"/v1/pools/{pool}/claims", json=body, headers=actor(who) | named)


def test_a_pool_is_opened_with_its_claims(client: httpx.Client) -> None:
    answer = post(client, "p-open", claim())
    assert answer.status_code == 201
    assert answer.headers["Location"] == "/v1/pools/p-open"
    pool = client.get(answer.headers["Location"])
    assert pool.json() == answer.json()
    assert pool.headers["ETag"] == answer.headers["ETag"]
    (one,) = pool.json()["claims"]
    assert one.items() >= claim().items()
    assert (one["id"], one["superseded_by"]) == ("k1", None)
    assert (pool.json()["conflict"], pool.json()["shares"]) == (False, [])


def test_the_same_pool_again_is_a_repeat_and_another_is_refused(client: httpx.Client) -> None:
    post(client, "p-twice", claim())
    again = post(client, "p-twice", claim())
    assert (again.status_code, again.headers["Idempotency-Replayed"]) == (200, "true")
    problem(post(client, "p-twice", claim(1)), 409, "pool-exists")


def test_a_key_may_be_given(client: httpx.Client) -> None:
    key = new_key()
    assert post(client, "p-key", claim(), Idempotency_Key=key).status_code == 201
    assert post(client, "p-key", claim(), Idempotency_Key=f'"{key}"').status_code == 200
    reused = post(client, "p-key", claim(1), Idempotency_Key=key)
    problem(reused, 422, "idempotency-key-reused")


def test_claims_side_by_side_may_contradict(client: httpx.Client) -> None:
    post(client, "p-conflict", claim())
    more = claim(400_000, "at_least", "alibaba", "bytedance", "deepseek", "tencent")
    answer = add(client, "p-conflict", more)
    assert answer.status_code == 201
    assert answer.json()["conflict"] is True
    assert [one["id"] for one in answer.json()["claims"]] == ["k1", "k2"]


@pytest.mark.parametrize(
    ("one", "other", "conflict"),
    [
        (claim(10, "exactly"), claim(10, "exactly"), False),
        (claim(10, "exactly"), claim(11, "exactly"), True),
        (claim(10, "exactly"), claim(10, "at_least"), False),
        (claim(10, "exactly"), claim(11, "at_least"), True),
        (claim(10, "at_least"), claim(11, "at_least"), False),
        (claim(None, "exactly"), claim(11, "exactly"), False),
        (claim(10, "exactly", "a", "b"), claim(10, "exactly", "b", "a"), False),
        (claim(10, "exactly", "a"), claim(10, "exactly", "a", "b"), True),
    ],
)
def test_what_contradicts_what(
    client: httpx.Client, one: dict[str, Any], other: dict[str, Any], conflict: bool
) -> None:
    assert post(client, new_key("p"), one, other).json()["conflict"] is conflict


def test_a_later_claim_takes_the_place_of_an_earlier_one(client: httpx.Client) -> None:
    post(client, "p-super", claim(), claim(None, "at_least", "deepseek"))
    assert client.get("/v1/pools/p-super").json()["conflict"] is True
    answer = add(client, "p-super", claim(380_000) | {"supersedes": "k2"})
    claims = {one["id"]: one["superseded_by"] for one in answer.json()["claims"]}
    assert claims == {"k1": None, "k2": "k3", "k3": None}
    assert answer.json()["conflict"] is False
    again = add(client, "p-super", claim(1) | {"supersedes": "k2"})
    problem(again, 409, "claim-superseded")
    unknown = add(client, "p-super", claim(1) | {"supersedes": "k9"})
    assert problem(unknown, 422, "unknown-claim")["errors"][0]["pointer"] == "/supersedes"


def test_a_claim_repeated_is_entered_once(client: httpx.Client) -> None:
    post(client, "p-repeat")
    first, again = add(client, "p-repeat", claim()), add(client, "p-repeat", claim())
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json() == first.json()
    assert len(again.json()["claims"]) == 1


@pytest.mark.parametrize(
    ("claims", "free"),
    [
        ([], None),
        ([claim(10, "at_least")], None),
        ([claim(10, "exactly")], 10),
        ([claim(10, "exactly"), claim(10, "exactly")], 10),
        ([claim(10, "exactly"), claim(9, "at_least")], None),
        ([claim(10, "exactly"), claim(11, "exactly")], None),
        ([claim(None, "exactly")], None),
    ],
)
def test_what_is_free_is_told_only_of_an_exact_quantity(
    client: httpx.Client, claims: list[dict[str, Any]], free: int | None
) -> None:
    pool = post(client, new_key("p"), *claims).json()
    assert pool["free"] == free
    assert pool["reserved"] == (None if free is None else 0)


def test_an_application_joins_at_creation_or_by_a_claim(client: httpx.Client) -> None:
    for buyer in ("p-member", "p-later"):
        register(client, buyer)
    post(client, "p-join", claim(400_000, "at_least", "p-member", "p-later"))
    member, later = opened(client, "p-member", pool="p-join"), opened(client, "p-later")
    tag = client.get("/v1/pools/p-join").headers["ETag"]
    later.accept("buyer", event("claim_allocation", data={"units": 100_000, "pool": "p-join"}))
    answer = client.get("/v1/pools/p-join", headers={"If-None-Match": tag})
    assert answer.status_code == 200, "the tag covers the shares"
    shares = {share["application"]: share for share in answer.json()["shares"]}
    assert shares[member.id] | {"status": "unknown", "units": None} == shares[member.id]
    assert shares[later.id].items() >= {"buyer": "p-later", "units": 100_000}.items()
    assert shares[later.id]["status"] == "claimed"
    unchanged = {"If-None-Match": answer.headers["ETag"]}
    assert client.get("/v1/pools/p-join", headers=unchanged).status_code == 304


def test_a_licence_takes_from_what_is_free_and_gives_back_what_is_given_up(
    client: httpx.Client,
) -> None:
    register(client, "p-holder")
    post(client, "p-held", claim(80_000, "exactly", "p-holder"))
    member = opened(client, "p-holder", pool="p-held").live("issue_licence")
    pool = client.get("/v1/pools/p-held").json()
    assert (pool["drawn"], pool["reserved"], pool["free"]) == (50_000, 0, 30_000)
    (share,) = pool["shares"]
    assert (share["status"], share["units"], share["drawn"]) == ("drawn", None, 50_000)
    member.accept("buyer", event("give_up_balance"))
    pool = client.get("/v1/pools/p-held").json()
    assert (pool["drawn"], pool["reserved"], pool["free"]) == (0, 0, 80_000)
    assert pool["shares"][0]["status"] == "unknown"


def test_a_licence_beyond_what_is_free_is_refused_with_the_units_that_are(
    client: httpx.Client,
) -> None:
    for buyer in ("p-first", "p-second"):
        register(client, buyer)
    post(client, "p-full", claim(80_000, "exactly", "p-first", "p-second"))
    opened(client, "p-first", pool="p-full").live("issue_licence")
    second = opened(client, "p-second", pool="p-full").live("propose_licence")
    before = second.get().content
    for dry_run in (True, False):
        answer = second.post("mofcom-2", "issue_licence", dry_run=dry_run)
        told = problem(answer, 409, "beyond-pool")
        assert "30000" in told["detail"]
        assert "30000" in told["detail_zh"]
        assert told["state"] == "ndrc_conditioned"
        assert [one["code"] for one in told["failed_guards"]] == ["beyond-pool"]
    assert second.get().content == before
    pool = client.get("/v1/pools/p-full").json()
    assert (pool["drawn"], pool["reserved"], pool["free"]) == (50_000, 0, 30_000)
    assert pool["over_claimed"] == 0


def test_over_claims_are_shown_and_refuse_nothing_where_the_quantity_is_a_lower_bound(
    client: httpx.Client,
) -> None:
    for buyer in ("p-bound", "p-over"):
        register(client, buyer)
    post(client, "p-least", claim(80_000, "at_least", "p-bound", "p-over"))
    opened(client, "p-bound", pool="p-least").live("issue_licence")
    other = opened(client, "p-over", pool="p-least")
    other.accept("buyer", event("claim_allocation", data={"units": 45_000, "pool": "p-least"}))
    pool = client.get("/v1/pools/p-least").json()
    assert (pool["drawn"], pool["free"], pool["over_claimed"]) == (50_000, None, 15_000)
    other.live("issue_licence")
    pool = client.get("/v1/pools/p-least").json()
    assert (pool["drawn"], pool["over_claimed"]) == (100_000, 20_000)
    assert {share["status"] for share in pool["shares"]} == {"drawn"}


def test_a_share_needs_a_pool_that_is_known_and_stays_in_it(client: httpx.Client) -> None:
    application = opened(client)
    post(client, "p-one", claim(1, "exactly", application.buyer))
    post(client, "p-two", claim(1, "exactly", application.buyer))
    post(client, "p-others", claim())
    bare = event("claim_allocation", data={"units": 1})
    problem(application.post("buyer", bare), 409, "pool-required")
    unknown = event("claim_allocation", data={"units": 1, "pool": "p-none"})
    answer = application.post("buyer", unknown)
    problem(answer, 422, "pool-not-registered")
    others = event("claim_allocation", data={"units": 1, "pool": "p-others"})
    problem(application.post("buyer", others), 422, "pool-not-registered")
    application.accept("buyer", event("claim_allocation", data={"units": 1, "pool": "p-one"}))
    other = event("claim_allocation", data={"units": 1, "pool": "p-two"})
    problem(application.post("buyer", other), 409, "pool-of-another")


def test_pools_are_listed_the_newest_first(client: httpx.Client) -> None:
    names = [new_key("p-list") for _ in range(3)]
    for name in names:
        post(client, name)
    found, answer = [], client.get("/v1/pools", params={"limit": 2})
    found += answer.json()["items"]
    found += client.get(answer.links["next"]["url"]).json()["items"]
    assert [pool["id"] for pool in found][:3] == names[::-1]
    assert found[0] == client.get(f"/v1/pools/{names[-1]}").json()


@pytest.mark.parametrize(
    ("who", "status"),
    [("miit", 201), ("a;a;buyer", 403), ("auditor", 403), ("operator", 403)],
)
def test_who_may_enter_what_is_said_of_a_pool(client: httpx.Client, who: str, status: int) -> None:
    post(client, "p-who", claim(7, "exactly", "a"))
    assert post(client, new_key("p-by"), who=who).status_code == status
    assert add(client, "p-who", claim(7), who=who).status_code == status


def test_an_unknown_pool_is_not_found(client: httpx.Client, no_trace: None) -> None:
    problem(client.get("/v1/pools/p-none"), 404, "unknown-pool")
    problem(add(client, "p-none", claim()), 404, "unknown-pool")
    problem(add(client, "p{none}", claim()), 404, "unknown-pool")


@pytest.mark.parametrize(
    "changes",
    [
        {"units": 0},
        {"units": -1},
        {"units": "10"},
        {"units": True},
        {"bound": "at_most"},
        {"buyers": []},
        {"buyers": ["a b"]},
        {"buyers": ["a"] * 101},
        {"buyers": "alibaba"},
        {"evidence": [{}]},
        {"evidence": [REPORT] * 21},
        {"colour": "red"},
    ],
)
def test_a_claim_that_cannot_be_meant_is_refused(
    client: httpx.Client, no_trace: None, changes: dict[str, Any]
) -> None:
    bad = claim() | changes
    problem(post(client, "p-bad", bad), 422, "invalid-request")
    problem(add(client, "p-bad", bad), 422, "invalid-request")
