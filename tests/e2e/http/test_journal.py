"""What the journal of access tells: each kind of entry, to whom, and nothing twice."""

import csv
import io
import json
import random
from collections import Counter
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from api.journal import FIELDS, What
from api.journal.watch import DONE, READS
from tests.e2e.http.journey import Application, event, new_key, opened, problem
from tests.e2e.http.people import actor
from tests.keyring import NOBODY, Keyring

AUDITOR, OPERATOR = actor("auditor"), actor("operator")
Entries = list[dict[str, Any]]
Since = Callable[..., Entries]


def journal(client: httpx.Client, **query: Any) -> httpx.Response:
    return client.get("/v1/journal", headers=AUDITOR, params={"order": "asc", **query})


@pytest.fixture
def told(client: httpx.Client) -> Since:
    """What has been written since the test began, but for the reads of it."""
    newest = journal(client, order="desc", limit=1).json()["items"]
    last = newest[0]["id"] if newest else "0-0"

    def told(**query: Any) -> Entries:
        found, more = Entries(), dict[str, str]()
        while True:
            page = journal(client, order="desc", limit=200, **query, **more).json()
            new = [one for one in page["items"] if place(one["id"]) > place(last)]
            found += [one for one in new if one["what"] != "journal-read"]
            if len(new) < len(page["items"]) or page["next"] is None:
                return found[::-1]
            more = {"cursor": page["next"]}

    return told


def place(name: str) -> tuple[int, ...]:
    return tuple(map(int, name.split("-")))


def outcomes(entries: Entries) -> list[tuple[Any, ...]]:
    names = ("what", "principal", "event", "status", "code", "count")
    return [tuple(one[name] for name in names) for one in entries]


def test_an_accepted_event_is_in_its_trail_alone(told: Since, application: Application) -> None:
    key = new_key()
    application.accept("ndrc", "grant_in_principle", key=key)
    assert application.post("ndrc", "grant_in_principle", key=key).status_code == 200
    application.now()
    assert told() == []


def test_a_refused_event_tells_who_tried_what_where(told: Since, application: Application) -> None:
    answer = application.post("miit", "approve", User_Agent="desk/1.0")
    problem(answer, 409, "transition-not-allowed")
    (entry,) = told()
    assert set(entry) == {"id", "recorded_at", *FIELDS}
    assert entry["recorded_at"] >= entry["at"]
    assert entry["credential"].startswith("k")
    expected = {
        "what": "refused",
        "count": 1,
        "principal": "li",
        "organisation": "miit",
        "roles": ["officer"],
        "address": "127.0.0.1",
        "agent": "desk/1.0",
        "method": "POST",
        "route": "/v1/applications/{id}/events",
        "subject": f"application/{application.id}",
        "seq": None,
        "event": "approve",
        "status": 409,
        "code": "transition-not-allowed",
    }
    assert {name: entry[name] for name in expected} == expected


def test_every_refusal_by_a_rule_is_an_attempt(told: Since, application: Application) -> None:
    application.post("customs", "grant_in_principle")
    application.post("rival", "note")
    application.post("ndrc", "grant_in_principle", If_Match='"stale"')
    application.accept("ndrc", "note", key="mine")
    application.post("ndrc", event("note", data={"text": "another"}), key="mine")
    found = outcomes(told())
    assert found == [
        ("refused", "sun", "grant_in_principle", 403, "wrong-authority", 1),
        ("refused", "rv", "note", 404, "unknown-application", 1),
        ("refused", "chen", "grant_in_principle", 412, "stale", 1),
        ("refused", "chen", "note", 422, "idempotency-key-reused", 1),
    ]


def test_what_cannot_be_read_is_no_attempt(
    told: Since, application: Application, client: httpx.Client
) -> None:
    assert application.post("ndrc", {"type": "note", "unknown": 1}).status_code == 422
    assert client.get("/v1/nothing", headers=AUDITOR).status_code == 404
    assert client.get("/v1/applications?limit=x", headers=AUDITOR).status_code == 422
    assert client.delete(application.path, headers=AUDITOR).status_code == 405
    assert told() == []


