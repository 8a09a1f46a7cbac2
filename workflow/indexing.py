"""From decisions to commits: with what each of them gains and loses in the indexes."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from workflow.domain import clock
from workflow.domain.record import Decision, Document
from workflow.domain.terms import ABSENT, Entry, same_place
from workflow.store import Commit

Index = Callable[[str, Document], Entry]
"""Where a subject with this document is found."""


class Remembered(NamedTuple):
    """A document that was committed, and where it stands in the indexes."""

    document: Document
    entry: Entry


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
        remembered = Remembered(first, index(subject, first) if first.version else ABSENT)
    commits: list[Commit] = []
    for event, decision in acts:
        old = new = remembered.entry
        if not same_place(decision.before.snapshot, decision.after.snapshot):
            new = index(subject, decision.after)
        commits.append(_commit(subject, event, decision, old, new))
        remembered = Remembered(decision.after, new)
    return commits, remembered


def _commit(subject: str, event: bytes, decision: Decision, old: Entry, new: Entry) -> Commit:
    before, after = decision.before, decision.after
    moved = old is not new
    return Commit(
        subject=subject,
        event=event,
        expected=before.version,
        document=after.encode(),
        record=decision.text,
        created_ms=clock.milliseconds(after.snapshot["created_at"]) if moved else 0,
        add=tuple(new.terms - old.terms) if moved else (),
        remove=tuple(old.terms - new.terms) if moved else (),
        words=tuple(new.words - old.words) if moved else (),
        unwords=tuple(old.words - new.words) if moved else (),
        basis=b"%d %s " % (before.version, before.head.encode()) if before.version else b"",
    )
