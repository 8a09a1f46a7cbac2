"""What a message of a webhook waits for: the one before it of the same application."""

from api.console.pages.webhooks import awaited
from workflow.webhooks import Delivery
from workflow.webhooks.deliveries import ping

AT = "2026-02-02T04:00:00.000Z"


def message(application: str, seq: int, status: str = "pending") -> Delivery:
    known = Delivery(f"{application}_{seq}", application, seq, "note", "pending", 0, AT)
    return known._replace(status="delivered") if status == "delivered" else known


def test_a_message_waits_for_the_first_of_its_application() -> None:
    messages = [
        message("a", 7),
        message("b", 2),
        message("a", 6),
        message("a", 5),
        message("a", 4, "delivered"),
        ping(AT),
    ]
    assert awaited(messages) == {"a_7": "a_5", "a_6": "a_5"}
