"""The demonstration: the reports of January 2026, loaded and shown through the public API."""

import httpx
from fastapi import FastAPI

from api.demo.facts import POOL, PROCEDURE
from api.demo.loading import Desk
from api.demo.people import AUDITOR, RECORDER, KeyRing, link_of, people
from api.demo.showing import show, show_keys, show_places
from api.parts import Parts
from api.serve import address, announce


async def present(app: FastAPI) -> None:
    """Make the keys, load what was reported, print the overview and where to look. Raises Stop."""
    await announce(app)
    parts: Parts = app.state.parts
    origin = address(parts.settings)
    cast = people(one for one in parts.catalog.procedures() if one.name == PROCEDURE)
    async with httpx.AsyncClient(base_url=origin, trust_env=False, timeout=30) as client:
        ring = KeyRing(client, parts.settings.data)
        keys = {person: await ring.key(person) for person in cast}
        client.headers["Authorization"] = f"Bearer {keys[RECORDER]}"
        desk = Desk(client)
        await desk.load()
        buyers = await desk.overview()
        pools = [(await client.get(f"/v1/pools/{POOL}")).json()]
    show(desk.entered, buyers, pools)
    show_keys(ring.files(cast))
    show_places(buyers, origin, ring.file(AUDITOR), await link_of(app, keys[AUDITOR]))
