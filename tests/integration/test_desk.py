"""The desk: chains, what it remembers, what it refuses."""

import asyncio

import pytest
from redis.asyncio import Redis

from tests.integration.events import CATALOG, PROCEDURE, creation, event, note
from tests.integration.store.test_group import script_calls
from tests.unit.acting import RECORDER, STATEMENT, THE_BUYER, officer
from workflow import desk
from workflow.desk import Accepted
from workflow.domain.act import Event
from workflow.domain.canonical import decode
from workflow.domain.principal import Principal
from workflow.domain.record import Document
from workflow.domain.refusals import Refusal, Refused
from workflow.queries import Queries
from workflow.registry import Precondition
from workflow.service import Item, Service
from workflow.store import Store
from workflow.trails import TrailFilter

WITHDRAW = event("withdraw", "withdraw", authority="buyer", grade=STATEMENT)
GRANT = event("grant_in_principle", "grant")


def seq_of(outcome: object) -> int:
    assert isinstance(outcome, Accepted), outcome
    seq: int = decode(outcome.record)["seq"]
    return seq


def code_of(outcome: object) -> str:
    assert isinstance(outcome, Refused), outcome
    return outcome.decisive.code


async def keys_of(queries: Queries, application: str) -> list[str]:
    """The keys of a trail, behind the creation."""
    page = await queries.trail(
        f"application/{application}", TrailFilter(), 1000, None, newest=False
    )
    return [decode(text)["id"] for text in page.records][1:]


async def test_events_that_arrive_together_are_committed_together(
    service: Service, client: Redis, application: str
) -> None:
    before = await script_calls(client)
    posts = [service.post(RECORDER, application, note(f"{n}", f"{n}")) for n in range(100)]
    outcomes = await asyncio.gather(*posts)
    assert [seq_of(outcome) for outcome in outcomes] == list(range(2, 102))
    assert await script_calls(client) - before <= 3


async def test_a_chain_has_a_bound(
    service: Service, queries: Queries, application: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk, "CHAIN", 3)
    items = [Item(application, note(f"{n}", f"{n}"), None) for n in range(20)]
    assert all(isinstance(one, Accepted) for one in await service.post_many(RECORDER, [items]))
    assert await keys_of(queries, application) == [f"{n}" for n in range(20)]


async def test_order_holds_around_a_refusal(
    service: Service, queries: Queries, application: str
) -> None:
    posts = [
        service.post(RECORDER, application, note("a", "a")),
        service.post(THE_BUYER, application, WITHDRAW),
        service.post(officer("ndrc"), application, GRANT),
        service.post(RECORDER, application, note("b", "b")),
    ]
    a, withdrawn, granted, b = await asyncio.gather(*posts)
    assert (seq_of(a), seq_of(withdrawn), seq_of(b)) == (2, 3, 4)
    assert code_of(granted) == "transition-not-allowed"
    assert await keys_of(queries, application) == ["a", "withdraw", "b"]


async def test_copies_in_one_chain_make_one_record(service: Service, application: str) -> None:
    same = [service.post(RECORDER, application, note("x", "k")) for _ in range(5)]
    other = [service.post(RECORDER, application, note("y", "k")) for _ in range(3)]
    outcomes = await asyncio.gather(*same, *other)
    assert [seq_of(outcome) for outcome in outcomes[:5]] == [2] * 5
    assert [one.replayed for one in outcomes[:5] if isinstance(one, Accepted)].count(False) == 1
    assert {code_of(outcome) for outcome in outcomes[5:]} == {"idempotency-key-reused"}


async def test_copies_of_what_is_refused_are_each_refused(
    service: Service, application: str
) -> None:
    await service.post(THE_BUYER, application, WITHDRAW)
    copies = [service.post(officer("ndrc"), application, GRANT) for _ in range(4)]
    assert {code_of(one) for one in await asyncio.gather(*copies)} == {"transition-not-allowed"}


async def test_a_document_that_is_remembered_is_not_loaded(
    service: Service, client: Redis, application: str
) -> None:
    before = await script_calls(client)
    for n in range(5):
        await service.post(RECORDER, application, note(f"{n}", f"{n}"))
    assert await script_calls(client) - before == 5


async def test_what_is_remembered_has_a_bound(
    service: Service, client: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk, "REMEMBERED", 2)
    names = [(await service.create(THE_BUYER, PROCEDURE, creation(f"{n}")))[0] for n in range(4)]
    assert len(service._desk._remembered) == 2
    before = await script_calls(client)
    await service.post(RECORDER, names[3], note("x", "x"))
    assert await script_calls(client) - before == 1
    await service.post(RECORDER, names[0], note("x", "x"))
    assert await script_calls(client) - before == 3


async def test_what_is_remembered_and_out_of_date_misleads_nobody(
    service: Service, store: Store, queries: Queries, application: str
) -> None:
    other = Service(store, CATALOG)
    assert seq_of(await other.post(RECORDER, application, note("x", "x"))) == 2
    posts = [
        service.post(RECORDER, application, note("x", "x")),  # the other has recorded it
        service.post(RECORDER, application, note("y", "y")),
        service.post(RECORDER, application, note("z", "x")),  # another body
    ]
    x, y, z = await asyncio.gather(*posts)
    assert (seq_of(x), seq_of(y), code_of(z)) == (2, 3, "idempotency-key-reused")
    await other.post(officer("ndrc"), application, GRANT)
    assert seq_of(await service.post(officer("miit"), application, event("approve", "a"))) == 5
    await other.post(THE_BUYER, application, WITHDRAW)
    refused = await service.post(officer("mofcom"), application, event("approve", "b"))
    assert code_of(refused) == "transition-not-allowed"
    verdict = await queries.verify(application)
    assert verdict
    assert (verdict.ok, verdict.checked) == (True, 6)


async def test_a_precondition_has_its_place(service: Service, application: str) -> None:
    def stale(_: Document) -> Refusal:
        return Refusal("stale")

    async def told(who: Principal, act: Event, condition: Precondition | None = stale) -> str:
        return code_of(await service.post(who, application, act, condition))

    assert await told(RECORDER, note("x", "x")) == "stale"
    assert await told(officer("bis"), GRANT) == "wrong-authority"
    assert await told(officer("miit"), event("approve", "a")) == "stale"
    assert await told(officer("miit"), event("approve", "a"), None) == "transition-not-allowed"
    unknown = await service.post(RECORDER, "nothing", note("x", "x"), stale)
    assert code_of(unknown) == "unknown-application"
    held = await service.post(RECORDER, application, note("x", "x"), lambda _: None)
    assert seq_of(held) == 2
    again = await service.post(RECORDER, application, note("x", "x"), stale)
    assert seq_of(again) == 2


async def test_a_rehearsal_reads_and_writes_nothing(
    service: Service, queries: Queries, application: str
) -> None:
    outcome = await service.rehearse(officer("ndrc"), application, GRANT)
    assert not isinstance(outcome, Refused)
    assert outcome.document.snapshot["state"] == "in_principle"
    refused = await service.rehearse(officer("miit"), application, event("approve", "a"))
    assert code_of(refused) == "transition-not-allowed"
    assert code_of(await service.rehearse(RECORDER, "nothing", GRANT)) == "unknown-application"
    assert await keys_of(queries, application) == []
    assert seq_of(await service.post(officer("ndrc"), application, GRANT)) == 2
