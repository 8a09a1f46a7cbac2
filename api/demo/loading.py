"""Entering the reports through the public API, once however often it is done.

Every request has a fixed Idempotency-Key, so a repeat is answered with what the first one left.
"""

from dataclasses import dataclass, field
from typing import Any

import httpx

from api.demo import facts
from api.stop import Stop


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
        try:
            answer = await self.client.request(method, path, json=body, headers=headers)
        except httpx.HTTPError as error:
            raise Stop(f"the demonstration cannot be loaded: {method} {path}: {error!r}") from error
        found: dict[str, Any] = answer.json()
        if answer.is_error:
            raise Stop(
                f"the demonstration cannot be loaded: {method} {path} answered "
                f"{answer.status_code} {found['code']}: {found['detail']}\n"
                "Data of another version may be in the folder; choose an empty one with --data."
            )
        self.entered += answer.status_code == httpx.codes.CREATED
        return found
