"""The desk: events that wait for one subject are decided in a chain and committed together.

Each is decided on the pending document of the one before, so that contention is never the
caller's problem. An acceptance is safe on a document that may be out of date, since the commit
then fails as a whole; so the desk remembers the documents that it committed last, and saves the
loading. A refusal counts only when it was made on a document that was loaded after the event
arrived, and once it is known that the event left no record: else the event is decided anew.

An event that is decided on the whole trail (a correction) is decided alone, on a loaded document
with just the records that lead to it, and in a thread, since that takes long. One that concerns
other subjects, too (a draw from a pool), is decided alone on a loaded document as well: what it
reserves elsewhere belongs to one decision, and a refusal there is one of the event.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Sequence
from itertools import islice
from typing import Final, NamedTuple

from workflow.domain.canonical import decode
from workflow.domain.record import NOTHING, Decision, Document
from workflow.domain.refusals import Refusal, Refused
from workflow.indexing import Index, Remembered, commits_of
from workflow.judging import Accepted, Busy, Passage, Skipped, Waiting, judge, judge_alone
from workflow.store import Commit, Committed, Outcome, Store, StoreFault

__all__ = ["Accepted", "Busy", "Desk", "Skipped", "Waiting"]

PATIENCE = 5.0
"""Seconds that an event may wait for its subject."""

CHAIN = 256
"""Events of one subject that are committed together at the most."""

REMEMBERED = 4_096
"""Documents that the desk remembers, those committed last."""


Chain = list[tuple[Waiting, Decision]]
"""Events with their decisions, each made on the document that the one before leads to."""


class UnderWay(NamedTuple):
    """A chain whose commit is under way, and what to remember when all of it is committed."""

    chain: Chain
    last: Remembered
    answer: Awaitable[Sequence[Outcome | Refused]]


class Queue(deque[Waiting]):
    """The events that wait for one subject, and the chain whose commit is under way."""

    def __init__(self, first: Waiting) -> None:
        super().__init__((first,))
        self.subject: Final = first.subject
        self.under_way: UnderWay | None = None
        self.most = CHAIN  # less while another process is quicker, down to one event


class Desk:
    """One queue for each subject that has events waiting."""

    def __init__(self, store: Store, index: Index) -> None:
        self._store: Final = store
        self._index: Final = index
        self._queues: Final[dict[str, Queue]] = {}
        self._remembered: Final[dict[str, Remembered]] = {}
        self._tasks: Final[set[asyncio.Task[None]]] = set()

    @property
    def waiting(self) -> int:
        """How many events wait, beside those whose commit is under way."""
        return sum(map(len, self._queues.values()))

    async def post(self, waiting: Waiting) -> Accepted | Refused:
        """Decide and commit an event. Raises Busy or a fault of the store.

        Whoever finds nobody waiting serves the subject until its own event has an outcome. Who
        is cancelled goes at once; the event stays, and somebody else serves.
        """
        unserved = self._enter(waiting)
        if unserved is None:
            return await waiting.future
        try:
            await self._serve(unserved, waiting.future)
        except asyncio.CancelledError:
            waiting.future.cancel()
            raise
        return waiting.future.result()

    def submit(self, waiting: Waiting) -> "asyncio.Future[Accepted | Refused]":
        """Queue an event and go on; the future brings what `post` returns or raises."""
        unserved = self._enter(waiting)
        if unserved is not None:
            self._hand_over(unserved)
        return waiting.future

    async def finish(self) -> None:
        """Wait for everything that was submitted."""
        while self._tasks:
            await asyncio.wait(self._tasks)

    def _enter(self, waiting: Waiting) -> Queue | None:
        """Queue an event; the queue comes back where nobody serves it yet."""
        loop = asyncio.get_running_loop()
        waiting.future = loop.create_future()
        waiting.arrived = loop.time()
        queue = self._queues.get(waiting.subject)
        if waiting.subject in waiting.batch:
            waiting.settle(Skipped())
        elif queue is None:
            return self._queues.setdefault(waiting.subject, Queue(waiting))
        else:
            queue.append(waiting)
        return None

    def _hand_over(self, queue: Queue) -> None:
        """Let a task serve a queue that has somebody waiting."""
        task = asyncio.get_running_loop().create_task(self._serve(queue, None))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _serve(self, queue: Queue, own: "asyncio.Future[Accepted | Refused] | None") -> None:
        """Turn by turn, until nobody waits or, for a caller, its own event is settled."""
        try:
            while (queue or queue.under_way) and not (own is not None and own.done()):
                await self._turn(queue)
        except Exception as fault:
            _give_up(list(queue), queue, fault)
        finally:
            if queue or queue.under_way:
                self._hand_over(queue)
            else:
                del self._queues[queue.subject]

    async def _turn(self, queue: Queue) -> None:
        """Decide a chain of the events at the head, and commit it."""
        if queue.under_way:
            await self._conclude(queue, queue.under_way)
            return
        since = asyncio.get_running_loop().time() - PATIENCE
        while queue and queue[0].arrived < since:
            _give_up([queue.popleft()], queue, Busy())
        remembered = self._remembered.pop(queue.subject, None)
        chain: Chain = []
        if remembered is not None:
            chain = self._chain(queue, len(queue), remembered.document, loaded=False)
        if queue and not chain:
            chain = await self._afresh(queue)
        if chain:
            await self._commit(queue, chain, remembered)

    async def _afresh(self, queue: Queue) -> Chain:
        """Decide on the document as it is now; an event that left a record answers with it."""
        heads = list(islice(queue, queue.most))
        loads = [self._store.load(waiting.subject, waiting.event) for waiting in heads]
        found = [await loads[0]] if len(loads) == 1 else await asyncio.gather(*loads)
        stored = found[0].document
        document = NOTHING if stored is None else Document.decode(stored)
        for waiting, (_, repeat) in zip(heads, found, strict=True):
            if repeat is not None:
                waiting.settle(_replay(waiting, repeat, document))
                queue.remove(waiting)
        fresh = sum(repeat is None for _, repeat in found)
        if fresh and queue[0].recall is not None:
            return await self._alone(queue, document)
        return self._chain(queue, fresh, document, loaded=True)

    async def _alone(self, queue: Queue, document: Document) -> Chain:
        """Decide the event at the head by itself, on the document and its trail."""
        try:
            verdict = await judge_alone(self._store, queue[0], document)
        except StoreFault:
            raise
        except Exception as fault:
            queue.popleft().settle(fault)
            return []
        waiting = queue.popleft()
        if isinstance(verdict, Decision):
            return [(waiting, verdict)]
        waiting.settle(verdict)
        return []

    def _chain(self, queue: Queue, most: int, document: Document, *, loaded: bool) -> Chain:
        """Decide from the head of the queue until a refusal that must be looked at afresh."""
        chain: Chain = []
        seen: set[bytes] = set()
        for _ in range(min(most, queue.most)):
            waiting = queue[0]
            if waiting.event in seen or waiting.recall is not None:
                break
            seen.add(waiting.event)
            try:
                verdict = judge(waiting, document)
            except Exception as fault:
                queue.popleft().settle(fault)
                continue
            if isinstance(verdict, Decision):
                if waiting.passes(verdict):
                    return chain if chain or not loaded else [(queue.popleft(), verdict)]
                chain.append((queue.popleft(), verdict))
                document = verdict.after
            elif chain or not loaded:
                break
            else:
                queue.popleft().settle(verdict)
        return chain

    async def _commit(self, queue: Queue, chain: Chain, remembered: Remembered | None) -> None:
        """Commit a chain. From here on it belongs to all who are in it, whoever serves."""
        try:
            acts = [(waiting.event, decision) for waiting, decision in chain]
            commits, last = commits_of(self._index, queue.subject, acts, remembered)
            answer = self._answer(chain, commits)
        except Exception as fault:
            _give_up([waiting for waiting, _ in chain], queue, fault)
            return
        queue.under_way = UnderWay(chain, last, answer)
        await self._conclude(queue, queue.under_way)

    def _answer(
        self, chain: Chain, commits: list[Commit]
    ) -> Awaitable[Sequence[Outcome | Refused]]:
        """What comes of the commits. They go on, whoever waits."""
        waiting, decision = chain[0]
        if waiting.passage is not None and waiting.passes(decision):
            return asyncio.ensure_future(_passed(waiting.passage, decision, commits[0]))
        return asyncio.ensure_future(self._store.commit(commits))

    async def _conclude(self, queue: Queue, under_way: UnderWay) -> None:
        """Settle a chain; what turns out to be stale goes back to the head of the queue."""
        chain, last, answer = under_way
        try:
            outcomes = await asyncio.shield(answer)
        except Exception as fault:
            queue.under_way = None
            _give_up([waiting for waiting, _ in chain], queue, fault)
            return
        queue.under_way = None
        stale = []
        for (waiting, decision), outcome in zip(chain, outcomes, strict=True):
            if isinstance(outcome, Committed):
                waiting.settle(Accepted(decision.text, decision.after))
            elif isinstance(outcome, Refused):
                waiting.settle(outcome)
                return
            else:
                stale.append(waiting)
        if stale:
            self._store.observer.stale(len(stale))
            queue.extendleft(reversed(stale))
            queue.most = max(1, len(chain) // 2)
        else:
            queue.most = min(CHAIN, 2 * queue.most)
            self._remember(queue.subject, last)

    def _remember(self, subject: str, last: Remembered) -> None:
        if len(self._remembered) >= REMEMBERED:
            del self._remembered[next(iter(self._remembered))]
        self._remembered[subject] = last


async def _passed(passage: Passage, decision: Decision, commit: Commit) -> list[Outcome | Refused]:
    return [await passage.commit(decision, commit)]


def _replay(waiting: Waiting, record: bytes, document: Document) -> Accepted | Refused:
    if decode(record)["fingerprint"] != waiting.fingerprint:
        return Refused((Refusal("idempotency-key-reused"),))
    return Accepted(record, document, replayed=True)


def _give_up(failed: Sequence[Waiting], queue: deque[Waiting], fault: Exception) -> None:
    """Tell the fault to those that failed, and let what follows them in a batch be skipped."""
    for waiting in failed:
        waiting.settle(Skipped() if waiting.subject in waiting.batch else fault)
        waiting.batch.add(waiting.subject)
    for waiting in [waiting for waiting in queue if waiting.subject in waiting.batch]:
        queue.remove(waiting)
        waiting.settle(Skipped())
