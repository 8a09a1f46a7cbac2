"""The use cases that only read: trails, verification, the overview, members of a pool."""

import pytest
from redis.asyncio import Redis

from tests.integration.events import NAME, PROCEDURE, creation, event, note
from tests.integration.store.servers import ask
from tests.integration.test_desk_service import MARK, TITLE, claim
from tests.unit.acting import ANONYMOUS, BUYER, RECORDER, THE_BUYER, officer
from workflow import queries as module
from workflow.domain.canonical import decode
from workflow.domain.record import Document
from workflow.queries import Queries, TrailPage
from workflow.service import Service
from workflow.trails import TrailFilter

LENGTH = 12


@pytest.fixture
async def noted(service: Service, application: str) -> str:
    """An application with a trail of `LENGTH` records, the third of them a grant."""
    await service.post(RECORDER, application, note("1", "1"))
    await service.post(officer("ndrc"), application, event("grant_in_principle", "g"))
    for number in range(3, LENGTH):
        await service.post(RECORDER, application, note(f"{number}", f"{number}"))
    return application


def seqs(page: TrailPage) -> list[int]:
    return [decode(text)["seq"] for text in page.records]


async def walk(queries: Queries, application: str, wanted: TrailFilter, newest: bool) -> list[int]:
    """All pages of five, one after the other."""
    found: list[int] = []
    after = None
    while True:
        page = await queries.trail(f"application/{application}", wanted, 5, after, newest)
        found += seqs(page)
        if page.next is None:
            return found
        after = page.next


@pytest.mark.parametrize("stretch", [1, 3, 200])
async def test_a_trail_is_read_page_by_page_either_way(
    queries: Queries, noted: str, monkeypatch: pytest.MonkeyPatch, stretch: int
) -> None:
    monkeypatch.setattr(module, "STRETCH", stretch)
    everything = list(range(1, LENGTH + 1))
    assert await walk(queries, noted, TrailFilter(), newest=False) == everything
    assert await walk(queries, noted, TrailFilter(), newest=True) == everything[::-1]
    whole = [
        text async for text in queries.whole_trail(f"application/{noted}", TrailFilter(), False)
    ]
    assert [decode(text)["seq"] for text in whole] == everything
    grants = TrailFilter(type="grant_in_principle")
    some = [text async for text in queries.whole_trail(f"application/{noted}", grants, True)]
    assert [decode(text)["seq"] for text in some] == [3]


