"""Slow clients and what is no HTTP, over real sockets; the times are shortened by the settings."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from itertools import repeat
from time import monotonic
from typing import Any

import pytest
from starlette.types import Receive, Scope, Send

from api.connections import MESSAGE_LIMIT
from api.headers import PAIRS
from api.hosts import FIELDS_LIMIT
from api.server import Server
from api.settings import Bounds, Settings

SHORT = 0.25  # seconds, of the one time that a test is about
BOUNDS = Bounds(header_timeout=60, body_timeout=60, chunk_timeout=60, answer_timeout=60)
GET = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"
POST = b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\n"
CHUNKED = b"POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"


class Echo:
    """Answers with what it was sent, or with a long text; and remembers what it saw."""

    def __init__(self, answer: bytes | None = None) -> None:
        self.answer = answer
        self.scopes: list[Scope] = []
        self.ends: list[str] = []
        self.hold = asyncio.Event()
        self.hold.set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.scopes.append(scope)
        body, message = b"", dict[str, Any]()
        while message.get("more_body", True):
            message = dict(await receive())
            self.ends.append(message["type"])
            if message["type"] != "http.request":
                return
            body += message["body"]
        await self.hold.wait()
        body = body if self.answer is None else self.answer
        head = [(b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": head})
        await send({"type": "http.response.body", "body": body})


class Client:
    """A connection of a test. Its socket is read as it is: a server that closes while the client
    still sends resets the connection, and a stream would forget what came before that.
    """

    def __init__(self, connected: socket.socket) -> None:
        self._socket = connected
        self._got = b""

    async def send(self, data: bytes) -> None:
        await asyncio.get_running_loop().sock_sendall(self._socket, data)

    async def trickle(self, parts: Iterable[bytes]) -> None:
        """Send a part now and then, while the server lets it."""
        with suppress(ConnectionError):
            for part in parts:
                await self.send(part)
                await asyncio.sleep(0.02)

    async def answer(self) -> tuple[int, dict[str, str], bytes]:
        while b"\r\n\r\n" not in self._got:
            self._got += await self._part()
        head, _, self._got = self._got.partition(b"\r\n\r\n")
        first, *lines = head.decode().split("\r\n")
        headers = dict(line.split(": ", 1) for line in lines)
        length = int(headers["content-length"])
        while len(self._got) < length:
            self._got += await self._part()
        body, self._got = self._got[:length], self._got[length:]
        return int(first.split()[1]), headers, body

    async def end(self) -> bytes:
        """What came before the server closed."""
        with suppress(EOFError):
            while True:
                self._got += await self._part()
        return self._got

    async def cut(self, part: bytes, limit: int) -> bool:
        """Whether the server closes before it is sent so many bytes in such parts."""
        for _ in range(limit // len(part)):
            try:
                await self.send(part)
            except ConnectionError:
                return True
            await asyncio.sleep(0)
        return False

    def close(self) -> None:
        self._socket.close()

    async def _part(self) -> bytes:
        async with asyncio.timeout(5):
            part = await asyncio.get_running_loop().sock_recv(self._socket, 64 * 1024)
        if not part:
            raise EOFError
        return part


class Site:
    """A running server and its clients."""

    def __init__(self, port: int) -> None:
        self.port = port
        self._clients: list[Client] = []

    async def connect(self) -> Client:
        connected = socket.socket()
        connected.setblocking(False)
        self._clients.append(Client(connected))
        await asyncio.get_running_loop().sock_connect(connected, ("127.0.0.1", self.port))
        return self._clients[-1]

    def leave(self) -> None:
        for client in self._clients:
            client.close()


@asynccontextmanager
async def serving(echo: Echo, bounds: Bounds = BOUNDS) -> AsyncIterator[Site]:
    """A server that runs with these bounds."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        site = Site(listener.getsockname()[1])
        server = Server(echo, Settings(port=site.port, bounds=bounds))
        running = asyncio.create_task(server.serve([listener]))
        await server.ready.wait()
        try:
            yield site
        finally:
            site.leave()
            server.should_exit = server.force_exit = True
            await running


