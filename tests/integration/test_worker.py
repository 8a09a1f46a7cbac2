"""What the clock brings about: once, in time, whoever works and whatever happened meanwhile."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from typing import Any

import pytest

from tests.integration.events import CATALOG, NAME, PROCEDURE, creation, event
from tests.unit.acting import BUYER, DATA, RECORDER, THE_BUYER, officer
from tests.unit.journeys import JOURNEYS, Step
from workflow import worker
from workflow.catalog import Catalog
from workflow.desk import Accepted
from workflow.domain.canonical import decode
from workflow.domain.refusals import Refused
from workflow.queries import Queries
from workflow.service import Service
from workflow.store import EmbeddedServer, Store, Unavailable, connect
from workflow.worker import Worker

LAST_DAY = "2026-12-31"  # of the licence's validity, in Shanghai
LAST_MOMENT, MIDNIGHT = "2026-12-31T15:59:59.999Z", "2026-12-31T16:00:00.000Z"
DECIDED_BY = "2026-03-03T16:00:00.000Z"
"""Twenty working days after 28 January 2026 have passed."""


class Hand:
    """A clock that stands where it is put."""

    def __init__(self, now: str) -> None:
        self.now = now

    def __call__(self) -> str:
        return self.now


class House:
    """A service with its worker on the tests' server, all by one clock."""

    def __init__(self, store: Store, hand: Hand, catalog: Catalog = CATALOG) -> None:
        self.store = store
        self.hand = hand
        self.service = Service(store, catalog, clock=hand)
        self.worker = Worker(store, catalog, self.service, clock=hand)
        self.queries = Queries(store, catalog, clock=hand)

    async def at(self, now: str) -> int:
        """One turn of the worker at a time; how many applications it attended to."""
        self.hand.now = now
        return await self.worker.turn()

    async def state(self, application: str) -> str:
        document = await self.queries.document("application", application)
        assert document is not None
        return str(document.snapshot["state"])

    async def types(self, application: str) -> list[str]:
        records = await self.store.records(f"application/{application}", 1, 100)
        return [decode(record)["type"] for record in records]

    async def last(self, application: str) -> dict[str, Any]:
        *_, record = await self.store.records(f"application/{application}", 1, 100)
        found: dict[str, Any] = decode(record)
        return found

    async def overdue(self, *more: str) -> list[str]:
        found = await self.queries.applications(RECORDER, ["overdue", *more], None, 50, None)
        return [name for name, _ in found.items]

    async def due(self) -> int:
        """How many applications will ever be due, if nothing changes."""
        return len(await self.store.due("application", 1 << 50, 1_000))


@pytest.fixture
async def house(store: Store) -> AsyncIterator[House]:
    """A house at noon of 28 January 2026 in Shanghai, with one buyer in the registry."""
    made = House(store, Hand("2026-01-28T04:00:00.000Z"))
    await made.service.register_buyer(RECORDER, BUYER, NAME, "0" * 64)
    yield made
    await made.service.finish()


async def opened(house: House, key: str = "one") -> str:
    name, outcome = await house.service.create(THE_BUYER, PROCEDURE, creation(key))
    assert isinstance(outcome, Accepted)
    return name


async def carry(house: House, name: str, steps: Sequence[Step]) -> None:
    for number, (who, kind, *more) in enumerate(steps):
        authority, data = (*more, None, None)[:2]
        act = event(kind, f"{number}.{kind}", data, authority=authority, reason="because")
        outcome = await house.service.post(who, name, act)
        assert isinstance(outcome, Accepted), outcome


async def licensed(house: House, key: str = "one") -> str:
    name = await opened(house, key)
    await carry(house, name, JOURNEYS["licensed"])
    return name


async def post(house: House, who: Any, name: str, kind: str, **data: Any) -> None:
    act = event(kind, f"{kind}.{house.hand.now}", data or DATA.get(kind, {}), reason="because")
    assert isinstance(await house.service.post(who, name, act), Accepted)


async def test_a_licence_expires_on_the_day_after_its_last(house: House) -> None:
    name = await licensed(house)
    assert DATA["propose_licence"]["valid_until"] == LAST_DAY
    assert await house.at(LAST_MOMENT) == 0
    assert await house.state(name) == "licensed"
    assert await house.at(MIDNIGHT) == 1
    assert await house.state(name) == "expired"
    record = await house.last(name)
    assert record["id"] == f"timer:expiry:{MIDNIGHT}:{record['seq'] - 1}"
    assert (record["principal"], record["role"]) == ("system:clock", "system")
    assert (record["effective_at"], record["recorded_at"]) == (MIDNIGHT, MIDNIGHT)
    assert (await house.at("2027-06-01T00:00:00.000Z"), await house.due()) == (0, 0)


