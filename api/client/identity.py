"""Who a client is: the one place that puts credentials into a request."""

import re
from collections.abc import Generator
from dataclasses import dataclass, field

import httpx

from api.client.faults import Unsendable

_CREDENTIAL = re.compile(r"[!-~]{1,8192}")


@dataclass(frozen=True, slots=True)
class Identity(httpx.Auth):
    """The credential of a client: an API key, or an access token of the service's identity
    provider. It goes into `Authorization: Bearer` (RFC 6750 section 2.1).
    """

    api_key: str | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        if self.api_key is not None and not _CREDENTIAL.fullmatch(self.api_key):
            raise Unsendable("the API key is not printable ASCII without spaces")

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response]:
        """Add the credential to a request (httpx calls this)."""
        if self.api_key is not None:
            request.headers["Authorization"] = f"Bearer {self.api_key}"
        yield request
