"""`python -m tests.benchmarks.profile`: where the service spends its time under load.

Starts `clearance serve` on an empty folder, sends what a row sends, and lets py-spy sample the
process meanwhile (as root, or where ptrace is allowed). Prints the functions by own time:
microseconds an answer are the function's share of the samples times the CPU time of the process.
"""

import argparse
import signal
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests.benchmarks import batches, polling, posting
from tests.benchmarks.load import Generator, Run
from tests.benchmarks.servers import Server, service

RATE = 500  # samples a second
PATIENCE = 30.0  # seconds that the sampler may take to write

Stack = tuple[str, ...]


def main() -> None:
    """Profile one path and print it."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.profile")
    parser.add_argument("path", nargs="?", choices=["post", "batch", "poll"], default="post")
    parser.add_argument("--top", type=int, default=25, help="functions to print")
    parser.add_argument("--lines", action="store_true", help="by line, not by function")
    parser.add_argument("--raw", type=Path, help="keep the stacks here, for a flame graph")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, Generator() as generator:
        folder = Path(name)
        raw = chosen.raw or folder / "stacks.txt"
        with service(folder) as real:
            posting.prepare(real, generator)
            _load(chosen.path, real, generator, "warm")()
            load = _load(chosen.path, real, generator, "sampled")
            with _sampled(real.pid, raw):
                run = load()
        items = batches.ITEMS if chosen.path == "batch" else 1
        _show(raw, run, items, chosen.top, chosen.lines)


def _load(path: str, real: Server, generator: Generator, label: str) -> Callable[[], Run]:
    """What sends the load of a row; all that comes before it is done here."""
    if path == "batch":
        return partial(batches.post, real, generator, batches.scripts(real, generator, label))
    if path == "post":
        scripts, expected = posting.lives(real, generator, label), 201
    else:
        polls = polling.polls(real, generator, label)
        scripts, expected = [[poll] * polling.POLLS for poll in polls], 304
    return partial(generator.send, real.port, scripts, expected, real.pids)


@contextmanager
def _sampled(pid: int, raw: Path) -> Iterator[None]:
    """py-spy at work on a process; the stacks are in the file afterwards."""
    spy = Path(sys.executable).with_name("py-spy")
    command: list[str | Path] = [
        spy,
        "record",
        "--format",
        "raw",
        "--output",
        raw,
        "--pid",
        str(pid),
    ]
    command += ["--rate", str(RATE), "--duration", "unlimited"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as sampler:
        try:
            yield
            sampler.send_signal(signal.SIGINT)
            sampler.wait(PATIENCE)
        except BaseException:
            sampler.kill()
            raise


def _stacks(raw: Path, lines: bool) -> Iterator[tuple[Stack, int]]:
    """Each stack, outermost function first, and in how many samples it was."""
    for line in raw.read_text().splitlines():
        names, _, count = line.rpartition(" ")
        frames = names.split(";")
        if not lines:
            frames = [frame.rpartition(":")[0] + ")" if ":" in frame else frame for frame in frames]
        yield tuple(frames), int(count)


def _show(raw: Path, run: Run, items: int, top: int, lines: bool) -> None:
    own: Counter[str] = Counter()
    total: Counter[str] = Counter()
    for stack, count in _stacks(raw, lines):
        own[stack[-1]] += count
        for frame in set(stack):
            total[frame] += count
    samples = own.total()
    cost = 1e6 * run.cpu[0] / run.answers / items
    title = f"{cost:.0f} us of CPU time for each of {run.answers * items:,}; {samples:,} samples"
    table = Table(title=title, title_justify="left")
    for column in ("own", "own us", "with callees us", "function"):
        table.add_column(column, justify="left" if column == "function" else "right", no_wrap=True)
    for name, count in own.most_common(top):
        share, inclusive = count / samples, total[name] / samples
        table.add_row(f"{share:.1%}", f"{share * cost:.1f}", f"{inclusive * cost:.1f}", name)
    Console(width=140).print(table)


if __name__ == "__main__":
    main()
