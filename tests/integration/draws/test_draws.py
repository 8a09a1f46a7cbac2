"""Reserve, commit, settle: what a pool and an application tell of a draw and of a return."""

import asyncio
from typing import Any

from tests.integration.draws.quotas import (
    CATALOG,
    GIVE_UP,
    GRANT,
    OFFICE,
    POOL,
    act,
    claim,
    granting,
    open_pool,
    proposal,
    proposed,
    records,
    types,
    within,
)
from tests.integration.test_desk import code_of
from tests.unit.acting import RECORDER, THE_BUYER
from workflow.desk import Accepted
from workflow.domain.refusals import Refused
from workflow.service import Item, Rehearsed, Service
from workflow.store import Store


async def test_a_draw_is_reserved_then_settled_and_a_return_frees_what_is_not_shipped(
    quotas: Service, failing: Store
) -> None:
    await open_pool(quotas, claim(100))
    name = await proposed(quotas, "a", 60)
    assert isinstance(await quotas.post(OFFICE, name, GRANT), Accepted)
    assert await within(failing, 100) == (60, 0)
    shipped = act("ship", "s", {"shipment": "s1", "units": 20})
    assert isinstance(await quotas.post(OFFICE, name, shipped), Accepted)
    assert await within(failing, 100) == (60, 0)
    assert isinstance(await quotas.post(THE_BUYER, name, GIVE_UP), Accepted)
    assert await within(failing, 100) == (20, 0)
    _, reserved, settled, expected, returned = await records(failing, f"pool/{POOL}")
    assert [one["type"] for one in (reserved, settled, expected, returned)] == [
        "reserve", "settle", "expect", "return",
    ]  # fmt: skip
    told = {"application": name, "event": "grant", "type": "grant", "units": 60}
    assert reserved["data"].items() >= told.items()
    assert expected["data"]["units"] == -40
    assert {one["principal"] for one in (reserved, returned)} == {"system:pool"}
    assert reserved["data"]["ticket"] == settled["data"]["ticket"]


async def test_a_draw_beyond_the_pool_is_refused_as_an_event_of_the_application(
    quotas: Service, failing: Store
) -> None:
    await open_pool(quotas, claim(100))
    first, second = [await proposed(quotas, key, 60) for key in "ab"]
    await quotas.post(OFFICE, first, GRANT)
    before = await failing.read(f"application/{second}")
    outcome = await quotas.post(OFFICE, second, GRANT)
    assert isinstance(outcome, Refused)
    assert code_of(outcome) == "beyond-pool"
    assert outcome.decisive.parameters == {"pool": POOL, "free": 40, "units": 60}
    assert outcome.state == "open"
    assert "propose" in outcome.allowed
    assert await failing.read(f"application/{second}") == before
    assert await types(failing) == ["reserve", "settle"]
    assert code_of(await quotas.rehearse(OFFICE, second, GRANT)) == "beyond-pool"
    smaller = proposal(40, "smaller")
    assert isinstance(await quotas.post(OFFICE, second, smaller), Accepted)
    assert isinstance(await quotas.rehearse(OFFICE, second, GRANT), Rehearsed)
    assert await types(failing) == ["reserve", "settle"]
    assert isinstance(await quotas.post(OFFICE, second, GRANT), Accepted)
    assert await within(failing, 100) == (100, 0)


async def test_a_repeat_draws_once_also_when_copies_arrive_together(
    quotas: Service, failing: Store
) -> None:
    await open_pool(quotas, claim(60))
    name = await proposed(quotas, "a", 60)
    outcomes = await asyncio.gather(*(quotas.post(OFFICE, name, GRANT) for _ in range(5)))
    accepted = [one for one in outcomes if isinstance(one, Accepted)]
    assert sorted(one.replayed for one in accepted) == [False, True, True, True, True]
    assert len({one.record for one in accepted}) == 1
    assert await types(failing) == ["reserve", "settle"]


