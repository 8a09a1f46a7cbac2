"""`python -m tests.benchmarks`: measures every row, prints it and writes the page."""

import argparse
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from tests.benchmarks import batches, memory, polling, posting, report, sequencing
from tests.benchmarks.figures import Section
from tests.benchmarks.load import Generator
from tests.benchmarks.surroundings import Bystanders, surroundings

LEAST_ROUNDS = 5

Row = Callable[[Path], Section]


def rows(rounds: int, generator: Generator) -> dict[str, Row]:
    """The rows by their short names; each takes an empty folder."""
    return {
        "post": partial(posting.measure, rounds=rounds, generator=generator),
        "batch": partial(batches.measure, rounds=rounds, generator=generator),
        "poll": partial(polling.measure, rounds=rounds, generator=generator),
        "log": partial(sequencing.measure, rounds=rounds, generator=generator),
        "memory": partial(memory.measure, rounds=rounds),
    }


def main() -> None:
    """Measure; the page is written when every row was measured in rounds enough."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("--rounds", type=int, default=LEAST_ROUNDS, help="rounds of each row")
    parser.add_argument("--only", action="append", help="a row, print only: post, batch, ...")
    parser.add_argument("--data", type=Path, help="where the servers keep their data")
    chosen = parser.parse_args()
    began = time.monotonic()
    with tempfile.TemporaryDirectory(dir=chosen.data) as folder, Generator() as generator:
        where, bystanders = list(surroundings(Path(folder))), Bystanders()
        sections = []
        for name, row in rows(chosen.rounds, generator).items():
            if chosen.only is None or name in chosen.only:
                own = Path(folder) / name
                own.mkdir()
                print(f"measuring: {name}", flush=True)
                sections.append(row(own))
    where.append(("Other programs", f"{bystanders.share():.0f}% of the cores during the run"))
    report.show(sections)
    if chosen.only is None and chosen.rounds >= LEAST_ROUNDS:
        minutes = (time.monotonic() - began) / 60
        print(f"written: {report.write(sections, where, 'make bench', chosen.rounds, minutes)}")


if __name__ == "__main__":
    main()
