"""Whatever is another buyer's: every id of it, tried on every route that the service describes.

The answer must be the one that an id of nothing gets, to the last byte and header field.
"""

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any

import httpx
import pytest

from api.examples import BATCHES, BUYERS, CLAIMS, EVENTS, POOLS, REPORT, WEBHOOK_CHANGES
from api.exporting import XLSX
from tests.e2e.http.journey import Application, creation, event, new_key, opened, register
from tests.e2e.http.people import actor
from tests.keyring import Keyring

OURS, THEIRS = "objects-ours", "objects-rivals"
US, THEM = f"ec;{OURS};buyer", f"ec;{THEIRS};buyer"
USED = "objects-used"
"""A key that both have used for a note."""

PER_ANSWER = re.compile("date|ratelimit.*|x-request-id")
"""Header fields that differ from answer to answer."""


@dataclass(frozen=True, slots=True)
class Estate:
    """What one buyer has: an id of each kind, and the entity tag of its application."""

    application: str
    buyer: str
    pool: str
    credential: str
    webhook: str
    tag: str

    @property
    def ids(self) -> tuple[str, ...]:
        return self.application, self.buyer, self.pool, self.credential, self.webhook

    def of(self, template: str) -> str:
        """The id of the kind that an address names."""
        kinds = ("applications", "buyers", "pools", "keys", "webhooks")
        return self.ids[kinds.index(template.split("/")[2])]


def estate(client: httpx.Client, keyring: Keyring, buyer: str) -> Estate:
    """An application in the midst of its life with a share of a pool that is its buyer's alone."""
    register(client, buyer, en=f"{buyer} in English")
    pool, name = f"{buyer}-pool", f"ec;{buyer};buyer"
    claim = {"units": 60_000, "bound": "exactly", "buyers": [buyer], "evidence": [REPORT]}
    body = {"id": pool, "title": {"en": f"{buyer} title", "zh": "额度"}, "claims": [claim]}
    assert client.post("/v1/pools", json=body, headers=actor("recorder")).status_code == 201
    application = opened(client, buyer, pool=pool, reference=f"{buyer}-reference")
    application.accept("buyer", "note", key=USED)
    application.accept("buyer", event("claim_allocation", data={"units": 60_000, "pool": pool}))
    credential = keyring.key(name).split("_")[1]
    webhook = resting(client, actor(name))
    return Estate(application.id, buyer, pool, credential, webhook, application.tag())


def resting(client: httpx.Client, who: dict[str, str]) -> str:
    """The id of a webhook that is disabled, so that it does nothing by itself."""
    body = {"url": "https://receiver.invalid/", "types": ["revoke"]}
    made = client.post("/v1/webhooks", json=body, headers=who).json()
    path = f"/v1/webhooks/{made['id']}"
    assert client.patch(path, json={"enabled": False}, headers=who).status_code == 200
    found: str = made["id"]
    return found


@pytest.fixture(scope="module")
def ours(client: httpx.Client, keyring: Keyring) -> Estate:
    return estate(client, keyring, OURS)


@pytest.fixture(scope="module")
def theirs(client: httpx.Client, keyring: Keyring) -> Estate:
    return estate(client, keyring, THEIRS)


BODIES: dict[str, list[dict[str, Any]]] = {
    "/v1/applications/{id}/events": [
        *({"json": event(kind)} for kind in EVENTS),
        *({"json": event(kind), "params": {"dry_run": "true"}} for kind in EVENTS),
        {"json": event("note"), "headers": {"Idempotency-Key": USED}},
        {"json": event("note", data={"text": "other"}), "headers": {"Idempotency-Key": USED}},
        {"json": event("note"), "headers": {"If-Match": '"stale"'}},
        {"json": event("note"), "headers": {"If-Match": "*"}},
        {"json": event("refuse", reason=None)},
        {"json": {"type": "note"}},
        {"content": b"{"},
    ],
    "/v1/buyers/{id}": [{"json": body} for body in BUYERS.values()],
    "/v1/pools/{id}/claims": [
        *({"json": body} for body in CLAIMS.values()),
        {"json": next(iter(CLAIMS.values())) | {"buyers": ["objects-nobody"]}},
        {"json": next(iter(CLAIMS.values())) | {"buyers": [THEIRS]}},
        {"json": {}},
    ],
    "/v1/keys/{id}:rotate": [{}, {"json": {}}, {"json": {"overlap_seconds": 0}}],
    "/v1/webhooks/{id}": [{"json": {}}, *({"json": body} for body in WEBHOOK_CHANGES.values())],
    "/v1/webhooks/{id}:rotate": [{}, {"json": {}}],
    "/v1/webhooks/{id}:ping": [{}],
    "/v1/webhooks/{id}/deliveries/{delivery}:resend": [{}],
}
"""What is sent to each address that takes a body."""

