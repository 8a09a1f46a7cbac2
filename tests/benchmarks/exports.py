"""`python -m tests.benchmarks.exports`: what exports of very many records take of memory and time.

A service is filled with records of 100 applications, twice; each time every form is downloaded by a
reader that keeps nothing. The growth of the service's memory is its peak (VmHWM, proc(5), reset
before) over what it held before the first export. What an export takes of memory for each
record is the difference of the two peaks over that of the numbers of records.
"""

import argparse
import asyncio
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from api.exporting import CSV, JSONL, XLSX
from tests.benchmarks import keys, story
from tests.benchmarks.inside import Inside
from tests.benchmarks.servers import Server, service
from workflow.catalog import Catalog
from workflow.procedures import load_packaged
from workflow.service import Service
from workflow.store import Store, connect

APPLICATIONS = 100
FORMS = {"jsonl": JSONL, "csv": CSV, "xlsx": XLSX}
MIB = 1024**2


async def fill(folder: Path, lap: int, records: int) -> None:
    """So many more records."""
    url = f"unix://{folder / 'service' / 'valkey.sock'}"
    async with Store(connect(url)) as store:
        catalog = Catalog(load_packaged().values())
        made = Inside(catalog, Service(store, catalog), None)  # type: ignore[arg-type]
        await made.register_buyer()
        ids, _ = await made.submit([f"exports-{number}" for number in range(APPLICATIONS)])
        note = story.LIFE[2]
        for number in range(records // APPLICATIONS):
            items = [(name, note.event, f"{lap}-{number}") for name in ids]
            await made.post(note.principal, items)
        await made.service.finish()


def memory(server: Server, field: str) -> float:
    """MiB of the service's own process."""
    lines = Path(f"/proc/{server.pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith(f"{field}:"))


@contextmanager
def download(server: Server, form: str) -> Iterator[httpx.Response]:
    """All records, streamed; the service's peak is counted from here."""
    Path(f"/proc/{server.pid}/clear_refs").write_text("5")
    name, _, value = keys.field(None).partition(": ")
    address = f"http://127.0.0.1:{server.port}/v1/trail"
    headers = {name: value, "Accept": FORMS[form]}
    with httpx.stream("GET", address, headers=headers, timeout=600) as answer:
        answer.raise_for_status()
        yield answer


def settled(server: Server) -> float:
    """What the service holds when it has nothing left to do."""
    last = -1.0
    while (now := memory(server, "VmRSS")) != last:
        last = now
        time.sleep(3)
    return now


def whole(server: Server, form: str) -> tuple[float, float, float]:
    """Seconds, MiB of the file, and the service's peak in MiB."""
    began, size = time.monotonic(), 0
    with download(server, form) as answer:
        for piece in answer.iter_raw():
            size += len(piece)
    return time.monotonic() - began, size / MIB, memory(server, "VmHWM")


def stalled(server: Server, form: str) -> float:
    """The peak while a reader takes the beginning and then nothing for some seconds."""
    with download(server, form) as answer:
        next(answer.iter_raw())
        time.sleep(5)
        return memory(server, "VmHWM")


def main() -> None:
    """Fill, export, tell."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, nargs=2, default=(50_000, 200_000))
    laps: tuple[int, int] = tuple(parser.parse_args().records)
    with tempfile.TemporaryDirectory() as name, service(Path(name)) as server:
        peaks: dict[str, list[float]] = {form: [] for form in FORMS}
        there = 0
        base = 0.0
        for lap, records in enumerate(laps):
            asyncio.run(fill(Path(name), lap, records - there))
            there = records
            held = settled(server)
            base = base or held
            print(f"{records:,} records; the service holds {held:.0f} MiB", flush=True)
            for form in FORMS:
                seconds, size, peak = whole(server, form)
                peaks[form].append(peak)
                rate = records / seconds
                told = f"{seconds:.1f} s, {rate:,.0f} records/s, {size:.0f} MiB"
                print(f"  {form:5} {told}, peak {peak:.0f} MiB", flush=True)
        for form, (first, second) in peaks.items():
            slope = (second - first) * MIB / (laps[1] - laps[0])
            million = second + slope * (1_000_000 - laps[1]) / MIB
            told = f"{slope:.0f} B a record, so {million:.0f} MiB with a million"
            print(f"{form:5} {told}; of a reader that stalls {stalled(server, form):.0f} MiB")


if __name__ == "__main__":
    main()
