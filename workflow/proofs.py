"""What the log says of a trail: the proof of one record, and how far the whole is in the log."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from typing import Final, NamedTuple

from workflow.log.directory import Damaged
from workflow.log.intent import State
from workflow.log.tree import LogReader
from workflow.proof.checkpoint import Checkpoint, open_checkpoint
from workflow.proof.inclusion import InclusionProof
from workflow.proof.keys import VerifierKey
from workflow.proof.merkle import EMPTY_ROOT, leaf_hash
from workflow.proof.note import Note
from workflow.proof.paths import Leaves, TiledTree
from workflow.proof.unsound import Unsound
from workflow.store import Store

STRETCH = 256
"""Records that are compared with the log at once."""

CALL, AHEAD = 512, 4096
"""Entries of a feed behind the checkpoint that are looked at in one call, and at the most."""

Keys = Callable[[], Iterable[VerifierKey]]


class LogVerdict(NamedTuple):
    """How far a trail is in the log: each record up to `checked_to` is, at its place in a tree of
    `size` entries that the log signed. `first_bad` is the first one that it contradicts, with the
    reason; a record that is not logged yet is none.
    """

    checked_to: int | None
    size: int
    first_bad: int | None = None
    reason: str | None = None

    @property
    def ok(self) -> bool:
        """Whether nothing contradicts the log."""
        return self.reason is None


class Proofs:
    """Answers from the log as it was last published."""

    def __init__(self, store: Store, log: LogReader, keys: Keys) -> None:
        self._store: Final = store
        self._log: Final = log
        self._keys: Final = keys

    async def of(self, subject: str, seq: int) -> bytes | None:
        """The proof that a record is in the log (C2SP tlog-proof); None until it is in a
        published checkpoint. Raises Damaged, Unsound.
        """
        (place,) = await self._store.places(subject, seq, seq)
        return None if place is None else await asyncio.to_thread(self._proof, place)

    async def check(self, subject: str) -> "LogCheck":
        """A comparison of a trail with the log."""
        check = LogCheck(self._store, self._log, subject)
        await check.begin(self._keys)
        return check

    def _proof(self, place: int) -> bytes | None:
        raw = self._log.checkpoint()
        if raw is None:
            return None
        size = Checkpoint.parse(Note.parse(raw).text).size
        if place >= size:
            return None
        return InclusionProof(place, tuple(self._log.inclusion(place, size)), raw).encode()


class LogCheck:
    """Compares a trail with the log, record by record, in stretches: each is the entry at its
    place, and that place is in the tree that was signed last.
    """

    def __init__(self, store: Store, log: LogReader, subject: str) -> None:
        self._store, self._log, self._subject = store, log, subject
        self._leaves = Leaves(TiledTree(0, lambda _: None), EMPTY_ROOT)
        self._size, self._taken, self._checked = 0, 0, 0
        self._waiting: list[bytes] = []
        self._positions: Sequence[int] | None = None
        self._unplaced: int | None = None
        self._ended = False
        self._found: tuple[int | None, str] | None = None

    async def begin(self, keys: Keys) -> None:
        """Compare with what was published last, signed by one of these keys."""
        try:
            await asyncio.to_thread(self._open, keys)
        except (Unsound, Damaged, OSError) as error:
            self._bad(None, f"the log's checkpoint is not good: {error}")

    async def take(self, text: bytes) -> None:
        """Take the next record of the trail, by its exact stored text."""
        self._taken += 1
        if not self._ended:
            self._waiting.append(text)
            if len(self._waiting) >= STRETCH:
                await self._compare()

    async def verdict(self) -> LogVerdict:
        """What was found, of all records taken."""
        if self._waiting and not self._ended:
            await self._compare()
        if not self._ended:
            await self._look_behind()
        first_bad, reason = self._found or (None, None)
        return LogVerdict(self._checked or None, self._size, first_bad, reason)

    def _open(self, keys: Keys) -> None:
        raw = self._log.checkpoint()
        if raw is None:
            self._ended = True
            return
        checkpoint, _ = open_checkpoint(raw, keys())
        tree = self._log.tree(checkpoint.size)
        self._leaves, self._size = Leaves(tree, checkpoint.root), checkpoint.size
        self._positions = self._log.positions(State(checkpoint.size, checkpoint.root))

    async def _compare(self) -> None:
        first = self._taken - len(self._waiting) + 1
        places = await self._store.places(self._subject, first, self._taken)
        texts, self._waiting = self._waiting, []
        await asyncio.to_thread(self._compared, first, texts, places)
        if self._unplaced is not None and self._found is None:
            await self._look_ahead(self._unplaced)

    def _compared(self, first: int, texts: Sequence[bytes], places: Sequence[int | None]) -> None:
        for seq, (text, place) in enumerate(zip(texts, places, strict=True), first):
            if place is None or place >= self._size:
                self._ended, self._unplaced = True, seq if place is None else None
                if any(one is not None for one in places[seq - first + 1 :]) and place is None:
                    self._bad(seq, "it has no place in the log, and a later one has")
                return
            try:
                entry = self._leaves.at(place)
            except (Unsound, Damaged, OSError) as error:
                self._bad(seq, f"the log does not prove it: {error}")
                return
            if entry != leaf_hash(text):
                self._bad(seq, "the log has another entry in its place")
                return
            self._checked = seq

    async def _look_ahead(self, seq: int) -> None:
        """Whether a record without a place is one that the log has not come to yet: its feed, which
        only grows, names it behind the position of the checkpoint. Beyond AHEAD nothing is said.
        """
        if self._positions is None:
            return
        partition = self._store.partition(self._subject)
        position = self._positions[partition]
        wanted, end = (self._subject.encode(), seq), position + AHEAD
        while position < end:
            run = await self._store.feeds.stretch(partition, position, CALL)
            if wanted in zip(run.subjects, map(int, run.seqs), strict=True):
                return
            if not run.subjects:
                self._bad(seq, "it has no place in the log, which has come further than it")
                return
            position += len(run.subjects)

    async def _look_behind(self) -> None:
        """Whether the log has a record of this trail that the trail has not."""
        following = self._taken + 1
        (place,) = await self._store.places(self._subject, following, following)
        logged = place is not None and place < self._size
        if logged and await self._store.record(self._subject, following) is None:
            self._bad(following, "the log has it, and it is missing here")

    def _bad(self, seq: int | None, reason: str) -> None:
        self._ended, self._found = True, (seq, reason)