def test_a_rehearsal_is_a_question_but_not_for_what_one_may_not_know_of(
    told: Since, application: Application
) -> None:
    assert application.post("miit", "approve", dry_run=True).status_code == 409
    assert application.post("customs", "approve", dry_run=True).status_code == 403
    assert told() == []
    assert application.post("rival", "note", dry_run=True).status_code == 404
    assert outcomes(told()) == [("refused", "rv", "note", 404, "unknown-application", 1)]


def test_each_refused_item_of_a_batch_is_an_attempt(
    told: Since, application: Application, client: httpx.Client
) -> None:
    other = opened(client)
    told()
    items: Entries = [
        {"application": one, "idempotency_key": new_key(), "event": event(kind)}
        for one in (application.id, other.id)
        for kind in ("note", "approve", "suspend")
    ]
    answer = client.post("/v1/events:batch", json=items, headers=actor("miit"))
    statuses = [item["status"] for item in answer.json()["items"]]
    found = told()
    assert [(one["subject"], one["event"], one["status"]) for one in found] == [
        (f"application/{item['application']}", item["event"]["type"], status)
        for item, status in zip(items, statuses, strict=True)
        if status != 201
    ]
    assert len(found) == 4
    assert {one["route"] for one in found} == {"/v1/events:batch"}


def test_names_that_are_tried_are_counted(told: Since, client: httpx.Client) -> None:
    for number in range(30):
        answer = client.get(f"/v1/applications/guess-{number}", headers=actor("rival"))
        assert answer.status_code == 404
    found = told()
    assert sum(one["count"] for one in found) == 30
    assert len(found) < 10
    assert {one["code"] for one in found} == {"unknown-application"}


@pytest.mark.parametrize("path", ["trail", "trail/1", "trail:verify"])
def test_reads_of_a_trail_by_auditor_and_operator_are_told(
    told: Since, application: Application, client: httpx.Client, path: str
) -> None:
    for who in ("auditor", "operator", "buyer", "recorder", "ndrc"):
        answer = client.get(f"{application.path}/{path}", headers=actor(who))
        assert answer.status_code == 200
    found = told()
    assert [(one["what"], one["principal"]) for one in found] == [("read", "au"), ("read", "op")]
    assert {one["subject"] for one in found} == {f"application/{application.id}"}
    assert {one["seq"] for one in found} == {1 if path == "trail/1" else None}


def test_exports_are_told_whoever_asks(
    told: Since, application: Application, client: httpx.Client
) -> None:
    for who in ("auditor", "buyer", "ndrc"):
        headers = actor(who) | {"Accept": "application/jsonl"}
        assert client.get(f"{application.path}/trail", headers=headers).status_code == 200
    found = told()
    assert [(one["what"], one["principal"]) for one in found] == [
        ("exported", "au"),
        ("exported", "ec"),
        ("exported", "chen"),
    ]


def test_a_search_over_all_trails_is_told_in_any_form(told: Since, client: httpx.Client) -> None:
    """As JSON it takes as much away as an export does."""
    for who in ("buyer", "ndrc", "auditor"):
        for accept in ("application/json", "text/csv"):
            headers = actor(who) | {"Accept": accept}
            assert client.get("/v1/trail", headers=headers).status_code == 200
    found = told()
    assert [(one["what"], one["principal"]) for one in found] == [
        (what, who) for who in ("ec", "chen", "au") for what in ("read", "exported")
    ]
    assert {one["route"] for one in found} == {"/v1/trail"}


