"""All trails at once, as their records come mixed in a log: each followed from its first record
on, in a bounded memory.
"""

import sqlite3
from collections import OrderedDict
from collections.abc import Mapping
from typing import Any

import orjson

from workflow.domain import canonical
from workflow.domain.record import Document
from workflow.domain.trail import Checker
from workflow.proof.unsound import Unsound

AT_HAND = 4_000
"""Trails that are kept as values; the others lie in a database that spills to the disk."""


class Trails:
    """Where each trail stands. To be closed."""

    def __init__(self, at_hand: int = AT_HAND) -> None:
        self._at_hand, self._near = at_hand, OrderedDict[str, Checker]()
        self._far = sqlite3.connect("", isolation_level=None)  # a temporary file of its own
        self._far.execute("PRAGMA journal_mode = OFF")
        self._far.execute("CREATE TABLE trail (subject TEXT PRIMARY KEY, document BLOB)")
        self._began = 0

    def __len__(self) -> int:
        return self._began

    def follow(self, record: Mapping[str, Any]) -> Document:
        """Check that a record follows those of its trail; where it leads. Raises ValueError."""
        subject = record["subject"]
        if not isinstance(subject, str):
            raise Unsound("the record belongs to no trail")
        checker = self._near.get(subject)
        if checker is None:
            checker = self._near[subject] = self._found(subject)
            if len(self._near) > self._at_hand:
                self._put_away()
        else:
            self._near.move_to_end(subject)
        checker.follow(record)
        return checker.document()

    def close(self) -> None:
        """Drop what is kept."""
        self._far.close()

    def _found(self, subject: str) -> Checker:
        kept = self._far.execute("SELECT document FROM trail WHERE subject = ?", (subject,))
        row = kept.fetchone()
        if row is None:
            self._began += 1
            return Checker(subject)
        return Checker(subject, Document(*orjson.loads(row[0])))

    def _put_away(self) -> None:
        subject, checker = self._near.popitem(last=False)
        row = subject, canonical.encode(list(checker.document()))
        self._far.execute("REPLACE INTO trail VALUES (?, ?)", row)
