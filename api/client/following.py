"""What comes: waiting for a change of one application, and records as they are recorded."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from time import monotonic
from typing import TypedDict, Unpack

from api.client.asking import Asking, etag_of, step
from api.client.events import events
from api.client.outcomes import Found, NotModified, Refused
from api.client.wire import get, read, read_bytes
from api.schemas import ApplicationOut, RecordOut

HELD = 30
"""Seconds for which the service holds an answer at the most."""

UNHEARD = 1.0
"""Seconds between two polls where nobody holds the answer."""


class StreamFilter(TypedDict, total=False):
    """Which records of which applications."""

    type: str
    buyer: str
    procedure: str


@dataclass(frozen=True, slots=True)
class Streamed:
    """A record as it came, `text` exactly as stored. `cursor` is where to go on after it."""

    record: RecordOut
    text: bytes
    cursor: str


class Following(Asking):
    """The routes that last."""

    async def wait(
        self, application: str, etag: str, seconds: float = HELD
    ) -> Found[ApplicationOut] | NotModified | Refused:
        """An application as soon as it is not the one that `etag` names any more; NotModified
        after so many seconds. The service holds the answer, so nothing is asked meanwhile.
        """
        until = monotonic() + seconds
        while True:
            left = max(until - monotonic(), 0)
            held = min(round(left), HELD)
            path = f"/v1/applications/{step(application)}"
            call = get(path, None, If_None_Match=etag, Prefer=f"wait={held}")
            answer = await self._wire.exchange(call, self._wire.trying(hold=held))
            if isinstance(answer, Refused):
                return answer
            if answer.status_code != 304:
                return Found(read(ApplicationOut, answer), etag_of(answer))
            left = until - monotonic()
            if left < 0.5:
                return NotModified(etag_of(answer))
            if "preference-applied" not in answer.headers or left > seconds - 0.1:
                await asyncio.sleep(min(UNHEARD, left))

    async def follow(
        self, application: str, *, after: int | None = None
    ) -> AsyncIterator[RecordOut]:
        """The records of an application as they come, behind the record `after`, or from now on.
        It goes on until it is left. Raises WasRefused, ClientFault.
        """
        path = f"/v1/applications/{step(application)}/stream"
        async for _, text in events(self._wire, path, {}, None if after is None else str(after)):
            yield read_bytes(RecordOut, text, path)

    async def stream(
        self, *, after: str | None = None, **wanted: Unpack[StreamFilter]
    ) -> AsyncIterator[Streamed]:
        """The records of all applications that one may see, as they come: behind a cursor, or from
        now on. It goes on until it is left. Raises WasRefused, ClientFault.
        """
        path = "/v1/stream"
        async for cursor, text in events(self._wire, path, wanted, after):
            yield Streamed(read_bytes(RecordOut, text, path), text, cursor)
