"""`python -m tests.benchmarks.verify [RECORDS]`: how long a log takes to be verified offline.

Writes a log of so many sound records (lives of applications, a thousand at a time in turn),
verifies it as `clearance verify` does, and prints the seconds for a million.
"""

import argparse
import platform
import resource
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from importlib.metadata import version
from multiprocessing import get_context
from pathlib import Path
from typing import NamedTuple

from api.log_source import Folder
from tests.logs import ORIGIN, mixed, retold, write
from tests.unit.acting import Case, accepted, carry
from tests.unit.journeys import TO_LICENSED
from workflow.machine import Engine
from workflow.procedures import load_packaged
from workflow.proof.checkpoint import open_checkpoint
from workflow.proof.keys import SignerKey, VerifierKey
from workflow.proof.whole import check_log

AT_ONCE = 1_000
"""Applications whose records come in turn."""

HOLD = 60  # seconds for a million records


def entries(count: int) -> Iterator[bytes]:
    """Records of applications that come to a licence; as many as whole lives make."""
    case = Case(Engine(load_packaged()["h200-import", 1]))
    accepted(case.create(reference="EC-2026-001"))
    carry(case, *TO_LICENSED)
    lives = -(-count // len(case.trail))
    for first in range(0, lives, AT_ONCE):
        names = range(first, min(first + AT_ONCE, lives))
        yield from mixed([retold(case.trail, f"application/a{one}") for one in names], AT_ONCE)


class Measured(NamedTuple):
    """Seconds by the clock and of a core; trails; MiB of the process at its largest."""

    took: float
    used: float
    trails: int
    peak: int


def measure(folder: Path, key: str) -> Measured:
    """Verify a log; in a process that does nothing else."""
    began, spent = time.perf_counter(), time.process_time()
    keys = [VerifierKey.parse(key)]
    checkpoint, _ = open_checkpoint((folder / "checkpoint").read_bytes(), keys)
    trails = check_log(Folder(folder).read, checkpoint)
    took, used = time.perf_counter() - began, time.process_time() - spent
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return Measured(took, used, trails, peak)


def main() -> None:
    """Write, verify, print."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.verify", description=__doc__)
    parser.add_argument("records", type=int, nargs="?", default=1_000_000)
    parser.add_argument("--data", type=Path, help="where the log is written")
    chosen = parser.parse_args()
    with (
        tempfile.TemporaryDirectory(dir=chosen.data) as name,
        ProcessPoolExecutor(1, get_context("spawn")) as another,
    ):
        folder, key = Path(name), SignerKey.generate(ORIGIN)
        size = write(folder, entries(chosen.records), key).size
        weight = sum(one.stat().st_size for one in folder.rglob("*") if one.is_file())
        found = another.submit(measure, folder, str(key.verifier)).result()
    took, used = (seconds * 1_000_000 / size for seconds in (found.took, found.used))
    print(f"{size:,} records of {found.trails:,} trails, {weight / 2**20:.0f} MiB")
    print(f"{took:.1f} s for a million, {used:.1f} s of a core; at most {found.peak} MiB")
    print(f"to hold: <= {HOLD} s: {'met' if took <= HOLD else 'MISSED'}")
    packages = ", ".join(f"{one} {version(one)}" for one in ("orjson", "cryptography"))
    print(f"Python {platform.python_version()}, {packages}")


if __name__ == "__main__":
    main()