ASKED: dict[str, list[dict[str, Any]]] = {
    "/v1/applications/{id}": [{"headers": {"If-None-Match": "*", "Prefer": "wait=1"}}],
    "/v1/applications/{id}/stream": [
        {"headers": {"Last-Event-ID": "0"}},
        {"headers": {"Last-Event-ID": "99"}},
        {"params": {"after": 1}},
        {"headers": {"Accept": "application/json"}},
    ],
    "/v1/applications/{id}/trail": [
        {"params": query, "headers": {"Accept": accept}}
        for query, accept in product(
            ({}, {"limit": 1}, {"order": "desc"}, {"type": "note"}, {"limit": 0}),
            ("application/json", "application/jsonl", "text/csv", XLSX, "text/html"),
        )
    ],
}
"""What is asked of an address beside the plain question."""


def requests(template: str, method: str, estate: Estate) -> Iterator[dict[str, Any]]:
    """Every request that is made of one operation."""
    if method in ("post", "put", "patch"):
        yield from BODIES[template]
        return
    yield {}
    yield {"params": {"unknown": "parameter"}}
    yield from ({"headers": {"If-None-Match": tag}} for tag in ("*", estate.tag))
    yield from ASKED.get(template, ())


Paths = dict[str, Any]


@pytest.fixture(scope="module")
def paths(client: httpx.Client) -> Paths:
    """Every address that the service describes."""
    found: Paths = client.get("/openapi.json").json()["paths"]
    return found


def with_ids(paths: Paths) -> list[tuple[str, str]]:
    """Every operation at an address that names something."""
    found = [(path, method) for path in paths for method in paths[path] if "{id}" in path]
    return [*found, ("/v1/applications/{id}", "head")]


def send(
    client: httpx.Client, template: str, method: str, identifier: str, request: dict[str, Any]
) -> httpx.Response:
    path = template.replace("{id}", identifier).replace("{seq}", "1")
    path = path.replace("{delivery}", "msg_ping_1")
    usual = {"Idempotency-Key": "objects"} if method in ("post", "put") else {}
    headers = actor(US) | usual | request.get("headers", {})
    return client.request(method, path, **{**request, "headers": headers})


def told(answer: httpx.Response) -> tuple[int, bytes, dict[str, str]]:
    """All that an answer tells."""
    fields = {
        name: value for name, value in answer.headers.items() if not PER_ANSWER.fullmatch(name)
    }
    return answer.status_code, answer.content, fields


def wait_until_logged(client: httpx.Client, estate: Estate) -> None:
    """Until there is a proof of the application's first record."""
    path = f"/v1/applications/{estate.application}/trail/1/proof"
    while client.get(path, headers=actor(US)).status_code == 404:
        time.sleep(0.05)


def test_an_id_of_theirs_is_answered_as_an_id_of_nothing(
    client: httpx.Client, paths: Paths, ours: Estate, theirs: Estate, no_trace: None
) -> None:
    tried = 0
    for template, method in with_ids(paths):
        for number, request in enumerate(requests(template, method, theirs)):
            for identifier in (theirs.of(template),) if number else theirs.ids:
                nothing = "x" * len(identifier)
                answer = send(client, template, method, identifier, request)
                expected = send(client, template, method, nothing, request)
                assert told(answer) == told(expected), (method, template, identifier, request)
                assert answer.status_code >= 400
                tried += 1
    assert tried > 100


def test_the_same_questions_about_ours_are_answered(
    client: httpx.Client, paths: Paths, ours: Estate
) -> None:
    """Else the test above would prove nothing."""
    asked = [(path, method) for path, method in with_ids(paths) if method == "get"]
    asked.remove(("/v1/applications/{id}/stream", "get"))  # see test_streams.py
    wait_until_logged(client, ours)
    for template, method in asked:
        answer = send(client, template, method, ours.of(template), {})
        hidden = template.startswith("/v1/pools/{id}/trail")
        assert answer.status_code == (403 if hidden else 200), template
    replayed = BODIES["/v1/applications/{id}/events"][0]
    for request in (replayed, {"json": event("note"), "params": {"dry_run": "true"}}):
        answer = send(client, "/v1/applications/{id}/events", "post", ours.application, request)
        assert answer.status_code != 404


def test_no_list_tells_of_them(
    client: httpx.Client, paths: Paths, ours: Estate, theirs: Estate
) -> None:
    lists = [path for path, item in paths.items() if "get" in item and "{" not in path]
    lists.remove("/v1/stream")  # which goes on: see test_streams.py
    queries: list[dict[str, Any]] = [{}, {"limit": 1}]
    narrow: list[dict[str, Any]] = [
        {"buyer": THEIRS},
        {"q": THEIRS},
        {"q": theirs.application},
        {"application": theirs.application},
        {"state": "submitted"},
    ]
    narrow += [{"q": THEIRS, "limit": 1}, {"organisation": THEIRS}, {"authority": "buyer"}]
    seen = b""
    for path, query in product(lists, queries + narrow):
        answer = client.get(path, params=query, headers=actor(US))
        for _ in range(20):
            assert THEIRS.encode() not in answer.content, (path, query)
            for identifier in theirs.ids:
                assert identifier.encode() not in answer.content, (path, query)
            seen += answer.content
            if "next" not in answer.links:
                break
            answer = client.get(answer.links["next"]["url"], headers=actor(US))
    for identifier in ours.ids:
        assert identifier.encode() in seen


