"""The shapes of pools."""

from typing import Any, Literal

from api.schemas.answers import LabelOut, Out


class ClaimOut(Out):
    """What one source says of a pool. `others`: beside the `buyers` it names some whom the reader
    may not know of.
    """

    id: str
    units: int | None
    bound: Literal["exactly", "at_least"]
    buyers: list[str]
    others: bool
    evidence: list[dict[str, Any]]
    superseded_by: str | None


class ShareOut(Out):
    """One application's share of a pool. `status`: unknown, claimed, fixed, or drawn as soon as a
    licence takes from the pool; `drawn` units then, `units` those claimed or fixed.
    """

    application: str
    buyer: str
    status: str
    units: int | None
    drawn: int


class PoolOut(Out):
    """A joint quantity: what is claimed of it, and who shares it. `conflict`: the standing claims
    cannot all be true, those included that the reader may not see. `drawn`: units that licences
    have taken; where the quantity is exact also those `reserved` by draws under way, and those
    `free`. `over_claimed`: by how many units the shares go beyond all that is said of the quantity.
    """

    id: str
    title: LabelOut
    version: int
    claims: list[ClaimOut]
    conflict: bool
    shares: list[ShareOut]
    drawn: int
    reserved: int | None
    free: int | None
    over_claimed: int | None
    head: str


class PoolListOut(Out):
    """A page of pools."""

    items: list[PoolOut]
    next: str | None
