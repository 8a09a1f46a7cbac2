"""Who a client is: the one place that puts credentials into a request."""

import re
from collections.abc import Generator
from dataclasses import dataclass

import httpx

from api.client.faults import Unsendable

_FIELD = re.compile(r"[!-~](?:[ -~]*[!-~])?")


@dataclass(frozen=True, slots=True)
class Identity(httpx.Auth):
    """Credentials of a client. `api_key` goes into `Authorization: Bearer`; `actor`
    (`name;organisation;role[;authority...]`) names the principal on services without access
    control.
    """

    actor: str | None = None
    api_key: str | None = None

    def __post_init__(self) -> None:
        for name, value in (("actor", self.actor), ("api_key", self.api_key)):
            if value is not None and not _FIELD.fullmatch(value):
                raise Unsendable(f"{name} is not printable ASCII")

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response]:
        """Add the credentials to a request (httpx calls this)."""
        if self.api_key is not None:
            request.headers["Authorization"] = f"Bearer {self.api_key}"
        if self.actor is not None:
            request.headers["Clearance-Actor"] = self.actor
        yield request