def test_changes_of_keys_point_to_their_trail(told: Since, client: httpx.Client) -> None:
    body = {"name": new_key("journaled"), "organisation": "press-desk", "roles": ["recorder"]}
    headers = OPERATOR | {"Idempotency-Key": new_key()}
    made = client.post("/v1/keys", json=body, headers=headers).json()
    assert client.post("/v1/keys", json=body, headers=headers).status_code == 200
    path = f"/v1/keys/{made['id']}"
    assert client.post(f"{path}:rotate", headers=OPERATOR).status_code == 200
    assert client.delete(path, headers=OPERATOR).status_code == 204
    assert client.get(f"{path}/trail", headers=AUDITOR).status_code == 200
    problem(client.post("/v1/keys", json=body, headers=AUDITOR), 403, "role-may-not")
    subject = f"credential/{made['id']}"
    assert [(one["what"], one["principal"], one["subject"]) for one in told()] == [
        ("key-made", "op", subject),
        ("key-rotated", "op", subject),
        ("key-revoked", "op", subject),
        ("read", "au", subject),
        ("refused", "au", None),
    ]


def test_signing_in_and_out_is_told(
    told: Since, client: httpx.Client, url: str, keyring: Keyring
) -> None:
    key = keyring.key("signing;press-desk;recorder")
    told()
    own = {"Sec-Fetch-Site": "same-origin"}
    with httpx.Client(base_url=url) as browser:
        wrong = browser.post("/sign-in", data={"key": "clr_k0_" + "x" * 43}, headers=own)
        assert wrong.status_code == 401
        assert browser.post("/sign-in", data={"key": key}, headers=own).status_code == 303
        cross = {"Sec-Fetch-Site": "cross-site"}
        assert browser.post("/v1/keys", json={}, headers=cross).status_code == 403
        assert browser.post("/sign-out", headers=own).status_code == 303
        assert browser.post("/sign-out", headers=own).status_code == 303
    found = [one for one in told() if one["what"] != "key-made"]
    assert [(one["what"], one["principal"], one["code"]) for one in found] == [
        ("sign-in-refused", None, "sign-in-refused"),
        ("signed-in", "signing", None),
        ("refused", "signing", "cross-site-request"),
        ("signed-out", "signing", None),
    ]


def test_who_shows_no_good_credential_is_told_by_address(
    told: Since, client: httpx.Client, url: str
) -> None:
    wrong = {"Authorization": f"Bearer clr_kabc_{'x' * 43}"}
    assert client.get("/v1/keys", auth=NOBODY).status_code == 401
    assert client.get("/v1/keys", auth=NOBODY, headers=wrong).status_code == 401
    found = told()
    assert [
        (o["what"], o["principal"], o["credential"], o["address"], o["code"]) for o in found
    ] == [
        ("unauthenticated", None, None, "127.0.0.1", "unauthenticated"),
        ("unauthenticated", None, "kabc", "127.0.0.1", "invalid-credential"),
    ]


@pytest.mark.parametrize("who", ["buyer", "miit", "recorder"])
def test_it_is_for_auditors_and_operators(told: Since, client: httpx.Client, who: str) -> None:
    problem(client.get("/v1/journal", headers=actor(who)), 403, "role-may-not")
    assert client.get("/v1/journal", headers=OPERATOR).status_code == 200
    (entry,) = told()
    assert (entry["what"], entry["route"], entry["status"]) == ("refused", "/v1/journal", 403)


def test_reading_it_is_an_entry(client: httpx.Client) -> None:
    before = journal(client, what="journal-read", actor="au").json()["items"]
    journal(client, what="started")
    after = journal(client, what="journal-read", actor="au", order="desc").json()["items"]
    assert after[0]["principal"] == "au"
    assert after[0]["route"] == "/v1/journal"
    assert sum(one["count"] for one in after) > len(before)


def test_it_is_filtered_and_paged_in_both_orders(
    client: httpx.Client, application: Application
) -> None:
    for kind in ("approve", "suspend", "revoke", "withdraw", "reinstate"):
        application.post("customs", kind)
    wanted = {"what": "refused", "actor": "sun"}
    every = journal(client, **wanted, limit=1000).json()["items"]
    assert len(every) >= 5
    assert {(one["what"], one["principal"]) for one in every} == {("refused", "sun")}
    for order in ("asc", "desc"):
        found, answer = Entries(), journal(client, **wanted, order=order, limit=2)
        while True:
            found += answer.json()["items"]
            if "next" not in answer.links:
                break
            answer = client.get(answer.links["next"]["url"], headers=AUDITOR)
        assert found == (every if order == "asc" else every[::-1])
    begin = every[-5]["recorded_at"]
    for query in ({"since": begin}, {"since": begin, "limit": 1}):
        assert all(o["recorded_at"] >= begin for o in journal(client, **query).json()["items"])
    assert all(o["recorded_at"] < begin for o in journal(client, until=begin).json()["items"])
    for bad in ({"cursor": "x"}, {"what": "nothing"}, {"since": "today"}, {"limit": 0}):
        assert journal(client, **bad).status_code == 422


