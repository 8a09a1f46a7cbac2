"""Asking the identity provider: at fixed addresses, bounded in time and size, nothing followed."""

import asyncio
import json
import ssl
from collections.abc import Mapping
from functools import cache
from typing import Any, NamedTuple, NoReturn
from urllib.parse import urlsplit

import httpx

from api.settings import is_loopback

PATIENCE = 5.0
"""Seconds for a whole exchange."""

ANSWER_LIMIT = 256 * 1024
"""Bytes of an answer."""


class NoAnswer(Exception):
    """The provider gave no answer that can be used; the reason is for the log."""


class Told(NamedTuple):
    """What the provider answered."""

    status: int
    content: bytes


class ProviderClient:
    """A client of the identity provider."""

    def __init__(self) -> None:
        self._client = httpx.AsyncClient(
            verify=_certificates(),
            headers={"Accept": "application/json", "Accept-Encoding": "identity"},
            follow_redirects=False,
            trust_env=False,
            timeout=PATIENCE,
        )

    async def get(self, url: str) -> Told:
        """What is found at an address. Raises NoAnswer."""
        return await self._ask(self._client.build_request("GET", url))

    async def post(self, url: str, form: Mapping[str, str], headers: Mapping[str, str]) -> Told:
        """What is answered to a form. Raises NoAnswer."""
        return await self._ask(self._client.build_request("POST", url, data=form, headers=headers))

    async def close(self) -> None:
        """Close its connections."""
        await self._client.aclose()

    async def _ask(self, request: httpx.Request) -> Told:
        try:
            async with asyncio.timeout(PATIENCE):
                response = await self._client.send(request, stream=True)
                try:
                    return Told(response.status_code, await _content(response))
                finally:
                    await response.aclose()
        except (httpx.HTTPError, TimeoutError) as error:
            raise NoAnswer(type(error).__name__) from error


@cache
def _certificates() -> ssl.SSLContext:
    """Whom to believe that the provider is the provider; SSL_CERT_FILE counts, proxies do not."""
    return httpx.create_ssl_context()


async def _content(response: httpx.Response) -> bytes:
    """The body as sent: a coded one could grow beyond the limit in a single step."""
    if response.headers.get("Content-Encoding", "identity") != "identity":
        raise NoAnswer("a content coding that was not asked for")
    content = b""
    async for chunk in response.aiter_raw():
        content += chunk
        if len(content) > ANSWER_LIMIT:
            raise NoAnswer(f"more than {ANSWER_LIMIT:,} bytes")
    return content


def check_address(url: str) -> None:
    """Raises ValueError for an address that is neither https nor on this machine: whoever stands
    between could answer with keys of their own.
    """
    parts = urlsplit(url)
    near = parts.scheme == "http" and is_loopback(parts.hostname or "")
    if not parts.hostname or not (near or parts.scheme == "https"):
        raise ValueError(f"{url} is not an https address")


def read_object(text: bytes) -> dict[str, Any]:
    """A JSON object in which no name stands twice (RFC 7515 section 4, RFC 7519 section 4).

    Unlike the bodies of events it may hold fractions: a NumericDate may (RFC 7519 section 2).
    Raises ValueError.
    """
    try:
        value = _strict.decode(text.decode())
    except RecursionError as error:
        raise ValueError("nested too deep") from error
    if not isinstance(value, dict):
        raise ValueError("not an object")
    return value


def _refuse_equal_names(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("an object has the same name twice")
    return found


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")


_strict = json.JSONDecoder(object_pairs_hook=_refuse_equal_names, parse_constant=_refuse_constant)
