"""A gate follows the application that it hangs on: once, whoever works and whatever happened."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.integration.events import NAME, PROCEDURE, event
from tests.integration.exports import EXPORT, carried, link_to, opened, pair, posted, told
from tests.integration.test_worker import Hand, House
from tests.unit.acting import BUYER, RECORDER, officer
from tests.unit.exporting import (
    APPROVE,
    REVOKE,
    TO_APPROVED,
    TO_COUNTERSIGNED,
)
from tests.unit.exporting import JOURNEYS as EXPORT_JOURNEYS
from tests.unit.journeys import JOURNEYS, SHIP_ALL
from workflow.desk import Accepted
from workflow.domain.refusals import Refused
from workflow.service import Item
from workflow.store import EmbeddedServer, Store, Unavailable, connect

NOON = "2026-01-28T04:00:00.000Z"
SHIP = (officer("customs"), "record_shipment", None, {"shipment": "s1", "units": 1})


@pytest.fixture
async def house(store: Store) -> AsyncIterator[House]:
    made = House(store, Hand(NOON))
    await made.service.register_buyer(RECORDER, BUYER, NAME, "0" * 64)
    yield made
    await made.service.finish()


async def gate(house: House, name: str) -> str:
    document = await house.queries.document("application", name)
    assert document is not None
    return str(document.snapshot["gates"]["export"])


NOW_MS = 1_769_572_800_000  # NOON


async def due(house: House) -> int:
    """How many applications somebody has to look at now."""
    return len(await house.store.due("application", NOW_MS, 1_000))


@pytest.mark.parametrize("first", ["link", "approval"])
async def test_an_approval_opens_the_gate_whichever_came_first(house: House, first: str) -> None:
    name, other = await pair(house.service, "one")
    if first == "link":
        await carried(house.service, name, [link_to(other)], "link")
        await house.worker.turn()
        assert await told(house.store, name) == []
        await carried(house.service, other, TO_APPROVED)
    else:
        await carried(house.service, other, TO_APPROVED)
        await house.worker.turn()
        await carried(house.service, name, [link_to(other)], "link")
    assert await gate(house, name) == "shut"
    await house.worker.turn()
    assert await gate(house, name) == "open"
    (record,) = await told(house.store, name)
    assert (record["type"], record["id"]) == ("clear_export", f"link:{other}:4")
    assert record["data"] == {"reference": f"{other}/trail/4"}
    assert (record["authority"], record["role"]) == ("system:link", "system")
    assert record["standing"] == "confirmed"
    await house.worker.turn()
    assert len(await told(house.store, name)) == 1
    assert await due(house) == 0


async def test_what_bis_has_withheld_by_hand_is_not_opened_by_a_link(house: House) -> None:
    """Only its own later word does that, or a later state of the application that is linked."""
    name, other = await pair(house.service, "one")
    await carried(house.service, other, TO_APPROVED)
    withhold = (officer("bis"), "withhold_export", None, {"reference": "BIS-1"})
    await carried(house.service, name, [withhold, link_to(other)], "by-hand")
    for _ in range(2):
        await house.worker.turn()
        assert (await gate(house, name), await told(house.store, name)) == ("shut", [])
    assert await due(house) == 0
    house.hand.now = "2026-01-28T05:00:00.000Z"
    clear = (officer("bis"), "clear_export", None, {"reference": "BIS-2"})
    await carried(house.service, name, [clear], "again")
    await house.worker.turn()
    assert await gate(house, name) == "open"
    await carried(house.service, other, [REVOKE], "revoked")
    await house.worker.turn()
    assert await gate(house, name) == "shut"


@pytest.mark.parametrize("end", ["denied", "returned_without_action", "revoked"])
async def test_every_bad_end_withholds(house: House, end: str) -> None:
    name, other = await pair(house.service, "one")
    await carried(house.service, name, [link_to(other)], "link")
    await carried(house.service, other, EXPORT_JOURNEYS[end])
    await house.worker.turn()
    assert [record["type"] for record in await told(house.store, name)] == ["withhold_export"]
    assert await gate(house, name) == "shut"


async def test_no_shipment_while_the_gate_is_shut(house: House) -> None:
    name, other = await pair(house.service, "one")
    await carried(house.service, name, [*JOURNEYS["licensed"], link_to(other)])
    refused = await posted(house.service, name, "s1", SHIP)
    assert isinstance(refused, Refused)
    assert refused.decisive.code == "gate-shut"
    await carried(house.service, other, TO_APPROVED)
    await house.worker.turn()
    assert isinstance(await posted(house.service, name, "s1", SHIP), Accepted)
    await carried(house.service, other, [REVOKE], "b")
    await house.worker.turn()
    last = (*SHIP[:3], {"shipment": "s2", "units": 1})
    assert isinstance(await posted(house.service, name, "s2", last), Refused)


async def test_the_gate_of_a_shipped_import_is_shut_before_a_reversal(house: House) -> None:
    """So a shipment that is reversed cannot be made again."""
    name, other = await pair(house.service, "one")
    await carried(house.service, name, [*JOURNEYS["licensed"], link_to(other)])
    await carried(house.service, other, TO_APPROVED)
    await house.worker.turn()
    await carried(house.service, name, [SHIP_ALL], "ship")
    await carried(house.service, other, [REVOKE], "b")
    await house.worker.turn()
    reverse = (officer("customs"), "reverse_shipment", None, {"shipment": "s0"})
    await carried(house.service, name, [reverse], "back")
    refused = await posted(house.service, name, "s1", SHIP)
    assert isinstance(refused, Refused)


async def test_one_approval_opens_many_gates(house: House) -> None:
    other = await opened(house.service, EXPORT, "export")
    names = [await opened(house.service, PROCEDURE, f"import-{number}") for number in range(120)]
    for name in names:
        await carried(house.service, name, [link_to(other)], "link")
    await carried(house.service, other, TO_APPROVED)
    await house.worker.turn()
    gates = [await gate(house, name) for name in names]
    assert gates == ["open"] * len(names)


async def test_another_link_takes_the_place_of_one_that_was_denied(house: House) -> None:
    name, first = await pair(house.service, "one")
    second = await opened(house.service, EXPORT, "another")
    await carried(house.service, name, [link_to(first)], "link")
    await carried(house.service, first, EXPORT_JOURNEYS["denied"])
    await house.worker.turn()
    await carried(house.service, name, [link_to(second)], "again")
    await carried(house.service, second, TO_APPROVED)
    await house.worker.turn()
    assert await gate(house, name) == "open"
    assert [one["id"] for one in await told(house.store, name)] == [
        f"link:{first}:4",
        f"link:{second}:4",
    ]


async def test_a_hold_keeps_the_link_waiting_until_it_is_released(house: House) -> None:
    name, other = await pair(house.service, "one")
    ndrc = officer("ndrc")
    hold = (ndrc, "hold", None, {"hold": "h1", "blocks": ["clear_export"]})
    await carried(house.service, name, [link_to(other), hold])
    await carried(house.service, other, TO_APPROVED)
    await house.worker.turn()
    assert (await gate(house, name), await due(house)) == ("shut", 0)
    await carried(house.service, name, [(ndrc, "release", None, {"hold": "h1"})], "b")
    await house.worker.turn()
    assert await gate(house, name) == "open"


async def test_a_link_that_counts_again_is_looked_at_again(house: House) -> None:
    """What the first link hangs on was revoked while another had taken its place."""
    name, first = await pair(house.service, "one")
    second = await opened(house.service, EXPORT, "another")
    await carried(house.service, name, [link_to(first)], "link")
    await carried(house.service, first, TO_APPROVED)
    await house.worker.turn()
    await carried(house.service, name, [link_to(second)], "again")
    await carried(house.service, first, [REVOKE], "revoked")
    await house.worker.turn()
    void = (link_to(second)[0], "correct", None, {"seq": 4, "with": None})
    await carried(house.service, name, [void], "void")
    await house.worker.turn()
    assert await gate(house, name) == "shut"
    keys = [record["id"] for record in await told(house.store, name)]
    assert keys == [f"link:{first}:{seq}" for seq in (4, 5)]


async def test_a_voided_approval_shuts_the_gate_again(house: House) -> None:
    name, other = await pair(house.service, "one")
    await carried(house.service, name, [link_to(other)], "link")
    await carried(house.service, other, TO_APPROVED)
    await house.worker.turn()
    void = (APPROVE[0], "correct", None, {"seq": 4, "with": None})
    await carried(house.service, other, [void], "void")
    await house.worker.turn()
    assert await gate(house, name) == "shut"
    await carried(house.service, other, [APPROVE], "again")
    await house.worker.turn()
    assert await gate(house, name) == "open"
    keys = [record["id"] for record in await told(house.store, name)]
    assert keys == [f"link:{other}:{seq}" for seq in (4, 5, 6)]


async def test_a_reported_approval_opens_it_as_reported(house: House) -> None:
    name, other = await pair(house.service, "one")
    await carried(house.service, name, [link_to(other)], "link")
    await carried(house.service, other, [*TO_COUNTERSIGNED, (RECORDER, "approve", "bis")])
    await house.worker.turn()
    (record,) = await told(house.store, name)
    assert record["standing"] == "reported"
    confirm = (officer("bis"), "confirm", None, {"seq": record["seq"]})
    await carried(house.service, name, [confirm], "confirm")
    document = await house.queries.document("application", name)
    assert document is not None
    assert document.snapshot["unconfirmed"] == {}


REFUSED = {
    "nowhere": "unknown-link",
    "of another buyer": "unknown-link",
    "an import": "link-of-another-procedure",
}


@pytest.mark.parametrize("target", REFUSED)
async def test_only_an_application_that_fits_is_linked(house: House, target: str) -> None:
    name, _ = await pair(house.service, "one")
    other = "nowhere"
    if target == "an import":
        other = await opened(house.service, PROCEDURE, "second")
    if target == "of another buyer":
        await house.service.register_buyer(RECORDER, "other-cloud", NAME, "1" * 64)
        begun = event("note", "k")._replace(
            type="create",
            payload="creation",
            authority="buyer",
            data={"buyer": "other-cloud", "goods": {}, "reference": None, "pool": None},
        )
        other, outcome = await house.service.create(RECORDER, EXPORT, begun)
        assert isinstance(outcome, Accepted), outcome
    refused = await posted(house.service, name, "link", link_to(other))
    assert isinstance(refused, Refused)
    assert {one.code for one in refused.refusals} == {REFUSED[target]}
    rehearsed = await house.service.rehearse(
        link_to(other)[0], name, event("link_export", "", {"application": other})
    )
    assert isinstance(rehearsed, Refused)


async def test_a_batch_links_too(house: House) -> None:
    name, other = await pair(house.service, "one")
    act = event("link_export", "link", {"application": other})
    (outcome,) = await house.service.post_many(link_to(other)[0], [[Item(name, act, None)]])
    assert isinstance(outcome, Accepted)


async def test_three_workers_racing_tell_everything_once(
    house: House, server: EmbeddedServer
) -> None:
    pairs = [await pair(house.service, f"{number}") for number in range(12)]
    for name, other in pairs:
        await carried(house.service, name, [link_to(other)], "link")
        await carried(house.service, other, TO_APPROVED)
    stores = [Store(connect(server.url)) for _ in range(3)]
    for one in stores:
        await one.open()
    houses = [House(one, house.hand) for one in stores]
    try:
        for _ in range(2):
            await asyncio.gather(*(one.worker.turn() for one in houses))
    finally:
        for working in houses:
            await working.service.finish()
            await working.store.close()
    for name, other in pairs:
        assert [record["id"] for record in await told(house.store, name)] == [f"link:{other}:4"]
        assert await gate(house, name) == "open"


async def test_links_and_approvals_at_once_leave_no_gate_behind(house: House) -> None:
    """Whatever the order in which they are committed, while workers look on."""
    pairs = [await pair(house.service, f"{number}") for number in range(20)]
    others = [House(house.store, house.hand) for _ in range(2)]

    async def live(name: str, other: str) -> None:
        await asyncio.gather(
            carried(house.service, name, [link_to(other)], "link"),
            carried(house.service, other, TO_APPROVED),
        )

    async def work(one: House) -> None:
        for _ in range(10):
            await one.worker.turn()
            await asyncio.sleep(0)

    await asyncio.gather(*(live(*one) for one in pairs), *(work(one) for one in others))
    await house.worker.turn()
    for name, _ in pairs:
        assert await gate(house, name) == "open"
        assert len(await told(house.store, name)) == 1


async def test_what_is_told_too_late_does_not_open_the_gate(house: House) -> None:
    """A worker that paused between reading an approval and telling it meets a revocation."""
    name, other = await pair(house.service, "one")
    await carried(house.service, name, [link_to(other)], "link")
    await carried(house.service, other, TO_APPROVED)
    paused, going_on = asyncio.Event(), asyncio.Event()
    slow = House(house.store, house.hand)
    tell = slow.service.tell

    async def hesitating(*arguments: Any) -> Any:
        paused.set()
        await going_on.wait()
        return await tell(*arguments)

    slow.service.tell = hesitating  # type: ignore[assignment, method-assign]
    late = asyncio.create_task(slow.worker.turn())
    await paused.wait()
    await carried(house.service, other, [REVOKE], "b")
    await house.worker.turn()
    going_on.set()
    await late
    assert await gate(house, name) == "shut"
    assert [one["type"] for one in await told(house.store, name)] == ["withhold_export"]


@pytest.mark.parametrize("call", ["tell", "attend"])
async def test_a_worker_that_ends_half_way_leaves_it_to_the_next(house: House, call: str) -> None:
    name, other = await pair(house.service, "one")
    await carried(house.service, name, [link_to(other)], "link")
    await carried(house.service, other, TO_APPROVED)
    broken = House(house.store, house.hand)

    async def gone(*_: Any) -> Any:
        raise Unavailable("gone")

    target: Any = broken.service if call == "tell" else Ending(house.store, gone)
    if call == "tell":
        target.tell = gone
    else:
        broken.worker._store = target  # type: ignore[misc]
    with pytest.raises(Unavailable):
        await broken.worker.turn()
    assert await gate(house, name) == ("shut" if call == "tell" else "open")
    await house.worker.turn()
    assert await gate(house, name) == "open"
    await house.worker.turn()
    assert len(await told(house.store, name)) == 1
    assert await due(house) == 0


class Ending:
    """A store whose `attend` fails."""

    def __init__(self, store: Store, attend: Any) -> None:
        self._store = store
        self.attend = attend

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)