def test_it_is_exported_as_lines_and_as_a_table(
    client: httpx.Client, application: Application
) -> None:
    application.post("customs", "approve", User_Agent="=cmd|' /C calc'!A0")
    query = {"what": "refused", "order": "asc"}
    plain = journal(client, **query, limit=1000).json()["items"]
    headers = AUDITOR | {"Accept": "application/jsonl"}
    lines = client.get("/v1/journal", headers=headers, params=query)
    assert [json.loads(line) for line in lines.content.splitlines()] == plain
    headers = AUDITOR | {"Accept": "text/csv"}
    table = client.get("/v1/journal", headers=headers, params=query)
    assert table.content.startswith(b"\xef\xbb\xbfid,recorded_at,at,what,")
    rows = list(csv.DictReader(io.StringIO(table.content.decode("utf-8-sig"), newline="")))
    assert [row["id"] for row in rows] == [one["id"] for one in plain]
    assert rows[-1]["agent"] == "'=cmd|' /C calc'!A0"
    assert rows[-1]["roles"] == "officer"
    assert rows[-1]["seq"] == ""


def test_it_holds_what_the_routes_are() -> None:
    """Every route of trails is watched, and what is watched is there. A page says itself which of
    them it stands for.
    """
    from api.app import create_app  # noqa: PLC0415
    from api.settings import Settings  # noqa: PLC0415

    routes = {str(getattr(route, "path_format", "")) for route in create_app(Settings()).routes}
    trails = {path for path in routes if path.startswith("/v1/") and "/trail" in path}
    assert trails <= READS
    assert {path for _, path in DONE} <= routes
    assert {What.READ, What.EXPORTED}.isdisjoint(DONE.values())


Attempt = tuple[str, str, int, str]


def attempt(application: str, kind: str, status: int, code: str) -> Attempt:
    """What an attempt is known by; of names that were tried, neither name nor type is told."""
    return ("", "", status, code) if status == 404 else (application, kind, status, code)


def test_every_attempt_is_in_the_trail_or_in_the_journal_once(
    told: Since, client: httpx.Client
) -> None:
    """A random run: what was accepted makes a record, what was refused is counted here."""
    chance = random.Random(20260122)
    applications = [opened(client) for _ in range(3)]
    people = ("ndrc", "miit", "mofcom", "customs", "buyer", "rival", "recorder", "auditor")
    kinds = ("note", "grant_in_principle", "declare_order", "approve", "hold", "withdraw")
    told()
    refused, accepted = Counter[Attempt](), Counter[str]()
    for _ in range(120):
        application, who = chance.choice(applications), chance.choice(people)
        kind = chance.choice(kinds)
        rehearses, key = chance.random() < 0.2, f"run-{chance.randrange(60)}"
        answer = application.post(who, kind, key=key, dry_run=rehearses)
        status = answer.status_code
        if status == 201:
            accepted[application.id] += 1
        elif status == 404 or (status >= 400 and not rehearses):
            refused[attempt(application.id, kind, status, answer.json()["code"])] += 1
    found = Counter[Attempt]()
    for one in told():
        identifier = (one["subject"] or "").partition("/")[2]
        found[attempt(identifier, one["event"], one["status"], one["code"])] += one["count"]
    assert found == refused
    assert {409, 403, 404} <= {status for _, _, status, _ in found}
    assert accepted.total() > 5
    for application in applications:
        trail = client.get(f"{application.path}/trail", headers=AUDITOR).json()["items"]
        assert len(trail) == 1 + accepted[application.id]
