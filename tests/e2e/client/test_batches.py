"""Many events: each has its outcome, and what has none yet is sent again."""

import json
from typing import Any

import httpx
import pytest

from api.client import Client, Entered, MalformedAnswer, Patience, Refused, Unresolved
from api.schemas import BatchItemIn, EventIn, RecordOut
from tests.e2e.client.cases import note, opened
from tests.e2e.client.trouble import Trouble, Troubled, answer, refuse_connection


def answer_of(*statuses: int) -> Trouble:
    """A batch with these statuses; what is recorded is somebody's record."""
    record: dict[str, Any] = dict.fromkeys(RecordOut.model_fields, None) | {"from": None}
    record |= {"seq": 1, "subject": "application/a", "type": "note", "data": {}, "changes": {}}
    record |= {"evidence": [], "id": "k", "hash": "0", "prev": "0", "salt": "0", "role": "recorder"}
    texts = ("principal", "organisation", "credential", "effective_at", "recorded_at")
    record |= dict.fromkeys((*texts, "fingerprint"), "-")

    def happen(_request: httpx.Request) -> httpx.Response:
        items = [
            {"status": status, "record": record}
            if status == 201
            else {"status": status, "problem": {"code": "busy", "status": status, "detail": "-"}}
            for status in statuses
        ]
        return httpx.Response(207, json={"items": items})

    return happen


def without_outcome(*statuses: int) -> Trouble:
    """A batch in which nothing happened."""

    def happen(request: httpx.Request) -> httpx.Response:
        items = [
            {"status": status, "problem": {"code": "busy", "status": status, "detail": "-"}}
            for status in statuses
        ]
        assert len(request.content.splitlines()) == len(items)
        return httpx.Response(207, json={"items": items})

    return happen


async def test_outcomes_come_in_order_and_a_refusal_stops_nothing(client: Client) -> None:
    application = await opened(client)
    items = [
        BatchItemIn(
            application=application,
            idempotency_key=f"order-{number}",
            event=EventIn(type="note", data={"text": "t"})
            if number % 7
            else EventIn(type="record_shipment", authority="customs"),
        )
        for number in range(1, 1203)
    ]
    outcomes = [outcome async for outcome in client.post_many(items)]
    assert len(outcomes) == 1202
    refused = [place for place, one in enumerate(outcomes, 1) if isinstance(one, Refused)]
    assert refused == list(range(7, 1203, 7))
    seqs = [one.record.seq for one in outcomes if isinstance(one, Entered)]
    assert seqs == list(range(2, 2 + len(seqs)))
    again = [outcome async for outcome in client.post_many(items[:10])]
    assert [one.replayed for one in again if isinstance(one, Entered)] == [True] * 9


async def test_what_waits_is_sent_again_with_its_key(client: Client, trouble: Troubled) -> None:
    application = await opened(client)
    trouble.seen.clear()
    trouble.before = [answer(503), without_outcome(503, 424, 424), without_outcome(429, 424, 424)]
    items = [{"application": application, "event": note(f"{number}")} for number in range(3)]
    outcomes = [outcome async for outcome in client.post_many(items)]
    assert [one.record.seq for one in outcomes if isinstance(one, Entered)] == [2, 3, 4]
    assert len(trouble.seen) == 4
    assert len({request.content for request in trouble.seen}) == 1
    keys = [json.loads(line)["idempotency_key"] for line in trouble.seen[0].content.splitlines()]
    assert len(set(keys)) == 3


async def test_what_has_no_outcome_in_time_says_so(
    service: str, recorder: str, trouble: Troubled
) -> None:
    patience = Patience(call=0.2, first_pause=0.01, longest_pause=0.01)
    async with Client(service, api_key=recorder, patience=patience, transport=trouble) as client:
        application = await opened(client)
        trouble.before = [without_outcome(503, 424)] * 500
        items = [{"application": application, "event": note("t")}] * 2
        outcomes = [outcome async for outcome in client.post_many(items)]
        assert [one.status for one in outcomes if isinstance(one, Unresolved)] == [503, 424]


@pytest.mark.parametrize("statuses", [(), (201, 201)])
async def test_an_answer_of_another_length_is_malformed(
    client: Client, trouble: Troubled, statuses: tuple[int, ...]
) -> None:
    trouble.before = [
        lambda _: httpx.Response(207, json={"items": [{"status": s} for s in statuses]})
    ]
    with pytest.raises(MalformedAnswer):
        [outcome async for outcome in client.post_many([{"application": "a", "event": note("t")}])]


async def test_nothing_is_sent_past_an_item_without_an_outcome(
    service: str, recorder: str, trouble: Troubled
) -> None:
    patience = Patience(call=0.2, first_pause=0.01, longest_pause=0.01)
    async with Client(service, api_key=recorder, patience=patience, transport=trouble) as client:
        application = await opened(client)
        first_entered = answer_of(201, 503, *[424] * 498)
        trouble.before = [first_entered, *[refuse_connection] * 500]
        trouble.seen.clear()
        items = [{"application": application, "event": note(f"{n}")} for n in range(1200)]
        outcomes = [outcome async for outcome in client.post_many(items)]
        assert isinstance(outcomes[0], Entered)
        assert all(isinstance(one, Unresolved) for one in outcomes[1:])
        assert len(outcomes) == 1200
        assert {len(request.content.splitlines()) for request in trouble.seen} == {500, 499}
