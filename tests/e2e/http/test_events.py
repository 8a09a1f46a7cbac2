"""Posting an event: accepted once for each key, rehearsed, conditional."""

import asyncio

import httpx
import pytest

from tests.e2e.http.journey import Application, event, new_key, problem
from tests.e2e.http.people import actor
from tests.keyring import Keyring


def test_an_accepted_event_leaves_a_record_that_its_location_leads_to(
    client: httpx.Client, application: Application
) -> None:
    answer = application.post("ndrc", "grant_in_principle", "grant-1")
    assert answer.status_code == 201
    record = answer.json()["record"]
    assert answer.headers["Location"] == f"{application.path}/trail/2"
    assert client.get(answer.headers["Location"]).json() == record
    assert record["id"] == "grant-1"
    assert (record["seq"], record["from"], record["to"]) == (2, "submitted", "in_principle")
    assert (record["authority"], record["principal"], record["role"]) == ("ndrc", "chen", "officer")
    assert answer.json()["application"] == application.now()
    assert answer.headers["ETag"] == application.tag()


def test_an_authority_may_be_left_out_where_only_one_fits(application: Application) -> None:
    granted = application.accept("ndrc", event("grant_in_principle", authority=None))
    assert granted["record"]["authority"] == "ndrc"
    declared = application.accept("buyer", event("declare_order", authority=None))
    assert declared["record"]["authority"] == "buyer"


def test_an_authority_is_named_where_several_fit(application: Application) -> None:
    application.accept("ndrc", "grant_in_principle")
    vague = event("approve", authority=None)
    told = problem(application.post("both", vague), 422, "authority-required")
    assert "miit, mofcom" in told["detail"]
    assert application.accept("both", "approve")["record"]["authority"] == "miit"


def test_a_repeat_answers_with_the_record_again(application: Application) -> None:
    key = new_key()
    first = application.post("ndrc", "grant_in_principle", key)
    again = application.post("ndrc", "grant_in_principle", key)
    assert again.status_code == 200
    assert again.headers["Idempotency-Replayed"] == "true"
    assert again.headers["Location"] == first.headers["Location"]
    assert again.json() == first.json()
    assert len(application.records()) == 2


def test_a_repeat_after_many_later_events_is_still_a_repeat(application: Application) -> None:
    key = new_key()
    first = application.post("ndrc", "grant_in_principle", key)
    application.live_on("give_up_balance")
    for _ in range(30):
        application.accept("buyer", "note")
    again = application.post("ndrc", "grant_in_principle", key)
    assert again.status_code == 200
    assert again.json()["record"] == first.json()["record"]
    assert again.json()["application"] == application.now()
    assert application.now()["state"] == "shipped"


def test_a_repeat_needs_no_fresh_precondition(application: Application) -> None:
    key, tag = new_key(), application.tag()
    first = application.post("ndrc", "grant_in_principle", key, If_Match=tag)
    assert first.status_code == 201
    assert application.post("ndrc", "grant_in_principle", key, If_Match=tag).status_code == 200


def test_the_same_key_with_another_body_is_refused(application: Application) -> None:
    key = new_key()
    application.post("buyer", "note", key)
    other = event("note", data={"text": "Something else.", "topic": "comment"})
    problem(application.post("buyer", other, key), 422, "idempotency-key-reused")


def test_the_order_of_a_bodys_fields_makes_no_other_body(application: Application) -> None:
    key, body = new_key(), event("note")
    application.post("buyer", body, key)
    turned = dict(reversed(body.items()))
    assert application.post("buyer", turned, key).status_code == 200


def test_a_refusal_is_not_remembered(application: Application) -> None:
    key = new_key()
    assert application.post("miit", "approve", key).status_code == 409
    application.accept("ndrc", "grant_in_principle")
    assert application.post("miit", "approve", key).status_code == 201


def test_a_key_belongs_to_its_application_and_principal(
    client: httpx.Client, application: Application
) -> None:
    key = new_key()
    assert application.post("buyer", "note", key).status_code == 201
    assert application.post("miit", event("note", authority="miit"), key).status_code == 201
    answer = client.post(
        f"{application.path}/events", json=event("note"), headers={"Idempotency-Key": f'"{key}"'}
    )
    assert (answer.status_code, answer.json()["record"]["principal"]) == (201, "local")


