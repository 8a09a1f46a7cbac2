"""The database from the log: what was signed is enough to build everything again.

Each entry is committed as the desk had committed it. A commit that is there already is left as it
is, so a database that is the beginning of the log is brought up to its end, and a recovery that
was interrupted goes on.
"""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import count
from typing import Any, Final, NamedTuple, cast

import orjson

from workflow.anchor import Apart, check_feeds, check_reach
from workflow.catalog import Catalog, index_entry
from workflow.domain import draws
from workflow.domain.application import Changes, fold
from workflow.domain.principal import POOL
from workflow.domain.record import NOTHING, Decision, Document, Record
from workflow.domain.terms import ABSENT
from workflow.drawing import ticket_of
from workflow.indexing import Remembered, commits_of
from workflow.log.directory import LogDirectory
from workflow.log.intent import Intent
from workflow.log.tree import LogReader
from workflow.proof.tiles import WIDTH
from workflow.proof.whole import Entry
from workflow.registry import digest_of_event
from workflow.store import Commit, Committed, Store
from workflow.wholeness import check_whole

GROUP = 512
"""Entries that are committed at once; a multiple of those of a bundle."""

REMEMBERED = 20_000
"""Subjects whose documents are kept at hand."""

Told = Callable[[int], None]
"""Is told how many entries have been looked at, of twice as many as there are."""


class Recovered(NamedTuple):
    """What was rebuilt. `unsettled`: applications with a draw that the log did not have yet in its
    pool when its last checkpoint was signed.
    """

    size: int
    unsettled: tuple[str, ...]


class Tickets:
    """What the trails of the pools say of tickets."""

    def __init__(self) -> None:
        self._application: dict[bytes, str] = {}
        self.released: set[bytes] = set()

    def take(self, entry: Entry) -> None:
        """Take in an entry of the log."""
        record = entry.record
        name = record["data"].get("ticket") if record["subject"].startswith("pool/") else None
        if name is None:
            return
        ticket = bytes.fromhex(name)
        if record["type"] in ("reserve", "expect"):
            self._application[ticket] = f"application/{record['data']['application']}"
        elif record["type"] == "release":
            self.released.add(ticket)

    def end(self) -> None:
        """There are no more."""

    def spent(self, subject: str, event: bytes, moves: Mapping[str, int]) -> bytes | None:
        """The ticket that an event spent; None where no pool knows of it."""
        for attempt in count(1):
            ticket = ticket_of(subject, event, moves, attempt)
            if ticket not in self._application:
                return None
            if ticket not in self.released:
                return ticket
        raise AssertionError

    def buried(self) -> Iterator[tuple[str, bytes]]:
        """Each ticket that no commit spends any more, and the application that would have."""
        for ticket in self.released:
            if ticket in self._application:
                yield self._application[ticket], ticket


