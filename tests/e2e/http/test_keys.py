"""Keys: made, shown once, rotated, revoked; and what their trails tell."""

import hashlib
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import orjson
import pytest

from tests.e2e.http.database import Database
from tests.e2e.http.journey import event, new_key, opened, problem
from tests.e2e.http.people import actor
from tests.keyring import NOBODY, Keyring

OPERATOR = actor("operator")
OFFICER: dict[str, Any] = {
    "name": "qian",
    "organisation": "miit",
    "roles": ["officer"],
    "authorities": ["miit"],
}


def bearer(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


def make(client: httpx.Client, **changes: Any) -> dict[str, Any]:
    """A new key of a namesake of nobody."""
    body = OFFICER | {"name": new_key("q")} | changes
    answer = client.post("/v1/keys", json=body, headers=OPERATOR)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


def asks(client: httpx.Client, key: str) -> int:
    return client.get("/v1/procedures", headers=bearer(key)).status_code


def test_a_key_comes_in_as_what_was_granted(client: httpx.Client) -> None:
    made = make(client)
    application = opened(client)
    application.accept("ndrc", "grant_in_principle")
    headers = bearer(made["key"]) | {"Idempotency-Key": new_key()}
    answer = client.post(f"{application.path}/events", json=event("approve"), headers=headers)
    assert answer.status_code == 201
    record = answer.json()["record"]
    assert (record["organisation"], record["role"]) == ("miit", "officer")
    assert record["authority"] == "miit"
    assert record["credential"] == made["id"]


def test_only_a_hash_of_the_secret_is_stored(client: httpx.Client, database: Database) -> None:
    made = make(client)
    prefix, identifier, secret = made["key"].split("_", 2)
    assert (prefix, identifier) == ("clr", made["id"])
    assert len(secret) == 43
    stored = database.credential(made["id"])
    assert secret.encode() not in stored
    assert hashlib.sha256(secret.encode()).hexdigest().encode() in stored
    for answer in (
        client.get(f"/v1/keys/{made['id']}", headers=OPERATOR),
        client.get("/v1/keys", headers=OPERATOR),
        client.get(f"/v1/keys/{made['id']}/trail", headers=OPERATOR),
    ):
        assert secret not in answer.text


def test_a_repeat_makes_no_second_key_and_shows_none(client: httpx.Client) -> None:
    body, headers = OFFICER | {"name": "repeated"}, OPERATOR | {"Idempotency-Key": new_key()}
    first = client.post("/v1/keys", json=body, headers=headers)
    again = client.post("/v1/keys", json=body, headers=headers)
    other = client.post("/v1/keys", json=body | {"name": "another"}, headers=headers)
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert (again.json()["id"], again.json()["key"]) == (first.json()["id"], None)
    problem(other, 422, "idempotency-key-reused")
    assert first.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"roles": ["operator", "officer"]}, "roles-unfit"),
        ({"roles": ["auditor", "recorder"], "authorities": []}, "roles-unfit"),
        ({"authorities": []}, "authorities-unfit"),
        ({"roles": ["recorder"]}, "authorities-unfit"),
        ({"authorities": ["mitt"]}, "unknown-authority"),
        ({"authorities": ["buyer"]}, "unknown-authority"),
        ({"expires_at": "2020-01-01T00:00:00Z"}, "already-past"),
        ({"roles": []}, "invalid-request"),
        ({"roles": ["officer", "officer"]}, "invalid-request"),
        ({"roles": ["god"]}, "invalid-request"),
        ({"organisation": "a/b"}, "invalid-request"),
        ({"name": "two words"}, "invalid-request"),
        ({"scopes": []}, "invalid-request"),
        ({"secret": "mine"}, "invalid-request"),
    ],
)
def test_rights_that_nobody_can_hold_are_refused(
    client: httpx.Client, no_trace: None, changes: dict[str, Any], code: str
) -> None:
    problem(client.post("/v1/keys", json=OFFICER | changes, headers=OPERATOR), 422, code)


def test_a_rotated_key_has_two_secrets_for_a_while(client: httpx.Client) -> None:
    made = make(client)
    path = f"/v1/keys/{made['id']}:rotate"
    second = client.post(path, json={"overlap_seconds": 60}, headers=OPERATOR).json()
    assert second["id"] == made["id"]
    assert second["key"] != made["key"]
    assert asks(client, made["key"]) == asks(client, second["key"]) == 200
    third = client.post(path, json={"overlap_seconds": 0}, headers=OPERATOR).json()
    assert [asks(client, one["key"]) for one in (made, second, third)] == [401, 401, 200]


def test_its_holder_rotates_a_key_with_no_body_at_all(client: httpx.Client) -> None:
    made = make(client)
    own = client.post(f"/v1/keys/{made['id']}:rotate", headers=bearer(made["key"]))
    assert own.status_code == 200
    assert own.json()["credential"]["old_secret_until"] is not None
    foreign = client.post(f"/v1/keys/{make(client)['id']}:rotate", headers=bearer(made["key"]))
    problem(foreign, 404, "unknown-credential")


