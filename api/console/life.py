"""What the records of an application tell of its life: where it was, and what became of what."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any, Final

import orjson

from workflow.domain import history
from workflow.domain.history import RESTATED, Moment
from workflow.queries import Queries
from workflow.trails import LOOKED_AT, TrailFilter

Record = dict[str, Any]

FIRST = 200
"""Of a trail with more records than `LOOKED_AT`, the first are read beside the latest: that is
where most of the main line is.
"""


class Life:
    """The records that make up what is, or was, true of an application, the latest first; `gap`
    are the first and the last of those that were not looked at.
    """

    def __init__(self, texts: Sequence[bytes], moment: Moment | None = None) -> None:
        found = [(text, orjson.loads(text)) for text in texts]
        numbers = counting([record for _, record in reversed(found)], moment)
        kept = [(text, record) for text, record in found if record["seq"] in numbers]
        self.texts: Final = [text for text, _ in kept]
        self.records: Final[list[Record]] = [record for _, record in kept]
        seqs = [record["seq"] for _, record in found]
        pairs = pairwise(seqs)
        self.gap: Final = next(((low + 1, high - 1) for high, low in pairs if high - low > 1), None)

    @property
    def changed_at(self) -> str:
        """When what took effect last did."""
        return max(str(record["effective_at"]) for record in self.records)

    def states(self, before: int | None = None) -> set[str]:
        """The states that the records tell of; only those before a record, if one is named."""
        told = [one for one in self.records if before is None or one["seq"] < before]
        return {one[end] for one in told for end in ("from", "to") if one[end] is not None}

    def named(self, part: str) -> dict[str, list[Record]]:
        """The records about each condition, or each shipment, the earliest first."""
        found: dict[str, list[Record]] = {}
        for record in reversed(self.records):
            if name := _data(record).get(part):
                found.setdefault(name, []).append(record)
        return found


async def life_of(
    queries: Queries, identifier: str, last: int, moment: Moment | None = None
) -> Life:
    """The life of an application up to its record `last`. What was true at a time is told by what
    was recorded later as well, so then that must be the latest.
    """
    subject = f"application/{identifier}"
    latest = await queries.trail(subject, TrailFilter(), LOOKED_AT, last + 1, newest=True)
    left = 0 if latest.next is None else latest.next - 1
    if not left:
        return Life(latest.records, moment)
    first = await queries.trail(subject, TrailFilter(), min(FIRST, left), None, newest=False)
    return Life([*latest.records, *reversed(first.records)], moment)


def counting(records: Iterable[Mapping[str, Any]], moment: Moment | None) -> Collection[int]:
    """The numbers of the records, the earliest first, that make up what is told at a moment."""
    known_at = None if moment is None else moment.known_at
    known = [one for one in records if known_at is None or one["recorded_at"] <= known_at]
    if moment is None or moment.as_of is None:
        return {one["seq"] for one in known}
    found = history.counted(known).items()
    return {seq for seq, one in found if one.effective_at <= moment.as_of}


def _data(record: Record) -> Mapping[str, Any]:
    """What a record says; of a correction, what it puts in the place of another."""
    data: Mapping[str, Any] = record["data"]
    if RESTATED not in data:
        return data
    return {} if data["with"] is None else dict(data["with"]["data"])
