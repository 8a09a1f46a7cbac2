"""Drawing from pools: reserve, commit, settle; and finishing what a crash left between them.

There is no transaction over two subjects. A decision that takes units from a pool, or gives some
back, is begun in the pool first, then committed on its application, then settled in the pool.
What ties these together is a ticket: one for each event, what it moves, and the attempt. The
commit spends it; or it is buried, and then no commit spends it any more. Only a spent ticket is
settled and only a buried one released, so whoever finds one under way may end it, at any time.
"""

import asyncio
import hashlib
import logging
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from itertools import count
from typing import Any, Final, cast

from workflow.catalog import Catalog
from workflow.desk import Accepted, Busy, Desk
from workflow.domain import clock, draws, reservations
from workflow.domain.act import Event, Posting
from workflow.domain.application import Snapshot
from workflow.domain.principal import POOL, system
from workflow.domain.record import Decision, Document
from workflow.domain.refusals import Refused
from workflow.judging import Waiting
from workflow.store import Agenda, Commit, Committed, Outcome, Repeated, Store, StoreFault

UNDER_WAY = 64
"""Draws that a process has under way at once; each makes the documents of its pools longer."""

PATIENCE = 5.0
"""Seconds that a draw waits for its turn."""

POOLS = 200
"""Pools that are looked after at once."""

RULES = {
    "reserve": reservations.begin,
    "expect": reservations.begin,
    "settle": reservations.settle,
    "return": reservations.settle,
    "release": reservations.release,
}
"""What may happen in a pool: a draw is reserved, then settled; a return expected, then returned;
either may be released instead.
"""

logger = logging.getLogger(__name__)


def ticket_of(subject: str, event: bytes, moves: Mapping[str, int], attempt: int) -> bytes:
    """What names one attempt of an event to move so many units from or to each pool: 128 bits of
    SHA-256. Whoever posts the event again makes the same one, and takes up what is under way.
    """
    moved = ",".join(f"{pool}:{units}" for pool, units in sorted(moves.items()))
    text = f"ticket\0{subject}\0{event.hex()}\0{moved}\0{attempt}"
    return hashlib.sha256(text.encode()).digest()[:16]


