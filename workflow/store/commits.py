"""The values that go into the store and come out of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple


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


@dataclass(frozen=True, slots=True)
class Committed:
    """The commit is durable."""


@dataclass(frozen=True, slots=True)
class Repeated:
    """The event had been committed before; nothing was written."""

    record: bytes  # the record that it left


@dataclass(frozen=True, slots=True)
class Stale:
    """The subject has moved on since the decision; nothing was written."""

    version: int  # where it stands now; 0 = it does not exist


Outcome = Committed | Repeated | Stale


class Loaded(NamedTuple):
    """What a decision needs: the subject's document, and the record of this event if it has one."""

    document: bytes | None
    repeat: bytes | None


class Position(NamedTuple):
    """A place in a list that is sorted by creation time (Unix ms), then id."""

    created_ms: int
    id: str


@dataclass(frozen=True, slots=True)
class Page:
    """A stretch of a list, newest first. It may be short, even empty, while `next` is set."""

    positions: Sequence[Position]
    documents: Sequence[bytes]  # one for each position
    next: Position | None  # goes on after the last entry that was looked at; None at the end

    @property
    def ids(self) -> list[str]:
        return [position.id for position in self.positions]
