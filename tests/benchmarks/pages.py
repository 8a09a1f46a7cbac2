"""`python -m tests.benchmarks.pages`: what pages of the console take of very many applications.

A service is filled with applications, each some way along its life as it was reported, and asked
for pages one after the other: for statistics once, since they are kept; for the others five times,
after a first time that is not counted. What a page takes is the CPU time of the service and of its
server (proc(5)), so that other programs count less. While it is made once more, another connection
asks again and again for one application: the longest it waited is told beside.
"""

import argparse
import asyncio
import tempfile
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx

from api.intake import creation_of, event_of
from api.schemas import ApplicationIn, EventIn
from tests.benchmarks import keys, story
from tests.benchmarks.load import cpu_seconds
from tests.benchmarks.servers import Server, service
from workflow.catalog import Catalog
from workflow.domain import canonical
from workflow.domain.act import Event
from workflow.procedures import load_packaged
from workflow.service import Item, Service
from workflow.store import Store, connect

TOGETHER = 250
"""Applications that are made at once."""

LENGTHS, DAYS = 14, 120
"""Reports of an application at the most, and over how many days they were submitted."""

PAGES = (
    "/",
    "/?sort=name",
    "/?sort=-units",
    "/?sort=waiting",
    "/?sort=left",
    "/?state=submitted&sort=left",
    "/board",
    "/statistics?period=7",
    "/statistics?period=all",
)

AGAIN = "&by=effective_at"
"""What makes another question of one to which the answer is kept."""


ROUNDS = 5


class Filling:
    """Makes applications through the use cases, on a store of its own."""

    def __init__(self, store: Store, buyers: int) -> None:
        catalog = Catalog(load_packaged().values())
        self._service = Service(store, catalog)
        self._buyers = [f"buyer-{number:04}" for number in range(buyers)]
        self._reports = [
            event_of(catalog, EventIn.model_validate(body), f"{place}", _mark(body))
            for place, body in enumerate(story.REPORTS[:LENGTHS])
        ]

    async def fill(self, applications: int) -> int:
        """Make so many; how many records that are."""
        for number, buyer in enumerate(self._buyers):
            name = {"en": f"Company {number * 7919 % 1000:03}", "zh": f"公司{number}"}
            await self._service.register_buyer(story.RECORDER, buyer, name, _mark(name))
        records = 0
        for first in range(0, applications, TOGETHER):
            numbers = range(first, min(first + TOGETHER, applications))
            opened = await asyncio.gather(*(self._open(number) for number in numbers))
            items = [Item(name, event, None) for name, events in opened for event in events]
            await self._service.post_many(story.RECORDER, [items])
            records += len(opened) + len(items)
        await self._service.finish()
        return records

    async def _open(self, number: int) -> tuple[str, list[Event]]:
        """Its id, and what is reported of it."""
        began = datetime.now(UTC) - timedelta(days=number * 31 % DAYS + 1)
        body = story.opening(f"pages-{number}") | {
            "buyer": self._buyers[number % len(self._buyers)],
            "effective_at": began.isoformat(timespec="milliseconds"),
        }
        event = creation_of(ApplicationIn.model_validate(body), f"pages-{number}", _mark(body))
        name, _ = await self._service.create(story.RECORDER, story.PROCEDURE, event)
        return name, self._reports[: number * 17 % (LENGTHS + 1)]


class Bystander:
    """Asks for one application for as long as it is inside."""

    def __init__(self, client: httpx.Client, path: str) -> None:
        self.longest = 0.0
        self._client, self._path, self._over = client, path, threading.Event()
        self._thread = threading.Thread(target=self._ask)

    def __enter__(self) -> "Bystander":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _ask(self) -> None:
        while not self._over.wait(0.01):
            begun = time.monotonic()
            self._client.get(self._path).raise_for_status()
            self.longest = max(self.longest, time.monotonic() - begun)


def measure(server: Server, path: str) -> str:
    """What one page takes, in a line."""
    name, _, value = keys.field(None).partition(": ")
    base = f"http://127.0.0.1:{server.port}"
    headers = {name: value, "Accept": "text/html"}
    with (
        httpx.Client(base_url=base, headers=headers, timeout=300) as client,
        httpx.Client(base_url=base, headers={name: value}, timeout=300) as other,
    ):
        (one,) = other.get("/v1/applications?limit=1").raise_for_status().json()["items"]
        rounds = 1 if "statistics" in path else ROUNDS
        if rounds > 1:
            client.get(path).raise_for_status()
        before = [cpu_seconds(pid) for pid in server.pids]
        for _ in range(rounds):
            page = client.get(path).raise_for_status()
        spent = [cpu_seconds(pid) - old for pid, old in zip(server.pids, before, strict=True)]
        with Bystander(other, f"/v1/applications/{one['id']}") as beside:
            client.get(f"{path}{AGAIN}" if "statistics" in path else path).raise_for_status()
    told = " + ".join(f"{1000 * one / rounds:.0f}" for one in spent)
    waited, size = 1000 * beside.longest, len(page.content) / 1000
    return f"{path:30} {told} ms, {size:.0f} kB; others waited {waited:.0f} ms at the most"


def main() -> None:
    """Fill, ask, tell."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.pages", description=__doc__)
    parser.add_argument("--applications", type=int, default=100_000)
    parser.add_argument("--buyers", type=int, default=1_000)
    parser.add_argument("--data", type=Path, help="a folder to keep, and not to fill again")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = chosen.data or Path(name)
        filled = (folder / "service").exists()
        with service(folder) as server:
            if not filled:
                records = asyncio.run(_filled(folder, chosen.applications, chosen.buyers))
                print(f"{chosen.applications:,} applications, {records:,} records", flush=True)
            print("CPU time of service + server:")
            for path in PAGES:
                print(measure(server, path), flush=True)


async def _filled(folder: Path, applications: int, buyers: int) -> int:
    async with Store(connect(f"unix://{folder / 'service' / 'valkey.sock'}")) as store:
        return await Filling(store, buyers).fill(applications)


def _mark(body: object) -> str:
    return canonical.sha256(canonical.encode(body))


if __name__ == "__main__":
    main()
