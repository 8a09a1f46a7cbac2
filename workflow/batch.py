"""Records on their way into the log: what a batch takes in, and what it does not."""

from collections.abc import Sequence

import orjson

from workflow.anchor import Apart
from workflow.domain import log_keys
from workflow.log.growth import Growth
from workflow.log.intent import Span
from workflow.store.feeds import Run

BATCH, BATCH_BYTES = 8192, 16 * 1024 * 1024
"""Records of a batch, and bytes after which no more are added to it."""

KEYS = log_keys.SUBJECT.encode()


class Batch:
    """Records on their way into the log, in the order that they will have there."""

    def __init__(self, growth: Growth, positions: Sequence[int]) -> None:
        self.growth = growth
        self.positions = list(positions)
        self.spans: list[Span] = []
        self.count = self.bytes = 0
        self.rotates = False
        self._places: dict[bytes, tuple[int, list[int]]] = {}

    def add(self, run: Run) -> None:
        """Add what follows in one partition. Raises Apart where something is missing there, or
        does not follow what the batch has of its trail.
        """
        position = self.positions[run.partition]
        if not run.records or not all(run.records):
            lost = position + 1 + (run.records.index(b"") if run.records else 0)
            raise Apart(f"record {lost} of partition {run.partition} is missing in the database")
        index, places = self.growth.size, self._places
        for subject, seq, record in zip(run.subjects, run.seqs, run.records, strict=True):
            first, found = places.setdefault(subject, (int(seq), []))
            if int(seq) != first + len(found):
                raise out_of_turn(subject, seq)
            if not _is(record, subject, seq):
                raise Apart(f"another record lies in the place of {_name(subject, seq)}")
            found.append(index)
            index += 1
        try:
            self.growth.extend(run.records)
        except ValueError as error:
            raise Apart(f"partition {run.partition} after {position}: {error}") from error
        count = len(run.records)
        self.bytes += sum(map(len, run.records))
        self.count += count
        self.positions[run.partition] = position + count
        self.spans.append((run.partition, count))
        self.rotates |= KEYS in run.subjects

    @property
    def full(self) -> bool:
        """Whether no more is added to it."""
        return self.count >= BATCH or self.bytes >= BATCH_BYTES

    def places(self) -> list[tuple[str, int, Sequence[int]]]:
        """Where the records of each subject lie in the log, from the first seq on."""
        return [(name.decode(), seq, found) for name, (seq, found) in self._places.items()]


def out_of_turn(subject: bytes, seq: bytes | int) -> Apart:
    """That a record is not the next one of its trail."""
    return Apart(f"{_name(subject, seq)} is not the one that follows those in the log")


def _is(record: bytes, subject: bytes, seq: bytes) -> bool:
    """Whether a record says that it is this one."""
    try:
        fields = orjson.loads(record)
        return bool(fields["subject"] == subject.decode() and fields["seq"] == int(seq))
    except (ValueError, LookupError, TypeError):
        return False


def _name(subject: bytes, seq: bytes | int) -> str:
    return f"record {int(seq)} of {subject.decode(errors='replace')}"
