"""The values that go into the store and come out of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

NEVER = -1
"""Of a subject that is not due at any time."""


@dataclass(frozen=True, slots=True)
class Commit:
    """One decision to be made durable: the subject's next document and the record of the act.

    `basis` is how the document that the decision was made on begins, such as `b"4 <head> "`.
    The version alone cannot tell that document from another of the same version, which is what
    a chain meets when somebody else's event took the place of its first: with a basis the rest
    of the chain is then stale. Empty: the version alone is compared.
    """

    subject: str  # kind and id: "application/abc", "pool/joint-2026-01", "buyer/alibaba"
    event: bytes  # 16 bytes that name the event for idempotency, unique in the subject
    expected: int  # version that the decision was made on; 0 = the subject must not exist
    document: bytes  # the next document: b"5 <head> <recorded_at> {json}", its version first
    record: bytes  # canonical JSON of the record
    created_ms: int  # creation time of the subject in Unix ms: its place in every index
    add: tuple[str, ...] = ()  # index terms gained, such as "state=submitted"
    remove: tuple[str, ...] = ()  # index terms lost
    words: tuple[str, ...] = ()  # search words gained, casefolded, without NUL
    unwords: tuple[str, ...] = ()  # search words lost
    basis: bytes = b""  # how the stored document must begin
    due: int | None = None  # when the subject is next due, in Unix ms; NEVER, or None: as before
    ticket: bytes = b""  # 16 bytes that only one commit of the subject spends; empty: none


@dataclass(frozen=True, slots=True)
class Committed:
    """The commit is durable."""


@dataclass(frozen=True, slots=True)
class Repeated:
    """The event had been committed before, with another record; nothing was written. `load` tells
    which.
    """


@dataclass(frozen=True, slots=True)
class Stale:
    """The subject has moved on since the decision; nothing was written."""

    version: int  # where it stands now; 0 = it does not exist


@dataclass(frozen=True, slots=True)
class Buried:
    """The ticket is buried, or spent; nothing was written."""


Outcome = Committed | Repeated | Stale | Buried


class Loaded(NamedTuple):
    """What a decision needs: the subject's document, and the record of this event if it has one."""

    document: bytes | None
    repeat: bytes | None


class Position(NamedTuple):
    """A place in a list that is sorted by creation time (Unix ms), then id."""

    created_ms: int
    id: str


class Due(NamedTuple):
    """A subject whose time has come, and since when (Unix ms)."""

    since: int
    id: str


@dataclass(frozen=True, slots=True)
class Attended:
    """What was done about a subject that was due: nothing happens where it has moved on since."""

    subject: str
    due: int  # the time that was seen
    basis: bytes  # how the document begins on which it was decided
    next: int  # when it is due again, in Unix ms, or NEVER
    terms: tuple[str, ...] = ()  # index terms that time has brought
    created_ms: int = 0  # its place in those indexes


@dataclass(frozen=True, slots=True)
class Page:
    """A stretch of a list, newest first. It may be short, even empty, while `next` is set."""

    positions: Sequence[Position]
    documents: Sequence[bytes]  # one for each position
    next: Position | None  # goes on after the last entry that was looked at; None at the end

    @property
    def ids(self) -> list[str]:
        return [position.id for position in self.positions]
