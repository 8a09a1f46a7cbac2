"""What is kept of a run of the service: the secrets made with it, and all that it answered."""

from dataclasses import dataclass, field
from typing import Any

import httpx
from redis import Redis

from tests.e2e.access.provider import Provider
from tests.e2e.commands import PATIENCE

SHOWING = "set-cookie"
"""The header field in which a browser is given its secret."""
MAKING = ("/v1/keys", "/v1/webhooks")
SIGNING = "secret"
"""The field of an answer in which stands what a webhook's messages are signed with."""


@dataclass
class Run:
    """A service, the secrets made with it, and its answers. `reached` is the address of its
    database with the password; `word` is no secret, but left everywhere.
    """

    url: str
    redis: Redis
    reached: str
    password: str
    word: str
    operator: str
    provider: Provider
    secrets: dict[str, str] = field(default_factory=dict)
    places: dict[str, bytes] = field(default_factory=dict)
    shown: dict[str, int] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)

    def made(self, name: str, secret: str) -> None:
        """A secret was made; half of it is to be found nowhere either."""
        half = len(secret) // 2
        parts = {"whole": secret, "first half": secret[:half], "last half": secret[half:]}
        self.secrets |= {f"{name}, {part}": text for part, text in parts.items()}

    def browser(self, address: int) -> httpx.Client:
        """Somebody at an address of their own (this machine is a proxy), whose answers are kept."""
        return httpx.Client(
            base_url=self.url,
            headers={"X-Forwarded-For": f"192.0.2.{address}"},
            event_hooks={"response": [self.keep]},
            timeout=PATIENCE,
        )

    def keep(self, answer: httpx.Response) -> None:
        fields = [pair for pair in answer.headers.raw if pair[0].decode().lower() != SHOWING]
        body = answer.read()
        if answer.is_success and answer.request.url.path.startswith(MAKING) and body:
            body = self._hidden(answer.json(), body)
        asked = f"{answer.request.method} {answer.request.url.path[:40]}"
        content = b"\n".join(b"%b: %b" % pair for pair in fields) + body
        self.places[f"answer: {len(self.places)} {asked} {answer.status_code}"] = content

    def _hidden(self, told: dict[str, Any], body: bytes) -> bytes:
        """The answer without the key or the webhook's secret that it shows."""
        for name, marks in (("key", 2), (SIGNING, 1)):
            if shown := told.get(name):
                self.made(f"{name} {len(self.shown)}", shown.split("_", marks)[marks])
                self.shown[shown] = body.count(shown.encode())
                body = body.replace(shown.encode(), b"", 1)
        return body


def bearer(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}
