"""Entering the reports through the public API, once however often it is done.

Every request has a fixed Idempotency-Key, so a repeat is answered with what the first one left.
"""

from dataclasses import dataclass, field
from typing import Any

import httpx

from api.demo import facts
from api.demo.asking import asked


@dataclass(slots=True)
class Desk:
    """The recorder at the press desk, whose key the client has; `entered` counts the records that
    are new, and `applications` are those that the reports are about.
    """

    client: httpx.AsyncClient
    entered: int = 0
    applications: set[str] = field(default_factory=set)

    async def load(self) -> None:
        """Enter the buyers, the joint purchase and everything about the applications."""
        for buyer, name in facts.BUYERS.items():
            await self._send("PUT", f"/v1/buyers/{buyer}", {"name": name})
        await self._send("POST", "/v1/pools", facts.JOINT_PURCHASE, f"demo:{facts.POOL}")
        for buyer in facts.BUYERS:
            opening = facts.application(buyer)
            opened = await self._send("POST", "/v1/applications", opening, f"demo:{buyer}")
            self.applications.add(opened["application"]["id"])
            path = f"/v1/applications/{opened['application']['id']}/events"
            for told, event in facts.events(buyer).items():
                await self._send("POST", path, event, f"demo:{buyer}:{told}")

    async def overview(self) -> list[dict[str, Any]]:
        """The lines of the overview that the reports are about, whatever else is there."""
        lines: list[dict[str, Any]] = []
        query: dict[str, str] = {"limit": "200"}
        while True:
            page = (await self.client.get("/v1/buyers", params=query)).json()
            lines += [one for one in page["items"] if one["application"] in self.applications]
            if page["next"] is None:
                return lines
            query["cursor"] = page["next"]

    async def _send(
        self, method: str, path: str, body: dict[str, Any], key: str | None = None
    ) -> dict[str, Any]:
        headers = {} if key is None else {"Idempotency-Key": key}
        found, made = await asked(self.client, method, path, body, headers)
        self.entered += made
        return found
