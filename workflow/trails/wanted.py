"""Which records somebody asks for."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class TrailFilter:
    """Which records; times are instants of `recorded_at`, `since` inclusive, `until` not. `grade`:
    some piece of its evidence has it. `as_of`: it was in effect by then (`effective_at`).
    """

    type: str | None = None
    authority: str | None = None
    actor: str | None = None
    since: str | None = None
    until: str | None = None
    grade: str | None = None
    standing: str | None = None
    as_of: str | None = None

    def takes(self, record: dict[str, Any]) -> bool:
        """Whether a record is wanted."""
        return (
            self.type in (None, record["type"])
            and self.authority in (None, record["authority"])
            and self.actor in (None, record["principal"])
            and (self.since is None or record["recorded_at"] >= self.since)
            and (self.until is None or record["recorded_at"] < self.until)
            and (self.as_of is None or record["effective_at"] <= self.as_of)
            and self.standing in (None, record["standing"])
            and (
                self.grade is None or any(one["grade"] == self.grade for one in record["evidence"])
            )
        )


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which records of which applications."""

    records: TrailFilter = TrailFilter()
    application: str | None = None
    buyer: str | None = None
    procedure: str | None = None

    def of(self, buyer: str, procedure: str) -> bool:
        """Whether records of this buyer's applications under this procedure are."""
        return self.buyer in (None, buyer) and self.procedure in (None, procedure)

    @property
    def any_application(self) -> bool:
        """Whether no application is left out."""
        return (self.application, self.buyer, self.procedure) == (None, None, None)
