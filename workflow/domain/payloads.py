"""The shapes that an event's `data` may have, by the name a procedure calls them.

Units are positive integers, shares basis points, dates calendar days in the procedure's zone.
"""

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

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


class Empty(Payload):
    """Nothing beside the act itself."""


class Text(Payload):
    """A text in both languages; the Chinese may be missing where no one has written it."""

    en: Sentence
    zh: Sentence | None = None


class Order(Payload):
    """What the buyer means to buy, and who buys for it."""

    units: Units
    agent: Line | None = None


class DomesticShare(Payload):
    """The share of domestic chips to be bought beside the imported ones (null: not known)."""

    basis_points: BasisPoints | None = None
    counted_by: Literal["units", "value"] = "units"


class UnitCap(Payload):
    """The most units a licence may carry."""

    units: Units | None = None


class EndUse(Payload):
    """Uses that are excluded."""

    excluded: list[Line] = Field(default_factory=list, max_length=50)


class Reporting(Payload):
    """A duty to report every so many days."""

    every_days: Annotated[int, Field(strict=True, ge=1, le=3_650)] | None = None


CONDITION_VALUES: dict[str, type[Payload]] = {
    "domestic_share": DomesticShare,
    "unit_cap": UnitCap,
    "end_use": EndUse,
    "reporting": Reporting,
    "other": Empty,
}


class ConditionProposal(Payload):
    """A term that an authority sets, perhaps still without its figure."""

    condition: Identifier
    kind: Literal["domestic_share", "unit_cap", "end_use", "reporting", "other"]
    value: dict[str, Any] = Field(default_factory=dict)
    precedent: Annotated[bool, Field(strict=True)] = False
    text: Text | None = None

    @model_validator(mode="after")
    def _value_of_its_kind(self) -> "ConditionProposal":
        self.value.update(condition_value(self.kind, self.value))
        return self


class ConditionFixing(Payload):
    """The final value of a condition; left out where the proposal was already complete."""

    condition: Identifier
    value: dict[str, Any] | None = None


class ConditionsSetting(Payload):
    """The statement that the conditions are final; `none` says that there are none."""

    none: Annotated[bool, Field(strict=True)] = False


class LicenceProposal(Payload):
    """A licence as proposed; `valid_from` and `valid_until` are both inclusive days."""

    units: Units
    valid_from: Day
    valid_until: Day
    max_uses: Units | None = None

    @model_validator(mode="after")
    def _in_order(self) -> "LicenceProposal":
        if self.valid_until < self.valid_from:
            raise ValueError("valid_until lies before valid_from")
        return self


class LicenceIssue(Payload):
    """The number under which the licence is issued."""

    licence: Identifier


class AllocationClaim(Payload):
    """A share of a joint quantity; units null: a share whose size is not known."""

    units: Units | None = None
    pool: Identifier | None = None


class ExportReference(Payload):
    """The reference of the exporting country's act."""

    reference: Line


class Shipment(Payload):
    """One consignment cleared by customs."""

    shipment: Identifier
    units: Units


class Note(Payload):
    """A statement, a report or a silence that moves nothing."""

    text: Prose
    topic: Identifier | None = None


class Confirmation(Payload):
    """Which record is confirmed, by its number in the trail."""

    seq: Sequence


PAYLOADS: dict[str, type[Payload]] = {
    "empty": Empty,
    "order": Order,
    "condition_proposal": ConditionProposal,
    "condition_fixing": ConditionFixing,
    "conditions_setting": ConditionsSetting,
    "licence_proposal": LicenceProposal,
    "licence_issue": LicenceIssue,
    "allocation_claim": AllocationClaim,
    "export_reference": ExportReference,
    "shipment": Shipment,
    "note": Note,
    "confirmation": Confirmation,
}
"""Payload name in a procedure file -> shape."""


def shaped(payload: str, data: dict[str, Any]) -> dict[str, Any]:
    """Data with its defaults. Raises pydantic's ValidationError when it has another shape."""
    return PAYLOADS[payload].model_validate(data).model_dump()


def condition_value(kind: str, value: dict[str, Any]) -> dict[str, Any]:
    """A condition's value with its defaults. Raises ValueError when it is not of its kind."""
    return CONDITION_VALUES[kind].model_validate(value).model_dump()
