"""A webhook and its deliveries, as answers show them."""

from datetime import UTC, datetime
from typing import Any

from workflow.domain import clock
from workflow.domain.record import Document
from workflow.webhooks import Delivery, Tallied


def webhook_body(identifier: str, document: Document) -> dict[str, Any]:
    """A webhook without its secret."""
    snapshot, previous = document.snapshot, document.snapshot["previous"]
    named = ("url", "types", "states", "buyers", "state", "why", "created_at")
    return {
        "id": identifier,
        **{name: snapshot[name] for name in named},
        "description": snapshot["description"] or None,
        "owner": {
            "credential": snapshot["owner"],
            "name": snapshot["name"],
            "organisation": snapshot["organisation"],
        },
        "old_secret_until": None if previous is None else previous["until"],
        "version": document.version,
        "updated_at": document.recorded_at,
        "head": document.head,
    }


def tallied_body(tallied: Tallied) -> dict[str, Any]:
    """How a webhook stands with what was sent."""
    body = tallied._asdict()
    failing: int | None = body.pop("failing")
    since = None if failing is None else clock.instant(datetime.fromtimestamp(failing / 1000, UTC))
    return body | {"failing_since": since}


def delivery_body(webhook: str, delivery: Delivery) -> dict[str, Any]:
    """A message of a webhook."""
    body = delivery._asdict() | {"webhook": webhook}
    if delivery.is_ping:
        body |= {"application": None, "seq": None}
    return body
