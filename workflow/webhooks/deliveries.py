"""Deliveries to look through: what waits, what was made, what was given up; and one more try."""

from typing import Literal, NamedTuple

import orjson

from workflow.domain import clock
from workflow.store import Position
from workflow.store.webhooks import Place, Queued

PING = "ping"
"""What stands for the application in a delivery that only tries the webhook out."""

PING_TYPE = "ping"

Status = Literal["pending", "delivered", "dead"]


class Delivery(NamedTuple):
    """One event for one webhook. `id` is what the receiver sees as `webhook-id`; the last status
    is the receiver's, the last error says why that did not count, or why there is none.
    """

    id: str
    application: str
    seq: int
    type: str
    status: Status
    attempts: int
    created_at: str
    last_attempt_at: str | None = None
    next_attempt_at: str | None = None
    last_status: int | None = None
    last_error: str | None = None

    @classmethod
    def new(cls, place: Place, kind: str, now: str) -> "Delivery":
        """One that has not been tried."""
        return cls(place.name, place.application, place.seq, kind, "pending", 0, now)

    @classmethod
    def read(cls, known: bytes) -> "Delivery":
        """As it is kept."""
        return cls(**orjson.loads(known))

    def written(self) -> bytes:
        """What is kept of it."""
        return orjson.dumps(self._asdict())

    def queued(self) -> Queued:
        """The same as something to do."""
        return Queued(self.place, self.written())

    @property
    def place(self) -> Place:
        """What stands in the queue for it."""
        mark = self.id.removeprefix(Place(self.application, self.seq).name).removeprefix("_")
        return Place(self.application, self.seq, mark)

    def afresh(self, now: str) -> "Delivery":
        """The same, as if it had not been tried."""
        return self._replace(status="pending", attempts=0, next_attempt_at=now)

    @property
    def is_ping(self) -> bool:
        """Whether it only tries the webhook out."""
        return self.application == PING


class DeliveryPage(NamedTuple):
    """A stretch of a list, newest first. It may be short while `next` is set."""

    items: list[Delivery]
    next: Position | None


def ping(at: str) -> Delivery:
    """A delivery that tries a webhook out; one of each millisecond."""
    return Delivery.new(Place(PING, clock.milliseconds(at)), PING_TYPE, at)
