"""Sending a delivery as Standard Webhooks 1.0 says: signed with every secret that is good, over
what is sent to the byte.

Nothing is followed, no proxy of the environment is asked, and what a receiver answers counts by its
status alone: a body is read only as far as the connection is worth it.
"""

import asyncio
import math
import ssl
from contextlib import suppress
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from importlib.metadata import version
from typing import Final, Self

import httpcore
import httpx
from standardwebhooks.webhooks import Webhook

from api.cloud_events import MEDIA_TYPE
from api.webhooks.addresses import Addresses
from api.webhooks.connecting import Checked, NotAllowed, Unresolved
from workflow.domain.procedure import Label
from workflow.webhooks import Answer, Message

PATIENCE = 15.0
"""Seconds for a whole exchange."""

CONNECTING = 5.0
"""Seconds for a connection."""

ANSWER_LIMIT, ANSWER_PATIENCE = 16 * 1024, 1.0
"""Bytes of an answer's body that are read, and seconds for it; beyond, the connection is closed."""

IDLE, IDLE_SECONDS = 20, 5.0
"""Connections that are kept for the next delivery, and for how long."""


class HttpSender:
    """Sends deliveries over HTTP. `trusted` says whom to believe that a receiver is itself."""

    def __init__(self, addresses: Addresses, trusted: ssl.SSLContext | None = None) -> None:
        self._addresses: Final = addresses
        self._trusted: Final = trusted
        self._networks: Final = {
            "https": Checked(addresses, plain=False),
            "http": Checked(addresses, plain=True),
        }
        self._pools: Final[dict[str, httpcore.AsyncConnectionPool]] = {}
        self._agent: Final = f"clearance/{version('clearance')}".encode("ascii")

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    def unfit(self, url: str) -> Label | None:
        """Why nothing is ever sent to this address, as far as can be seen from it."""
        return self._addresses.unfit(url)

    async def send(self, message: Message) -> Answer:
        """Send once; whatever goes wrong is an answer, too."""
        if self.unfit(message.url) is not None:
            return Answer(None, "refused-address")
        try:
            async with asyncio.timeout(PATIENCE):
                return await self._sent(message)
        except NotAllowed:
            return Answer(None, "refused-address")
        except Unresolved:
            return Answer(None, "unresolved")
        except (TimeoutError, httpcore.TimeoutException):
            return Answer(None, "timeout")
        except (httpcore.NetworkError, httpcore.ProtocolError, OSError) as error:
            return Answer(None, "tls" if _of_tls(error) else "unreachable")

    async def close(self) -> None:
        """Close the connections."""
        for pool in self._pools.values():
            await pool.aclose()
        for network in self._networks.values():
            network.close()

    async def _sent(self, message: Message) -> Answer:
        url = httpx.URL(message.url)
        pool = self._pools.get(url.scheme) or self._pool(url.scheme)
        target = httpcore.URL(
            scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path
        )
        async with pool.stream(
            b"POST",
            target,
            headers=[(b"Host", url.netloc), *self._headers(message)],
            content=message.body,
            extensions={"timeout": {"connect": CONNECTING, "read": PATIENCE, "write": PATIENCE}},
        ) as response:
            answer = _answer(response)
            with suppress(TimeoutError, httpcore.NetworkError, httpcore.ProtocolError):
                async with asyncio.timeout(ANSWER_PATIENCE):
                    await _read(response)
            return answer

    def _headers(self, message: Message) -> list[tuple[bytes, bytes]]:
        """What Standard Webhooks has in the header, and what HTTP wants there."""
        at, text = datetime.fromtimestamp(message.at, UTC), message.body.decode()
        signed = [Webhook(secret).sign(message.id, at, text) for secret in message.secrets]
        return [
            (b"Content-Type", MEDIA_TYPE.encode("ascii")),
            (b"User-Agent", self._agent),
            (b"Accept-Encoding", b"identity"),
            (b"webhook-id", message.id.encode("ascii")),
            (b"webhook-timestamp", b"%d" % message.at),
            (b"webhook-signature", " ".join(signed).encode("ascii")),
        ]

    def _pool(self, scheme: str) -> httpcore.AsyncConnectionPool:
        """The connections of a scheme, made when they are first needed: to read whom to believe
        takes a while.
        """
        pool = self._pools[scheme] = httpcore.AsyncConnectionPool(
            ssl_context=self._trusted or httpx.create_ssl_context(),
            max_connections=None,  # whoever delivers has a bound
            max_keepalive_connections=IDLE,
            keepalive_expiry=IDLE_SECONDS,
            network_backend=self._networks[scheme],
        )
        return pool


def _answer(response: httpcore.Response) -> Answer:
    error = "redirect" if 300 <= response.status < 400 else None
    asked = next((value for name, value in response.headers if name.lower() == b"retry-after"), b"")
    return Answer(response.status, error, _seconds(asked.decode("latin-1")))


async def _read(response: httpcore.Response) -> None:
    """Read a short body to its end, so that the connection can serve again."""
    size = 0
    async for chunk in response.aiter_stream():
        size += len(chunk)
        if size > ANSWER_LIMIT:
            return


def _seconds(text: str) -> float | None:
    """How long a receiver asks to be left alone (RFC 9110, 10.2.3): in seconds, or until then."""
    if text.isdecimal() and len(text) < 10:
        return float(text)
    try:
        until = parsedate_to_datetime(text)
    except (ValueError, OverflowError):  # the latter by a zone of many digits
        return None
    aware = until if until.tzinfo else until.replace(tzinfo=UTC)
    return max(0.0, math.ceil((aware - datetime.now(UTC)).total_seconds()))


def _of_tls(error: BaseException) -> bool:
    """Whether it was the certificate, or what else TLS demands."""
    cause: BaseException | None = error
    while cause is not None and not isinstance(cause, ssl.SSLError):
        cause = cause.__cause__ or cause.__context__
    return cause is not None