async def test_two_copies_at_once_make_one_record(
    url: str, keyring: Keyring, application: Application
) -> None:
    headers = actor("ndrc") | {"Idempotency-Key": new_key()}
    async with httpx.AsyncClient(base_url=url, auth=keyring) as many:
        posts = [
            many.post(
                f"{application.path}/events", json=event("grant_in_principle"), headers=headers
            )
            for _ in range(8)
        ]
        answers = await asyncio.gather(*posts)
    assert sorted(answer.status_code for answer in answers) == [200] * 7 + [201]
    assert len({answer.json()["record"]["hash"] for answer in answers}) == 1
    assert application.now()["version"] == 2


# rehearsal


def test_a_dry_run_shows_the_record_as_it_would_be(
    application: Application, no_trace: None
) -> None:
    key = new_key()
    answer = application.post("ndrc", "grant_in_principle", key, dry_run=True)
    assert answer.status_code == 200
    assert answer.json()["record"]["to"] == "in_principle"
    assert answer.json()["record"]["seq"] == answer.json()["application"]["version"] == 2
    assert answer.json()["application"]["state"] == "in_principle"
    for name in ("ETag", "Location", "Idempotency-Replayed"):
        assert name not in answer.headers


def test_a_dry_run_shows_the_refusal(application: Application, no_trace: None) -> None:
    problem(application.post("miit", "approve", dry_run=True), 409, "transition-not-allowed")
    problem(application.post("bis", "approve", dry_run=True), 403, "wrong-authority")


def test_a_dry_run_needs_no_key_and_uses_none_up(
    client: httpx.Client, application: Application
) -> None:
    path, query = f"{application.path}/events", {"dry_run": "true"}
    body = event("grant_in_principle")
    assert client.post(path, json=body, headers=actor("ndrc"), params=query).status_code == 200
    key = new_key()
    for _ in range(2):
        assert application.post("ndrc", body, key, dry_run=True).status_code == 200
    other = event("grant_in_principle", reason="Another body.")
    assert application.post("ndrc", other, key).status_code == 201


def test_a_dry_run_honours_if_match(application: Application) -> None:
    tag = application.tag()
    assert application.post("buyer", "note", dry_run=True, If_Match=tag).status_code == 200
    application.accept("buyer", "note")
    problem(application.post("buyer", "note", dry_run=True, If_Match=tag), 412, "stale")


def test_dry_run_false_is_no_dry_run(client: httpx.Client, application: Application) -> None:
    answer = client.post(
        f"{application.path}/events?dry_run=false",
        json=event("note"),
        headers={"Idempotency-Key": new_key()},
    )
    assert answer.status_code == 201


@pytest.mark.parametrize(
    "query", ["dry_run=yes", "dry_run=", "dry_run", "dry_run=true&dry_run=true", "dry-run=true"]
)
def test_a_query_that_cannot_be_meant_is_refused(
    client: httpx.Client, application: Application, no_trace: None, query: str
) -> None:
    answer = client.post(
        f"{application.path}/events?{query}",
        json=event("note"),
        headers={"Idempotency-Key": new_key()},
    )
    told = problem(answer, 422, "invalid-request")
    assert told["errors"][0]["pointer"].startswith("/query/")


# preconditions


@pytest.mark.parametrize("given", ["{}", '"other", {}', "*"])
def test_an_event_on_the_version_that_was_seen_is_accepted(
    application: Application, given: str
) -> None:
    answer = application.post("buyer", "note", If_Match=given.format(application.tag()))
    assert answer.status_code == 201


@pytest.mark.parametrize("given", ["W/{}", '"other"', '"1"'])
def test_if_match_compares_strongly(application: Application, no_trace: None, given: str) -> None:
    answer = application.post("buyer", "note", If_Match=given.format(application.tag()))
    problem(answer, 412, "stale")


@pytest.mark.parametrize("given", ["", "{}x", "nonsense"])
def test_what_is_no_tag_is_told_as_that(
    application: Application, no_trace: None, given: str
) -> None:
    answer = application.post("buyer", "note", If_Match=given.format(application.tag()))
    (error,) = problem(answer, 422, "invalid-request")["errors"]
    assert error["pointer"] == "/header/If-Match"
    assert "实体标签" in error["detail_zh"]


def test_every_tag_but_the_last_is_stale(application: Application) -> None:
    tags = []
    for _ in range(3):
        tags.append(application.tag())
        application.accept("buyer", "note")
    for tag in tags:
        problem(application.post("buyer", "note", If_Match=tag), 412, "stale")
    assert application.post("buyer", "note", If_Match=application.tag()).status_code == 201


def test_the_tag_of_an_answer_serves_for_the_next_event(application: Application) -> None:
    tag = application.tag()
    for who, kind in (("ndrc", "grant_in_principle"), ("buyer", "declare_order")):
        answer = application.post(who, kind, If_Match=tag)
        assert answer.status_code == 201
        tag = answer.headers["ETag"]