def problem(answer: tuple[int, dict[str, str], bytes], status: int, code: str) -> None:
    found, headers, body = answer
    document = json.loads(body)
    assert (found, document["status"], document["code"]) == (status, status, code)
    assert headers["content-type"] == "application/problem+json"
    assert headers["connection"] == "close"
    assert "date" in headers
    assert "server" not in headers
    for name, value in PAIRS:
        assert headers[name.decode()] == value.decode()


@pytest.mark.parametrize("sent", [b"G", b"GET / HTTP/1.1\r\nHost: local", POST[:-2]])
async def test_a_header_that_does_not_end_is_answered_in_time(sent: bytes) -> None:
    echo = Echo()
    async with serving(echo, replace(BOUNDS, header_timeout=SHORT)) as site:
        client = await site.connect()
        begun = monotonic()
        await client.send(sent)
        problem(await client.answer(), 408, "request-timeout")
        assert await client.end() == b""
        assert SHORT <= monotonic() - begun < SHORT + 2
    assert echo.scopes == []


async def test_a_header_that_trickles_is_cut_all_the_same() -> None:
    async with serving(Echo(), replace(BOUNDS, header_timeout=SHORT)) as site:
        client = await site.connect()
        begun = monotonic()
        parts = (bytes([byte]) for byte in GET * 100)
        trickling = asyncio.create_task(client.trickle(parts))
        problem(await client.answer(), 408, "request-timeout")
        assert monotonic() - begun < 0.02 * len(GET)
        trickling.cancel()


@pytest.mark.parametrize("before", [b"", GET, b"\r\n\r\n"])
async def test_a_connection_that_is_idle_is_closed(before: bytes) -> None:
    async with serving(Echo(), replace(BOUNDS, header_timeout=SHORT)) as site:
        client = await site.connect()
        await client.send(before)
        if before == GET:
            assert (await client.answer())[0] == 200
        assert await client.end() == b""


@pytest.mark.parametrize("kept", ["body_timeout", "chunk_timeout"])
@pytest.mark.parametrize("sent", [POST, POST + b"123", CHUNKED + b"3\r\nabc\r\n"])
async def test_a_body_that_does_not_end_is_answered_in_time(kept: str, sent: bytes) -> None:
    echo, short = Echo(), dict[str, Any]({kept: SHORT})
    async with serving(echo, replace(BOUNDS, **short)) as site:
        client = await site.connect()
        await client.send(sent)
        problem(await client.answer(), 408, "request-timeout")
        assert await client.end() == b""
    assert echo.ends[-1] == "http.disconnect"


async def test_a_body_that_trickles_has_its_time_and_no_more() -> None:
    async with serving(Echo(), replace(BOUNDS, body_timeout=2 * SHORT, chunk_timeout=60)) as site:
        client = await site.connect()
        begun = monotonic()
        await client.send(CHUNKED)
        trickling = asyncio.create_task(client.trickle(repeat(b"1\r\nx\r\n")))
        problem(await client.answer(), 408, "request-timeout")
        assert monotonic() - begun >= 2 * SHORT
        trickling.cancel()


async def test_whoever_waits_for_the_service_is_not_cut() -> None:
    echo = Echo()
    echo.hold.clear()
    short = Bounds(header_timeout=0.1, body_timeout=0.1, chunk_timeout=0.1, answer_timeout=0.1)
    async with serving(echo, short) as site:
        client = await site.connect()
        await client.send(GET)
        await asyncio.sleep(0.5)
        echo.hold.set()
        assert (await client.answer())[0] == 200


