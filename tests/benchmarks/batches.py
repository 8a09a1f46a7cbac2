"""The row *post in batches*."""

import asyncio
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

from redis import Redis

from tests.benchmarks import story
from tests.benchmarks.figures import Figure, Hold, Section, ratio
from tests.benchmarks.inside import Inside, embedded, inside
from tests.benchmarks.load import Generator, Run
from tests.benchmarks.servers import Server, service
from workflow.registry import application_id
from workflow.store.link import Argument, Link
from workflow.store.scripts import COMMIT, Script

BATCHES = 5
"""Batches in one round."""

APPLICATIONS = 50
"""Applications of one batch, each with all of its reports."""

ITEMS = APPLICATIONS * len(story.REPORTS)

METHOD = f"""\
One connection posts {BATCHES} batches of {ITEMS:,} items, one after the other:
{len(story.REPORTS)} reports on each of {APPLICATIONS} applications, in the order of time, posted
by a recorder. The other side: the bare commit script. The same batches are posted to a service
inside the benchmark, whose script calls (keys, documents, records, and how many commits go out
together) are kept and then sent again, to another Valkey with the same settings (`appendfsync
always`), by redis-py's plain client, one after the other. So it does nothing but write: it reads
no request, decides nothing, loads nothing and gives no answer."""

HOLD = Hold(0.5, at_least=True)

Call = tuple[Sequence[str], Sequence[Argument]]
"""Keys and arguments of one call of the commit script."""


def measure(folder: Path, rounds: int, generator: Generator) -> Section:
    """Both sides in turn; the first round warms up and is not counted."""
    return asyncio.run(_measure(folder, rounds, generator))


async def _measure(folder: Path, rounds: int, generator: Generator) -> Section:
    ours: list[Run] = []
    bare: list[float] = []
    with (
        service(folder) as real,
        embedded(folder / "kept") as kept,
        embedded(folder / "bare") as server,
        Redis.from_url(server.url) as client,
    ):
        client.script_load(COMMIT.text)
        generator.send(real.port, [[story.register_buyer()]], 201)
        async with inside(kept) as service_inside:
            await service_inside.register_buyer()
            for number in range(rounds + 1):
                ours.append(post(real, generator, scripts(real, generator, f"batch{number}")))
                before, calls = await _calls(service_inside, f"batch{number}")
                _send(client, before)
                bare.append(_send(client, calls))
    return Section("Post in batches", METHOD, _figures(ours[1:], bare[1:]))


def _figures(ours: list[Run], bare: list[float]) -> Sequence[Figure]:
    rates = [run.rate * ITEMS for run in ours]
    cost = [1e6 * run.cpu[0] / run.answers / ITEMS for run in ours]
    return (
        ratio("post in batches", rates, bare, "events/s", HOLD),
        Figure("post in batches, CPU time of the service for an event", cost, "us"),
    )


def _names(label: str) -> list[list[str]]:
    """What the applications of each batch are called."""
    return [
        [f"{label}-{batch}-{number}" for number in range(APPLICATIONS)] for batch in range(BATCHES)
    ]


def _items(names: Sequence[str]) -> Iterator[tuple[str, int, str]]:
    """Application, place in the reports, key: the first report of every application, then the
    second."""
    ids = [application_id(story.OPENER.principal, name) for name in names]
    for number in range(len(story.REPORTS)):
        for application in ids:
            yield application, number, f"report-{number}"


def scripts(real: Server, generator: Generator, label: str) -> list[bytes]:
    """Submit the applications of a round, and make the requests of its batches."""
    names = _names(label)
    generator.send(real.port, [[story.submit(name) for name in own] for own in names], 201)
    return [story.batch(list(_items(own))) for own in names]


def post(real: Server, generator: Generator, script: Sequence[bytes]) -> Run:
    """Our side: the batches over HTTP. Every item must be accepted."""
    run = generator.send(real.port, [script], 207, real.pids, keep=True)
    for answer in run.bodies:
        assert answer.count(b'"status":201') == ITEMS, answer[:4000]
    return run


async def _calls(service_inside: Inside, label: str) -> tuple[list[Call], list[Call]]:
    """The script calls that submit the applications, and those that commit the batches."""
    names = _names(label)
    with _kept() as submitting:
        for own in names:
            await service_inside.submit(own)
    with _kept() as posting:
        for own in names:
            items = [(name, story.REPORTS[number], key) for name, number, key in _items(own)]
            await service_inside.post(story.RECORDER, items)
    return submitting, posting


@contextmanager
def _kept() -> Iterator[list[Call]]:
    """Every call of the commit script in this block."""
    calls: list[Call] = []
    write = Link.write

    async def kept(
        link: Link, script: Script, keys: Sequence[str], arguments: Iterable[Argument]
    ) -> Any:
        told = tuple(arguments)
        calls.append((tuple(keys), told))
        return await write(link, script, keys, told)

    with patch.object(Link, "write", kept):
        yield calls


def _send(client: Redis, calls: Sequence[Call]) -> float:
    """The other side: events a second of these calls. Every commit must be written."""
    events = 0
    began = time.perf_counter()
    for keys, arguments in calls:
        outcomes: Any = client.evalsha(COMMIT.sha, len(keys), *keys, *arguments)
        events += outcomes.count(-1)
    seconds = time.perf_counter() - began
    assert events == sum(int(arguments[0]) for _, arguments in calls)
    return events / seconds
