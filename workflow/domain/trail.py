"""Checking a trail: that its chain is whole, canonical, and folds to what is reported.

Needs records and nothing else: no server, no procedure, no rules.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from workflow.domain import canonical
from workflow.domain.application import fold
from workflow.domain.record import FIELDS, NOTHING, Document, hash_of


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a check found. `checked` records are sound; `first_bad` is the seq that the first
    unsound one should have, with the reason.
    """

    checked: int
    head: str
    snapshot: Mapping[str, Any]
    first_bad: int | None = None
    reason: str | None = None

    @property
    def ok(self) -> bool:
        """Whether the whole trail is sound."""
        return self.first_bad is None


class Checker:
    """Takes a trail record by record, from its first on or from where a check of it stood."""

    def __init__(self, subject: str | None = None, document: Document = NOTHING) -> None:
        self._subject = subject
        self._seq, self._head, self._last, self._snapshot = document
        self._reason: str | None = None

    def take(self, text: bytes) -> bool:
        """Check one more record, by its exact stored text; False from the first bad one on."""
        if self._reason is None:
            try:
                self.follow(read(text))
            except (canonical.Malformed, Unsound) as error:
                self._reason = str(error)
        return self._reason is None

    def follow(self, record: Mapping[str, Any]) -> None:
        """Check that a record that is sound in itself follows those before. Raises Unsound."""
        try:
            _check(record, self._seq + 1, self._head, self._subject, self._last)
            self._snapshot = fold(self._snapshot, record["changes"])
        except Unsound:
            raise
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise Unsound("the changes do not fit what came before") from error
        self._seq, self._head = record["seq"], record["hash"]
        self._subject, self._last = record["subject"], record["recorded_at"]

    def document(self) -> Document:
        """What the records taken so far lead to."""
        return Document(self._seq, self._head, self._last, self._snapshot)

    def verdict(self) -> Verdict:
        """What was found so far."""
        first_bad = None if self._reason is None else self._seq + 1
        return Verdict(self._seq, self._head, self._snapshot, first_bad, self._reason)


def verify(records: Iterable[bytes]) -> Verdict:
    """Check a trail from its first record on; each record as its exact stored text."""
    checker = Checker()
    for text in records:
        if not checker.take(text):
            break
    return checker.verdict()


class Unsound(ValueError):
    """A record does not belong where it stands."""


def read(text: bytes) -> dict[str, Any]:
    """A record by its exact stored text, sound in itself: its form, its fields and its hash.
    Raises Malformed and Unsound.
    """
    try:
        record = canonical.decode_canonical(text)
    except canonical.NotCanonical as error:
        raise Unsound("the record is not written in canonical form") from error
    if not isinstance(record, dict) or record.keys() != FIELDS:
        raise Unsound("the record does not have the fields of a record")
    if record["hash"] != hash_of(record):
        raise Unsound("the hash does not fit the content")
    return record


def _check(record: Mapping[str, Any], seq: int, head: str, subject: str | None, last: str) -> None:
    if type(record["seq"]) is not int or record["seq"] != seq:
        raise Unsound(f"the record says it is number {record['seq']}")
    if record["prev"] != head:
        raise Unsound("the record is not linked to the one before it")
    if subject is not None and record["subject"] != subject:
        raise Unsound(f"the record belongs to another trail: {record['subject']}")
    if record["recorded_at"] < last:
        raise Unsound("the record was recorded earlier than the one before it")
