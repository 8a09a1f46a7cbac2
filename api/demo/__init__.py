"""The demonstration: the reports of January 2026, loaded and shown through the public API."""

import httpx

from api.demo.facts import POOL
from api.demo.loading import Desk
from api.demo.showing import show
from api.serve import address, announce
from api.settings import Settings


async def present(settings: Settings) -> None:
    """Load what was reported, print the overview and where to look."""
    await announce(settings)
    origin = address(settings)
    async with httpx.AsyncClient(base_url=origin, trust_env=False, timeout=30) as client:
        desk = Desk(client)
        await desk.load()
        buyers = await desk.overview()
        pools = [(await client.get(f"/v1/pools/{POOL}")).json()]
    show(origin, desk.entered, buyers, pools)
