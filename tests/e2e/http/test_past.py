"""Asking about the past over HTTP: one application, and the overview of the buyers."""

import httpx
import pytest

from tests.e2e.http.journey import Application, event, new_key, opened, problem, register
from tests.e2e.http.people import actor

BEFORE, LATER = "2026-01-24T00:00:00+08:00", "2026-01-28T00:00:00+08:00"
REPORTED = "2026-01-26T12:00:00Z"

REREAD = {"correct", "migrate"}
"""The events that change how a trail is read, tried here."""


@pytest.fixture
def dated(client: httpx.Client) -> Application:
    """Submitted on the 24th of January, cleared in principle on the 28th."""
    made = opened(client, f"past-{new_key()}", effective_at=BEFORE)
    made.accept("ndrc", event("grant_in_principle", effective_at=LATER))
    return made


def then(application: Application, **when: str) -> httpx.Response:
    return application.client.get(application.path, params=when)


def test_as_of_answers_with_what_was_true_then(dated: Application) -> None:
    for when, state in ((BEFORE, "submitted"), (REPORTED, "submitted"), (LATER, "in_principle")):
        body = then(dated, as_of=when).json()
        assert (body["id"], body["state"]) == (dated.id, state)
    assert then(dated, as_of=REPORTED).json()["version"] == 1


def test_known_at_answers_as_it_was_answered_then(dated: Application) -> None:
    first, second = dated.records()
    now = dated.now()
    for record, state in ((first, "submitted"), (second, "in_principle")):
        body = then(dated, known_at=record["recorded_at"]).json()
        assert (body["state"], body["head"]) == (state, record["hash"])
    known = then(dated, known_at=second["recorded_at"]).json()
    assert {name: known[name] for name in now} == now
    assert (known["as_of"], known["known_at"]) == (None, second["recorded_at"])


def test_both_together(dated: Application) -> None:
    first, second = dated.records()
    for known_at, state in ((first, "submitted"), (second, "in_principle")):
        asked = {"as_of": LATER, "known_at": known_at["recorded_at"]}
        assert then(dated, **asked).json()["state"] == state


def test_the_past_is_seen_by_whoever_sees_the_present(dated: Application) -> None:
    own = f"ec;{dated.buyer};buyer"
    for query in ({"as_of": LATER}, {"known_at": dated.records()[-1]["recorded_at"]}):
        for who, status in ((own, 200), ("ndrc", 200), ("auditor", 200), ("rival", 404)):
            answer = dated.client.get(dated.path, params=query, headers=actor(who))
            assert answer.status_code == status, who


def test_what_was_not_known_yet_is_not_found(dated: Application) -> None:
    for when in ({"as_of": "2026-01-23T00:00:00Z"}, {"known_at": "2026-01-31T00:00:00Z"}):
        problem(then(dated, **when), 404, "unknown-application")
    problem(
        dated.client.get("/v1/applications/nothing?as_of=" + BEFORE), 404, "unknown-application"
    )


def test_a_plus_sign_need_not_be_encoded(dated: Application) -> None:
    assert dated.client.get(f"{dated.path}?as_of={LATER}").json()["state"] == "in_principle"


@pytest.mark.parametrize(
    "query", ["as_of=yesterday", "as_of=", "known_at=2026-01-28", "when=now", "as_of=x&as_of=y"]
)
def test_a_bad_time_is_told(dated: Application, query: str) -> None:
    assert problem(dated.client.get(f"{dated.path}?{query}"), 422, "invalid-request")["errors"]


def test_a_past_answer_has_a_tag_of_its_own(dated: Application) -> None:
    answer = then(dated, as_of=LATER)
    tag = answer.headers["ETag"]
    assert tag.startswith('"past.')
    assert tag != then(dated, as_of=REPORTED).headers["ETag"]
    unchanged = dated.client.get(
        dated.path, params={"as_of": LATER}, headers={"If-None-Match": tag}
    )
    assert (unchanged.status_code, unchanged.content) == (304, b"")
    problem(dated.post("miit", "approve", If_Match=tag), 412, "stale")


