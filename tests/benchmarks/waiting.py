"""`python -m tests.benchmarks.waiting`: what held polls cost one process, and how soon they wake.

Every connection holds one poll (`Prefer: wait=30`). Memory is the resident set of the service
(proc(5)) before and after, divided by their number: the connection itself is in it. Then nothing is
asked for a while, and the commands that Valkey carries out meanwhile are counted, those of the
service at rest aside. At last each application gets an event, and from the answer to that the time
is taken until each of its polls has been answered.
"""

import argparse
import asyncio
import resource
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Any

import orjson
import uvloop
from redis.asyncio import Redis

from tests.benchmarks import keys
from tests.benchmarks.load import HEAD_END, Generator
from tests.benchmarks.polling import polls
from tests.benchmarks.posting import prepare
from tests.benchmarks.servers import Server, service

POLLS = 5_000
REST = 5.0
"""Seconds in which nothing is asked."""

WAIT = b"Prefer: wait=30\r\n"


class Held:
    """One connection with a poll that is held."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    @classmethod
    async def open(cls, port: int, request: bytes) -> "Held":
        held = cls(*await asyncio.open_connection("127.0.0.1", port, limit=4096))
        held._writer.write(request)
        return held

    async def answered(self) -> tuple[int, float]:
        """The status, and when it came."""
        head = await self._reader.readuntil(HEAD_END)
        at = time.perf_counter()
        self._writer.close()
        return int(head[9:12]), at


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.waiting")
    parser.add_argument("--polls", type=int, default=POLLS)
    chosen = parser.parse_args()
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    with (
        tempfile.TemporaryDirectory() as name,
        Generator() as generator,
        service(Path(name)) as server,
    ):
        prepare(server, generator)
        requests = polls(server, generator, "waiting")
        socket = Path(name) / "service" / "valkey.sock"
        for line in uvloop.run(_measure(server, socket, requests, chosen.polls)):
            print(line)


async def _measure(
    server: Server, socket: Path, requests: Sequence[bytes], count: int
) -> list[str]:
    waiting = [request.replace(HEAD_END, b"\r\n" + WAIT + b"\r\n") for request in requests]
    async with Redis(unix_socket_path=str(socket)) as redis:
        await asyncio.sleep(2)
        alone = await _commands(redis)
        before = _resident(server.pid)
        held = [
            await Held.open(server.port, waiting[number % len(waiting)]) for number in range(count)
        ]
        await asyncio.sleep(2)
        each = (_resident(server.pid) - before) / count
        together = await _commands(redis)
    answers = asyncio.gather(*(one.answered() for one in held))
    posted = [await _post(server.port, request) for request in requests]
    found = await answers
    assert {status for status, _ in found} == {200}
    late = sorted(
        1000 * (at - posted[number % len(posted)]) for number, (_, at) in enumerate(found)
    )
    return [
        f"held polls: {count} of {len(requests)} applications",
        f"memory: {each / 1024:.1f} KiB each",
        f"commands in {REST:.0f} s: {together}, at rest {alone}",
        f"answered after the event: {median(late):.1f} ms, at the latest {late[-1]:.1f} ms",
    ]


async def _commands(redis: "Redis") -> int:
    """The commands that are carried out while nothing is asked."""

    async def done() -> int:
        stats: dict[str, Any] = await redis.info("stats")
        return int(stats["total_commands_processed"])

    before = await done()
    await asyncio.sleep(REST)
    return await done() - before - 1


async def _post(port: int, poll: bytes) -> float:
    """Post a note on the application of a poll; when that was answered."""
    application = poll.split(b" ", 2)[1].rpartition(b"/")[2].decode()
    body = orjson.dumps({"type": "note", "data": {"text": "here it is"}})
    head = (
        f"POST /v1/applications/{application}/events HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        f"{keys.field(None)}\r\nIdempotency-Key: waiting-{application}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    status, at = await (await Held.open(port, head.encode() + body)).answered()
    assert status == 201
    return at


def _resident(pid: int) -> int:
    """Bytes of the resident set of a process."""
    (line,) = [
        line
        for line in Path(f"/proc/{pid}/status").read_text().splitlines()
        if line.startswith("VmRSS:")
    ]
    return 1024 * int(line.split()[1])


if __name__ == "__main__":
    main()
