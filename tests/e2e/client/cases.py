"""Applications of a test's own, opened and filled through the client."""

import asyncio
from collections.abc import Awaitable, Callable
from itertools import count
from typing import Any

from api.client import Accepted, Client, Refused, expect
from api.examples import EVENTS, NOTICE

_numbers = count(1)


async def opened(client: Client) -> str:
    """The id of a new application."""
    await client.put_buyer("example-cloud", {"name": {"en": "Example Cloud", "zh": "示例云"}})
    reference = f"EC-{next(_numbers)}"
    body = {
        "procedure": "h200-import",
        "buyer": "example-cloud",
        "goods": {"item": "NVIDIA H200"},
        "reference": reference,
    }
    return expect(await client.create(body)).application.id


def note(text: str) -> dict[str, Any]:
    """An event that is possible in every state."""
    return {"type": "note", "data": {"text": text}}


def example(kind: str, **changes: Any) -> dict[str, Any]:
    """The example of an event."""
    return {**EVENTS[kind], **changes}


async def logged(
    ask: Callable[[str, int], Awaitable[bytes | Refused]], name: str, seq: int
) -> bytes | Refused:
    """A proof, as soon as there is one."""
    while True:
        found = await ask(name, seq)
        if not isinstance(found, Refused) or found.code != "not-yet-logged":
            return found
        await asyncio.sleep(0.05)


async def noted(client: Client, application: str, count: int) -> list[Accepted]:
    """An application with so many notes."""
    return [
        expect(await client.post(application, note(f"note {number}"))) for number in range(count)
    ]


GRANT = {"type": "grant_in_principle", "authority": "ndrc", "evidence": [NOTICE]}
