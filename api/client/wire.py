"""Sending requests: encoded once, repeated with the same key, every answer checked for what it is.

Each request may be repeated safely: what writes carries its idempotency key or is a PUT.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

import httpx
from pydantic import BaseModel, ValidationError

from api.client.faults import (
    MalformedAnswer,
    NotClearance,
    ServiceFailed,
    Unavailable,
    Unsendable,
)
from api.client.identity import Identity
from api.client.outcomes import Refused, WasRefused
from api.client.patience import Patience, Trying
from workflow.domain import canonical

JSON, JSONL, PROBLEM = "application/json", "application/jsonl", "application/problem+json"
PASSING = frozenset({429, 502, 503, 504})
"""Statuses after which the same request may succeed."""
BROKEN = (httpx.TransportError, httpx.HTTPStatusError)
"""What an attempt may end with that another may mend."""

Shape = TypeVar("Shape", bound=BaseModel)

_KEY = re.compile(r"[!-~](?:[ -~]{0,253}[!-~])?")


@dataclass(frozen=True, slots=True)
class Call:
    """One request, the same at every attempt."""

    method: str
    path: str
    params: Mapping[str, Any] = field(default_factory=dict)
    content: bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def key(self) -> str | None:
        """The idempotency key."""
        return self.headers.get("Idempotency-Key")


class Wire:
    """One service, seen through HTTP. `url` is its address as it may be told to anybody."""

    def __init__(
        self,
        url: str,
        identity: Identity,
        patience: Patience,
        transport: httpx.AsyncBaseTransport | None,
    ) -> None:
        try:
            parsed = httpx.URL(url)
        except httpx.InvalidURL as error:
            raise Unsendable(f"{url} is not an address: {error}") from error
        if parsed.scheme not in ("http", "https") or not parsed.host:
            raise Unsendable(f"{url} is not an http or https address")
        self.url = f"{parsed.scheme}://{parsed.netloc.decode()}{parsed.path}".rstrip("/")
        self._patience = patience
        self._http = httpx.AsyncClient(
            base_url=parsed,
            auth=identity,
            trust_env=False,
            transport=transport,
            # Loading the certificates takes longer than all else where none is wanted.
            verify=parsed.scheme == "https",
        )

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    def trying(self, key: str | None = None, hold: float = 0.0) -> Trying:
        """The attempts of a call."""
        return Trying(self._patience, key, hold)

    async def exchange(self, call: Call, trying: Trying | None = None) -> httpx.Response | Refused:
        """The answer, 2xx or 304, or the refusal. Raises ClientFault."""
        trying = trying or self.trying(call.key)
        while True:
            try:
                async with asyncio.timeout(trying.time_left):
                    response = await self._http.send(self._request(call, trying))
            except (httpx.TransportError, TimeoutError) as error:
                await trying.pause(self._unreachable(error))
                continue
            except httpx.DecodingError as error:
                raise NotClearance(f"{self.url} answers in a way that cannot be read.") from error
            if response.status_code not in PASSING:
                return self._judged(response)
            await trying.pause(self._busy(response), retry_after(response))

    async def lines(self, path: str, params: Mapping[str, Any]) -> AsyncIterator[bytes]:
        """The lines of an answer that only grows at its end. A broken connection begins anew,
        past what was handed out. Raises WasRefused, ClientFault.
        """
        call, handed, trying = get(path, params, Accept=JSONL), 0, self.trying()
        while True:
            seen = 0
            try:
                async with self.streaming(call, JSONL, trying) as response:
                    async for line in _lines(response):
                        seen += 1
                        if seen > handed:
                            handed = seen
                            yield line
                            trying.restart()
                    return
            except BROKEN as error:
                await self.pause(trying, error)

    @asynccontextmanager
    async def streaming(
        self, call: Call, kind: str, trying: Trying, quiet: float | None = None
    ) -> AsyncIterator[httpx.Response]:
        """An answer of this media type whose content comes piece by piece, with `quiet` seconds
        between two. Raises BROKEN where another attempt makes sense, else WasRefused, ClientFault.
        """
        request = self._request(call, trying, quiet)
        response = await self._http.send(request, stream=True)
        try:
            if response.status_code in PASSING:
                raise httpx.HTTPStatusError("passing", request=request, response=response)
            await self._expect(response, kind)
            yield response
        finally:
            await response.aclose()

    async def pause(self, trying: Trying, error: httpx.HTTPError) -> None:
        """Wait for the next attempt after one that was BROKEN. Raises Unavailable."""
        if isinstance(error, httpx.HTTPStatusError):
            await trying.pause(self._busy(error.response), retry_after(error.response))
        else:
            await trying.pause(self._unreachable(error))

    async def pieces(self, call: Call, kind: str) -> AsyncIterator[bytes]:
        """The content of an answer of this media type as it comes. It is asked for again until it
        begins, and not afterwards. Raises WasRefused, ClientFault.
        """
        trying = self.trying()
        while True:
            try:
                request = self._request(call, trying)
                response = await self._http.send(request, stream=True)
            except httpx.TransportError as error:
                await trying.pause(self._unreachable(error))
                continue
            try:
                if response.status_code not in PASSING:
                    await self._expect(response, kind)
                    async for piece in response.aiter_bytes():
                        yield piece
                    return
            except httpx.TransportError as error:
                raise Unavailable(f"{self.url} broke off: {error}") from error
            finally:
                await response.aclose()
            await trying.pause(self._busy(response), retry_after(response))

    async def _expect(self, response: httpx.Response, kind: str) -> None:
        """Raises WasRefused, NotClearance."""
        if response.status_code == 200 and media_type(response) == kind:
            return
        await response.aread()
        judged = self._judged(response)
        if isinstance(judged, Refused):
            raise WasRefused(judged)
        raise NotClearance(f"{self.url} answers with {media_type(response)}, not {kind}.")

    def _request(self, call: Call, trying: Trying, quiet: float | None = None) -> httpx.Request:
        left = trying.time_left
        return self._http.build_request(
            call.method,
            call.path,
            params=call.params or None,
            content=call.content,
            headers=call.headers,
            timeout=httpx.Timeout(left, read=left if quiet is None else quiet),
        )

    def _judged(self, response: httpx.Response) -> httpx.Response | Refused:
        status = response.status_code
        if status < 300 or status == 304:
            return response
        if media_type(response) != PROBLEM:
            raise NotClearance(f"{self.url} answers {status} as no clearance service does.")
        try:
            problem = canonical.decode(response.content)
            refused = Refused.of(problem)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise MalformedAnswer(f"{self.url} answers {status} with no problem.") from error
        if status >= 500:
            told = f"{self.url} failed: {refused.code}: {refused.detail}"
            raise ServiceFailed(told, problem)
        return refused

    def _unreachable(self, error: Exception) -> str:
        return f"{self.url} does not answer: {str(error) or type(error).__name__}"

    def _busy(self, response: httpx.Response) -> str:
        told = f"{self.url} answers {response.status_code} and no more"
        if response.status_code != httpx.codes.TOO_MANY_REQUESTS:
            return told
        return (
            f"{told}: from here came too many requests, or too many credentials that are not good"
        )


async def _lines(response: httpx.Response) -> AsyncIterator[bytes]:
    rest = b""
    async for piece in response.aiter_bytes():
        *whole, rest = (rest + piece).split(b"\n")
        for line in whole:
            yield line
    if rest:
        raise httpx.RemoteProtocolError("the answer ends within a line")


def get(path: str, params: Mapping[str, Any] | None = None, **headers: str | None) -> Call:
    """A reading request; parameters and headers that are None are left out. Raises Unsendable."""
    wanted = {name: _text(value) for name, value in (params or {}).items() if value is not None}
    return Call("GET", path, wanted, None, _fields(headers))


def sending(method: str, path: str, body: object, **headers: str | None) -> Call:
    """A writing request. Raises Unsendable."""
    fields = _fields(headers)
    if not _KEY.fullmatch(fields.get("Idempotency-Key", "-")):
        raise Unsendable("a key is 1 to 255 printable ASCII characters")
    return Call(method, path, {}, encoded(body), {**fields, "Content-Type": JSON})


def _fields(headers: Mapping[str, str | None]) -> dict[str, str]:
    fields = {name.replace("_", "-"): value for name, value in headers.items() if value is not None}
    for name, value in fields.items():
        if not (value.isascii() and value.isprintable()):
            raise Unsendable(f"{name} is not printable ASCII")
    return fields


def encoded(body: object) -> bytes:
    """A body, of models or plain values. Raises Unsendable."""
    plain = body.model_dump(exclude_unset=True) if isinstance(body, BaseModel) else body
    try:
        return canonical.encode(plain)
    except canonical.Malformed as error:
        raise Unsendable(f"the body cannot be sent: {error}") from error


def read(shape: type[Shape], response: httpx.Response) -> Shape:
    """An answer in its shape. Raises NotClearance, MalformedAnswer."""
    if media_type(response) != JSON:
        raise NotClearance(f"{response.url} answers with something that is not JSON.")
    return read_bytes(shape, response.content, str(response.url))


def read_bytes(shape: type[Shape], text: bytes, source: str) -> Shape:
    """A JSON text in its shape. Raises MalformedAnswer."""
    try:
        return shape.model_validate(canonical.decode(text))
    except (canonical.Malformed, ValidationError) as error:
        raise MalformedAnswer(f"{source} answers with no {shape.__name__}.") from error


def media_type(response: httpx.Response) -> str:
    """The media type of an answer without parameters."""
    kind: str = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    return kind


def retry_after(response: httpx.Response) -> float | None:
    """Seconds that the service asks for; a date is not looked at."""
    asked: str = response.headers.get("retry-after", "")
    return float(asked) if asked.isascii() and asked.isdecimal() and len(asked) < 6 else None


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