def test_a_revoked_key_ends_at_once_and_for_good(client: httpx.Client) -> None:
    made = make(client)
    path = f"/v1/keys/{made['id']}"
    assert asks(client, made["key"]) == 200
    assert client.delete(path, headers=OPERATOR).status_code == 204
    answer = client.get("/v1/procedures", headers=bearer(made["key"]))
    problem(answer, 401, "invalid-credential")
    assert 'error="invalid_token"' in answer.headers["WWW-Authenticate"]
    assert client.delete(path, headers=OPERATOR).status_code == 204
    problem(client.post(f"{path}:rotate", headers=OPERATOR), 409, "credential-revoked")
    found = client.get(path, headers=OPERATOR).json()
    assert found["revoked_at"] is not None


@pytest.mark.parametrize("at", ["created", "rotated"])
def test_no_idempotency_key_keeps_a_key_from_being_revoked(client: httpx.Client, at: str) -> None:
    named = OPERATOR | {"Idempotency-Key": "revoke"}
    body = OFFICER | {"name": new_key("pinned")}
    made = client.post("/v1/keys", json=body, headers=named if at == "created" else OPERATOR)
    path = f"/v1/keys/{made.json()['id']}"
    if at == "rotated":
        assert client.post(f"{path}:rotate", json={}, headers=named).status_code == 200
    assert client.delete(path, headers=OPERATOR).status_code == 204
    assert asks(client, made.json()["key"]) == 401


def test_an_old_secret_does_not_rotate(client: httpx.Client) -> None:
    """Who rotates because of a thief must not be taken over by him in the meantime."""
    made = make(client)
    path = f"/v1/keys/{made['id']}:rotate"
    second = client.post(path, headers=bearer(made["key"])).json()
    assert asks(client, made["key"]) == 200
    problem(client.post(path, headers=bearer(made["key"])), 409, "old-secret")
    assert client.post(path, headers=bearer(second["key"])).status_code == 200


def test_an_expired_key_is_none(client: httpx.Client) -> None:
    """It expires while the service still remembers that it was good."""
    until = datetime.now(UTC) + timedelta(seconds=1)
    made = make(client, expires_at=until.isoformat())
    assert asks(client, made["key"]) == 200
    time.sleep((until - datetime.now(UTC)).total_seconds())
    assert asks(client, made["key"]) == 401
    again = client.post(f"/v1/keys/{made['id']}:rotate", headers=OPERATOR)
    problem(again, 409, "credential-expired")


def test_the_trail_says_who_granted_what_to_whom(client: httpx.Client) -> None:
    made = make(client)
    client.post(f"/v1/keys/{made['id']}:rotate", headers=OPERATOR)
    client.delete(f"/v1/keys/{made['id']}", headers=OPERATOR)
    for who in ("operator", "auditor"):
        items = client.get(f"/v1/keys/{made['id']}/trail", headers=actor(who)).json()["items"]
        assert [record["type"] for record in items] == ["grant", "rotate", "revoke"]
        assert {record["principal"] for record in items} == {"op"}
        assert items[0]["data"]["authorities"] == ["miit"]
        assert items[0]["credential"].startswith("k")


def test_a_grant_is_found_behind_any_number_of_rotations(client: httpx.Client) -> None:
    made = make(client)
    for _ in range(4):
        client.post(f"/v1/keys/{made['id']}:rotate", headers=OPERATOR)
    first = client.get(f"/v1/keys/{made['id']}/trail?limit=3", headers=OPERATOR).json()
    assert [record["type"] for record in first["items"]] == ["grant", "rotate", "rotate"]
    query = {"limit": "3", "cursor": first["next"]}
    rest = client.get(f"/v1/keys/{made['id']}/trail", params=query, headers=OPERATOR).json()
    assert [record["seq"] for record in rest["items"]] == [4, 5]
    assert rest["next"] is None


def test_a_repeat_shows_no_credential_to_whoever_may_not_see_it(client: httpx.Client) -> None:
    """Somebody who was the operator, and is a recorder now."""
    demoted = {"Idempotency-Key": new_key()}
    body = OFFICER | {"name": new_key("d")}
    once = actor("ex;ops;operator") | demoted
    assert client.post("/v1/keys", json=body, headers=once).status_code == 201
    now = actor("ex;ops;recorder") | demoted
    problem(client.post("/v1/keys", json=body, headers=now), 404, "unknown-credential")


def test_the_auditor_rotates_nothing(client: httpx.Client, keyring: Keyring) -> None:
    own = keyring.key("au;audit;auditor").split("_")[1]
    answer = client.post(f"/v1/keys/{own}:rotate", headers=actor("auditor"))
    problem(answer, 403, "role-may-not")


