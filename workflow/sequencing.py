"""The sequencer: puts every record into the log, and signs what is durable.

One process at a time works, the one that holds the log's folder; another takes over when that one
ends. A batch is written down before anything else happens, then claimed in the database by
compare-and-set, and only then written to the folder and signed. So whoever stands still in the
midst of it, and wakes when somebody else has gone on, finds its claim refused, or writes what is
there already.
"""

import asyncio
import hashlib
import logging
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Final, NamedTuple

from workflow.anchor import Apart, check_feeds, compare_ends, standing
from workflow.batch import Batch, out_of_turn
from workflow.domain import log_keys
from workflow.domain.principal import SERVICE, Principal, Role
from workflow.log.directory import Damaged, LogDirectory
from workflow.log.growth import Growth
from workflow.log.intent import NOTHING, Intent, State
from workflow.log.signing import LogKeys
from workflow.proof.unsound import Unsound
from workflow.registry import entry
from workflow.service import Service
from workflow.store import Bell, Store, StoreFault
from workflow.store.feeds import CALL_BYTES

PAUSE = 1.0
"""Seconds from the beginning of one batch to that of the next, and between two tries to hold the
folder.
"""

LOOK = 10.0
"""Seconds from one look at the ends of the feeds to the next, at the least."""

CALL = 512
"""Records that are asked for at once: about a millisecond of the server's time."""

SIGNER = Principal("log", SERVICE, frozenset({Role.OPERATOR}), credential="none")

logger = logging.getLogger(__name__)


class Overtaken(Exception):
    """Somebody else has continued the log."""


class Done(NamedTuple):
    """How far this process has brought the log."""

    state: State
    positions: Sequence[int]
    growth: Growth


