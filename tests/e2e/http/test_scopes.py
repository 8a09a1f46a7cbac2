"""What a key may be used for, on every operation that the service describes."""

from typing import Any

import httpx
import pytest

from api.examples import BUYERS, CREATIONS, EVENTS
from tests.e2e.http.journey import Application, new_key, problem
from tests.e2e.http.people import BUYER, actor

PUBLIC = {"/healthz", "/readyz", "/problems/{code}"}
PUBLIC |= {"/log/checkpoint", "/log/key", "/log/tile/{path}"}

TITLE = {"en": "Joint", "zh": "联合"}
POOL = "scopes-pool"
CLAIM = {"units": 1, "bound": "exactly", "buyers": [BUYER], "evidence": []}

WEBHOOK = {"url": "https://receiver.invalid/", "buyers": ["scopes-nobody"]}

SENT: dict[tuple[str, str], tuple[str, str, Any]] = {
    ("/v1/applications", "post"): ("post", "recorder", CREATIONS["application"]),
    ("/v1/applications/{id}/events", "post"): ("post", "recorder", EVENTS["note"]),
    ("/v1/events:batch", "post"): ("post", "recorder", []),
    ("/v1/buyers/{id}", "put"): ("manage", "operator", BUYERS["buyer"]),
    ("/v1/pools", "post"): ("manage", "recorder", {"id": POOL, "title": TITLE, "claims": []}),
    ("/v1/pools/{id}/claims", "post"): ("manage", "recorder", CLAIM),
    ("/v1/keys", "post"): (
        "manage",
        "operator",
        {"name": "scoped", "organisation": "scopes", "roles": ["auditor"]},
    ),
    ("/v1/keys/{id}:rotate", "post"): ("manage", "operator", {}),
    ("/v1/keys/{id}", "delete"): ("manage", "operator", None),
    ("/v1/webhooks", "post"): ("manage", "operator", WEBHOOK),
    ("/v1/webhooks/{id}", "patch"): ("manage", "operator", {"types": ["revoke"]}),
    ("/v1/webhooks/{id}:rotate", "post"): ("manage", "operator", {}),
    ("/v1/webhooks/{id}:ping", "post"): ("manage", "operator", None),
    ("/v1/webhooks/{id}/deliveries/{delivery}:resend", "post"): ("manage", "operator", None),
    ("/v1/webhooks/{id}", "delete"): ("manage", "operator", None),
}
"""Every operation that changes something: the scope it takes, who may do it, and a body."""


def key(client: httpx.Client, role: str, *scopes: str) -> dict[str, str]:
    """The header of a new key with these scopes."""
    body = {"name": new_key("scoped"), "organisation": "scopes", "roles": [role]}
    answer = client.post("/v1/keys", json=body | {"scopes": scopes}, headers=actor("operator"))
    assert answer.status_code == 201, answer.text
    return {"Authorization": f"Bearer {answer.json()['key']}"}


@pytest.fixture(scope="module")
def paths(client: httpx.Client) -> dict[str, Any]:
    """Every address that the service describes, and that asks who is there."""
    found = client.get("/openapi.json").json()["paths"]
    return {path: item for path, item in found.items() if path not in PUBLIC}


def test_reading_takes_the_scope_whatever_is_asked(
    client: httpx.Client, paths: dict[str, Any], application: Application
) -> None:
    """The answer to an id of something is the answer to one of nothing."""
    for role in ("recorder", "operator", "auditor"):
        blind = key(client, role, "post", "manage")
        for path in (path for path, item in paths.items() if "get" in item):
            named = path.replace("{seq}", "1").replace("{name}", "h200-import")
            named = named.replace("{version}", "1").replace("{path}", "000")
            answers = [
                client.get(named.replace("{id}", identifier), headers=blind)
                for identifier in (application.id, "nothing")
            ]
            for answer in answers:
                told = problem(answer, 403, "scope-missing")
                assert "read" in told["detail"]
                assert "“查看”" in told["detail_zh"]
            assert answers[0].content == answers[1].content


def test_every_operation_that_changes_something_is_tried(paths: dict[str, Any]) -> None:
    assert set(SENT) == {
        (path, method) for path, item in paths.items() for method in item if method != "get"
    }


@pytest.mark.parametrize(("path", "method"), SENT, ids=str)
def test_writing_takes_the_scope(
    client: httpx.Client, application: Application, path: str, method: str
) -> None:
    scope, role, body = SENT[path, method]
    others = {"read", "post", "manage"} - {scope}
    pool = {"id": f"{POOL}-named", "title": TITLE, "claims": [CLAIM]}
    client.post("/v1/pools", json=pool, headers=actor("recorder"))
    credential = key(client, "recorder", "read")["Authorization"].split("_")[1]
    named = {"applications": application.id, "buyers": BUYER, "pools": pool["id"]}
    if path.startswith("/v1/webhooks/"):
        named["webhooks"], delivery = pinged(client)
        path = path.replace("{delivery}", delivery)
    place = path.replace("{id}", str(named.get(path.split("/")[2], credential)))
    if body == []:
        item = {"application": application.id, "idempotency_key": new_key()}
        body = [item | {"event": EVENTS["note"]}]

    def code(*scopes: str) -> str | None:
        headers = key(client, role, *scopes) | {"Idempotency-Key": new_key()}
        answer = client.request(method, place, json=body, headers=headers)
        if answer.status_code == 204:
            return None
        told = answer.json()
        told = told["items"][0].get("problem", {}) if "items" in told else told
        found: str | None = told.get("code")
        return found

    assert code(*others) == "scope-missing"
    assert code("read", scope) is None
    for webhook in client.get("/v1/webhooks", headers=actor("operator")).json()["items"]:
        client.delete(f"/v1/webhooks/{webhook['id']}", headers=actor("operator"))


def pinged(client: httpx.Client) -> tuple[str, str]:
    """A new webhook, and the id of a delivery of it."""
    made = client.post("/v1/webhooks", json=WEBHOOK, headers=actor("operator")).json()
    path = f"/v1/webhooks/{made['id']}:ping"
    return made["id"], client.post(path, headers=actor("operator")).json()["id"]


def test_a_rehearsal_is_a_posting(client: httpx.Client, application: Application) -> None:
    reading = key(client, "recorder", "read") | {"Idempotency-Key": new_key()}
    path = f"{application.path}/events"
    answer = client.post(path, json=EVENTS["note"], params={"dry_run": "true"}, headers=reading)
    problem(answer, 403, "scope-missing")
    told = client.get(f"{application.path}/allowed-events", headers=reading).json()
    assert told["allowed"] == []
    assert {one["code"] for kind in told["refused"] for one in kind["refusals"]} == {
        "scope-missing"
    }
