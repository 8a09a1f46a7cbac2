"""The rows *proof*, and what the log costs those who post."""

import asyncio
import os
import threading
import time
from bisect import bisect_right
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx
import orjson

from tests.benchmarks import keys, posting, story
from tests.benchmarks.figures import Figure, Hold, Section, ratio
from tests.benchmarks.load import HEAD_END, Generator, cpu_seconds
from tests.benchmarks.servers import Server, service
from workflow.log.directory import LogDirectory
from workflow.store import Store, connect

APPLICATIONS = 8
"""Applications that each connection carries through a life in one round: some seconds."""

SETTLED = 1.5
"""Seconds behind the load, in which the log has everything."""

SAMPLE = 0.005
"""Seconds between two looks at the checkpoint."""

PROBES = 100
"""Events of a round whose way into the log is timed."""

METHOD = f"""\
The service of the first row twice, one with `CLEARANCE_LOG_SEQUENCE=no`, each under the load of
that row in turn. *By CPU time* divides what the service's process used for an event, counted until
{SETTLED} s behind the load, by which time everything is in the log. *Proof* is from the moment at
which an event is sent, {PROBES} of them in a round one after the other while the load goes on,
until a signed checkpoint that covers it lies in the log's folder, looked at every
{1000 * SAMPLE:.0f} ms; from then on its proof is answered."""

RATE = Hold(1 / 1.05, at_least=True)
COST = Hold(1.05, at_least=False)
LATE = Hold(2.0, at_least=False, unit="s")


class Sampled:
    """When the log had which size."""

    def __init__(self, folder: Path) -> None:
        self._log = LogDirectory(folder / "log")
        self._sizes: list[int] = [0]
        self._times: list[float] = [0.0]
        self._ended = threading.Event()

    @contextmanager
    def running(self) -> Iterator[None]:
        """Look until the block ends."""
        looking = threading.Thread(target=self._look)
        looking.start()
        try:
            yield
        finally:
            self._ended.set()
            looking.join()

    def covered(self, index: int) -> float:
        """When an entry was first covered."""
        return self._times[bisect_right(self._sizes, index)]

    def _look(self) -> None:
        while not self._ended.wait(SAMPLE):
            size = self._log.signed().size
            if size > self._sizes[-1]:
                self._sizes.append(size)
                self._times.append(time.monotonic())


def measure(folder: Path, rounds: int, generator: Generator) -> Section:
    """Both sides in turn; the first round warms up and is not counted."""
    rates: dict[str, list[float]] = {"with": [], "without": []}
    costs: dict[str, list[float]] = {"with": [], "without": []}
    late: list[float] = []
    with ExitStack() as stack:
        sides: dict[str, Server] = {}
        for side, word in (("with", "yes"), ("without", "no")):
            with _sequencing(word):
                sides[side] = stack.enter_context(service(folder / side))
        for number in range(rounds + 1):
            for side, server in sides.items():
                keys.use(folder / side / "service", server.port)
                rate, cost = _round(server, generator, number)
                rates[side].append(rate)
                costs[side].append(cost)
            if number:
                data = folder / "with" / "service"
                keys.use(data, sides["with"].port)
                late.append(_latency(data, sides["with"], generator, number))
    told = [
        Figure("proof, 99th percentile", late, "s", LATE),
        ratio("post with the log, rate", rates["with"][1:], rates["without"][1:], "events/s", RATE),
        ratio(
            "post with the log, by CPU time", costs["with"][1:], costs["without"][1:], "us", COST
        ),
    ]
    return Section("Proof, and what the log costs", METHOD, told)


def _round(server: Server, generator: Generator, number: int) -> tuple[float, float]:
    """Events a second, and microseconds of the process for an event."""
    if number == 0:
        posting.prepare(server, generator)
    scripts = posting.lives(server, generator, f"round{number}", applications=APPLICATIONS)
    time.sleep(SETTLED)
    before = cpu_seconds(server.pid)
    run = generator.send(server.port, scripts, 201, server.pids)
    time.sleep(SETTLED)
    return run.rate, 1e6 * (cpu_seconds(server.pid) - before) / sum(map(len, scripts))


def _latency(data: Path, server: Server, generator: Generator, number: int) -> float:
    """Seconds within which 99 of 100 events were covered by a checkpoint."""
    label = f"late{number}"
    scripts = posting.lives(server, generator, label, applications=APPLICATIONS)
    (own,) = posting.lives(server, generator, f"{label}-own", connections=1, applications=PROBES)
    sampled = Sampled(data)
    loaded = threading.Thread(target=generator.send, args=(server.port, scripts, 201))
    sent: list[tuple[str, int, float]] = []
    with sampled.running(), httpx.Client(base_url=f"http://127.0.0.1:{server.port}") as client:
        loaded.start()
        for request in own[:: len(story.LIFE)]:
            sent.append(_probe(client, request))
        loaded.join()
        time.sleep(SETTLED)
    indexes = asyncio.run(_indexes(data, sent))
    took = [sampled.covered(index) - at for index, (_, _, at) in zip(indexes, sent, strict=True)]
    return sorted(took)[int(0.99 * len(took))]


def _probe(client: httpx.Client, request: bytes) -> tuple[str, int, float]:
    """Subject and seq of the record that an event left, and when it was sent."""
    head, _, body = request.partition(HEAD_END)
    line, *fields = head.decode().split("\r\n")
    headers = dict(field.split(": ", 1) for field in fields)
    path, at = line.split(" ")[1], time.monotonic()
    answer = client.post(path, content=body, headers=headers)
    record = orjson.loads(answer.raise_for_status().content)["record"]
    return record["subject"], record["seq"], at


async def _indexes(data: Path, sent: list[tuple[str, int, float]]) -> list[int]:
    """Where the records lie in the log."""
    async with Store(connect(f"unix://{data}/valkey.sock")) as store:
        found = [(await store.places(subject, seq, seq))[0] for subject, seq, _ in sent]
    return [index for index in found if index is not None]


@contextmanager
def _sequencing(word: str) -> Iterator[None]:
    os.environ["CLEARANCE_LOG_SEQUENCE"] = word
    try:
        yield
    finally:
        del os.environ["CLEARANCE_LOG_SEQUENCE"]
