"""`python -m tests.benchmarks.before CLEARANCE`: what an event costs here and in another checkout.

CLEARANCE is the command of the other one (`.venv/bin/clearance` in it), say of the commit before a
change. Both services run at once and are under load in turn; printed is the CPU time of the
service's process for an event of each, and the ratio.
"""

import argparse
import tempfile
from pathlib import Path
from statistics import median

from tests.benchmarks import keys, posting
from tests.benchmarks.load import Generator
from tests.benchmarks.servers import CLEARANCE, Server, service

ROUNDS = 7


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.before")
    parser.add_argument("command", type=Path, help="the other checkout's clearance")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    chosen = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as name,
        Generator() as generator,
        service(Path(name) / "before", chosen.command) as before,
        service(Path(name) / "after", CLEARANCE) as after,
    ):
        sides = {"before": (before, Path(name) / "before"), "after": (after, Path(name) / "after")}
        costs: dict[str, list[float]] = {"before": [], "after": []}
        for number in range(chosen.rounds + 1):
            for side, (server, folder) in sides.items():
                keys.use(folder / "service", server.port)
                costs[side].append(_cost(server, generator, number))
    _show({side: found[1:] for side, found in costs.items()})


def _cost(server: Server, generator: Generator, number: int) -> float:
    """Microseconds of the process for an event; the first round registers the buyer too."""
    if number == 0:
        posting.prepare(server, generator)
    scripts = posting.lives(server, generator, f"round{number}")
    run = generator.send(server.port, scripts, 201, server.pids)
    return 1e6 * run.cpu[0] / run.answers


def _show(costs: dict[str, list[float]]) -> None:
    for side, found in costs.items():
        spread = f"{min(found):.0f} to {max(found):.0f}"
        print(f"{side}: {median(found):.0f} us of CPU time an event ({spread})")
    ratios = [after / before for before, after in zip(*costs.values(), strict=True)]
    print(f"after / before: {median(ratios):.3f} ({min(ratios):.3f} to {max(ratios):.3f})")


if __name__ == "__main__":
    main()
