"""The asynchronous client: one method a route, its answers typed.

Where a method is given a mapping instead of a model, the service judges it. What goes wrong is
a ClientFault; what cannot be sent at all is Unsendable, a ValueError.
"""

from typing import Self

import httpx

from api.client.applications import Applications
from api.client.following import Following
from api.client.identity import Identity
from api.client.journal import AccessJournal
from api.client.keys import Keys
from api.client.log import LogFiles
from api.client.patience import Patience
from api.client.registry import Registry, Rules
from api.client.searching import Searching
from api.client.webhooks import Webhooks
from api.client.wire import Wire


class Client(
    Applications,
    Following,
    Searching,
    Registry,
    Keys,
    Rules,
    AccessJournal,
    LogFiles,
    Webhooks,
):
    """A service at `url`. Use it in `async with`, or call `close`."""

    def __init__(
        self,
        url: str,
        *,
        api_key: str | None = None,
        patience: Patience | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._wire = Wire(url, Identity(api_key), patience or Patience(), transport)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_exception: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Close the connections."""
        await self._wire.close()