async def test_a_trail_is_narrowed(
    queries: Queries, noted: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    third = decode(await queries.record(f"application/{noted}", 3) or b"")
    at = third["recorded_at"]
    grants = TrailFilter(type="grant_in_principle", authority="ndrc", actor=third["principal"])
    assert await walk(queries, noted, grants, newest=True) == [3]
    assert await walk(queries, noted, TrailFilter(actor="nobody"), newest=False) == []
    since = await walk(queries, noted, TrailFilter(since=at), newest=False)
    until = await walk(queries, noted, TrailFilter(until=at), newest=False)
    assert 3 in since
    assert [*until, *since] == list(range(1, LENGTH + 1))
    monkeypatch.setattr(module, "LOOKED_AT", 2)
    page = await queries.trail(f"application/{noted}", grants, 5, None, newest=False)
    assert (page.records, page.next) == ([], 2)
    assert await walk(queries, noted, grants, newest=False) == [3]


async def test_what_is_not_there_is_told(queries: Queries) -> None:
    nobody = TrailFilter()
    assert await queries.application(RECORDER, "none") is None
    assert await queries.document("application", "none") is None
    assert await queries.record("application/none", 1) is None
    assert await queries.verify("none") is None
    assert await queries.outlook(RECORDER, "none", "2026-01-28T00:00:00.000Z") is None
    assert await queries.trail("application/none", nobody, 5, None, newest=True) == ([], None)


async def test_a_changed_record_is_found(queries: Queries, client: Redis, noted: str) -> None:
    sound = await queries.verify(noted)
    assert sound
    assert (sound.ok, sound.checked) == (True, LENGTH)
    (key,) = [key async for key in client.scan_iter(f"*t:application/{noted}")]
    text = await queries.record(f"application/{noted}", 5) or b""
    await ask(client, "LSET", key, b"4", text.replace(b"note", b"nota"))
    verdict = await queries.verify(noted)
    assert verdict
    assert (verdict.ok, verdict.first_bad, verdict.checked) == (False, 5, 4)


async def test_a_document_that_the_trail_does_not_lead_to_is_found(
    queries: Queries, client: Redis, noted: str
) -> None:
    (key,) = [key async for key in client.scan_iter(f"*d:application/{noted}")]
    document = await queries.document("application", noted)
    assert document
    snapshot = {**document.snapshot, "state": "licensed"}
    await client.set(key, Document(LENGTH, document.head, document.recorded_at, snapshot).encode())
    verdict = await queries.verify(noted)
    assert verdict
    assert (verdict.ok, verdict.first_bad, verdict.checked) == (False, LENGTH + 1, LENGTH)
    assert verdict.reason == "the trail does not lead to the stored document"


async def test_a_trail_that_ends_early_is_found(
    queries: Queries, client: Redis, noted: str
) -> None:
    (key,) = [key async for key in client.scan_iter(f"*t:application/{noted}")]
    await ask(client, "RPOP", key)
    verdict = await queries.verify(noted)
    assert verdict
    assert (verdict.ok, verdict.first_bad) == (False, LENGTH)


async def test_the_overview_names_every_buyer_and_its_sources(
    service: Service, queries: Queries
) -> None:
    await service.register_buyer(RECORDER, "no-case", {"en": "No Case", "zh": None}, MARK)
    await service.open_pool(RECORDER, "p", {"title": TITLE, "claims": [claim(400)]}, "k", MARK)
    name, _ = await service.create(THE_BUYER, PROCEDURE, creation("a", pool="p"))
    act = event("claim_allocation", "c", {"units": 5}, authority="buyer", grade=ANONYMOUS)
    await service.post(RECORDER, name, act)
    alone, _ = await service.create(THE_BUYER, PROCEDURE, creation("b"))
    rows, following = await queries.overview(RECORDER, 10, None)
    assert following is None
    by_case = {(row.buyer, row.application): row for row in rows}
    assert by_case.keys() == {("no-case", None), (BUYER, name), (BUYER, alone)}
    assert by_case["no-case", None].document is None
    row = by_case[BUYER, name]
    assert row.name == NAME
    assert [source["type"] for source in row.sources] == ["create", "claim_allocation"]
    assert row.pool
    assert row.pool.snapshot["title"] == TITLE
    assert by_case[BUYER, alone].pool is None
    first, following = await queries.overview(RECORDER, 1, None)
    assert following
    rest, following = await queries.overview(RECORDER, 1, following)
    assert {row.buyer for row in (*first, *rest)} == {"no-case", BUYER}


async def test_the_members_of_a_pool_are_all_found(
    service: Service, queries: Queries, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "STRETCH", 2)
    for pool in "pq":
        data = {"title": TITLE, "claims": [claim(400)]}
        await service.open_pool(RECORDER, pool, data, pool, MARK)
    made = {}
    for number in range(7):
        pool = "p" if number < 5 else "q"
        act = creation(f"{number}", pool=pool)
        made[(await service.create(THE_BUYER, PROCEDURE, act))[0]] = pool
    for pool in "pq":
        found = {name for name, _ in await queries.members(pool)}
        assert found == {name for name, own in made.items() if own == pool}
    assert await queries.members("none") == []
    page = await queries.pools(RECORDER, 10, None)
    assert {name for name, _ in page.items} == {"p", "q"}


async def test_the_outlook_is_of_the_present(
    service: Service, queries: Queries, application: str
) -> None:
    now = "2026-01-28T00:00:00.000Z"
    before = await queries.outlook(officer("miit"), application, now)
    assert before
    assert ("grant_in_principle", "miit") in before[1].allowed
    await service.post(officer("ndrc"), application, event("grant_in_principle", "g"))
    after = await queries.outlook(officer("miit"), application, now)
    assert after
    assert ("approve", "miit") in after[1].allowed
