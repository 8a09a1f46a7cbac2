"""The machine and the versions that stand beside the figures."""

import os
import platform
import resource
import subprocess
import tempfile
import time
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from statistics import median

from workflow.store.embedded import binary

PACKAGES = (
    "fastapi",
    "starlette",
    "pydantic",
    "uvicorn",
    "uvloop",
    "httptools",
    "redis",
    "hiredis",
    "orjson",
    "transitions",
)
WRITES = 50


class Bystanders:
    """What other programs took of the processor since this was made (Linux, proc(5))."""

    def __init__(self) -> None:
        self._began, self._busy, self._own = time.monotonic(), _busy(), _own()

    def share(self) -> float:
        """Per cent of all cores; of our own only what has ended counts as ours."""
        others = _busy() - self._busy - (_own() - self._own)
        return 100 * others / (time.monotonic() - self._began) / (os.cpu_count() or 1)


def _busy() -> float:
    """CPU seconds of everybody since the machine began."""
    user, nice, system, _, _, irq, softirq, steal, *_ = (
        int(ticks) for ticks in Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:]
    )
    return (user + nice + system + irq + softirq + steal) / os.sysconf("SC_CLK_TCK")


def _own() -> float:
    """CPU seconds of this program and of everything that it has started and seen end."""
    used = map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in used)


def surroundings(folder: Path) -> Sequence[tuple[str, str]]:
    """Name and value of everything that a figure depends on; to be read before the load."""
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    return (
        ("Processor", f"{_processor()}, {os.cpu_count()} cores"),
        ("Memory", f"{_total_memory() / 2**30:.0f} GiB"),
        ("System", f"{platform.system()} {platform.release()}, {platform.machine()}"),
        ("Load before the run", f"{load} (1, 5, 15 minutes)"),
        ("Data folder", f"{_file_system(folder)}, write and fsync of 4 KiB {_fsync(folder)}"),
        ("Python", platform.python_version()),
        ("Valkey", _server()),
        ("Packages", ", ".join(f"{name} {version(name)}" for name in PACKAGES)),
    )


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.processor() or "unknown"


def _total_memory() -> int:
    return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")


def _file_system(folder: Path) -> str:
    """The type of the file system that holds a folder (Linux, proc(5))."""
    found, kind = "", "unknown"
    for line in Path("/proc/mounts").read_text().splitlines():
        _, mounted, this, *_ = line.split()
        if folder.resolve().is_relative_to(mounted) and len(mounted) >= len(found):
            found, kind = mounted, this
    return kind


def _fsync(folder: Path) -> str:
    """Median time of a durable write."""
    took = []
    with tempfile.TemporaryFile(dir=folder, buffering=0) as file:
        for _ in range(WRITES):
            began = time.perf_counter()
            file.write(bytes(4096))
            os.fdatasync(file.fileno())
            took.append(time.perf_counter() - began)
    return f"{median(took) * 1000:.2f} ms (median of {WRITES})"


def _server() -> str:
    told = subprocess.run([binary(), "--version"], capture_output=True, text=True, check=True)
    fields = dict(part.split("=", 1) for part in told.stdout.split() if "=" in part)
    return fields.get("v", told.stdout.strip())
