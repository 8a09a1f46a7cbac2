"""The words that the data of events is made of: what each may hold, whoever sends it.

Units are positive integers, shares basis points, dates calendar days in the procedure's zone.
"""

from datetime import date
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from workflow.domain.canonical import MAX_INTEGER

Identifier = Annotated[
    str, Field(pattern=r"^[A-Za-z0-9._-]+$", min_length=1, max_length=64, examples=["c1"])
]
Units = Annotated[int, Field(strict=True, ge=1, le=MAX_INTEGER, description="chips")]
Sequence = Annotated[int, Field(strict=True, ge=1, le=MAX_INTEGER)]
BasisPoints = Annotated[int, Field(strict=True, ge=0, le=10_000, description="1/100 percent")]


def _written(text: str) -> str:
    if not text.strip():
        raise ValueError("must not be blank")
    return text


def _day(text: str) -> str:
    date.fromisoformat(text)
    return text


Day = Annotated[
    str,
    Field(
        pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$",
        examples=["2026-03-01"],
        json_schema_extra={"format": "date"},
        description="calendar day in the procedure's zone",
    ),
    AfterValidator(_day),
]
_NOT_BLANK: dict[str, Any] = {"pattern": "[^\\s\\x1c-\\x1f\\x85]"}
EventName = Annotated[
    str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=64, examples=["issue_licence"])
]
Line = Annotated[
    str,
    Field(min_length=1, max_length=200, json_schema_extra=_NOT_BLANK),
    AfterValidator(_written),
]
Prose = Annotated[
    str,
    Field(min_length=1, max_length=4_000, json_schema_extra=_NOT_BLANK),
    AfterValidator(_written),
]


Sentence = Annotated[
    str,
    Field(min_length=1, max_length=500, json_schema_extra=_NOT_BLANK),
    AfterValidator(_written),
]


class Payload(BaseModel):
    """Base of every payload: closed and immutable."""

    model_config = ConfigDict(extra="forbid", frozen=True)
