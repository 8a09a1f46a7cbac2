"""Traces (OpenTelemetry): of a request, down to the commit that its event shares with others; of a
timer, and of each try of a delivery.

No class of the law knows of it: whoever traces stands in the place of the store and of the
service, and looks on. Where no collector is named, they are what they are, and nothing that makes
spans is imported.
"""

from collections.abc import Callable
from typing import Protocol, Self

from starlette.types import ASGIApp

from api.journal import NotingService
from api.settings import Settings
from api.webhooks.sending import HttpSender
from workflow.store import Store


class Tracing(Protocol):
    """How the parts are made that may be looked on."""

    @property
    def store(self) -> Callable[..., Store]:
        """Makes a store."""
        ...

    @property
    def service(self) -> Callable[..., NotingService]:
        """Makes a service on such a store."""
        ...

    @property
    def sender(self) -> Callable[..., HttpSender]:
        """Makes what sends deliveries."""
        ...

    def over(self, entrance: ASGIApp) -> ASGIApp:
        """The front door, with whoever looks on before it."""
        ...

    async def __aenter__(self) -> Self: ...

    async def __aexit__(self, *_: object) -> None:
        """Send what is left."""
        ...


class Untraced:
    """Nobody looks on."""

    store = Store
    service = NotingService
    sender = HttpSender

    def over(self, entrance: ASGIApp) -> ASGIApp:
        return entrance

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        pass


def tracing_of(settings: Settings) -> Tracing:
    """What the settings ask for."""
    if not settings.observing.traces:
        return Untraced()
    from api.tracing.exporting import Exporting  # noqa: PLC0415  # 0.2 s, for whoever wants it

    return Exporting()