def test_who_may_not_manage_keys_is_told_so(client: httpx.Client) -> None:
    made = make(client)
    for who in ("miit", "buyer", "recorder", "auditor"):
        problem(client.post("/v1/keys", json=OFFICER, headers=actor(who)), 403, "role-may-not")
    for who in ("miit", "buyer", "recorder"):
        for method, path in (
            ("GET", f"/v1/keys/{made['id']}"),
            ("GET", f"/v1/keys/{made['id']}/trail"),
            ("DELETE", f"/v1/keys/{made['id']}"),
            ("POST", f"/v1/keys/{made['id']}:rotate"),
        ):
            problem(client.request(method, path, headers=actor(who)), 404, "unknown-credential")
    problem(client.delete(f"/v1/keys/{made['id']}", headers=actor("auditor")), 403, "role-may-not")


def test_others_see_their_own_credential_alone(client: httpx.Client, keyring: Keyring) -> None:
    own = keyring.key("li;miit;officer;miit").split("_")[1]
    listed = client.get("/v1/keys", headers=actor("miit")).json()
    assert [one["id"] for one in listed["items"]] == [own]
    assert client.get(f"/v1/keys/{own}", headers=actor("miit")).status_code == 200


def test_nobody_revokes_the_key_that_they_came_in_with(
    client: httpx.Client, keyring: Keyring
) -> None:
    headers = bearer(keyring.operator)
    problem(client.delete("/v1/keys/operator", headers=headers), 409, "own-credential")


def test_credentials_are_listed_by_organisation_and_in_pages(client: httpx.Client) -> None:
    made = {make(client, organisation="bureau-9")["id"] for _ in range(3)}
    seen: list[str] = []
    query: dict[str, str] = {"organisation": "bureau-9", "limit": "2"}
    while True:
        page = client.get("/v1/keys", params=query, headers=OPERATOR).json()
        seen += [one["id"] for one in page["items"]]
        if page["next"] is None:
            break
        query["cursor"] = page["next"]
    assert sorted(seen) == sorted(made)


def test_its_last_use_is_told(client: httpx.Client) -> None:
    made = make(client)
    path = f"/v1/keys/{made['id']}"
    assert client.get(path, headers=OPERATOR).json()["last_used_at"] is None
    asks(client, made["key"])
    assert client.get(path, headers=OPERATOR).json()["last_used_at"] is not None


@pytest.mark.parametrize(
    ("scopes", "path", "status"),
    [
        (["read"], "read", 200),
        (["read"], "post", 403),
        (["post"], "post", 201),
        (["post"], "read", 403),
    ],
)
def test_a_key_is_good_for_its_scopes(
    client: httpx.Client, scopes: list[str], path: str, status: int
) -> None:
    made = make(client, scopes=scopes)
    application = opened(client)
    headers = bearer(made["key"])
    if path == "read":
        answer = client.get(application.path, headers=headers)
    else:
        headers |= {"Idempotency-Key": new_key()}
        answer = client.post(f"{application.path}/events", json=event("note"), headers=headers)
    assert answer.status_code == status
    if status == 403:
        assert answer.json()["code"] == "scope-missing"


@pytest.mark.parametrize(
    "given",
    [
        "",
        "Bearer",
        "Basic b3A6b3A=",
        "Bearer clr_operator_" + "A" * 43,
        "Bearer clr_operator_",
        "Bearer clr__x",
        "Bearer clr_../../x_y",
        "Bearer clr_nobody_secret",
        "Bearer eyJhbGciOiJub25lIn0.e30.",
        "Bearer " + "x" * 9000,
        "bearer two words",
    ],
)
def test_what_is_no_good_credential_is_401(
    client: httpx.Client, no_trace: None, given: str
) -> None:
    answer = client.get("/v1/procedures", headers={"Authorization": given}, auth=NOBODY)
    assert answer.status_code in (401, 429)
    assert orjson.loads(answer.content)["code"] in (
        "unauthenticated",
        "invalid-credential",
        "too-many-attempts",
    )


def test_one_credential_at_a_time(client: httpx.Client, keyring: Keyring) -> None:
    shown = ("Authorization", f"Bearer {keyring.operator}")
    answer = client.get("/v1/procedures", headers=[shown, shown], auth=NOBODY)
    problem(answer, 401, "unauthenticated")


@pytest.mark.parametrize(
    "path",
    [
        *("/v1/applications", "/v1/nothing", "/docs", "/redoc", "/openapi.json", "/", "/v1/keys"),
        *("/log", "/log/", "/log/nothing", "/log/tile/entries", "/log/tile/entries/000.p/1"),
    ],
)
def test_nothing_else_answers_without_a_credential(client: httpx.Client, path: str) -> None:
    for method in ("GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"):
        answer = client.request(method, path, auth=NOBODY)
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/problems/stale", "/log/key"])
def test_what_everybody_may_ask(client: httpx.Client, path: str) -> None:
    assert client.get(path, auth=NOBODY).status_code == 200
