"""A record is no longer than an entry of the log, whichever way its event comes."""

from typing import Any

import httpx

from tests.e2e.http.journey import Application, event, new_key, opened, problem
from tests.e2e.http.people import BUYER, actor

SOURCE = {
    "grade": "press_report",
    "title": "长" * 200,
    "publisher": "Reuters",
    "attribution": "人" * 200,
    "published_at": "2026-01-30T00:00:00Z",
    "url": f"https://example.com/{'u' * 1_900}",
}


def long_note() -> dict[str, Any]:
    """An event of 64 KiB and more; each part of it is as long as it may be."""
    return event("note", evidence=[SOURCE] * 20, data={"text": "字" * 4_000})


def test_an_event_whose_record_would_be_longer_is_refused(application: Application) -> None:
    told = problem(application.post("ndrc", long_note()), 409, "limit-reached")
    assert "65535 bytes" in told["detail"]
    assert (told["state"], told["failed_guards"][0]["code"]) == ("submitted", "limit-reached")
    problem(application.post("ndrc", long_note(), dry_run=True), 409, "limit-reached")
    assert len(application.records()) == 1


def test_in_a_batch_the_others_are_accepted(client: httpx.Client, application: Application) -> None:
    items = [
        {"application": application.id, "idempotency_key": new_key(), "event": body}
        for body in (event("note"), long_note(), event("note"))
    ]
    answer = client.post("/v1/events:batch", json=items, headers=actor("recorder"))
    outcomes = answer.json()["items"]
    assert [one["status"] for one in outcomes] == [201, 409, 201]
    assert outcomes[1]["problem"]["code"] == "limit-reached"


def test_a_pool_says_no_more_than_that_at_once(client: httpx.Client) -> None:
    opened(client)
    claim = {"units": 1, "bound": "exactly", "buyers": [BUYER], "evidence": [SOURCE] * 15}
    body = {"id": "too-much", "title": {"en": "A", "zh": "甲"}, "claims": [claim]}
    answer = client.post("/v1/pools", json=body, headers=actor("recorder"))
    problem(answer, 409, "limit-reached")
    assert client.get("/v1/pools/too-much", headers=actor("recorder")).status_code == 404
