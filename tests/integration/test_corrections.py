"""Corrections and migrations through the service, on a real store: alone, in a crowd, in a race."""

import asyncio
from typing import Any

import orjson
import pytest

from tests.integration.events import CATALOG, NAME, PROCEDURE, creation, event, note
from tests.integration.test_desk import code_of, seq_of
from tests.unit.acting import BUYER, OFFICIAL, OPERATOR, RECORDER, THE_BUYER, evidence, officer
from tests.unit.versions import both
from workflow.desk import Accepted
from workflow.domain.act import Event
from workflow.domain.refusals import Refused
from workflow.queries import Queries
from workflow.service import Item, Rehearsed, Service
from workflow.store import Store

NDRC = officer("ndrc")
GRANTED = 2


def correction(seq: int, instead: dict[str, Any] | None, key: str) -> Event:
    return event("correct", key, {"seq": seq, "with": instead}, grade=())


def grant(**more: Any) -> dict[str, Any]:
    pieces = [dict(piece) for piece in evidence(OFFICIAL)]
    return {"type": "grant_in_principle", "evidence": pieces, **more}


@pytest.fixture
async def granted(service: Service, application: str) -> str:
    """Cleared in principle by record 2."""
    outcome = await service.post(NDRC, application, event("grant_in_principle", "g"))
    assert seq_of(outcome) == GRANTED
    return application


async def sound(queries: Queries, application: str) -> int:
    verdict = await queries.verify(application)
    assert verdict
    assert verdict.ok, verdict.reason
    return verdict.checked


async def test_a_correction_is_recorded_once_and_the_trail_stays_sound(
    service: Service, queries: Queries, granted: str
) -> None:
    act = correction(GRANTED, None, "c")
    outcomes = [await service.post(NDRC, granted, act) for _ in range(2)]
    assert [(seq_of(one), one.replayed) for one in outcomes if isinstance(one, Accepted)] == [
        (3, False),
        (3, True),
    ]
    document = await queries.document("application", granted)
    assert document
    assert document.snapshot["state"] == "submitted"
    assert await sound(queries, granted) == 3
    found = await queries.applications(RECORDER, ["state=submitted"], None, 10, None)
    assert [identifier for identifier, _ in found.items] == [granted]
    reused = await service.post(NDRC, granted, correction(GRANTED, grant(), "c"))
    assert code_of(reused) == "idempotency-key-reused"


async def test_a_correction_may_be_rehearsed(
    service: Service, queries: Queries, granted: str
) -> None:
    told = await service.rehearse(NDRC, granted, correction(GRANTED, None, "c"))
    assert isinstance(told, Rehearsed)
    assert told.document.snapshot["state"] == "submitted"
    assert orjson.loads(told.record)["data"]["restated"]["2"] is None
    refused = await service.rehearse(RECORDER, granted, correction(GRANTED, None, "c"))
    assert code_of(refused) == "record-of-another"
    unknown = await service.rehearse(NDRC, "nothing", correction(GRANTED, None, "c"))
    assert code_of(unknown) == "unknown-application"
    assert await sound(queries, granted) == GRANTED


async def test_a_correction_takes_its_turn_among_others(
    service: Service, queries: Queries, granted: str
) -> None:
    """Each is decided on all that was recorded before it, pending chains included."""
    notes = [service.post(THE_BUYER, granted, note("x", f"n{n}")) for n in range(60)]
    changes = [
        service.post(NDRC, granted, correction(GRANTED, grant() if n % 2 else None, f"c{n}"))
        for n in range(6)
    ]
    mixed = [*notes[:20], *changes[:3], *notes[20:40], *changes[3:], *notes[40:]]
    outcomes = await asyncio.gather(*mixed)
    assert sorted(map(seq_of, outcomes)) == list(range(3, 69))
    assert await sound(queries, granted) == 68


async def test_a_correction_is_decided_again_when_another_process_was_quicker(
    store: Store, service: Service, queries: Queries, granted: str
) -> None:
    other = Service(store, CATALOG)
    posted = [
        each.post(who, granted, act)
        for n in range(10)
        for each, who, act in (
            (service, NDRC, correction(GRANTED, grant(), f"c{n}")),
            (other, THE_BUYER, note("x", f"n{n}")),
            (other, officer("ndrc", name="b"), correction(GRANTED, grant(), f"d{n}")),
        )
    ]
    outcomes = await asyncio.gather(*posted)
    await other.finish()
    assert sorted(map(seq_of, outcomes)) == list(range(3, 33))
    assert await sound(queries, granted) == 32


async def test_a_correction_in_a_batch_stands_in_its_place(
    service: Service, queries: Queries, granted: str
) -> None:
    acts = [note("a", "a"), correction(GRANTED, None, "c"), event("grant_in_principle", "again")]
    stretch = [Item(granted, act, None) for act in acts]
    outcomes = await service.post_many(NDRC, [stretch])
    assert [seq_of(one) for one in outcomes if isinstance(one, Accepted)] == [3, 4, 5]
    assert await sound(queries, granted) == 5


async def test_a_trail_that_is_too_long_is_not_decided_again(
    service: Service, granted: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workflow.judging.RECALLED", 1)
    outcome = await service.post(NDRC, granted, correction(GRANTED, None, "c"))
    assert code_of(outcome) == "trail-too-long"


async def test_the_pool_of_a_replacement_must_be_registered(
    service: Service, application: str
) -> None:
    title = {"en": "Joint purchase", "zh": "联合采购"}
    claimed = {"units": 9, "bound": "at_least", "buyers": [BUYER], "evidence": []}
    await service.open_pool(RECORDER, "p", {"title": title, "claims": [claimed]}, "k", "1" * 64)
    claim = event("claim_allocation", "a", {"units": 5, "pool": "p"}, authority="buyer")
    await service.post(THE_BUYER, application, claim)
    for pool, code in (("nowhere", "pool-not-registered"), ("p", None)):
        replaced = {"type": "claim_allocation", "data": {"units": 6, "pool": pool}}
        outcome = await service.post(THE_BUYER, application, correction(2, replaced, f"c-{pool}"))
        assert (code_of(outcome) if isinstance(outcome, Refused) else None) == code


async def test_an_application_migrates_and_is_found_where_it_stands(store: Store) -> None:
    service, queries = Service(store, both()), Queries(store, both())
    first = Service(store, CATALOG)
    await first.register_buyer(RECORDER, BUYER, NAME, "0" * 64)
    identifier, _ = await first.create(THE_BUYER, PROCEDURE, creation("submit"))
    await first.post(NDRC, identifier, event("grant_in_principle", "g"))
    payload, data = both().shape("migrate", {"version": 2})
    act = event("migrate", "m", {"version": 2}, grade=())._replace(payload=payload, data=data)
    assert code_of(await service.post(NDRC, identifier, act)) == "wrong-authority"
    outcome = await service.post(OPERATOR, identifier, act)
    assert isinstance(outcome, Accepted)
    assert outcome.document.snapshot["procedure_version"] == 2
    found = await queries.applications(RECORDER, ["state=in_principle"], None, 10, None)
    assert [one for one, _ in found.items] == [identifier]
    assert await sound(queries, identifier) == 3
    corrected = await service.post(NDRC, identifier, correction(GRANTED, grant(), "c"))
    assert seq_of(corrected) == 4
    assert await sound(queries, identifier) == 4
    await service.finish()
    await first.finish()
