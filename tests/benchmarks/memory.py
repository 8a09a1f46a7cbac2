"""The row *memory*."""

import asyncio
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from redis import Redis

from tests.benchmarks import story
from tests.benchmarks.figures import Figure, Hold, Section
from tests.benchmarks.inside import Inside, embedded, inside
from tests.integration.sealing import SealedLog
from workflow.retention import Retention
from workflow.store import EmbeddedServer, Store, connect

APPLICATIONS = 1_000
NOTES = 20

METHOD = f"""\
In each round an empty Valkey takes {APPLICATIONS:,} applications with {1 + len(story.LIFE)} records
each (the life that *post one event* posts), and then {NOTES} more notes on each. Then all records
move to a log, {NOTES} more notes are posted on each application, and they move as well.
`used_memory` of `INFO memory` is read at rest (no client but the reader, after `MEMORY PURGE`, when
two readings agree): U0 with the buyer alone, U1 after the lives, U2 after the notes, U3 and U4
after the first move and the second; R1 and R2 are the bytes of the records' canonical JSON in lives
and notes, N1 and N2 their numbers, M the applications. *All included* is (U1 - U0) / R1: documents,
indexes, search words, events by key and feed are in it. *One event more* is (U2 - U1) / R2: what a
record costs that changes nothing else, since a document keeps only the latest notes. *Beside its
JSON* is (U2 - U1 - R2) / N2. *An archived event* is (U4 - U3) / N2: what is left of a note whose
record lies in the log alone, which is an empty string in the trail, its place in the log, its event
by key and its entry in the feed. *An application beside its records* is (U1 - U0 - R1) / M less
N1 / M times what is beside a note's JSON: its document, indexes, search words and keys."""

RATIO = Hold(1.5, at_least=False)
APPLICATION = Hold(2048, at_least=False, unit="KiB")


@dataclass(frozen=True, slots=True)
class Weights:
    """Bytes: used by the server before, after the lives, after the notes, after these were moved,
    after as many notes more were moved; and of the records.
    """

    before: int
    lives: int
    notes: int
    moved: int
    more_moved: int
    life_records: int
    note_records: int

    @property
    def event_beside_json(self) -> float:
        events = APPLICATIONS * NOTES
        return (self.notes - self.lives - self.note_records) / events

    @property
    def archived_event(self) -> float:
        return (self.more_moved - self.moved) / (APPLICATIONS * NOTES)

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
        Figure("memory for an archived event", [w.archived_event for w in found], "B"),
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
        notes = await _note(service, ids, range(NOTES))
    noted, log = _used(server), SealedLog()
    moved = await _archive(server, log)
    async with inside(server) as service:
        await _note(service, ids, range(NOTES, 2 * NOTES))
    more_moved = await _archive(server, log)
    return Weights(before, lives, noted, moved, more_moved, records, notes)


async def _archive(server: EmbeddedServer, log: SealedLog) -> int:
    """Move every record, as if each had been published long ago; what the server uses then."""
    async with Store(connect(server.url), archived=log.read) as store:
        await log.take(store)
        retention = Retention(store, log, 0, lambda: "2999-01-01T00:00:00.000Z", rate=10**9)
        await retention.turn()
        while not retention.resting:
            await retention.turn()
    return _used(server)


async def _note(service: Inside, ids: Sequence[str], numbers: Iterable[int]) -> int:
    total = 0
    for number in numbers:
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