async def test_what_was_due_while_nobody_worked_is_made_up_for(house: House) -> None:
    """As of its time: the licence was no longer valid since."""
    name = await licensed(house)
    assert await house.at("2027-03-01T09:00:00.000Z") == 1
    record = await house.last(name)
    assert record["effective_at"] == MIDNIGHT
    assert record["recorded_at"] == "2027-03-01T09:00:00.000Z"


async def test_a_licence_that_was_over_when_it_was_issued_expires_at_once(house: House) -> None:
    short = {"units": 1_000, "valid_from": "2026-01-01", "valid_until": "2026-01-20"}
    name = await opened(house)
    await carry(house, name, JOURNEYS["licensed"][:-1])
    await post(house, officer("mofcom"), name, "propose_licence", **short)
    await carry(house, name, JOURNEYS["licensed"][-1:])
    assert await house.at(house.hand.now) == 1
    record = await house.last(name)
    assert (record["type"], record["effective_at"]) == ("expire", house.hand.now)


async def test_three_workers_racing_post_everything_once(
    house: House, server: EmbeddedServer
) -> None:
    names = [await licensed(house, f"a{number}") for number in range(30)]
    stores = [Store(connect(server.url)) for _ in range(3)]
    await asyncio.gather(*(store.open() for store in stores))
    houses = [House(store, house.hand) for store in stores]
    house.hand.now = MIDNIGHT
    turns = [one.worker.turn() for one in houses for _ in range(3)]
    looked = await asyncio.gather(*turns)
    assert sum(looked) > len(names), "they did not race"
    for name in names:
        types = await house.types(name)
        assert (types.count("expire"), len(types)) == (1, 1 + len(JOURNEYS["licensed"]) + 1)
        verdict = await house.queries.verify(name)
        assert verdict is not None
        assert verdict.ok
    assert await house.due() == 0
    for one in houses:
        await one.service.finish()
        await one.store.close()


async def test_a_restart_loses_no_timer(house: House, server: EmbeddedServer) -> None:
    name = await licensed(house)
    async with Store(connect(server.url)) as store:
        after = House(store, Hand(MIDNIGHT))
        assert await after.worker.turn() == 1
        assert await after.state(name) == "expired"
        await after.service.finish()


async def test_a_clock_that_jumps_neither_repeats_nor_forgets(house: House) -> None:
    one, other = await licensed(house, "a"), await licensed(house, "b")
    await post(house, officer("mofcom"), other, "suspend")
    assert await house.at("2026-12-31T16:30:00.000Z") == 2
    assert await house.at("2026-12-31T15:30:00.000Z") == 0
    assert await house.at("2026-12-31T16:30:00.000Z") == 0
    for name in (one, other):
        assert (await house.types(name)).count("expire") == 1
    house.hand.now = "2026-12-31T15:30:00.000Z"
    await post(house, RECORDER, one, "note", text="An hour back.")
    assert (await house.last(one))["recorded_at"] == "2026-12-31T16:30:00.000Z"


async def test_a_suspended_licence_expires_and_a_shipped_one_does_not(house: House) -> None:
    suspended, shipped = await licensed(house, "a"), await licensed(house, "b")
    await post(house, officer("mofcom"), suspended, "suspend")
    await post(house, officer("customs"), shipped, "record_shipment", shipment="s1", units=1_000)
    assert await house.due() == 1
    assert await house.at(MIDNIGHT) == 1
    assert await house.state(suspended) == "expired"
    assert await house.state(shipped) == "shipped"


@pytest.fixture
def barred() -> Catalog:
    """The shipped procedure, with an expiry that a shut gate stands in the way of."""
    procedure = CATALOG.find(PROCEDURE, 1)
    assert procedure is not None
    expire = replace(procedure.events["expire"], guards=("validity_over", "gates_open"))
    return Catalog([replace(procedure, events={**procedure.events, "expire": expire})])


async def test_a_refused_timer_leaves_the_index_until_something_changes(
    house: House, barred: Catalog
) -> None:
    name = await licensed(house)
    other = House(house.store, house.hand, barred)
    await post(other, officer("bis"), name, "withhold_export")
    assert await other.at(MIDNIGHT) == 1
    assert (await other.state(name), await other.due()) == ("licensed", 0)
    assert await other.at("2027-01-05T00:00:00.000Z") == 0
    await post(other, RECORDER, name, "note", text="Nothing that matters to the clock.")
    assert await other.due() == 0
    await post(other, officer("bis"), name, "clear_export")
    assert await other.worker.turn() == 1
    assert await other.state(name) == "expired"
    await other.service.finish()


async def test_an_authority_that_is_late_makes_the_application_overdue(house: House) -> None:
    """Nothing is posted: the trail and the entity tag stay as they are."""
    name = await opened(house)
    assert await house.at("2026-03-03T15:59:59.999Z") == 0
    assert await house.overdue() == []
    assert await house.at(DECIDED_BY) == 1
    assert await house.overdue() == [name]
    assert await house.types(name) == ["create"]
    assert await house.due() == 0
    await post(house, officer("ndrc"), name, "grant_in_principle")
    assert await house.overdue() == []
    assert await house.due() == 1


