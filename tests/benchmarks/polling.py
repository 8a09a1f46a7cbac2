"""The row *poll, unchanged*."""

from pathlib import Path

import orjson

from tests.benchmarks import story
from tests.benchmarks.figures import Hold, Section, ratio
from tests.benchmarks.load import HEAD_END, Generator
from tests.benchmarks.posting import CONNECTIONS, lives, prepare
from tests.benchmarks.servers import Server, empty, service

POLLS = 250
"""Polls of each connection in one round."""

METHOD = f"""\
{CONNECTIONS} connections, each of which asks for an application of its own, in the midst of its
life, with `If-None-Match`; every answer is 304. Ours reads the document in Valkey for every answer
(requests of one moment share a round trip; there is no local copy). The other side: a FastAPI GET
endpoint on the same server settings that takes the id from the path and returns an empty 304."""

HOLD = Hold(0.7, at_least=True)


def measure(folder: Path, rounds: int, generator: Generator) -> Section:
    """Both sides in turn; the first round warms up and is not counted."""
    ours, theirs = [], []
    with service(folder) as real, empty(folder, prepare(real, generator)) as nothing:
        scripts = [[poll] * POLLS for poll in polls(real, generator, "poll")]
        for _ in range(rounds + 1):
            ours.append(generator.send(real.port, scripts, 304, real.pids))
            theirs.append(generator.send(nothing.port, scripts, 304, nothing.pids))
    rates = [[run.rate for run in side[1:]] for side in (ours, theirs)]
    cost = [[1e6 * run.cpu[0] / run.answers for run in side[1:]] for side in (ours, theirs)]
    figures = (
        ratio("poll, unchanged", rates[0], rates[1], "answers/s", HOLD),
        ratio("poll, unchanged, by CPU time", cost[1], cost[0], "us"),
    )
    return Section("Poll, unchanged", METHOD, figures)


def polls(real: Server, generator: Generator, label: str) -> list[bytes]:
    """A request for each of as many applications as there are connections."""
    scripts = lives(real, generator, label, applications=1)
    halves = [script[: len(script) // 2] for script in scripts]
    newest: dict[str, tuple[int, str]] = {}
    for answer in generator.send(real.port, halves, 201, keep=True).bodies:
        head, _, body = answer.partition(HEAD_END)
        application = orjson.loads(body)["application"]
        found = application["version"], _tag(head)
        newest[application["id"]] = max(newest.get(application["id"], found), found)
    return [story.poll(application, tag) for application, (_, tag) in newest.items()]


def _tag(head: bytes) -> str:
    """The entity tag of an answer."""
    line = next(line for line in head.split(b"\r\n") if line.lower().startswith(b"etag:"))
    return line[5:].strip().decode()
