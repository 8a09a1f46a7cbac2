"""What can go wrong between a client and a service; a reasoned no is an answer, not one of these.

`ClientFault` is above all of them.
"""

from collections.abc import Mapping
from typing import Any


class ClientFault(Exception):
    """Something went wrong that no rule of a procedure made; the message is for people."""


class Unsendable(ValueError):
    """What was to be sent cannot be: a text that JSON or a header cannot carry, an unfit key or
    address. Nothing was sent.
    """


class Unavailable(ClientFault):
    """No answer within the patience of the call. What was posted may be recorded or not: `key`,
    where it is not None, sent again with the same body, settles it.
    """

    def __init__(self, told: str, key: str | None = None) -> None:
        super().__init__(told)
        self.key = key


class NotClearance(ClientFault):
    """Something else than this service answers at the address."""


class MalformedAnswer(ClientFault):
    """The answer has not the shape that the contract promises."""


class ServiceFailed(ClientFault):
    """The service itself failed (500); `problem` is what it says of that."""

    def __init__(self, told: str, problem: Mapping[str, Any]) -> None:
        super().__init__(told)
        self.problem = problem


class BrokenTrail(ClientFault):
    """A trail that was received is not sound: `first_bad` is the number that the first bad
    record should have, and the `checked` records before it are sound.
    """

    def __init__(self, first_bad: int, reason: str, checked: int) -> None:
        super().__init__(f"record {first_bad}: {reason}")
        self.first_bad = first_bad
        self.reason = reason
        self.checked = checked
