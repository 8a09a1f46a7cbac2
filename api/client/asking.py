"""Asking in the ways that all routes share: one answer, a tagged one, a text, pages of a list."""

from collections.abc import AsyncIterator, Mapping
from typing import Any, TypeVar
from urllib.parse import quote

import httpx
from pydantic import BaseModel

from api.client.outcomes import Found, Refused, WasRefused
from api.client.wire import Call, Wire, get, read

T = TypeVar("T", bound=BaseModel)
Body = Mapping[str, Any]


class Asking:
    """What the routes of every resource are built on."""

    _wire: Wire

    async def _read(self, shape: type[T], path: str) -> T | Refused:
        answer = await self._wire.exchange(get(path))
        return answer if isinstance(answer, Refused) else read(shape, answer)

    async def _tagged(self, shape: type[T], call: Call) -> Found[T] | Refused:
        answer = await self._wire.exchange(call)
        if isinstance(answer, Refused):
            return answer
        return Found(read(shape, answer), etag_of(answer))

    async def _text(self, call: Call) -> str | Refused:
        answer = await self._wire.exchange(call)
        return answer if isinstance(answer, Refused) else answer.text

    async def _bytes(self, call: Call) -> bytes | Refused:
        answer = await self._wire.exchange(call)
        return answer if isinstance(answer, Refused) else answer.content

    async def _pages(
        self, shape: type[T], path: str, params: Mapping[str, Any]
    ) -> AsyncIterator[T]:
        cursor: str | None = None
        while True:
            answer = await self._wire.exchange(get(path, {**params, "cursor": cursor}))
            if isinstance(answer, Refused):
                raise WasRefused(answer)
            page = read(shape, answer)
            yield page
            cursor = getattr(page, "next", None)
            if cursor is None:
                return


def step(text: str) -> str:
    """One step of a path, whatever it holds."""
    return quote(text, safe="")


def etag_of(answer: httpx.Response) -> str:
    """The entity tag of an answer; empty where it has none."""
    tag: str = answer.headers.get("etag", "")
    return tag
