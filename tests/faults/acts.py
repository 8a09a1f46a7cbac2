"""What is posted while things break, and by whom."""

from typing import Any

from tests.faults.client import Answer, Client
from tests.faults.keys import BUYER, BUYER_ACTOR, OFFICERS

PROCEDURE = "h200-import"

Act = tuple[str | None, dict[str, Any]]
"""Who posts (None: the local recorder), and the body."""


def _evidence(grade: str) -> list[dict[str, Any]]:
    day = "2026-01-28T00:00:00+08:00"
    return [{"grade": grade, "title": "Decision", "publisher": "Example", "published_at": day}]


def official(authority: str, kind: str, **data: Any) -> Act:
    """An officer's act with an official notice, so that it is confirmed."""
    body = {"type": kind, "evidence": _evidence("official_notice"), "data": data}
    return OFFICERS[authority], body


def own(kind: str, **data: Any) -> Act:
    """A buyer's own act."""
    return BUYER_ACTOR, {"type": kind, "evidence": _evidence("company_statement"), "data": data}


def note(text: str) -> Act:
    """A note of the local recorder: possible in every state, kept in the application."""
    return None, {"type": "note", "data": {"text": text}}


def clearing(reference: str) -> Act:
    """The export clearance anew, under this reference: possible as often as one likes before
    the end, and the application stays of one size.
    """
    return official("bis", "clear_export", reference=reference)


async def post(client: Client, application: str, act: Act, key: str, **fields: str) -> Answer:
    """Post an event on an application."""
    actor, body = act
    path = f"/v1/applications/{application}/events"
    return await client.ask("POST", path, body, key=key, actor=actor, **fields)


async def submit(client: Client, key: str) -> Answer:
    """Open an application for the buyer, who is registered if need be."""
    name = {"name": {"en": "Example Cloud", "zh": "示例云"}}
    registered = await client.ask("PUT", f"/v1/buyers/{BUYER}", name)
    assert registered.status in (200, 201), registered
    return await client.ask("POST", "/v1/applications", opening(key), key=key, actor=BUYER_ACTOR)


def opening(reference: str) -> dict[str, Any]:
    """The body that opens an application."""
    return {
        "procedure": PROCEDURE,
        "buyer": BUYER,
        "goods": {"item": "NVIDIA H200", "units": 1000},
        "reference": reference,
        "evidence": _evidence("company_statement"),
    }


async def opened(client: Client, key: str) -> str:
    """The id of a new application."""
    answer = await submit(client, key)
    assert answer.status == 201, answer
    identifier: str = answer.json["application"]["id"]
    return identifier


async def seen(client: Client, application: str) -> dict[str, Any]:
    """The application as it is told."""
    answer = await client.ask("GET", f"/v1/applications/{application}")
    assert answer.status == 200, answer
    body: dict[str, Any] = answer.json
    return body
