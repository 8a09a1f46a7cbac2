"""From the feeds to the queues: every record is looked at once for every webhook.

Webhooks that have looked as far as each other read together. One whose queue is full reads no
further: what follows waits in the feed. How far one has looked that has nothing to queue is noted
now and then: who begins there looks at some records again, and trimming needs no more.
"""

import logging
from collections.abc import Sequence, Set
from time import monotonic
from typing import Final, NamedTuple

import orjson

from workflow.catalog import Catalog
from workflow.domain import clock
from workflow.domain.webhook import wants
from workflow.sight import Parties, Sight
from workflow.store import Changes, Store
from workflow.store.feeds import Run
from workflow.store.webhooks import Place, Queued
from workflow.webhooks.beginning import begin
from workflow.webhooks.deliveries import Delivery
from workflow.webhooks.owners import may_be_told
from workflow.webhooks.readers import Reader, Readers

STRETCH = 512
"""Records that are looked at in one go."""

FULL = 10_000
"""Deliveries that wait of one webhook; a stretch more at the most."""

NOTED = 10.0
"""Seconds for which it need not be noted how far a webhook has looked."""

NOTED_AT_ONCE = 4
"""Webhooks of which that is noted in one turn, before anything is sent."""

MARK = 8
"""Signs of a record's hash that a delivery is called by."""

APPLICATION = b"application/"
WHO = (b"webhook/", b"credential/")
"""The subjects that say who is to be told."""

logger = logging.getLogger(__name__)


class Course(NamedTuple):
    """How far a webhook has looked through each feed, how far that is noted, and when it was."""

    looked: tuple[int, ...]
    noted: tuple[int, ...]
    at: float


class Told(NamedTuple):
    """A record of an application, as far as filters ask, and whom it concerns. `state` is the one
    that it moved the application to, if it moved it.
    """

    place: Place
    kind: str
    state: str | None
    parties: Parties


class Filling:
    """Looks through the feeds. What it remembers of courses only saves asking for them: whoever
    was overtaken by another process asks anew.
    """

    def __init__(self, store: Store, catalog: Catalog, readers: Readers, changes: Changes) -> None:
        self._store: Final = store
        self._changes: Final = changes
        self._ends: Final[set[tuple[int, ...]]] = set()
        self._sight: Final = Sight(store, catalog)
        self._readers: Final = readers
        self._courses: dict[str, Course] = {}
        self._full: set[str] = set()
        self._gaps: set[tuple[int, int]] = set()

    async def turn(self, now: str) -> bool:
        """Look at the next records for each webhook; whether there were any."""
        with self._changes.taken() as rung:
            if rung:
                self._ends.clear()
        readers = await self._readers.active(now)
        self._courses = {one: await self._course(one) for one in readers}
        full = {one for one in self._full if one in self._courses and not await self._room(one)}
        self._full = full
        together: dict[tuple[int, ...], list[str]] = {}
        for one in readers:
            if one not in full:
                together.setdefault(self._courses[one].looked, []).append(one)
        further = [one for one in together.items() if one[0] not in self._ends]
        found = [await self._on(looked, some, now) for looked, some in further]
        await self._note(now)
        return any(found)

    async def _course(self, webhook: str) -> Course:
        """Where a webhook goes on; in a database that was built anew that is now."""
        known = self._courses.get(webhook)
        if known is not None:
            return known
        noted = await self._store.webhooks.positions(webhook)
        place = tuple(noted or await begin(self._store, webhook, afresh=False))
        return Course(place, place, monotonic())

    async def _room(self, webhook: str) -> bool:
        return (await self._store.webhooks.standing(webhook)).pending < FULL

    async def _on(self, looked: tuple[int, ...], webhooks: Sequence[str], now: str) -> bool:
        """The same for those that have come equally far. What says who is to be told is heeded
        for all that was read with it: that may have come later.
        """
        found = await self._store.feeds.after(looked, STRETCH)
        runs = [run for run in found if run.seqs]
        self._tell_of_gaps(
            {(run.partition, looked[run.partition]) for run in found if not run.seqs}
        )
        if not runs:
            self._ends.add(looked)
            return False
        if any(subject.startswith(WHO) for run in runs for subject in run.subjects):
            self._readers.forget()
        readers = await self._readers.active(now)
        told, ahead = await self._told(runs), list(looked)
        for run in runs:
            ahead[run.partition] += len(run.seqs)
        after = tuple(ahead)
        own = [readers[one] for one in webhooks if one in readers]
        return any([await self._queue(reader, after, told, now) for reader in own])

    async def _queue(
        self, reader: Reader, after: tuple[int, ...], told: Sequence[Told], now: str
    ) -> bool:
        """Queue what one webhook is to deliver of these records; False where it has no room."""
        queued = [_queued(one, now) for one in told if self._concerns(reader, one)]
        if queued and not await self._room(reader.id):
            self._full.add(reader.id)
            return False
        self._courses[reader.id] = self._courses[reader.id]._replace(looked=after)
        if queued:
            await self._fill(reader.id, queued, now)
        return True

    async def _note(self, now: str) -> None:
        """Note how far those have looked of which that has not been noted for a while."""
        since = monotonic() - NOTED
        courses = self._courses.items()
        late = [name for name, one in courses if one.at < since and one.looked != one.noted]
        for webhook in late[:NOTED_AT_ONCE]:
            await self._fill(webhook, (), now)

    async def _fill(self, webhook: str, queued: Sequence[Queued], now: str) -> None:
        """Note how far a webhook has looked, and what it has to deliver from there."""
        course, at = self._courses[webhook], clock.milliseconds(now)
        steps = enumerate(zip(course.noted, course.looked, strict=True))
        moved = {partition: step for partition, step in steps if step[0] != step[1]}
        if await self._store.webhooks.fill(webhook, moved, queued, at):
            self._courses[webhook] = Course(course.looked, course.looked, monotonic())
        else:
            del self._courses[webhook]

    def _tell_of_gaps(self, gaps: Set[tuple[int, int]]) -> None:
        """Say once that a feed does not go on from there: no webhook that is there gets further."""
        for gap in gaps - self._gaps:
            logger.error(
                "partition %d: its feed does not go on behind %d; a webhook that has come so far "
                "is told nothing of it until it is disabled and enabled",
                *gap,
            )
        self._gaps |= gaps

    def _concerns(self, reader: Reader, told: Told) -> bool:
        if not wants(reader.snapshot, told.kind, told.state, told.parties.buyer):
            return False
        principal = reader.principal
        return may_be_told(principal) and self._sight.concerns(principal, told.parties)

    async def _told(self, runs: Sequence[Run]) -> list[Told]:
        """The records of applications among these, in order for each application."""
        named = [
            (subject.decode(), int(seq), text)
            for run in runs
            for subject, seq, text in zip(run.subjects, run.seqs, run.records, strict=True)
            if subject.startswith(APPLICATION)
        ]
        moved = [(subject, seq) for subject, seq, text in named if not text]
        archived = iter(await self._store.gathering.records(moved) if moved else ())
        parties = await self._sight.parties({_name(subject) for subject, _, _ in named})
        told = []
        for subject, seq, text in named:
            record, name = orjson.loads(text or next(archived)), _name(subject)
            state = None if record["to"] == record["from"] else record["to"]
            place = Place(name, seq, record["hash"][:MARK])
            told.append(Told(place, record["type"], state, parties[name]))
        return told


def _queued(told: Told, now: str) -> Queued:
    return Delivery.new(told.place, told.kind, now).queued()


def _name(subject: str) -> str:
    return subject.partition("/")[2]
