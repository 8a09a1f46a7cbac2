"""Connections that are not waited for without end, and requests that are no HTTP.

Whoever sends slowly, or does not take the answer, is cut; the times are in the settings. No
request sets a timer: every connection is looked at about once a second, so that is how late a
cut may come. What the server below answers by itself becomes a problem document as well.
"""

import asyncio
from collections.abc import Iterable
from time import monotonic
from typing import Any

import orjson
from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol
from uvicorn.server import ServerState

from api.bodies import BATCH_LIMIT
from api.faults import RETRY_AFTER
from api.headers import Pair
from api.hosts import FIELDS_LIMIT
from api.problems import MEDIA_TYPE, Problems
from api.settings import Bounds

MESSAGE_LIMIT = 2 * BATCH_LIMIT
"""Bytes of a body as it is coded: chunks and trailers count, unlike in the limit of a body."""

ENOUGH = 64 * 1024
"""Bytes that a slow reader must take of an answer in the time that it is given."""

AT_ONCE = 1_000
"""Connections that are looked at without a pause."""

CODES = (
    "malformed-request",
    "request-timeout",
    "body-too-large",
    "headers-too-large",
    "too-many-connections",
)


class Dropped(list[tuple[bytes, bytes]]):
    """Keeps nothing."""

    def append(self, _: tuple[bytes, bytes], /) -> None:
        pass


DROPPED = Dropped()


class Connections:
    """Makes the protocol of every connection, and looks after them."""

    def __init__(self, bounds: Bounds, problems: Problems, headers: Iterable[Pair]) -> None:
        self.bounds = bounds
        self.now = monotonic()
        """Seconds, as of the last look."""
        shortest = min(
            bounds.header_timeout, bounds.body_timeout, bounds.chunk_timeout, bounds.answer_timeout
        )
        self._period = min(1.0, shortest / 5)
        self._due = self.now
        self._open: set[Any] = set()
        self._turn: list[Connection] = []
        fixed = b"".join(b"%b: %b\r\n" % pair for pair in headers)
        self._answers = {code: _written(problems, code, fixed) for code in CODES}

    def __call__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> "Connection":
        self._open = server_state.connections
        return Connection(self, config, server_state, app_state, _loop)

    def look(self) -> None:
        """Cut what has been waited for long enough; to be called ten times a second. Very many
        connections are looked at in turns, so that nobody waits for this.
        """
        self.now = monotonic()
        if not self._turn and self.now >= self._due:
            self._due = self.now + self._period
            self._turn = list(self._open)
        now, self._turn = self._turn[:AT_ONCE], self._turn[AT_ONCE:]
        for connection in now:
            connection.look()

    def answer(self, code: str) -> tuple[bytes, bytes]:
        """The status line, and the rest of the problem document."""
        return self._answers[code]


class Connection(HttpToolsProtocol):
    """One connection, with what was seen of it at the last look."""

    def __init__(
        self,
        company: Connections,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self._company = company
        self._heard = company.now
        self._part: Any = None  # what more is expected of: a header's scope, or a body's cycle
        self._part_size = 0
        self._waited: tuple[str, Any] = ("", None)  # what for, and after which request
        self._since = company.now
        self._untaken = 0
        self._untaken_since = company.now

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        if len(self.connections) > self._company.bounds.connections:
            self._refuse("too-many-connections")

    def data_received(self, data: bytes) -> None:
        self._heard = self._company.now
        super().data_received(data)
        cycle: Any = self.cycle
        if cycle is None or self.scope is not cycle.scope:
            part: Any = self.scope
        else:
            part = cycle if cycle.more_body else None
        if part is not self._part:
            self._part, self._part_size = part, 0
        elif part is not None:
            self._part_size += len(data)
            if part is self.scope and self._part_size > FIELDS_LIMIT:
                self._refuse("headers-too-large")
            elif self._part_size > MESSAGE_LIMIT:
                self._refuse("body-too-large")

    def on_headers_complete(self) -> None:
        super().on_headers_complete()
        self.headers = DROPPED  # no trailer becomes a header field (RFC 9110 section 6.5.1)

    def on_response_complete(self) -> None:
        """As below, but for its timer: an idle connection is looked at as any other."""
        self.server_state.total_requests += 1
        if not self.transport.is_closing():
            self.flow.resume_reading()
            if self.pipeline:
                self._start_asgi_task(*self.pipeline.pop())

    def send_400_response(self, msg: str) -> None:
        del msg
        self._refuse("malformed-request")

    def look(self) -> None:
        """Cut it when it was waited for too long."""
        if self._taken():
            self._wait()

    def _taken(self) -> bool:
        """Whether the client takes what it is sent; else it is cut in time."""
        now, untaken = self._company.now, self.transport.get_write_buffer_size()
        if not untaken:
            self._untaken = 0
            return True
        if not self._untaken or untaken <= self._untaken - ENOUGH:
            self._untaken, self._untaken_since = untaken, now
        elif now - self._untaken_since > self._company.bounds.answer_timeout:
            self.transport.abort()
        return False

    def resume_writing(self) -> None:
        super().resume_writing()
        self._untaken = 0  # of an answer in many parts, one was taken

    def _wait(self) -> None:
        """For a header, or for a body, unless the service itself is waited for."""
        bounds, now = self._company.bounds, self._company.now
        if self.transport.is_closing():
            return
        waited = (self._waiting_for(), self.cycle)
        if waited != self._waited:
            self._waited, self._since = waited, now
        elif waited[0] == "header" and now - self._since > bounds.header_timeout:
            if self._begun():
                self._refuse("request-timeout")
            else:
                self.transport.close()
        elif waited[0] == "body" and (
            now - self._since > bounds.body_timeout or now - self._heard > bounds.chunk_timeout
        ):
            self._refuse("request-timeout")

    def _waiting_for(self) -> str:
        cycle: Any = self.cycle
        if self.pipeline:
            return "the service"
        if cycle is None or cycle.response_complete:
            return "header"
        return "body" if cycle.more_body and not self.flow.read_paused else "the service"

    def _begun(self) -> bool:
        """Whether a part of a header is there."""
        scope: Any = self.scope
        cycle: Any = self.cycle
        return scope is not None and (cycle is None or scope is not cycle.scope)

    def _refuse(self, code: str) -> None:
        """Answer what is not a whole request, and close. Earlier ones get their answers first,
        and this one none.
        """
        cycle: Any = self.cycle
        if cycle is not None and not cycle.response_complete:
            if self.pipeline or self._begun() or cycle.response_started:
                cycle.keep_alive = False
                if cycle.response_started:
                    self.transport.close()
                return
            cycle.disconnected = True
            cycle.message_event.set()
        if not self.transport.is_closing():
            status, rest = self._company.answer(code)
            dated = (b"%b: %b\r\n" % pair for pair in self.server_state.default_headers)
            self.transport.write(b"".join((status, *dated, rest)))
            self.transport.close()


def _written(problems: Problems, code: str, fixed: bytes) -> tuple[bytes, bytes]:
    document = problems.of_fault(code)
    body = orjson.dumps(document)
    later = b"retry-after: %b\r\n" % RETRY_AFTER[code].encode() if code in RETRY_AFTER else b""
    rest = (
        fixed,
        later,
        b"content-type: %b\r\n" % MEDIA_TYPE.encode(),
        b"content-length: %d\r\nconnection: close\r\n\r\n" % len(body),
        body,
    )
    return STATUS_LINE[document["status"]], b"".join(rest)