class Sequencer:
    """Builds the log in one folder. On a host that has no key, or is not `active`, it rests."""

    def __init__(
        self,
        store: Store,
        directory: LogDirectory,
        keys: LogKeys,
        service: Service,
        *,
        active: bool = True,
        pause: float = PAUSE,
        bell: Bell | None = None,
    ) -> None:
        self._store: Final = store
        self._directory: Final = directory
        self._keys: Final = keys
        self._service: Final = service
        self._active: Final = active
        self._pause: Final = pause
        self._done: Done | None = None
        self._changes: Final = store.changes(bell)
        self._rung: set[int] = set()
        self._looked, self._unseen = 0.0, False
        self._turns = 0

    async def run(self) -> None:
        """Go on until cancelled. When the database turns out not to be the one that the log was
        made of, nothing more is signed, and the folder says so to every process.
        """
        clock = asyncio.get_running_loop().time
        try:
            while True:
                due = clock() + self._pause
                try:
                    further = await self.turn()
                except (Apart, Damaged, Unsound) as apart:
                    logger.critical("the log stands still, nothing more is signed: %s", apart)
                    with suppress(OSError):
                        self._directory.note(str(apart))
                    return
                except (StoreFault, OSError, Overtaken) as fault:
                    logger.warning("the log waits: %s", fault)
                    further = False
                except Exception:
                    logger.exception("the log waits")
                    further = False
                if not further:
                    await asyncio.sleep(max(due - clock(), self._pause / 10))
        finally:
            self._directory.release()

    async def finish(self) -> None:
        """Add what is still new, as far as that is possible now, and let go of the folder."""
        self._changes.ring_all()
        try:
            await self.turn()
        except (Apart, Damaged, Unsound, StoreFault, OSError, Overtaken) as fault:
            logger.warning("the log waits for the next start: %s", fault)
        self._directory.release()

    async def turn(self) -> bool:
        """Add what is new to the log, as far as one batch goes; whether there may be more. A
        process that does not hold the folder adds nothing. After any fault the folder and the
        database are looked at afresh.
        """
        done, self._done = self._done, None
        if not self._active or self._keys.present() is None or not self._directory.hold():
            return False
        self._hear()
        if done is None or await self._store.feeds.published() != str(done.state):
            done = await self._open()
            self._seen()
            self._rung.update(range(self._store.feeds.partitions))
        else:
            await self._look(done)
        await self._announce()
        batch = await self._gather(done)
        if batch.spans:
            done = await self._add(done.state, batch)
        self._done = done
        return batch.full

    def _hear(self) -> None:
        """Note in which partitions there may be something new; where that is all of them, the
        database may be another one.
        """
        with self._changes.taken() as rung:
            self._rung.update(rung)
            self._unseen |= len(rung) == self._store.feeds.partitions

    async def _look(self, done: Done) -> None:
        """See now and then that the database is still the one that the log was made of."""
        now = asyncio.get_running_loop().time()
        if self._unseen and now - self._looked >= LOOK:
            await compare_ends(self._store, self._directory, done.positions)
            self._seen()

    def _seen(self) -> None:
        self._looked, self._unseen = asyncio.get_running_loop().time(), False

    async def _open(self) -> Done:
        """Find out how far the log has come; what was begun is finished first."""
        found = await standing(self._store, self._directory)
        if not await self._store.feeds.published():
            if self._keys.settled:
                raise Apart(
                    "the log of these keys was begun, and neither folder nor database has it"
                )
            await self._claim(None, NOTHING)
        checkpoint = self._directory.checkpoint()
        self._keys.check(checkpoint)
        self._keys.settle()
        self._keys.end_rotation(checkpoint)  # before anything is signed by the key that was
        intent = found.intent
        if not found.finished:
            await self._finish(intent)
        growth = Growth(intent.after.size, self._directory.read)
        if growth.finish() != intent.after.root:
            raise Damaged(f"the tiles in {self._directory.path} are not those of the log")
        await check_feeds(self._store, intent.positions)
        self._directory.note(None)
        return Done(intent.after, intent.positions, growth)

    async def _gather(self, done: Done) -> Batch:
        """What follows, a batch at the most; each time from another partition on. It ends with a
        call that was given everything there was at that moment, wherever it rang; whoever waited
        until nothing more comes would wait for as long as there is load.
        """
        batch = Batch(done.growth, done.positions)
        batch.growth.begin()
        self._turns += 1
        further = bool(self._rung)
        while further and not batch.full:
            before, rung = (batch.count, batch.bytes), self._rung
            for run in await self._store.feeds.after(batch.positions, CALL, self._turns, rung):
                batch.add(run)
            further = batch.count - before[0] >= CALL or batch.bytes - before[1] >= CALL_BYTES
        if not batch.full:
            self._rung.clear()
        return batch

    async def _announce(self) -> None:
        """Where a rotation is wanted, let a record name the keys; once for each pair."""
        present, coming = self._keys.signer(), self._keys.coming()
        if present is None or coming is None:
            return
        data = {"key": str(present.verifier), "next": str(coming.verifier)}
        mark = hashlib.sha256("\n".join(data.values()).encode()).hexdigest()
        event = entry("rotate_log_key", f"rotate.{mark[:32]}", mark, data, None)
        self._rung.add(self._store.partition(log_keys.SUBJECT))
        await self._service.enter(log_keys.SUBJECT, SIGNER, event, log_keys.rotate)

    async def _add(self, before: State, batch: Batch) -> Done:
        """Claim a batch, write it and sign it."""
        await self._check_next(before, batch)
        after = State(batch.growth.size, batch.growth.finish())
        coming = self._keys.coming() if batch.rotates else None
        also = "" if coming is None else coming.verifier.id.hex()
        intent = Intent(before, after, batch.positions, batch.spans, also)
        await asyncio.to_thread(self._directory.intend, intent)
        await self._claim(before, after)
        await self._complete(intent, batch)
        return Done(after, batch.positions, batch.growth)

    async def _check_next(self, before: State, batch: Batch) -> None:
        """Check that a batch has of each trail what the log has next of it: what is signed twice,
        or with a gap, stays so for ever. Raises Apart, Overtaken.
        """
        beyond = await self._store.beyond(batch.places())
        if beyond is None:
            return
        if await self._store.feeds.published() != str(before):
            raise Overtaken("somebody else has continued it")
        raise out_of_turn(beyond[0].encode(), beyond[1])

    async def _claim(self, before: State | None, after: State) -> None:
        """Move the log on in the database; what was read of it is durable then."""
        expected = "" if before is None else str(before)
        if await self._store.feeds.publish(expected, str(after)) != str(after):
            raise Overtaken("somebody else has continued it")

    async def _finish(self, intent: Intent) -> None:
        """Do the rest of a batch that was claimed."""
        growth = Growth(intent.before.size, self._directory.read)
        batch = Batch(growth, intent.begun_at())
        for partition, count in intent.spans:
            wanted = count
            while wanted:
                position = batch.positions[partition]
                run = await self._store.feeds.stretch(partition, position, wanted)
                batch.add(run)
                wanted -= len(run.records)
        if State(growth.size, growth.finish()) != intent.after:
            raise Apart("the database holds other records than those that were claimed for the log")
        await self._claim(intent.after, intent.after)
        await self._complete(intent, batch)

    async def _complete(self, intent: Intent, batch: Batch) -> None:
        """Write a batch that was claimed, and sign it."""
        files = batch.growth.files
        await asyncio.to_thread(self._directory.write, files)
        await self._store.place(batch.places())
        await asyncio.to_thread(self._sign, intent, files)

    def _sign(self, intent: Intent, files: Mapping[str, bytes]) -> None:
        raw = self._keys.sign(intent.after, intent.also)
        self._directory.publish(raw, intent.after)
        self._keys.end_rotation(raw)
        self._directory.drop_partial(files)
