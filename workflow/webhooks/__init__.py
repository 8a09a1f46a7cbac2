"""Webhooks: who is told of events by whom, what is to be delivered, and what became of it."""

from workflow.domain.webhook import Target
from workflow.store.webhooks import Standing as Tallied
from workflow.webhooks.deliveries import Delivery, DeliveryPage
from workflow.webhooks.delivering import Deliveries
from workflow.webhooks.ports import Answer, Letters, Message, Sender
from workflow.webhooks.subscriptions import Made, Webhooks

__all__ = [
    "Answer",
    "Deliveries",
    "Delivery",
    "DeliveryPage",
    "Letters",
    "Made",
    "Message",
    "Sender",
    "Tallied",
    "Target",
    "Webhooks",
]
