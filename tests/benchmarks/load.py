"""The load generator: a process of its own that sends requests made beforehand.

Each connection sends its script one request after the other, the next as soon as the answer to
the last is complete. Measured is the time until the first connection has come to its end, so
that every connection was at work all the while; what is left is sent, but not measured.
"""

import asyncio
import multiprocessing
import os
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import cast

import uvloop

HEAD_END = b"\r\n\r\n"
TICKS = os.sysconf("SC_CLK_TCK")


class Unexpected(Exception):
    """An answer was not the expected one."""


@dataclass(frozen=True, slots=True)
class Run:
    """What was measured: answers in these seconds, CPU seconds of each process watched and of
    the generator, and the seconds that each answer took."""

    answers: int
    seconds: float
    cpu: list[float]
    own_cpu: float
    latencies: list[float]
    bodies: list[bytes]

    @property
    def rate(self) -> float:
        """Answers a second."""
        return self.answers / self.seconds


def cpu_seconds(pid: int) -> float:
    """CPU time, user and system, that a process has used (Linux, proc(5))."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


@dataclass(slots=True)
class Gauge:
    """Counts answers until the first connection has come to its end."""

    pids: Sequence[int]
    keep: bool
    answers: int = 0
    latencies: list[float] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    run: Run | None = None
    _began: float = 0.0
    _cpu: list[float] = field(default_factory=list)
    _own: float = 0.0

    def start(self) -> None:
        self._cpu = [cpu_seconds(pid) for pid in self.pids]
        self._own = time.process_time()
        self._began = time.perf_counter()

    def stop(self) -> None:
        """Take the measure, the first time that this is called."""
        if self.run is None:
            seconds = time.perf_counter() - self._began
            own = time.process_time() - self._own
            cpu = [cpu_seconds(pid) - at for pid, at in zip(self.pids, self._cpu, strict=True)]
            self.run = Run(self.answers, seconds, cpu, own, self.latencies, self.bodies)

    def count(self, latency: float) -> None:
        if self.run is None:
            self.answers += 1
            self.latencies.append(latency)


class Connection(asyncio.Protocol):
    """One connection with its script; `done` when all of it has been answered as expected."""

    def __init__(self, script: Sequence[bytes], expected: bytes, gauge: Gauge) -> None:
        self._script = script
        self._expected = expected
        self._gauge = gauge
        self._next = 0
        self._sent = 0.0
        self._received = bytearray()
        self._wanted = 0
        self._transport: asyncio.Transport
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.done.done():
            self.done.set_exception(Unexpected(f"the connection was closed: {exc}"))

    def close(self) -> None:
        self._transport.abort()

    def send(self) -> None:
        """Send the next request, or be done."""
        if self._next == len(self._script):
            self._gauge.stop()
            self.done.set_result(None)
            return
        self._sent = time.perf_counter()
        self._transport.write(self._script[self._next])
        self._next += 1

    def data_received(self, data: bytes) -> None:
        received = self._received
        received += data
        if not self._wanted:
            head = received.find(HEAD_END)
            if head < 0:
                return
            self._wanted = head + len(HEAD_END) + _content_length(received[:head])
        if len(received) < self._wanted:
            return
        if received[9:12] != self._expected:
            self._fail()
            return
        self._gauge.count(time.perf_counter() - self._sent)
        if self._gauge.keep:
            self._gauge.bodies.append(bytes(received))
        received.clear()
        self._wanted = 0
        self.send()

    def _fail(self) -> None:
        asked = self._script[self._next - 1][:2000].decode(errors="replace")
        answered = self._received[:2000].decode(errors="replace")
        self.done.set_exception(Unexpected(f"{asked}\n\n{answered}"))
        self._transport.abort()


def _content_length(head: bytearray) -> int:
    at = head.lower().find(b"\r\ncontent-length:")
    if at < 0:
        return 0
    return int(head[at + 17 :].split(b"\r", 1)[0])


def _itself(connection: Connection) -> Connection:
    return connection


async def _drive(port: int, scripts: Sequence[Sequence[bytes]], expected: int, gauge: Gauge) -> Run:
    loop = asyncio.get_running_loop()
    status = b"%d" % expected
    connections = [Connection(script, status, gauge) for script in scripts]
    for connection in connections:
        await loop.create_connection(partial(_itself, connection), "127.0.0.1", port)
    gauge.start()
    for connection in connections:
        connection.send()
    try:
        await asyncio.gather(*(connection.done for connection in connections))
    finally:
        for connection in connections:
            connection.close()
    assert gauge.run is not None
    return gauge.run


def drive(
    port: int, scripts: Sequence[Sequence[bytes]], expected: int, pids: Sequence[int], keep: bool
) -> Run:
    """Send every script on a connection of its own and measure."""
    return uvloop.run(_drive(port, scripts, expected, Gauge(pids, keep)))


class Generator:
    """The process that sends. `keep` keeps the answers as received."""

    def __init__(self) -> None:
        spawn = multiprocessing.get_context("spawn")
        self._pool = ProcessPoolExecutor(max_workers=1, mp_context=spawn)

    def __enter__(self) -> "Generator":
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown()

    def send(
        self,
        port: int,
        scripts: Sequence[Sequence[bytes]],
        expected: int,
        pids: Sequence[int] = (),
        keep: bool = False,
    ) -> Run:
        """Send and wait. Raises `Unexpected` for any other status than the expected one."""
        return self._pool.submit(drive, port, scripts, expected, pids, keep).result()