async def test_whoever_does_not_read_is_cut_and_whoever_reads_slowly_is_not() -> None:
    size = 24 * 1024 * 1024
    async with serving(Echo(b"x" * size), replace(BOUNDS, answer_timeout=SHORT)) as site:
        idle, slow = socket.socket(), socket.socket()
        for one in (idle, slow):
            one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 64 * 1024)
            one.setblocking(False)
            await asyncio.get_running_loop().sock_connect(one, ("127.0.0.1", site.port))
            await asyncio.get_running_loop().sock_sendall(one, GET)
        begun, got = monotonic(), 0
        while got < size:
            if monotonic() - begun < 4 * SHORT:
                await asyncio.sleep(0.02)
            chunk = await asyncio.get_running_loop().sock_recv(slow, 512 * 1024)
            assert chunk
            got += len(chunk)
        assert monotonic() - begun > 2 * SHORT
        received = 0
        with suppress(ConnectionResetError):
            while chunk := await asyncio.get_running_loop().sock_recv(idle, 1024 * 1024):
                received += len(chunk)
        assert received < size
        idle.close()
        slow.close()


async def test_more_connections_than_are_allowed_are_told_so() -> None:
    async with serving(Echo(), replace(BOUNDS, connections=3)) as site:
        kept = [await site.connect() for _ in range(3)]
        for client in kept:
            await client.send(GET)
            assert (await client.answer())[0] == 200
        refused = await (await site.connect()).answer()
        problem(refused, 503, "too-many-connections")
        assert refused[1]["retry-after"] == "5"
        kept[0].close()
        for _ in range(100):
            another = await site.connect()
            await another.send(GET)
            if (await another.answer())[0] == 200:
                return
        pytest.fail("a place that has become free is not given")


BROKEN = [
    b"GET\r\n\r\n",
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 20,
    b"GET / HTTP/9.9\r\n\r\n",
    b"GET \xff HTTP/1.1\r\n\r\n",
    b"GET / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
    b"GET / HTTP/1.1\r\nContent-Length: x\r\n\r\n",
    b"POST / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    b"GET / HTTP/1.1\r\nA\x00: b\r\n\r\n",
    b"GET / HTTP/1.1\r\n folded\r\n\r\n",
]


async def test_what_is_no_http_is_a_problem() -> None:
    async with serving(Echo()) as site:
        for sent in BROKEN:
            client = await site.connect()
            await client.send(sent)
            problem(await client.answer(), 400, "malformed-request")
            assert await client.end() == b""


@pytest.mark.parametrize("name", [b"X-Long: ", b""])
async def test_a_header_without_end_is_refused_before_it_ends(name: bytes) -> None:
    echo = Echo()
    async with serving(echo) as site:
        client = await site.connect()
        await client.send(b"GET /" + (b" HTTP/1.1\r\n" if name else b""))
        await asyncio.sleep(0)
        assert await client.cut(name + b"x" * 1_000 + b"\r\n" * bool(name), 100 * FIELDS_LIMIT)
    assert echo.scopes == []


async def test_a_long_header_is_told_so() -> None:
    async with serving(Echo()) as site:
        client = await site.connect()
        await client.send(b"GET / HTTP/1.1\r\nX-Long: x")
        await asyncio.sleep(0.05)
        await client.send(b"x" * (FIELDS_LIMIT + 1))
        problem(await client.answer(), 431, "headers-too-large")


async def test_trailers_are_no_header_fields_and_have_an_end() -> None:
    echo = Echo()
    async with serving(echo) as site:
        client = await site.connect()
        await client.send(CHUNKED + b"1\r\nx\r\n0\r\nX-Forwarded-For: 192.0.2.1\r\n\r\n")
        assert (await client.answer())[2] == b"x"
        assert [name for name, _ in echo.scopes[0]["headers"]] == [b"host", b"transfer-encoding"]
        await client.send(CHUNKED + b"1\r\nx\r\n0\r\n")
        assert await client.cut(b"a: " + b"b" * 100_000 + b"\r\n", 2 * MESSAGE_LIMIT)


async def test_requests_before_a_broken_one_get_their_answers() -> None:
    echo = Echo()
    echo.hold.clear()
    async with serving(echo) as site:
        client = await site.connect()
        await client.send(POST + b"0123456789" + GET + b"nonsense\r\n\r\n")
        await asyncio.sleep(0.05)
        echo.hold.set()
        assert (await client.answer())[2] == b"0123456789"
        status, headers, body = await client.answer()
        assert (status, body, headers["connection"]) == (200, b"", "close")
        assert await client.end() == b""