def test_nobody_waits_for_the_past(dated: Application) -> None:
    for path, when in ((dated.path, "as_of"), ("/v1/buyers", "known_at")):
        answer = dated.client.get(path, params={when: LATER}, headers={"Prefer": "wait=5"})
        problem(answer, 400, "past-never-changes")


def line(client: httpx.Client, buyer: str, **when: str) -> dict[str, object] | None:
    cursor: str | None = None
    while True:
        given = {"limit": "200", **when} | ({"cursor": cursor} if cursor else {})
        page = client.get("/v1/buyers", params=given).json()
        for item in page["items"]:
            if item["buyer"] == buyer:
                found: dict[str, object] = item
                return found
        cursor = page["next"]
        if cursor is None:
            return None


def test_the_overview_as_it_was(client: httpx.Client, dated: Application) -> None:
    first, second = dated.records()
    states = {
        "submitted": {"as_of": REPORTED},
        "in_principle": {"as_of": LATER},
        None: {"as_of": "2026-01-23T00:00:00Z"},
    }
    for state, when in states.items():
        found = line(client, dated.buyer, **when)
        assert found
        assert found["state"] == state
        assert bool(found["application"]) == bool(state)
    known = line(client, dated.buyer, as_of=LATER, known_at=first["recorded_at"])
    assert known
    assert known["state"] == "submitted"
    present = line(client, dated.buyer)
    then_known = line(client, dated.buyer, known_at=second["recorded_at"])
    assert present == then_known


def test_the_overview_has_the_name_that_was_known(client: httpx.Client) -> None:
    buyer = f"past-{new_key()}"
    register(client, buyer, en="Old Name")
    old = client.get(f"/v1/buyers/{buyer}").json()
    client.put(
        f"/v1/buyers/{buyer}",
        json={"name": {"en": "New Name", "zh": "新名"}},
        headers=actor("recorder"),
    )
    found = line(client, buyer, known_at=old["updated_at"])
    assert found
    assert found["name"] == old["name"]
    assert line(client, buyer, known_at="2026-01-01T00:00:00Z") is None


def test_a_correction_over_http(client: httpx.Client) -> None:
    made = opened(client).live("record_shipment")
    shipped = made.records()[-1]
    instead = event("record_shipment", data={"shipment": "s1", "units": 7})
    body = {"type": "correct", "data": {"seq": shipped["seq"], "with": instead}}
    refused = made.post("miit", body)
    assert problem(refused, 403, "record-of-another")["failed_guards"]
    record = made.accept("customs", body)["record"]
    assert record["data"]["restated"][str(shipped["seq"])]["standing"] == "confirmed"
    now = made.now()
    assert (now["licence"]["shipped"], now["corrections"]) == (7, {str(shipped["seq"]): 14})
    assert client.get(f"{made.path}/trail:verify").json()["ok"]
    too_many = {**instead, "data": {"shipment": "s1", "units": 60_000}}
    again = {"type": "correct", "data": {"seq": shipped["seq"], "with": too_many}}
    problem(made.post("customs", again), 409, "beyond-balance")
    void = {"type": "correct", "data": {"seq": 2, "with": None}}
    told = problem(made.post("ndrc", void), 409, "correction-refused")
    assert told["failed_guards"][0]["code"] == "correction-refused"


def test_a_migration_over_http(client: httpx.Client) -> None:
    made = opened(client)
    problem(made.post("operator", "migrate"), 409, "no-migration")
    problem(made.post("ndrc", "migrate"), 403, "wrong-authority")
    problem(made.post("operator", "correct"), 403, "role-may-not")


def test_a_source_of_the_overview_is_that_of_the_replacement(client: httpx.Client) -> None:
    made = opened(client, f"past-{new_key()}")
    made.accept("ndrc", "grant_in_principle")
    instead = event("grant_in_principle")
    instead["evidence"][0]["title"] = "The decision itself"
    made.accept("ndrc", {"type": "correct", "data": {"seq": 2, "with": instead}})
    moment = made.now()["updated_at"]
    for when in ({}, {"known_at": moment}, {"as_of": moment}):
        found = line(client, made.buyer, **when)
        assert found
        assert [(one["seq"], one["title"]) for one in found["sources"]] == [  # type: ignore[attr-defined]
            (3, "The decision itself")
        ]