class Drawing:
    """How a decision is committed that takes from pools, or gives back."""

    def __init__(
        self,
        store: Store,
        catalog: Catalog,
        desk: Desk,
        clock: Callable[[], str],
        salt: Callable[[], str],
    ) -> None:
        self._store: Final = store
        self._catalog: Final = catalog
        self._desk: Final = desk
        self._clock: Final = clock
        self._salt: Final = salt
        self._turns: Final = asyncio.Semaphore(UNDER_WAY)

    def concerns(self, decision: Decision) -> bool:
        """Whether a decision moves units from or to a pool."""
        return bool(draws.moves(decision.before.snapshot, decision.after.snapshot))

    async def foreseen(self, decision: Decision) -> Refused | None:
        """Why the pools would refuse a decision as they are now."""
        for pool, units in draws.moves(decision.before.snapshot, decision.after.snapshot).items():
            stored = await self._store.read(f"pool/{pool}")
            if stored is not None and units > 0:
                refusal = reservations.beyond(Document.decode(stored).snapshot, pool, units)
                if refusal is not None:
                    return self._refused(decision, Refused((refusal,)))
        return None

    async def commit(self, decision: Decision, commit: Commit) -> Outcome | Refused:
        """Begin in the pools, commit, settle. The event is accepted as soon as it is committed:
        what a fault leaves behind then, the worker finishes.
        """
        moves = draws.moves(decision.before.snapshot, decision.after.snapshot)
        async with self._turn():
            for attempt in count(1):
                ticket = ticket_of(commit.subject, commit.event, moves, attempt)
                begun = await self._begin(ticket, commit.subject, decision, moves)
                if begun is True:
                    break
                if (await self._store.load(commit.subject, commit.event)).repeat is not None:
                    return Repeated()
                if isinstance(begun, Refused):
                    return self._refused(decision, begun)
            (outcome,) = await self._store.commit([replace(commit, ticket=ticket)])
            try:
                if isinstance(outcome, Committed):
                    await self._end(ticket, moves, spent=True)
                else:
                    await self._close(ticket, commit.subject, moves)
            except (StoreFault, Busy) as fault:
                logger.warning("a draw of %s is settled later: %s", commit.subject, fault)
            return outcome

    async def catch_up(self, pools: Agenda | None = None) -> int:
        """Finish or release what has been under way for too long; how much that was. `pools`: when
        they are due, as far as whoever does this again and again knows.
        """
        now, ended = self._clock(), 0
        pools = pools or self._store.agenda("pool")
        for one in await pools.due(clock.milliseconds(now), POOLS):
            stored = await self._store.read(f"pool/{one.id}")
            left = reservations.left(Document.decode(stored).snapshot, now) if stored else {}
            closing = [
                self._close(
                    bytes.fromhex(name),
                    f"application/{begun['application']}",
                    {one.id: begun["units"]},
                )
                for name, begun in left.items()
            ]
            try:
                await asyncio.gather(*closing)
                ended += len(left)
            except Busy:
                logger.warning("pool %s is busy; what was left under way there waits", one.id)
        return ended

    async def _begin(
        self, ticket: bytes, subject: str, decision: Decision, moves: Mapping[str, int]
    ) -> bool | Refused:
        """Begin in each pool: True when all are under way, False when the ticket was used up
        before, or why a pool refuses. Then nothing is under way any more.
        """
        record = decision.record
        data = {
            "application": subject.partition("/")[2],
            "event": record["id"],
            "type": record["type"],
        }
        for place, (pool, units) in enumerate(moves.items()):
            kind = "reserve" if units > 0 else "expect"
            outcome = await self._enter(pool, kind, ticket, {**data, "units": units})
            if isinstance(outcome, Refused):
                begun = dict(list(moves.items())[:place])
                await self._close(ticket, subject, begun)
                if outcome.decisive.code == "limit-reached":
                    raise Busy
                return outcome
            if ticket.hex() not in outcome.document.snapshot["reservations"]:
                await self._close(ticket, subject, moves)
                return False
        return True

    async def _close(self, ticket: bytes, subject: str, moves: Mapping[str, int]) -> None:
        """End what is under way, as the application has it: settled if it spent the ticket, else
        released, when it cannot any more.
        """
        if moves:
            spent = await self._store.bury(subject, ticket)
            await self._end(ticket, moves, spent=spent)

    async def _end(self, ticket: bytes, moves: Mapping[str, int], *, spent: bool) -> None:
        """Settle or release in each pool; where that was done before, nothing happens."""
        for pool, units in moves.items():
            done = "settle" if units > 0 else "return"
            await self._enter(pool, done if spent else "release", ticket, {})

    async def _enter(
        self, pool: str, kind: str, ticket: bytes, data: dict[str, Any]
    ) -> Accepted | Refused:
        """Enter one thing in a pool's trail; the same again answers with the record it left."""
        key, principal = f"{kind}:{ticket.hex()}", system(POOL)
        mark = hashlib.sha256(key.encode()).hexdigest()
        entry = {"ticket": ticket.hex(), **data}
        event = Event(kind, key, mark, None, None, None, (), "", entry)
        posting = Posting(f"pool/{pool}", principal, event, self._clock(), self._salt())
        name = hashlib.sha256(f"{principal.name}\0{key}".encode()).digest()[:16]
        rule = RULES[kind]
        return await self._desk.post(
            Waiting(
                posting.subject,
                name,
                mark,
                lambda before: rule(before, posting),
                kind=kind,
                observer=self._store.observer,
            )
        )

    def _refused(self, decision: Decision, refused: Refused) -> Refused:
        """A pool's refusal as one of the event, with what is possible instead."""
        before = decision.before
        snapshot = cast(Snapshot, before.snapshot)
        return self._catalog.engine(before).refused(snapshot, refused.refusals)

    @asynccontextmanager
    async def _turn(self) -> AsyncIterator[None]:
        try:
            async with asyncio.timeout(PATIENCE):
                await self._turns.acquire()
        except TimeoutError:
            raise Busy from None
        try:
            yield
        finally:
            self._turns.release()