class Recovery:
    """Builds a database from the entries of a log."""

    def __init__(self, store: Store, catalog: Catalog, directory: LogDirectory) -> None:
        self._store: Final = store
        self._directory: Final = directory
        self._log: Final = LogReader(directory.path)
        self._index: Final = partial(index_entry, catalog)
        self._tickets: Final = Tickets()
        self._remembered: Final[dict[str, Remembered]] = {}
        self._unsettled: Final[dict[str, None]] = {}
        self._latest: Final[dict[int, tuple[str, int]]] = {}

    async def run(self, told: Told, mark: str | None = None) -> Recovered:
        """Bring the database up to the last checkpoint, once all of the log is what was signed.
        `mark`: what it says of the log where a backup is put back; it has nothing beyond the log
        then. Cursors that were sealed before are good no more: others may come to their places.
        Raises Apart where it holds something else than the log, and where it knows more of the
        log than the folder has; Damaged, StoreFault.
        """
        before = await self._store.feeds.published()
        if before != mark:
            await check_reach(self._store, self._directory)
        state = self._log.state
        check_whole(self._directory, state, told, [self._tickets])
        positions = [0] * self._store.feeds.partitions
        for first in range(0, state.size, GROUP):
            entries = self._entries(first, state.size)
            await self._add(first, entries, positions)
            told(state.size + first + len(entries))
        for subject, ticket in self._tickets.buried():
            await self._store.bury(subject, ticket)
        await self._check_feeds(positions, alone=mark is not None)
        self._directory.intend(Intent(state, state, positions))  # whatever another one says
        await self._store.break_seal()
        if await self._store.feeds.publish(before, str(state)) != str(state):
            raise Apart("somebody else uses the database")
        return Recovered(state.size, tuple(self._unsettled))

    async def _check_feeds(self, positions: Sequence[int], *, alone: bool) -> None:
        """Check that every feed begins with what the log has of it and, where the log is `alone`
        there, that it ends so. Feeds keep the order of the log, so what is among its records puts
        its last one behind its position. Raises Apart.
        """
        await check_feeds(self._store, positions)
        wanted = {partition: positions[partition] - 1 for partition in self._latest}
        for partition, found in (await self._store.feeds.logged(wanted, 1)).items():
            if [(one.subject, one.seq) for one in found] != [self._latest[partition]]:
                raise Apart(f"the feed of partition {partition} has what is not in the log")
        if alone and await self._store.feeds.last() != list(positions):
            raise Apart("the database has records that are not in the log: somebody else uses it")

    def _entries(self, first: int, size: int) -> list[bytes]:
        """The entries of the next group, from whole bundles."""
        indexes = range(first // WIDTH, -(-min(first + GROUP, size) // WIDTH))
        return [entry for index in indexes for entry in self._log.bundle(index, size)]

    async def _add(self, first: int, entries: Sequence[bytes], positions: list[int]) -> None:
        """Commit entries that are not there yet; note where all of them lie."""
        records = [orjson.loads(entry) for entry in entries]
        await self._look_up({record["subject"]: record["seq"] for record in reversed(records)})
        commits: list[Commit] = []
        there: list[tuple[str, int, bytes]] = []
        places: dict[str, tuple[int, list[int]]] = {}
        for index, (entry, record) in enumerate(zip(entries, records, strict=True), start=first):
            subject, seq = record["subject"], record["seq"]
            partition = self._store.partition(subject)
            positions[partition] += 1
            self._latest[partition] = subject, seq
            places.setdefault(subject, (seq, []))[1].append(index)
            known = self._remembered.get(subject)
            version = 0 if known is None else known.document.version
            if version >= seq:
                there.append((subject, seq, entry))
            elif version == seq - 1:
                commits.append(self._commit(entry, record))
            else:
                raise Apart(f"the log has record {seq} of {subject}, and not the one before it")
        await self._compare(there)
        for commit, outcome in zip(commits, await self._store.commit(commits), strict=True):
            if not isinstance(outcome, Committed):
                raise Apart(f"{commit.subject} is not what the log says of it: {outcome}")
        await self._store.place([(name, *found) for name, found in places.items()])

    async def _look_up(self, subjects: Mapping[str, int]) -> None:
        """Have at hand what is known of subjects, and no more than is bearable."""
        while len(self._remembered) > REMEMBERED:
            del self._remembered[next(iter(self._remembered))]
        unknown = [name for name in subjects if name not in self._remembered]
        for name, stored in zip(unknown, await self._store.read_many(unknown), strict=True):
            if stored is not None:
                document = Document.decode(stored)
                entry = self._index(name, document, None)
                self._remembered[name] = Remembered(document, entry)

    def _commit(self, entry: bytes, record: dict[str, Any]) -> Commit:
        """The commit that left a record, on the document as it was before."""
        subject = record["subject"]
        known = self._remembered.get(subject) or Remembered(NOTHING, ABSENT)
        before = known.document
        snapshot = fold(before.snapshot, cast(Changes, record["changes"]))
        after = Document(record["seq"], record["hash"], record["recorded_at"], snapshot)
        event = event_of(record)
        decision = Decision(cast(Record, record), entry, before, after)
        (commit,), last = commits_of(self._index, subject, [(event, decision)], known)
        self._remembered[subject] = last
        if not subject.startswith("application/"):
            return commit
        moves = draws.moves(before.snapshot, snapshot)
        ticket = self._tickets.spent(subject, event, moves) if moves else b""
        if ticket is None:
            self._unsettled[subject] = None
        return replace(commit, ticket=ticket or b"")

    async def _compare(self, there: Sequence[tuple[str, int, bytes]]) -> None:
        """Check that records which are there already are those of the log."""
        wanted: dict[str, list[tuple[int, bytes]]] = defaultdict(list)
        for subject, seq, entry in there:
            wanted[subject].append((seq, entry))
        for subject, found in wanted.items():
            first, last = found[0][0], found[-1][0]
            if await self._store.records(subject, first, last) != [entry for _, entry in found]:
                raise Apart(
                    f"a record of {subject}, from {first} to {last}, is not that of the log"
                )


def event_of(record: Mapping[str, Any]) -> bytes:
    """What names the event of a record in its subject. Draws from pools are named by the service
    itself, whatever organisation it has.
    """
    if record["principal"] == POOL:
        return hashlib.sha256(f"{POOL}\0{record['id']}".encode()).digest()[:16]
    return digest_of_event(f"{record['organisation']}/{record['principal']}", record["id"])
