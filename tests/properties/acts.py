"""Who posts what in the reference model, and what evidence is worth; nothing of `workflow` is
used. Times are milliseconds since 1970.
"""

from dataclasses import dataclass, field
from datetime import date

from tests.properties.shapes import Data
from tests.properties.table import GRADES

MINUTE = 60_000
DAY = 24 * 60 * MINUTE
SHANGHAI = 8 * 60 * MINUTE
EPOCH = date(1970, 1, 1).toordinal()


@dataclass(frozen=True)
class Somebody:
    """Who posts: `role` is officer, buyer, recorder, auditor or operator."""

    name: str
    organisation: str
    role: str
    bodies: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Posted:
    """What is posted. `at`: when it took effect, None for now."""

    kind: str
    body: str | None = None
    data: Data = field(default_factory=dict)
    grades: tuple[str, ...] = ()
    at: int | None = None
    reason: bool = True


@dataclass(frozen=True)
class Act:
    """What the rules look at: who, for whom, and since when."""

    who: Somebody
    body: str | None
    data: Data
    grades: tuple[str, ...]
    at: int


Against = list[tuple[int, str]]
"""Reasons against an event: the status that each alone would give, and its code."""


def reaches(grades: tuple[str, ...], role: str, threshold: str | None) -> bool:
    """Whether evidence is strong enough; a buyer's own is a company's statement at best."""
    best = max((GRADES.index(grade) for grade in grades), default=-1)
    worth = min(best, 2) if role == "buyer" else best
    return threshold is None or worth >= GRADES.index(threshold)


def day_in_shanghai(at: int) -> str:
    return date.fromordinal(days_in_shanghai(at)).isoformat()


def days_in_shanghai(at: int) -> int:
    return EPOCH + (at + SHANGHAI) // DAY
