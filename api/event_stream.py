"""Server-sent events (WHATWG HTML, section 9.2): an answer that goes on.

The first block has no `data:`, so that nothing happens in a browser, but an `id:`: whoever is cut
off before the first record comes back to where they began. Where there was no record for a while,
a block with an `id:` alone says how far that is.
"""

import asyncio
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Protocol

from fastapi import Request, Response
from starlette.types import Receive, Scope, Send

from api import answers
from api.lasting import Lasting, Sleeper
from api.problems import Declined, Problem
from api.readers import readmitted
from api.request_lines import EVENTS
from workflow.domain.principal import Principal
from workflow.store import StoreFault

MEDIA_TYPE = "text/event-stream"

HEARTBEAT = 15.0
"""Seconds without a record after which there is a sign of life."""

CHECKED = 2.0
"""Seconds between two looks whether the caller may still come in."""

RETRY = 1_000
"""Milliseconds after which a browser is to come back."""

BEGINNING = b"event: record\n"

HEADERS = {
    **answers.PRIVATE,
    "Cache-Control": "private, no-cache, no-transform",
    "X-Accel-Buffering": "no",  # a proxy that gathers an answer would hold every event back
}


class Ended(Exception):
    """A stream cannot go on; the message is for whoever reads it."""


class Source(Protocol):
    """What a stream tells of."""

    @property
    def place(self) -> bytes:
        """The id of the last event, or of where it begins."""
        ...

    def opened(self, ring: Callable[[], None]) -> AbstractContextManager[None]:
        """`ring` is called when there may be more."""
        ...

    async def more(self, principal: Principal) -> bytes:
        """The events that there are now. Raises Ended."""
        ...


Form = Callable[[bytes], bytes]
"""What a record, given as it is kept, is told as: one line."""


def event(place: bytes, record: bytes) -> bytes:
    """A record, which is one line, as an event."""
    return b"%bid: %b\ndata: %b\n\n" % (BEGINNING, place, record)


class EventStream(Response):
    """A stream as an answer. It may go on for days, so whoever reads it is let in anew every few
    seconds, and before any record. Raises Problem (429) where one has too many.
    """

    media_type = MEDIA_TYPE

    def __init__(
        self, request: Request, source: Source, lasting: Lasting, principal: Principal
    ) -> None:
        super().__init__(headers=HEADERS)
        del self.headers["content-length"]
        self._request, self._source, self._lasting = request, source, lasting
        self._identity = principal.identity
        lasting.streams.take(self._identity)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope[EVENTS] = 0

        async def tell(piece: bytes, more: bool = True) -> None:
            await send({"type": "http.response.body", "body": piece, "more_body": more})
            scope[EVENTS] += piece.count(BEGINNING)

        try:
            with (
                self._lasting.sleeping(receive) as sleeper,
                self._source.opened(sleeper.ring),
            ):
                start = {"type": "http.response.start", "status": 200, "headers": self.raw_headers}
                await send(start)
                await tell(b"retry: %d\nid: %b\n\n" % (RETRY, self._source.place))
                try:
                    await self._go_on(sleeper, tell)
                except Ended as end:
                    await tell(b": %b\n\n" % str(end).encode())
                await tell(b"", more=False)
        finally:
            self._lasting.streams.give_back(self._identity)

    async def _go_on(self, sleeper: Sleeper, tell: "Tell") -> None:
        """Until the reader has gone. Raises Ended."""
        clock = asyncio.get_running_loop().time
        quiet, told = clock() + HEARTBEAT, self._source.place
        while not sleeper.gone:
            if self._lasting.ending:
                raise Ended("the service is stopping")
            events = await self._events()
            if events:
                await tell(events)
            elif clock() >= quiet:
                place = self._source.place
                await tell(b":\n\n" if place == told else b"id: %b\n\n" % place)
            if events or clock() >= quiet:
                quiet, told = clock() + HEARTBEAT, self._source.place
            await sleeper.sleep(0 if events else min(quiet, clock() + CHECKED))

    async def _events(self) -> bytes:
        """What there is for the caller, as they are now; nothing while the store is away: a
        browser that is cut off then and answered with a fault would not come back.
        """
        try:
            principal = await readmitted(self._request)
            return await self._source.more(principal)
        except (Problem, Declined) as error:
            raise Ended("the credential is not good any more") from error
        except StoreFault:
            return b""


class Tell(Protocol):
    """Sends a piece of an answer; it waits for a slow reader."""

    async def __call__(self, piece: bytes, more: bool = True) -> None: ...
