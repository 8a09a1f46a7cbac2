"""From decisions to commits: with what each of them gains and loses in the indexes."""

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from workflow.domain import clock
from workflow.domain.record import Decision, Document
from workflow.domain.terms import ABSENT, OVERDUE, Entry, Times, same_place, same_times
from workflow.store import NEVER, Commit

Index = Callable[[str, Document, Times | None], Entry]
"""Where a subject with this document is found; its times where they are known already."""


class Remembered(NamedTuple):
    """A document that was committed, and where it stands in the indexes."""

    document: Document
    entry: Entry


def basis_of(document: Document) -> bytes:
    """How the stored form of a document begins, and no other document's of its subject."""
    return b"%d %s " % (document.version, document.head.encode())


def created_ms(document: Document) -> int:
    """The creation time of a subject in Unix milliseconds: its place in every index."""
    return clock.milliseconds(document.snapshot["created_at"])


def next_due(times: Iterable[str]) -> int:
    """The first of the instants at which somebody must look at a subject, for the store."""
    first = min(times, default=None)
    return NEVER if first is None else clock.milliseconds(first)


def commits_of(
    index: Index,
    subject: str,
    acts: Sequence[tuple[bytes, Decision]],
    remembered: Remembered | None,
) -> tuple[list[Commit], Remembered]:
    """The commits of a chain of events (what names each, and its decision), and what to remember
    of its end. Where a document stands is found out once, as the end of one event and the
    beginning of the next.
    """
    first = acts[0][1].before
    if remembered is None or remembered.document is not first:
        remembered = Remembered(first, index(subject, first, None) if first.version else ABSENT)
    commits: list[Commit] = []
    for event, decision in acts:
        old = new = remembered.entry
        before, after = decision.before.snapshot, decision.after.snapshot
        if not same_place(before, after):
            times = old.times if same_times(before, after) else None
            new = index(subject, decision.after, times)
        commits.append(_commit(subject, event, decision, old, new))
        remembered = Remembered(decision.after, new)
    return commits, remembered


def _commit(subject: str, event: bytes, decision: Decision, old: Entry, new: Entry) -> Commit:
    before, after = decision.before, decision.after
    basis = basis_of(before) if before.version else b""
    if old is new:
        text = after.encode()
        return Commit(subject, event, before.version, text, decision.text, 0, basis=basis)
    gained, lost = _overdue(old.times, new.times, after.recorded_at)
    return Commit(
        subject=subject,
        event=event,
        expected=before.version,
        document=after.encode(),
        record=decision.text,
        created_ms=created_ms(after),
        add=(*(new.terms - old.terms), *gained),
        remove=(*(old.terms - new.terms), *lost),
        words=tuple(new.words - old.words),
        unwords=tuple(old.words - new.words),
        basis=basis,
        due=_due(old.times, new.times, after.recorded_at),
    )


def _overdue(old: Times, new: Times, now: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The term that is gained, or lost, where the deadline has moved."""
    late = new.overdue_from
    if late == old.overdue_from:
        return (), ()
    if late is not None and late <= now:
        return (OVERDUE,), ()
    # Another process, with another clock, may have found it overdue already.
    return (), () if old.overdue_from is None else (OVERDUE,)


def _due(old: Times, new: Times, now: str) -> int | None:
    """When the subject is due next; None where that stays as it is. What the clock has to post
    by now is due at once, even if it was refused before.
    """
    late, due = new
    if new == old and not (due and due[0] <= now):
        return None
    return next_due((*due, late) if late is not None and late > now else due)