def test_a_batch_tells_nothing_of_them(
    client: httpx.Client, theirs: Estate, no_trace: None
) -> None:
    item = next(iter(BATCHES.values()))[0]
    for kind, key in product(("note", "approve", "withdraw"), (USED, "objects-new")):
        items = [
            item | {"application": identifier, "idempotency_key": key, "event": event(kind)}
            for identifier in (*theirs.ids, "x" * 20)
        ]
        answer = client.post("/v1/events:batch", json=items, headers=actor(US))
        outcomes = answer.json()["items"]
        assert outcomes == [outcomes[-1]] * len(items)
        assert outcomes[0]["problem"]["code"] == "unknown-application"


def test_creating_tells_nothing_of_them(
    client: httpx.Client, ours: Estate, theirs: Estate, no_trace: None
) -> None:
    def told_of(path: str, body: dict[str, Any]) -> tuple[int, str]:
        headers = actor(US) | {"Idempotency-Key": new_key()}
        answer = client.post(path, json=body, headers=headers)
        found = answer.json()
        return answer.status_code, found["code"]

    for ids in (theirs.ids, ["x" * 20]):
        for identifier in ids:
            assert told_of("/v1/applications", creation(buyer=identifier)) == (
                403,
                "not-your-application",
            )
            body = creation(buyer=OURS, pool=identifier)
            assert told_of("/v1/applications", body) == (422, "pool-not-registered")
            pool = next(iter(POOLS.values())) | {"id": identifier}
            claim = {"units": 1, "bound": "exactly", "buyers": [identifier], "evidence": []}
            for claims in ([], [claim]):
                answer = told_of("/v1/pools", pool | {"claims": claims})
                assert answer == (403, "role-may-not")


def test_of_a_joint_pool_a_buyer_sees_the_totals_and_its_own_share(
    client: httpx.Client, ours: Estate, theirs: Estate
) -> None:
    register(client, "objects-third")
    named = [OURS, "objects-third", THEIRS]
    claim = {"units": 60_000, "bound": "exactly", "buyers": named, "evidence": [REPORT]}
    pool = {"id": "objects-joint", "title": {"en": "Joint", "zh": "联合"}, "claims": [claim]}
    client.post("/v1/pools", json=pool, headers=actor("recorder"))
    own = opened(client, OURS, pool="objects-joint")
    rival = opened(client, THEIRS, pool="objects-joint").live("issue_licence")
    path = "/v1/pools/objects-joint"
    whole = client.get(path, headers=actor("miit"))
    part = client.get(path, headers=actor(US))
    for name in (THEIRS, "objects-third", rival.id):
        assert name in whole.text
        assert name not in part.text
    differing = {name for name in whole.json() if whole.json()[name] != part.json()[name]}
    assert differing == {"claims", "shares"}
    assert (part.json()["drawn"], part.json()["free"]) == (50_000, 10_000)
    (claimed,) = whole.json()["claims"]
    assert (claimed["buyers"], claimed["others"]) == (named, False)
    assert part.json()["claims"] == [claimed | {"buyers": [OURS], "others": True}]
    assert [share["application"] for share in part.json()["shares"]] == [own.id]
    listed = client.get("/v1/pools", headers=actor(US)).json()["items"]
    assert part.json() in listed
    assert len({whole.headers["ETag"], part.headers["ETag"]}) == 2
    assert part.headers["ETag"].endswith('.share"')
    for tag, status in ((whole.headers["ETag"], 200), (part.headers["ETag"], 304)):
        fields = actor(US) | {"If-None-Match": tag}
        assert client.get(path, headers=fields).status_code == status


def test_the_overview_of_a_buyer_is_its_own_line(
    client: httpx.Client, ours: Estate, theirs: Estate
) -> None:
    lines = client.get("/v1/buyers", headers=actor(US)).json()["items"]
    assert {line["buyer"] for line in lines} == {OURS}
    assert ours.application in {line["application"] for line in lines}
    nobody = client.get("/v1/buyers", headers=actor("x;objects-unregistered;buyer")).json()
    assert nobody == {"items": [], "next": None}


@pytest.mark.parametrize("who", ["miit", "bis", "recorder", "auditor", "operator"])
def test_everybody_else_sees_both(
    client: httpx.Client, ours: Estate, theirs: Estate, who: str
) -> None:
    for one in (ours, theirs):
        for path in (
            f"/v1/applications/{one.application}",
            f"/v1/applications/{one.application}/trail",
            f"/v1/buyers/{one.buyer}",
            f"/v1/pools/{one.pool}",
        ):
            assert client.get(path, headers=actor(who)).status_code == 200, path
    key = client.get(f"/v1/keys/{theirs.credential}", headers=actor(who))
    assert key.status_code == (200 if who in ("auditor", "operator") else 404)


def test_namesakes_of_other_buyers_are_strangers(client: httpx.Client, theirs: Estate) -> None:
    """What counts is the organisation, not the name."""
    application = Application(client, theirs.application, THEIRS)
    assert client.get(application.path, headers=actor(THEM)).status_code == 200
    assert client.get(application.path, headers=actor(US)).status_code == 404
