"""A client that can be cut off at any moment: one connection, raw HTTP/1.1 over asyncio."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import orjson

from tests.faults.keys import bearer

PATIENCE = 30.0
"""Seconds that an answer may take."""


class Lost(Exception):
    """The connection ended before the answer was complete: the outcome is not known."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the service said."""

    status: int
    headers: dict[str, str]
    content: bytes

    @property
    def json(self) -> Any:
        return orjson.loads(self.content)

    @property
    def replayed(self) -> bool:
        return self.headers.get("idempotency-replayed") == "true"

    @property
    def code(self) -> str:
        """The code of a problem, which must be one."""
        assert self.headers["content-type"] == "application/problem+json", self
        problem = self.json
        assert problem["status"] == self.status, self
        assert problem["type"].endswith(f"/problems/{problem['code']}"), self
        code: str = problem["code"]
        return code


class Client:
    """One connection, opened when needed, for one request at a time."""

    def __init__(self, port: int) -> None:
        self.port = port
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        key: str | None = None,
        actor: str | None = None,
        **fields: str,
    ) -> Answer:
        """The answer to one request. Raises Lost, and TimeoutError when none comes."""
        fields.setdefault("authorization", bearer(self.port, actor))
        message = request(method, path, body, key=key, **fields)
        try:
            async with asyncio.timeout(PATIENCE):
                reader, writer = await self._open()
                writer.write(message)
                return await _answer(reader)
        except TimeoutError:
            self.cut()
            raise
        except (OSError, EOFError) as error:
            self.cut()
            raise Lost(str(error)) from error

    async def send_and_cut(self, message: bytes, after: float) -> None:
        """Send a request and go away so many seconds later, whatever has come back."""
        _, writer = await self._open()
        writer.write(message)
        await asyncio.sleep(after)
        self.cut()

    def cut(self) -> None:
        """Reset the connection."""
        if self._streams is not None:
            self._streams[1].transport.abort()
            self._streams = None

    async def _open(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if self._streams is None:
            self._streams = await asyncio.open_connection("127.0.0.1", self.port, limit=1 << 26)
        return self._streams


@asynccontextmanager
async def clients(count: int, *ports: int) -> AsyncIterator[list[Client]]:
    """So many connections, in turn to the services on these ports."""
    made = [Client(ports[number % len(ports)]) for number in range(count)]
    try:
        yield made
    finally:
        for client in made:
            client.cut()


def request(
    method: str,
    path: str,
    body: Any = None,
    *,
    key: str | None = None,
    **fields: str,
) -> bytes:
    """A request as it goes over the wire; further header fields by name, `if_match="..."`."""
    content = b"" if body is None else orjson.dumps(body)
    given = {"host": "127.0.0.1", "idempotency-key": key, **fields}
    if content:
        given |= {"content-type": "application/json", "content-length": str(len(content))}
    lines = [f"{name.replace('_', '-')}: {value}" for name, value in given.items() if value]
    return "\r\n".join([f"{method} {path} HTTP/1.1", *lines, "", ""]).encode() + content


async def _answer(reader: asyncio.StreamReader) -> Answer:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    first, *lines = head.rstrip().split("\r\n")
    pairs = (line.partition(":") for line in lines)
    headers = {name.strip().lower(): value.strip() for name, _, value in pairs}
    content = await reader.readexactly(int(headers.get("content-length", "0")))
    return Answer(int(first.split(" ", 2)[1]), headers, content)