async def test_copies_at_two_services_draw_once(quotas: Service, failing: Store) -> None:
    other = Service(failing, CATALOG)
    await open_pool(quotas, claim(60 * 8))
    names = [await proposed(quotas, f"{n}", 60) for n in range(8)]
    posts = [one.post(OFFICE, name, GRANT) for name in names for one in (quotas, other) * 2]
    outcomes = await asyncio.gather(*posts)
    assert all(isinstance(one, Accepted) for one in outcomes)
    assert await within(failing, 60 * 8) == (60 * 8, 0)
    assert sum(not one.replayed for one in outcomes if isinstance(one, Accepted)) == 8


async def test_events_around_a_draw_keep_their_order(quotas: Service, failing: Store) -> None:
    await open_pool(quotas, claim(60))
    name = await proposed(quotas, "a", 60)
    steps: list[tuple[Any, Any]] = [(RECORDER, act("remark", f"{n}", {"text": "-"})) for n in "123"]
    steps.insert(2, (OFFICE, GRANT))
    steps.insert(4, (THE_BUYER, GIVE_UP))
    outcomes = await asyncio.gather(*(quotas.post(who, name, event) for who, event in steps))
    assert all(isinstance(one, Accepted) for one in outcomes)
    keys = [record["id"] for record in await records(failing, f"application/{name}")]
    assert keys[2:] == ["1", "2", "grant", "3", "give-up"]
    assert await within(failing, 60) == (0, 0)


async def test_a_batch_goes_on_after_a_draw_that_is_refused(
    quotas: Service, failing: Store
) -> None:
    await open_pool(quotas, claim(50))
    name = await proposed(quotas, "a", 60)
    items = [Item(name, event, None) for event in (GRANT, proposal(50, "less"))]
    again = Item(name, act("grant", "again", {"licence": "Q-2"}), None)
    refused, less, granted = await quotas.post_many(OFFICE, [[*items, again]])
    assert code_of(refused) == "beyond-pool"
    assert isinstance(less, Accepted)
    assert isinstance(granted, Accepted)
    assert await within(failing, 50) == (50, 0)


async def test_nothing_is_refused_where_the_quantity_is_a_lower_bound(
    quotas: Service, failing: Store
) -> None:
    await open_pool(quotas, claim(100, "at_least"))
    names = [await proposed(quotas, key, 60) for key in "ab"]
    outcomes = await quotas.post_many(OFFICE, [granting(names)])
    assert all(isinstance(one, Accepted) for one in outcomes)
    assert await within(failing, 120) == (120, 0)


async def test_what_was_issued_is_not_made_more_by_correcting_the_proposal(
    quotas: Service, failing: Store
) -> None:
    await open_pool(quotas, claim(100))
    name = await proposed(quotas, "a", 60)
    await quotas.post(OFFICE, name, GRANT)
    for units in (101, 100, 10):
        terms = {"units": units, "valid_from": "2026-01-01", "valid_until": "2026-12-31"}
        instead = {"type": "propose", "data": terms}
        corrected = act("correct", f"to-{units}", {"seq": 2, "with": instead})
        assert code_of(await quotas.post(OFFICE, name, corrected)) == "relied-upon"
    assert await within(failing, 100) == (60, 0)


async def test_a_correction_of_the_pool_draws_from_the_one_and_returns_to_the_other(
    quotas: Service, failing: Store
) -> None:
    for pool, units in (("one", 60), ("two", 60), ("three", 59)):
        await open_pool(quotas, claim(units), pool=pool)
    name = await proposed(quotas, "a", 60, None)
    joined = act("join", "join", {"units": None, "pool": "one"})
    assert isinstance(await quotas.post(OFFICE, name, joined), Accepted)
    await quotas.post(OFFICE, name, GRANT)
    assert await within(failing, 60, "one") == (60, 0)

    def moved(pool: str) -> Any:
        instead = {"type": "join", "data": {"units": None, "pool": pool}}
        return act("correct", pool, {"seq": 3, "with": instead})

    assert code_of(await quotas.post(OFFICE, name, moved("three"))) == "beyond-pool"
    assert await within(failing, 60, "one") == (60, 0)
    assert await types(failing, "one") == ["reserve", "settle", "expect", "release"]
    assert isinstance(await quotas.post(OFFICE, name, moved("two")), Accepted)
    assert await within(failing, 60, "one") == (0, 0)
    assert await within(failing, 60, "two") == (60, 0)
