"""The shapes that an event's `data` may have, by the name a procedure calls them."""

from typing import Annotated, Any, Literal, Self

from pydantic import ConfigDict, Field, model_validator

from workflow.domain.fields import (
    BasisPoints,
    Day,
    EventName,
    Identifier,
    Line,
    Payload,
    Prose,
    Sentence,
    Sequence,
    Units,
)
from workflow.domain.sent import EventIn


class Empty(Payload):
    """Nothing beside the act itself."""


class Text(Payload, json_schema_extra={"minProperties": 1}):
    """A text in both languages, or in the one in which somebody has written it."""

    en: Sentence | None = None
    zh: Sentence | None = None

    @model_validator(mode="after")
    def _written(self) -> Self:
        if self.en is None and self.zh is None:
            raise ValueError("must be written in one language at least")
        return self


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
    def _value_of_its_kind(self) -> Self:
        self.value.update(condition_value(self.kind, self.value))
        return self


class ConditionFixing(Payload):
    """The final value of a condition; left out where the proposal was already complete."""

    condition: Identifier
    value: dict[str, Any] | None = None


class ConditionNamed(Payload):
    """Which condition it is about."""

    condition: Identifier


class ConditionsSetting(Payload):
    """The statement that the conditions are final; `none` says that there are none."""

    none: Annotated[bool, Field(strict=True)] = False


class LicenceReissue(Payload):
    """The terms of a licence; `valid_from` and `valid_until` are both inclusive days."""

    valid_from: Day
    valid_until: Day
    max_uses: Units | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.valid_until < self.valid_from:
            raise ValueError("valid_until lies before valid_from")
        return self


class LicenceProposal(LicenceReissue):
    """A licence as proposed: its terms, and how many units."""

    units: Units


class LicenceGrant(Payload):
    """A licence that nobody has proposed: its number, how many units, and what terms of it differ
    from those of the procedure.
    """

    licence: Identifier
    units: Units
    valid_from: Day | None = None
    valid_until: Day | None = None
    max_uses: Units | None = None


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


class ExportLink(Payload):
    """The application to the exporting country on which this one hangs."""

    application: Identifier


class ShipmentNamed(Payload):
    """Which consignment it is about."""

    shipment: Identifier


class Shipment(ShipmentNamed):
    """One consignment cleared by customs."""

    units: Units


class Recusal(Payload):
    """Who votes instead: the name of the principal."""

    deputy: Line


class Query(Payload):
    """What the buyer is asked."""

    query: Identifier
    question: Prose


class QueryAnswer(Payload):
    """The buyer's answer."""

    query: Identifier
    answer: Prose


class HoldNamed(Payload):
    """Which hold it is about."""

    hold: Identifier


class Hold(HoldNamed):
    """The events that are stopped."""

    blocks: Annotated[list[EventName], Field(min_length=1, max_length=50)]


class DeadlineExtension(Payload):
    """By how much the deadline is extended."""

    working_days: Annotated[int, Field(strict=True, ge=1, le=3_650)]


class Amendment(Payload):
    """The quantity that the buyer now wants."""

    units: Units


class Answer(Payload):
    """Whether what was asked for is granted."""

    accept: Annotated[bool, Field(strict=True)]


class Note(Payload):
    """A statement, a report or a silence that moves nothing."""

    text: Prose
    topic: Identifier | None = None


class Confirmation(Payload):
    """Which record is confirmed, by its number in the trail."""

    seq: Sequence


class Correction(Payload):
    """Which record is superseded, and the event that takes its place (null: nothing does)."""

    model_config = ConfigDict(serialize_by_alias=True)

    seq: Sequence
    with_: EventIn | None = Field(alias="with")


class Migration(Payload):
    """The version of the procedure that decides from now on."""

    version: Sequence


PAYLOADS: dict[str, type[Payload]] = {
    "empty": Empty,
    "order": Order,
    "condition_proposal": ConditionProposal,
    "condition_fixing": ConditionFixing,
    "condition_named": ConditionNamed,
    "conditions_setting": ConditionsSetting,
    "licence_proposal": LicenceProposal,
    "licence_issue": LicenceIssue,
    "licence_grant": LicenceGrant,
    "licence_reissue": LicenceReissue,
    "allocation_claim": AllocationClaim,
    "export_reference": ExportReference,
    "export_link": ExportLink,
    "shipment": Shipment,
    "shipment_named": ShipmentNamed,
    "recusal": Recusal,
    "query": Query,
    "query_answer": QueryAnswer,
    "hold": Hold,
    "hold_named": HoldNamed,
    "extension": DeadlineExtension,
    "amendment": Amendment,
    "answer": Answer,
    "note": Note,
    "confirmation": Confirmation,
    "correction": Correction,
    "migration": Migration,
}
"""Payload name in a procedure file -> shape."""


def shaped(payload: str, data: dict[str, Any]) -> dict[str, Any]:
    """Data with its defaults. Raises pydantic's ValidationError when it has another shape."""
    return PAYLOADS[payload].model_validate(data).model_dump()


def condition_value(kind: str, value: dict[str, Any]) -> dict[str, Any]:
    """A condition's value with its defaults. Raises ValueError when it is not of its kind."""
    return CONDITION_VALUES[kind].model_validate(value).model_dump()
