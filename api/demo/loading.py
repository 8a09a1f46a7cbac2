"""Entering the reports through the public API, once however often it is done.

Every request has a fixed Idempotency-Key, so a repeat is answered with what the first one left.
"""

from dataclasses import dataclass
from typing import Any

import httpx

from api.demo import facts
from api.stop import Stop

ACTOR = "demo-recorder;press-desk;recorder"


@dataclass(slots=True)
class Desk:
    """The recorder at the press desk; `entered` counts the records that are new."""

    client: httpx.AsyncClient
    entered: int = 0

    async def load(self) -> None:
        """Enter the buyers, the joint purchase and everything about the applications."""
        for buyer, name in facts.BUYERS.items():
            await self._send("PUT", f"/v1/buyers/{buyer}", {"name": name})
        await self._send("POST", "/v1/pools", facts.JOINT_PURCHASE, f"demo:{facts.POOL}")
        for buyer in facts.BUYERS:
            opening = facts.application(buyer)
            opened = await self._send("POST", "/v1/applications", opening, f"demo:{buyer}")
            path = f"/v1/applications/{opened['application']['id']}/events"
            for told, event in facts.events(buyer).items():
                await self._send("POST", path, event, f"demo:{buyer}:{told}")

    async def _send(
        self, method: str, path: str, body: dict[str, Any], key: str | None = None
    ) -> dict[str, Any]:
        headers = {"Clearance-Actor": ACTOR}
        if key is not None:
            headers["Idempotency-Key"] = key
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
