"""An event that waits to be decided, and its verdict: on the document alone, or on the trail."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from workflow.domain.record import Decision, Document
from workflow.domain.refusals import Kind, Refusal, Refused
from workflow.observing import SILENT, Observer
from workflow.store import Commit, DurabilityUnknown, Outcome, Store, StoreFault

RECALLED = 25_000
"""Records of a trail that are read to decide an event on it, at the most; how many of them are
decided again has a bound of its own (`correcting.DECIDED`).
"""

STRETCH = 500
"""Records of a trail that are read at once."""


class Busy(Exception):
    """The subject has been busy for too long; nothing happened."""


class Skipped(Exception):
    """An earlier event of the same batch on the same subject has no outcome: send it first."""


class Accepted(NamedTuple):
    """An event that was accepted: its record, as stored, and the subject after it.

    `replayed`: the event had been accepted before, and `document` is the subject as it is now.
    """

    record: bytes
    document: Document
    replayed: bool = False


class Passage(Protocol):
    """How a decision is committed that something in another subject depends on."""

    def concerns(self, decision: Decision) -> bool:
        """Whether this is such a decision."""

    async def commit(self, decision: Decision, commit: Commit) -> Outcome | Refused:
        """What must be before, the commit, and what follows. Raises Busy or a fault."""


@dataclass(slots=True, eq=False)
class Waiting:
    """An event at the desk. `decide` must be pure: it may be called more than once.

    `recall` decides in the place of `decide` where that takes the trail as well, as stored.
    `batch`, shared by its events: the subjects on which one failed, where the rest is skipped.
    `passage`: how it is committed if that concerns other subjects, too. `kind`: the event's type.
    """

    subject: str
    event: bytes
    fingerprint: str
    decide: Callable[[Document], Decision | Refused]
    precondition: Callable[[Document], Refusal | None] | None = None
    batch: set[str] = field(default_factory=set)
    recall: Callable[[Document, list[bytes]], Decision | Refused] | None = None
    passage: Passage | None = None
    kind: str = ""
    observer: Observer = SILENT
    future: "asyncio.Future[Accepted | Refused]" = field(init=False)
    arrived: float = field(init=False)

    def passes(self, decision: Decision) -> bool:
        """Whether the decision is committed by way of `passage`."""
        return self.passage is not None and self.passage.concerns(decision)

    def settle(self, outcome: "Accepted | Refused | Exception") -> None:
        """Tell the caller, who may have gone, and whoever counts."""
        code = outcome.decisive.code if isinstance(outcome, Refused) else None
        self.observer.settled(self.kind, _named(outcome), code)
        if self.future.done():
            return
        if isinstance(outcome, Exception):
            self.future.set_exception(outcome)
        else:
            self.future.set_result(outcome)


def _named(outcome: Accepted | Refused | Exception) -> str:
    """One word for an outcome."""
    if isinstance(outcome, Accepted):
        return "repeated" if outcome.replayed else "accepted"
    if isinstance(outcome, Refused):
        return "refused"
    faults = ((Busy, "busy"), (Skipped, "skipped"), (DurabilityUnknown, "unknown"))
    words = (
        word for fault, word in (*faults, (StoreFault, "unavailable")) if isinstance(outcome, fault)
    )
    return next(words, "failed")


async def judge_alone(store: Store, waiting: Waiting, document: Document) -> Decision | Refused:
    """The decision on a loaded document, with its trail where the event takes that."""
    if waiting.recall is None or not document.version:
        return judge(waiting, document)
    if document.version > RECALLED:
        return Refused((Refusal("trail-too-long", {"limit": RECALLED}),))
    trail: list[bytes] = []
    while len(trail) < document.version:
        first, last = len(trail) + 1, min(len(trail) + STRETCH, document.version)
        trail += await store.records(waiting.subject, first, last)
    return await asyncio.to_thread(judge, waiting, document, trail)


def judge(
    waiting: Waiting, document: Document, trail: list[bytes] | None = None
) -> Decision | Refused:
    """The decision, with the caller's precondition in its place: after who may not, before
    what the state does not allow.
    """
    if waiting.recall is None or trail is None:
        verdict = waiting.decide(document)
    else:
        verdict = waiting.recall(document, trail)
    if waiting.precondition is None:
        return verdict
    if isinstance(verdict, Refused) and verdict.decisive.kind <= Kind.FORBIDDEN:
        return verdict
    refusal = waiting.precondition(document)
    return verdict if refusal is None else Refused((refusal,))
