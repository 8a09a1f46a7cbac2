"""The whole database against the log: every record, every feed, every place, every snapshot. And
every record that the log has not yet has to be on its way there, in a feed.
"""

from collections.abc import Callable, Mapping, Sequence
from itertools import takewhile
from typing import Any, Final

import orjson

from workflow.anchor import Apart, check_feeds, standing
from workflow.domain.application import Changes, fold
from workflow.domain.record import NOTHING, Document
from workflow.log.directory import LogDirectory
from workflow.log.tree import LogReader
from workflow.proof.tiles import WIDTH
from workflow.store import Position, Store
from workflow.wholeness import check_whole

Told = Callable[[int], None]
"""Is told how many entries have been looked at, of twice as many as there are."""

STRETCH = 1000
"""Records of a trail that are folded at once."""


KINDS = ("application", "pool", "credential", "buyer", "procedure", "webhook")
"""The subjects that are found by an index."""


class Comparison:
    """Compares a database with the log that was made of it."""

    def __init__(self, store: Store, directory: LogDirectory) -> None:
        self._store: Final = store
        self._directory: Final = directory
        self._log: Final = LogReader(directory.path)
        self._positions: Final = [0] * store.feeds.partitions
        self._size = 0
        self._seen: Final[set[str]] = set()
        self._coming: Final[dict[str, set[int]]] = {}

    async def run(self, told: Told) -> int:
        """Compare all that the last checkpoint covers, once that is what was signed; how many
        entries it is. Snapshots are compared as they are now. Raises Apart for the first
        difference, Damaged, StoreFault.
        """
        found = await standing(self._store, self._directory)
        self._size = size = found.signed.size
        check_whole(self._directory, found.signed, told)
        for index in range(-(-size // WIDTH)):
            entries = self._log.bundle(index, size)
            await self._compare(index * WIDTH, entries)
            told(size + index * WIDTH + len(entries))
        await check_feeds(self._store, self._positions)
        for kind in KINDS:
            await self._compare_kind(kind)
        await self._check_coming()
        return size

    async def _compare(self, first: int, entries: Sequence[bytes]) -> None:
        feeds: dict[int, list[tuple[int, bytes, Mapping[str, Any]]]] = {}
        trails: dict[str, tuple[int, list[int]]] = {}
        for index, entry in enumerate(entries, start=first):
            record = orjson.loads(entry)
            partition = self._store.partition(record["subject"])
            feeds.setdefault(partition, []).append((index, entry, record))
            trails.setdefault(record["subject"], (record["seq"], []))[1].append(index)
        for partition, wanted in feeds.items():
            await self._compare_feed(partition, wanted)
        for subject, (seq, indexes) in trails.items():
            await self._compare_trail(subject, seq, indexes, entries[indexes[0] - first])

    async def _compare_feed(
        self, partition: int, wanted: Sequence[tuple[int, bytes, Mapping[str, Any]]]
    ) -> None:
        position = self._positions[partition]
        named = [(record["subject"], record["seq"]) for _, _, record in wanted]
        found = await self._feed(partition, position + 1, position + len(wanted))
        for at, (subject, seq) in enumerate(named):
            if found[at] != (subject, seq):
                raise Apart(
                    f"the feed of partition {partition} does not name record {seq} of "
                    f"{subject} as entry {position + at + 1}"
                )
        held = await self._records(named)
        for (subject, seq), (index, entry, _) in zip(named, wanted, strict=True):
            if held.get((subject, seq)) != entry:
                raise Apart(f"record {seq} of {subject} is not entry {index} of the log")
        self._positions[partition] += len(wanted)

    async def _records(self, named: Sequence[tuple[str, int]]) -> dict[tuple[str, int], bytes]:
        """What the trails have of these, which follow each other in each."""
        spans: dict[str, tuple[int, int]] = {}
        for subject, seq in named:
            spans[subject] = (spans.get(subject, (seq, seq))[0], seq)
        return {
            (subject, seq): text
            for subject, (first, last) in spans.items()
            for seq, text in enumerate(await self._store.records(subject, first, last), first)
        }

    async def _feed(self, partition: int, first: int, last: int) -> list[tuple[str, int]]:
        """What a feed names from one position to another; what was taken from it is named by the
        log, each in its place. Raises Apart.
        """
        found: list[tuple[str, int]] = []
        while (at := first + len(found)) <= last:
            wanted = {partition: (at, last)}
            windows = await self._store.gathering.windows(wanted, last, "", newest=False)
            entries = windows[partition].entries
            positions = [entry.position for entry in entries]
            if not positions or positions != [*range(at, at + len(positions))]:
                raise Apart(f"the feed of partition {partition} ends, or has a gap, after {at - 1}")
            found += ((entry.subject, entry.seq) for entry in entries)
        return found

    async def _compare_trail(
        self, subject: str, seq: int, indexes: Sequence[int], entry: bytes
    ) -> None:
        """Compare the places of some records of a trail; where it begins, also what the whole
        leads to.
        """
        places = await self._store.places(subject, seq, seq + len(indexes) - 1)
        if places != list(indexes):
            raise Apart(f"the places of {subject} from record {seq} on are not those in the log")
        if seq == 1:
            await self._compare_document(subject)

    async def _compare_kind(self, kind: str) -> None:
        """Compare the subjects of a kind of which the log has nothing."""
        before: Position | None = None
        while True:
            positions, before = await self._store.listing.page(kind, (), STRETCH, before)
            for subject in (f"{kind}/{one.id}" for one in positions):
                if subject not in self._seen:
                    await self._compare_document(subject)
            if before is None:
                return

    async def _compare_document(self, subject: str) -> None:
        self._seen.add(subject)
        stored = await self._store.read(subject)
        if stored is None:
            raise Apart(f"{subject} is missing in the database")
        version = Document.decode(stored).version
        document = NOTHING
        for first in range(1, version + 1, STRETCH):
            last = min(version, first + STRETCH - 1)
            for text in await self._store.records(subject, first, last):
                document = _folded(document, orjson.loads(text))
        if document.encode() != stored:
            raise Apart(f"{subject} is not what its trail leads to")
        await self._note_coming(subject, version)

    async def _note_coming(self, subject: str, version: int) -> None:
        """Note which records of a trail the log has not. It may have grown since its version was
        read, and then its document has too.
        """
        if await self._store.records(subject, version + 1, version + 1):
            later = await self._store.read(subject)
            if later is None or Document.decode(later).version <= version:
                raise Apart(f"record {version + 1} of {subject} is beyond what it is said to have")
        logged = await self._logged(subject, version)
        if logged < version:
            self._coming[subject] = set(range(logged + 1, version + 1))

    async def _logged(self, subject: str, version: int) -> int:
        """How many records of a trail the log has: where one is in it, so are those before."""
        noted = await self._store.places(subject, 1, version)
        places = [place for place in takewhile(self._covers, noted) if place is not None]
        logged = len(places)
        if places:
            held = await self._store.records(subject, logged, logged)
            if held != self._log.entries(places[-1:]):
                raise Apart(f"record {logged} of {subject} is not entry {places[-1]} of the log")
        return logged

    def _covers(self, place: int | None) -> bool:
        return place is not None and place < self._size

    async def _check_coming(self) -> None:
        """Check that every record which the log has not is in a feed after those that it has."""
        for partition in sorted({self._store.partition(subject) for subject in self._coming}):
            position = self._positions[partition]
            while (run := await self._store.feeds.stretch(partition, position, STRETCH)).records:
                for name, seq in zip(run.subjects, run.seqs, strict=True):
                    self._coming.get(name.decode(), set()).discard(int(seq))
                position += len(run.records)
        for subject, left in self._coming.items():
            if left:
                raise Apart(
                    f"record {min(left)} of {subject} is not in the log, nor in a feed on its way"
                )


def _folded(before: Document, record: Mapping[str, Any]) -> Document:
    changes: Changes = record["changes"]
    snapshot = fold(before.snapshot, changes)
    return Document(record["seq"], record["hash"], record["recorded_at"], snapshot)
