"""A thousand draws at once, by as many applications in all partitions, at two services."""

import asyncio
from datetime import timedelta
from typing import cast

import pytest

from tests.integration.draws.quotas import (
    CATALOG,
    GIVE_UP,
    GRANT,
    OFFICE,
    claim,
    open_pool,
    proposed,
    types,
    within,
)
from tests.unit.acting import THE_BUYER
from workflow.desk import Accepted, Busy
from workflow.domain import ledger, reservations
from workflow.domain.application import Snapshot
from workflow.domain.record import Document
from workflow.domain.refusals import Refused
from workflow.service import Service
from workflow.store import EmbeddedServer, Store, connect
from workflow.store.keys import Layout

CROWD = 1_000
SIZES = (1, 2, 3, 5)
CAP = 1_500


async def drawn(store: Store, names: list[str]) -> int:
    """What the applications hold, by their own documents."""
    stored = await store.read_many([f"application/{name}" for name in names])
    held = [Document.decode(text).snapshot for text in stored if text is not None]
    assert len(held) == len(names)
    return sum(ledger.drawn(cast(Snapshot, snapshot)) for snapshot in held)


async def test_who_clears_up_too_soon_does_no_harm(
    quotas: Service, failing: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever is under way is taken for left behind at once, again and again."""
    monkeypatch.setattr(reservations, "LEFT", timedelta(0))
    await open_pool(quotas, claim(100))
    names = [await proposed(quotas, f"{n}", 3) for n in range(40)]
    going, ended = True, 0

    async def clear_up() -> None:
        nonlocal ended
        while going:
            ended += await quotas.catch_up()

    clearing = asyncio.create_task(clear_up())
    outcomes = await asyncio.gather(*(quotas.post(OFFICE, name, GRANT) for name in names))
    going = False
    await clearing
    assert ended > 0
    accepted = sum(isinstance(one, Accepted) for one in outcomes)
    assert await within(failing, 100) == (3 * accepted, 0)
    assert await drawn(failing, names) == 3 * accepted
    assert accepted == 33


async def persistent(service: Service, name: str) -> Accepted | Refused:
    """The outcome of a grant; on a slow machine it may take more than one try."""
    while True:
        try:
            return await service.post(OFFICE, name, GRANT)
        except Busy:
            await asyncio.sleep(0)


async def test_a_thousand_draws_at_once_never_exceed_the_pool(
    quotas: Service, failing: Store, server: EmbeddedServer
) -> None:
    await open_pool(quotas, claim(CAP))
    sizes = [SIZES[n % len(SIZES)] for n in range(CROWD)]
    names = await asyncio.gather(*(proposed(quotas, f"{n}", size) for n, size in enumerate(sizes)))
    layout = Layout()
    assert len({layout.partition(f"application/{name}") for name in names}) == layout.partitions
    async with Store(connect(server.url)) as store:
        other = Service(store, CATALOG)
        posts = [persistent((quotas, other)[n % 2], name) for n, name in enumerate(names)]
        outcomes = await asyncio.gather(*posts)
        await other.finish()
    refused = [one for one in outcomes if isinstance(one, Refused)]
    assert {one.decisive.code for one in refused} == {"beyond-pool"}
    wanted = [size for size, one in zip(sizes, outcomes, strict=True) if isinstance(one, Refused)]
    taken = sum(sizes) - sum(wanted)
    assert await within(failing, CAP) == (taken, 0)
    assert await drawn(failing, names) == taken
    assert CAP - taken < min(wanted), "whoever was refused would not have fitted"
    holders = [name for name, one in zip(names, outcomes, strict=True) if isinstance(one, Accepted)]
    for stretch in range(0, len(holders), 100):
        some = holders[stretch : stretch + 100]
        await asyncio.gather(*(quotas.post(THE_BUYER, name, GIVE_UP) for name in some))
    assert await within(failing, CAP) == (0, 0)
    assert len(await types(failing)) == 4 * len(holders)