async def test_what_is_overdue_is_found_with_other_filters_and_by_text(house: House) -> None:
    late = await opened(house)
    house.hand.now = "2026-02-20T00:00:00.000Z"
    fresh = await opened(house, "two")
    await house.at(DECIDED_BY)
    in_time = await house.queries.applications(RECORDER, ["overdue=false"], None, 50, None)
    assert [name for name, _ in in_time.items] == [fresh]
    assert await house.overdue("procedure=h200-import", f"buyer={BUYER}") == [late]
    for terms, expected in ((["overdue"], [late]), (["overdue=false"], [fresh])):
        found = await house.queries.applications(RECORDER, terms, NAME["en"], 50, None)
        assert [name for name, _ in found.items] == expected


async def test_who_begins_in_the_past_is_overdue_at_once(house: House) -> None:
    early = creation("early")._replace(effective_at="2025-06-01T00:00:00.000Z")
    name, outcome = await house.service.create(RECORDER, PROCEDURE, early)
    assert isinstance(outcome, Accepted)
    assert (await house.overdue(), await house.due()) == ([name], 0)


async def test_a_query_stops_the_clock_and_an_extension_sets_it_back(house: House) -> None:
    paused, extended = await opened(house, "a"), await opened(house, "b")
    await post(house, officer("miit"), paused, "request_information", query="q", question="Who?")
    await post(house, officer("miit"), extended, "extend_deadline", working_days=10)
    assert await house.due() == 1
    assert await house.at(DECIDED_BY) == 0
    assert await house.at("2026-03-17T16:00:00.000Z") == 1
    assert await house.overdue() == [extended]
    await post(house, THE_BUYER, paused, "provide_information", query="q", answer="We.")
    assert await house.at("2026-04-20T00:00:00.000Z") == 1
    assert set(await house.overdue()) == {paused, extended}
    await post(house, officer("miit"), paused, "extend_deadline", working_days=10)
    assert await house.overdue() == [extended]


async def test_more_are_due_than_one_look_finds(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "PAGE", 3)
    names = {await opened(house, f"a{number}") for number in range(10)}
    assert await house.at(DECIDED_BY) == 10
    assert set(await house.overdue()) == names


async def test_one_that_cannot_be_attended_to_keeps_nobody_waiting(
    house: House, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(worker, "PAGE", 1)
    names = [await licensed(house, key) for key in "abc"]
    fire = house.service.fire

    async def failing(application: str, *more: str) -> Accepted | Refused:
        if application == names[1]:
            raise RuntimeError("broken")
        return await fire(application, *more)

    monkeypatch.setattr(house.service, "fire", failing)
    assert await house.at(MIDNIGHT) == 3
    states = [await house.state(name) for name in names]
    assert sorted(states) == ["expired", "expired", "licensed"]
    assert f"application {names[1]} waits" in caplog.text
    monkeypatch.undo()
    assert await house.at(MIDNIGHT) == 1
    assert await house.state(names[1]) == "expired"


async def test_it_goes_on_when_the_store_comes_back(
    house: House, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """`run` looks again and again, whatever went wrong."""
    name = await licensed(house)
    house.hand.now = MIDNIGHT
    monkeypatch.setattr(worker, "PAUSE", 0.001)
    listing = house.store.listing
    due, faults = listing.due, [Unavailable("gone"), RuntimeError("odd")]

    async def troubled(*arguments: Any) -> Any:
        if faults:
            raise faults.pop(0)
        return await due(*arguments)

    monkeypatch.setattr(listing, "due", troubled)
    running = asyncio.create_task(house.worker.run())
    async with asyncio.timeout(10):
        while await house.state(name) != "expired":  # noqa: ASYNC110 - another task moves it
            await asyncio.sleep(0.001)
    running.cancel()
    await asyncio.wait([running])
    assert "gone" in caplog.text
    assert "odd" in caplog.text


async def test_nothing_is_posted_twice_for_a_timer_that_stays(house: House) -> None:
    """An event of the clock that leads nowhere leaves its timer; its key finds the record."""
    procedure = CATALOG.find(PROCEDURE, 1)
    assert procedure is not None
    expire = procedure.events["expire"]
    stays = replace(expire, effect=None, moves=(replace(expire.moves[0], target=None),))
    events = {**procedure.events, "expire": stays}
    other = House(house.store, house.hand, Catalog([replace(procedure, events=events)]))
    name = await licensed(house)
    for _ in range(3):
        await other.at(MIDNIGHT)
    assert (await other.types(name)).count("expire") == 1
    assert await other.due() == 0
    await other.service.finish()
