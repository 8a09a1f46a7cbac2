"""Playing the fictitious scenario through the public API, once however often it is done.

Every request has a fixed Idempotency-Key, so a repeat is answered with what the first one left.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx
from fastapi import FastAPI

from api.demo import fictitious
from api.demo.asking import asked
from api.demo.fictitious import Entry, Step, Target, UntilOpen
from api.demo.people import KeyRing, link_of
from api.demo.people import Person as Holder
from api.demo.showing import show_keys
from api.demo.staging import show
from api.serve import address, announce
from api.settings import Settings
from api.stop import Stop

READER = "auditor"
"""Who looks at what became of it."""

LOOK, LOOKS = 0.05, 200
"""Seconds between two looks at a gate, and how many there are."""


async def present(app: FastAPI) -> None:
    """Make the keys, play the scenario, print what became of it and where to look. Raises Stop."""
    await announce(app)
    settings: Settings = app.state.settings
    origin = address(settings)
    async with httpx.AsyncClient(base_url=origin, trust_env=False, timeout=30) as client:
        ring = KeyRing(client, settings.data)
        cast = {who: _cast(who) for who in fictitious.PEOPLE}
        stage = Stage(client, {who: await ring.key(person) for who, person in cast.items()})
        await stage.play()
        path = f"/v1/applications/{stage.ids[fictitious.IMPORT]}"
        trail = await stage.ask(READER, "GET", f"{path}/trail?limit=200")
        pool = await stage.ask(READER, "GET", f"/v1/pools/{fictitious.POOL}")
        application = await stage.ask(READER, "GET", path)
    show_keys(ring.files(cast.values()))
    link = await link_of(app, stage.keys[READER])
    show(origin, stage.entered, application, trail["items"], pool, ring.file(cast[READER]), link)


def _cast(who: str) -> Holder:
    """Somebody of the scenario as a holder of a key."""
    one = fictitious.PEOPLE[who]
    authority = one.authorities[0] if one.authorities else None
    said = f"invented: {one.role}" + (f" of {authority}" if authority else "")
    return Holder(who, said, one.name, one.organisation, one.role, authority)


@dataclass(slots=True)
class Stage:
    """Where the invented people act. `entered` counts the records that are new, `ids` are the
    applications by their part, `records` the numbers of the steps' records, `keys` everybody's.
    """

    client: httpx.AsyncClient
    keys: Mapping[str, str]
    entered: int = 0
    ids: dict[str, str] = field(default_factory=dict)
    records: dict[str, int] = field(default_factory=dict)

    async def play(self) -> None:
        """Enter the buyers, the pool and both applications, then every step."""
        for buyer, name in fictitious.BUYERS.items():
            await self.ask("recorder", "PUT", f"/v1/buyers/{buyer}", {"name": name})
        pool = fictitious.JOINT_PURCHASE
        await self.ask("recorder", "POST", "/v1/pools", pool, "fictitious:pool")
        for part in (fictitious.IMPORT, fictitious.EXPORT):
            body, key = fictitious.application(part), f"fictitious:{part}"
            opened = await self.ask("buyer", "POST", "/v1/applications", body, key)
            self.ids[part] = opened["application"]["id"]
        for step in fictitious.STEPS:
            if isinstance(step, UntilOpen):
                await self._wait(step)
            else:
                await self._post(step)

    async def ask(
        self,
        who: str,
        method: str,
        path: str,
        body: dict[str, Any] | None = None,
        key: str | None = None,
    ) -> dict[str, Any]:
        """What somebody is answered. Raises Stop where that is not a yes."""
        headers = {"Authorization": f"Bearer {self.keys[who]}"}
        if key is not None:
            headers["Idempotency-Key"] = key
        found, made = await asked(self.client, method, path, body, headers)
        self.entered += made
        return found

    async def _post(self, step: Step) -> None:
        path = f"/v1/applications/{self.ids[step.application]}/events"
        key = f"fictitious:{step.name}"
        answer = await self.ask(step.who, "POST", path, self._filled(step.event), key)
        self.records[step.name] = answer["record"]["seq"]

    def _filled(self, event: dict[str, Any]) -> dict[str, Any]:
        """The event with what is known only now."""
        data = dict(event["data"])
        for name, value in data.items():
            if isinstance(value, Entry):
                data[name] = self.records[value.step]
            elif isinstance(value, Target):
                data[name] = self.ids[value.application]
        return {**event, "data": data}

    async def _wait(self, step: UntilOpen) -> None:
        path = f"/v1/applications/{self.ids[step.application]}"
        for _ in range(LOOKS):
            found = await self.ask(READER, "GET", path)
            if "shut" not in found["gates"].values():
                return
            await asyncio.sleep(LOOK)
        raise Stop("the scenario cannot be played: the US gate stays shut; does a worker run?")
