"""What a call answers: values to tell apart by `match` or `isinstance`; a refusal is one too."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from api.schemas import ApplicationOut, RecordOut, RefusalOut

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Accepted:
    """An event that is recorded and durable. `replayed`: it was recorded before, under the same
    key. `etag` names the application as it now is.
    """

    record: RecordOut
    application: ApplicationOut
    etag: str
    key: str
    replayed: bool


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """What an event would leave and lead to; nothing was written."""

    record: RecordOut
    application: ApplicationOut


@dataclass(frozen=True, slots=True)
class Entered:
    """An event of a batch that is recorded and durable."""

    record: RecordOut
    replayed: bool


@dataclass(frozen=True, slots=True)
class Unresolved:
    """An event of a batch that had no outcome when the patience ended: it may be recorded or
    not, and the same item again settles it.
    """

    status: int
    code: str
    detail: str
    problem: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Refused:
    """A reasoned no, from the problem document (RFC 9457) that the service answered with.

    `state`, `failed_guards` and `allowed_events` are told where the rules of a procedure said
    no; `errors` has a JSON Pointer and a sentence for each field that was not valid.
    """

    code: str
    status: int
    detail: str
    detail_zh: str
    state: str | None
    failed_guards: tuple[RefusalOut, ...]
    allowed_events: tuple[str, ...]
    errors: tuple[Mapping[str, str], ...]
    problem: Mapping[str, Any]

    @classmethod
    def of(cls, problem: Mapping[str, Any]) -> "Refused":
        """Read a problem document. Raises KeyError, TypeError or ValueError when it is none."""
        return cls(
            code=str(problem["code"]),
            status=int(problem["status"]),
            detail=str(problem["detail"]),
            detail_zh=str(problem.get("detail_zh") or problem["detail"]),
            state=problem.get("state"),
            failed_guards=tuple(map(RefusalOut.model_validate, problem.get("failed_guards", ()))),
            allowed_events=tuple(problem.get("allowed_events", ())),
            errors=tuple(problem.get("errors", ())),
            problem=problem,
        )


@dataclass(frozen=True, slots=True)
class Found(Generic[T]):
    """What was asked for, and the entity tag to ask again with."""

    value: T
    etag: str


@dataclass(frozen=True, slots=True)
class NotModified:
    """What the caller has is what there is."""

    etag: str


BatchOutcome = Entered | Refused | Unresolved
"""The outcome of one item of a batch."""


class WasRefused(Exception):
    """A no where a yes was taken for granted; `refused` says why."""

    def __init__(self, refused: Refused) -> None:
        super().__init__(f"{refused.status} {refused.code}: {refused.detail}")
        self.refused = refused


def expect(outcome: T | Refused) -> T:
    """The outcome, where only a yes is of use. Raises WasRefused."""
    if isinstance(outcome, Refused):
        raise WasRefused(outcome)
    return outcome
