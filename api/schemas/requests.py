"""The shapes of requests."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from workflow.domain.fields import Identifier, Line, Units
from workflow.domain.sent import AuthorityName, EventIn, EvidenceList, In, Instant


def _each_once(names: list[str]) -> list[str]:
    if len(set(names)) != len(names):
        raise ValueError("names somebody twice")
    return names


class GoodsIn(In):
    """What is to be imported; units null: not known."""

    item: Line
    units: Units | None = None


class ApplicationIn(In):
    """One buyer's application under a procedure."""

    procedure: Identifier
    buyer: Identifier
    goods: GoodsIn
    pool: Identifier | None = None
    reference: Line | None = None
    authority: AuthorityName | None = None
    effective_at: Instant | None = None
    evidence: EvidenceList = Field(default_factory=list)


class Text(In):
    """A text in both languages."""

    en: Line
    zh: Line


class BuyerIn(In):
    """A buyer's name in both languages."""

    name: Text


class ClaimIn(In):
    """What a source says of a pool; units null: no quantity told."""

    units: Units | None = None
    bound: Literal["exactly", "at_least"]
    buyers: Annotated[
        list[Identifier],
        Field(min_length=1, max_length=100, json_schema_extra={"uniqueItems": True}),
        AfterValidator(_each_once),
    ]
    evidence: EvidenceList = Field(default_factory=list)


class FurtherClaimIn(ClaimIn):
    """One more claim, which may take the place of an earlier one."""

    supersedes: Identifier | None = None


class PoolIn(In):
    """A joint quantity as its sources claim it."""

    id: Identifier
    title: Text
    claims: Annotated[list[ClaimIn], Field(max_length=20)] = Field(default_factory=list)


class BatchItemIn(In):
    """One event of a batch."""

    application: Identifier
    idempotency_key: Annotated[str, Field(min_length=1, max_length=255)]
    event: EventIn
    if_match: str | None = None
