"""The row *post one event*."""

from pathlib import Path

from tests.benchmarks import story
from tests.benchmarks.figures import Figure, Hold, Section, ratio
from tests.benchmarks.load import HEAD_END, Generator, Run
from tests.benchmarks.servers import Server, empty, service
from workflow.desk import REMEMBERED
from workflow.registry import application_id

CONNECTIONS = 64
APPLICATIONS = 8
"""Applications that each connection carries through a life in one round."""

STEPS = range(len(story.LIFE))
RARE_STEPS = 2

METHOD = f"""\
{CONNECTIONS} connections over HTTP/1.1 with keep-alive, driven by a process of its own, post the
{len(story.LIFE)} events of an application's life (clearance in principle, order, votes, conditions,
licence, shipments, notes; each with its evidence and a fresh `Idempotency-Key`), each connection
on its own applications, one after the other; they were submitted before. Ours: `clearance serve` as
it starts by itself, one process, with its embedded Valkey (`appendfsync always`). The other side:
an empty FastAPI endpoint with the same request and response models on the same server settings
(uvloop, httptools, no access log, the garbage collector calmed), which gets the same requests and
gives an answer of the same size. Both run at once, and only one is under load. The generator and
Valkey share the machine's cores with the side that is measured. *By CPU time* divides the CPU
time (user and system) for an event of the empty application's process by that of ours: the ratio
that the rate would have if nothing else needed a core. *Long untouched* posts on more
applications in turn than the service remembers documents of ({REMEMBERED:,}), so that each has to
be loaded from Valkey."""

HOLD = Hold(0.75, at_least=True)


def measure(folder: Path, rounds: int, generator: Generator) -> Section:
    """All sides in turn; the first round warms up and is not counted."""
    ours: list[Run] = []
    untouched: list[Run] = []
    theirs: list[Run] = []
    with service(folder) as real, empty(folder, prepare(real, generator)) as nothing:
        for number in range(rounds + 1):
            rare = _rare(real, generator, number)
            scripts = lives(real, generator, f"post{number}")
            ours.append(generator.send(real.port, scripts, 201, real.pids))
            theirs.append(generator.send(nothing.port, scripts, 201, nothing.pids))
            untouched.append(generator.send(real.port, rare, 201, real.pids))
    return Section("Post one event", METHOD, _figures(ours[1:], untouched[1:], theirs[1:]))


def prepare(real: Server, generator: Generator) -> bytes:
    """Name the buyer, live one life, and return an answer of middling size."""
    generator.send(real.port, [[story.register_buyer()]], 201)
    life = lives(real, generator, "first", connections=1, applications=1)
    answers = generator.send(real.port, life, 201, keep=True).bodies
    return sorted(answers, key=len)[len(answers) // 2].partition(HEAD_END)[2]


def lives(
    real: Server,
    generator: Generator,
    label: str,
    connections: int = CONNECTIONS,
    applications: int = APPLICATIONS,
) -> list[list[bytes]]:
    """Submit applications, and make the requests that carry one after the other through its
    life."""
    return [
        [story.post_event(name, step, f"{label}-{step}") for name in own for step in STEPS]
        for own in _submitted(real, generator, label, connections, applications)
    ]


def _rare(real: Server, generator: Generator, number: int) -> list[list[bytes]]:
    """The next events of so many applications that the service no longer remembers any of
    them when its turn comes again."""
    rounds = len(STEPS) // RARE_STEPS
    label, first = f"rare{number // rounds}", number % rounds * RARE_STEPS
    applications = -(-5 * REMEMBERED // (4 * CONNECTIONS))
    if first == 0:
        _submitted(real, generator, label, CONNECTIONS, applications)
    steps = STEPS[first : first + RARE_STEPS]
    return [
        [story.post_event(name, step, f"{label}-{step}") for step in steps for name in own]
        for own in _ids(label, CONNECTIONS, applications)
    ]


def _submitted(
    real: Server, generator: Generator, label: str, connections: int, applications: int
) -> list[list[str]]:
    """The ids of new applications, by connection."""
    names = _names(label, connections, applications)
    generator.send(real.port, [[story.submit(name) for name in own] for own in names], 201)
    return _ids(label, connections, applications)


def _names(label: str, connections: int, applications: int) -> list[list[str]]:
    return [
        [f"{label}-{connection}-{number}" for number in range(applications)]
        for connection in range(connections)
    ]


def _ids(label: str, connections: int, applications: int) -> list[list[str]]:
    return [
        [application_id(story.OPENER.principal, name) for name in own]
        for own in _names(label, connections, applications)
    ]


def _figures(ours: list[Run], untouched: list[Run], theirs: list[Run]) -> list[Figure]:
    rates, least = [run.rate for run in theirs], [_cost(run) for run in theirs]
    figures = [
        ratio("post one event", [run.rate for run in ours], rates, "events/s", HOLD),
        ratio("post one event, by CPU time", least, [_cost(run) for run in ours], "us"),
        ratio("post one event, long untouched", [run.rate for run in untouched], rates, "events/s"),
        Figure("post one event, 99th percentile", [_late(run) for run in ours], "ms"),
        Figure("load generator, share of a core", [_share(run) for run in theirs], "%"),
    ]
    if all(len(run.cpu) == 2 for run in ours):
        valkey = [1e6 * run.cpu[1] / run.answers for run in ours]
        figures.append(Figure("Valkey, CPU time for an event", valkey, "us"))
    return figures


def _cost(run: Run) -> float:
    """Microseconds of CPU time of the process that answered, for an event."""
    return 1e6 * run.cpu[0] / run.answers


def _share(run: Run) -> float:
    """Per cent of the time in which the generator was at work."""
    return 100 * run.own_cpu / run.seconds


def _late(run: Run) -> float:
    """Milliseconds within which 99 of 100 answers came."""
    return 1000 * sorted(run.latencies)[int(0.99 * len(run.latencies))]
