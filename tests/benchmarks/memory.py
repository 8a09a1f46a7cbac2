"""The row *memory*."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from redis import Redis

from tests.benchmarks import story
from tests.benchmarks.figures import Figure, Hold, Section
from tests.benchmarks.inside import Inside, embedded, inside
from workflow.store import EmbeddedServer

APPLICATIONS = 1_000
NOTES = 20

METHOD = f"""\
In each round an empty Valkey takes {APPLICATIONS:,} applications with {1 + len(story.LIFE)} records
each (the life that *post one event* posts), and then {NOTES} more notes on each. `used_memory` of
`INFO memory` is read at rest (no client but the reader, after `MEMORY PURGE`, when two readings
agree): U0 with the buyer alone, U1 after the lives, U2 after the notes; R1 and R2 are the bytes of
the records' canonical JSON in each part, N1 and N2 their numbers, M the applications. *All
included* is (U1 - U0) / R1: documents, indexes, search words, events by key and feed are in it.
*One event more* is (U2 - U1) / R2: what a record costs that changes nothing else, since a
document keeps only the latest notes. *Beside its JSON* is (U2 - U1 - R2) / N2. *An application
beside its records* is (U1 - U0 - R1) / M less N1 / M times that: its document, indexes, search
words and keys."""

RATIO = Hold(1.5, at_least=False)
APPLICATION = Hold(2048, at_least=False, unit="KiB")


@dataclass(frozen=True, slots=True)
class Weights:
    """Bytes: used by the server before, after the lives, after the notes; and of the records."""

    before: int
    lives: int
    notes: int
    life_records: int
    note_records: int

    @property
    def event_beside_json(self) -> float:
        events = APPLICATIONS * NOTES
        return (self.notes - self.lives - self.note_records) / events

    @property
    def application(self) -> float:
        beside = (self.lives - self.before - self.life_records) / APPLICATIONS
        return beside - (1 + len(story.LIFE)) * self.event_beside_json


def measure(folder: Path, rounds: int) -> Section:
    """Each round on an empty database."""
    found = []
    with embedded(folder / "memory") as server:
        for _ in range(rounds):
            with Redis.from_url(server.url) as client:
                client.flushall()
            found.append(asyncio.run(_weigh(server)))
    return Section("Memory", METHOD, _figures(found))


def _figures(found: Sequence[Weights]) -> Sequence[Figure]:
    included = [(one.lives - one.before) / one.life_records for one in found]
    more = [(one.notes - one.lives) / one.note_records for one in found]
    record = [one.life_records / APPLICATIONS / (1 + len(story.LIFE)) for one in found]
    return (
        Figure("memory for an event over its JSON, all included", included, hold=RATIO),
        Figure("memory for an event over its JSON, one event more", more, hold=RATIO),
        Figure(
            "memory of an application beside its records",
            [one.application for one in found],
            "KiB",
            APPLICATION,
        ),
        Figure("memory for an event beside its JSON", [w.event_beside_json for w in found], "B"),
        Figure("a record's JSON, on average", record, "B"),
    )


async def _weigh(server: EmbeddedServer) -> Weights:
    async with inside(server) as service:
        await service.register_buyer()
    before = _used(server)
    async with inside(server) as service:
        ids, records = await service.submit([f"memory-{number}" for number in range(APPLICATIONS)])
        for number, step in enumerate(story.LIFE):
            items = [(name, step.event, f"life-{number}") for name in ids]
            records += await service.post(step.principal, items)
    lives = _used(server)
    async with inside(server) as service:
        notes = await _note(service, ids)
    return Weights(before, lives, _used(server), records, notes)


async def _note(service: Inside, ids: Sequence[str]) -> int:
    total = 0
    for number in range(NOTES):
        items = [(name, story.LIFE[2].event, f"note-{number}") for name in ids]
        total += await service.post(story.LIFE[2].principal, items)
    return total


def _used(server: EmbeddedServer) -> int:
    """`used_memory` at rest."""
    last = -1
    with Redis.from_url(server.url) as client:
        while True:
            client.execute_command("MEMORY PURGE")
            used = int(client.info("memory")["used_memory"])
            if abs(used - last) < 1024:
                return used
            last = used
            time.sleep(0.2)
