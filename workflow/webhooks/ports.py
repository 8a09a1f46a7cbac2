"""What delivering needs from outside: somebody who sends, and somebody who writes what is sent."""

from collections.abc import Callable
from typing import NamedTuple, Protocol

from workflow.domain.procedure import Label


class Message(NamedTuple):
    """What is sent: `id` is the same however often, `at` (Unix seconds) is that of this try. It is
    signed with each of the secrets.
    """

    url: str
    id: str
    at: int
    body: bytes
    secrets: tuple[str, ...]


class Answer(NamedTuple):
    """What came of it: the receiver's status, or none with the code of what went wrong; and how
    many seconds it asks to be left alone.
    """

    status: int | None
    error: str | None = None
    retry_after: float | None = None

    @property
    def taken(self) -> bool:
        """Whether the receiver has it."""
        return self.error is None and self.status is not None and 200 <= self.status < 300


class Sender(Protocol):
    """Sends to receivers; whatever goes wrong is an answer, too."""

    def unfit(self, url: str) -> Label | None:
        """Why nothing is ever sent to this address, as far as can be seen from it."""

    async def send(self, message: Message) -> Answer:
        """Send once. It takes less than `delivering.LEASE`, and raises nothing."""


class Letters(NamedTuple):
    """What stands in a delivery: for a record as it is kept, and for a try (the webhook, the
    delivery, when it was asked for).
    """

    of_record: Callable[[bytes], bytes]
    of_ping: Callable[[str, str, str], bytes]
