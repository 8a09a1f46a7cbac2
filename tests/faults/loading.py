"""Load on a service while something is done to it."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from tests.faults.acts import clearing, note, opened
from tests.faults.client import Client, clients
from tests.faults.ledger import Ledger, Try, load

CROWD = 64
APPLICATIONS = 4


async def some(client: Client, name: str) -> list[str]:
    """New applications."""
    return [await opened(client, f"{name}-{number}") for number in range(APPLICATIONS)]


def tries(applications: list[str], prefix: str) -> Callable[[int], Try]:
    """What follows: always a new key; mostly an act that keeps the size, sometimes a note."""
    numbers = itertools.count()

    def following(_: int) -> Try:
        number = next(numbers)
        act = note(f"{number}") if number % 8 == 0 else clearing(f"r{number}")
        return Try(applications[number % len(applications)], act, f"{prefix}.{number}")

    return following


@asynccontextmanager
async def under_load(
    port: int, ledger: Ledger, following: Callable[[int], Try]
) -> AsyncIterator[asyncio.Event]:
    """Clients that post for as long as the block lasts; whose connections end stop sooner."""
    going = asyncio.Event()
    going.set()
    async with clients(CROWD, port) as crowd:
        task = asyncio.create_task(load(crowd, ledger, following, going))
        try:
            yield going
        finally:
            going.clear()
            await task


async def settled(port: int, ledger: Ledger, applications: list[str]) -> None:
    """Whatever is doubtful is sent again; then the trails must tell what was acknowledged."""
    async with clients(1, port) as (client,):
        await ledger.check(client, applications)
        await ledger.settle(client)
        await ledger.check(client, applications)
