"""Webhooks through the client, blocking as well."""

import pytest

from api.client import BlockingClient, Client, Refused, WasRefused, expect
from api.schemas import WebhookChangeIn, WebhookIn

WANTED = WebhookIn(url="https://receiver.invalid/", types=["revoke"])


async def test_a_webhook_from_its_making_to_its_end(client: Client) -> None:
    await life_of_a_webhook(client)


async def life_of_a_webhook(client: Client) -> None:
    """Every method, from its making to its end."""
    made = expect(await client.create_webhook(WANTED))
    assert made.secret is not None
    found = expect(await client.webhook(made.id))
    assert (found.value.types, found.value.deliveries.pending) == (["revoke"], 0)
    assert [one.id async for one in client.webhooks(page=1)] == [made.id]
    rotated = expect(await client.rotate_webhook(made.id, key="r-1"))
    assert expect(await client.rotate_webhook(made.id, key="r-1")).secret is None
    assert rotated.secret not in (None, made.secret)
    pinged = expect(await client.ping_webhook(made.id))
    assert [one.id async for one in client.deliveries(made.id, page=1)] == [pinged.id]
    assert expect(await client.resend_delivery(made.id, pinged.id)).id == pinged.id
    changed = expect(await client.change_webhook(made.id, WebhookChangeIn(enabled=False)))
    assert (changed.value.why, changed.value.types) == ("by-request", ["revoke"])
    assert await client.remove_webhook(made.id) is None
    gone = await client.webhook(made.id)
    assert isinstance(gone, Refused)
    assert gone.code == "unknown-webhook"
    trail = [record.type async for record in client.webhook_trail(made.id)]
    assert trail == ["subscribe", "rotate", "change", "remove"]


def test_without_an_event_loop(service: str, operator: str) -> None:
    with BlockingClient(service, api_key=operator) as client:
        made = expect(client.create_webhook(WANTED))
        assert made.id in [one.id for one in client.webhooks()]
        assert client.remove_webhook(made.id) is None
        with pytest.raises(WasRefused) as raised:
            list(client.deliveries(made.id))
        assert raised.value.refused.code == "unknown-webhook"
