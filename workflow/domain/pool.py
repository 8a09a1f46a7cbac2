"""A pool: a joint quantity shared by several applications, as sources claim it.

Claims are never overwritten: a later one may supersede an earlier one, and claims that stand
side by side may contradict each other; then the contradiction is shown, not resolved.
"""

from collections.abc import Mapping
from itertools import combinations
from typing import Any, TypedDict

from workflow.domain.access import Action, roles_for
from workflow.domain.act import Posting
from workflow.domain.application import Changes
from workflow.domain.evidence import strength
from workflow.domain.principal import Role
from workflow.domain.record import Decision, Document
from workflow.domain.refusals import Refusal, Refused
from workflow.domain.registry import acting, entered, recorded_at

CLAIMS_KEPT = 100
"""How many claims a pool may have, superseded ones included."""

CLAIMANTS = roles_for(Action.CLAIM)
"""Who may enter what is said of a pool."""


class Claim(TypedDict):
    """What one source says of the pool. `bound`: `exactly` or `at_least` so many units."""

    units: int | None
    bound: str
    buyers: list[str]
    evidence: list[dict[str, Any]]
    seq: int
    effective_at: str
    superseded_by: str | None


def open_pool(before: Document, posting: Posting) -> Decision | Refused:
    """Begin a pool with its title and the first claims in the event's data."""
    actor = acting(posting.principal, CLAIMANTS)
    if isinstance(actor, Refused):
        return actor
    if before.version:
        return Refused((Refusal("pool-exists"),))
    data, at = posting.event.data, posting.event.effective_at or posting.now
    claims = {f"k{number}": _claim(claim, 1, at) for number, claim in enumerate(data["claims"], 1)}
    gained = {"/title": data["title"], "/claims": claims}
    nothing_drawn = {"/drawn": 0, "/reserved": 0, "/reservations": {}}
    return entered(before, posting, actor, Changes(set=gained | nothing_drawn))


def add_claim(before: Document, posting: Posting) -> Decision | Refused:
    """Enter one more claim, which may supersede an earlier one."""
    if not before.version:
        return Refused((Refusal("unknown-pool"),))
    actor = acting(posting.principal, CLAIMANTS)
    if isinstance(actor, Refused):
        return actor
    data, claims = posting.event.data, before.snapshot["claims"]
    if len(claims) >= CLAIMS_KEPT:
        refusal = Refusal("limit-reached", {"what": "claims", "limit": CLAIMS_KEPT})
        return Refused((refusal,))
    name, seq = f"k{len(claims) + 1}", before.version + 1
    at = posting.event.effective_at or recorded_at(before, posting)
    gained: dict[str, Any] = {f"/claims/{name}": _claim(data, seq, at)}
    old = data["supersedes"]
    if old is not None:
        if old not in claims:
            return Refused((Refusal("unknown-claim", {"claim": old}, ("supersedes",)),))
        if claims[old]["superseded_by"] is not None:
            return Refused((Refusal("claim-superseded", {"claim": old}),))
        if _weaker(data, claims[old]):
            return Refused((Refusal("claim-weaker", {"claim": old}),))
        gained[f"/claims/{old}/superseded_by"] = name
    return entered(before, posting, actor, Changes(set=gained))


def standing_claims(snapshot: Mapping[str, Any]) -> dict[str, Claim]:
    """The claims that no later one supersedes."""
    claims: dict[str, Claim] = snapshot["claims"]
    return {name: claim for name, claim in claims.items() if claim["superseded_by"] is None}


def named_in(snapshot: Mapping[str, Any]) -> set[str]:
    """The buyers that a standing claim names."""
    return {name for claim in standing_claims(snapshot).values() for name in claim["buyers"]}


def in_conflict(snapshot: Mapping[str, Any]) -> bool:
    """Whether two standing claims cannot both be true."""
    claims = standing_claims(snapshot).values()
    return any(_contradict(one, other) for one, other in combinations(claims, 2))


def exact_units(snapshot: Mapping[str, Any]) -> int | None:
    """The joint quantity where every standing claim gives the same exact one, else None."""
    claims = list(standing_claims(snapshot).values())
    quantities = {claim["units"] for claim in claims if claim["bound"] == "exactly"}
    if len(quantities) == 1 and all(claim["bound"] == "exactly" for claim in claims):
        return quantities.pop()
    return None


def cap(snapshot: Mapping[str, Any]) -> int | None:
    """What must never be exceeded: the least quantity that a standing claim gives as exact. A
    claim beside it contradicts it and does not lift it.
    """
    claims = standing_claims(snapshot).values()
    exact = [one["units"] for one in claims if one["bound"] == "exactly" and one["units"]]
    return min(exact, default=None)


def _weaker(new: Mapping[str, Any], old: Mapping[str, Any]) -> bool:
    """Whether a claim rests on lesser evidence than the one that it is to supersede."""
    return strength(new["evidence"], Role.OFFICER) < strength(old["evidence"], Role.OFFICER)


def _claim(claim: dict[str, Any], seq: int, effective_at: str) -> Claim:
    return Claim(
        units=claim["units"],
        bound=claim["bound"],
        buyers=claim["buyers"],
        evidence=claim["evidence"],
        seq=seq,
        effective_at=effective_at,
        superseded_by=None,
    )


def _contradict(one: Claim, other: Claim) -> bool:
    if set(one["buyers"]) != set(other["buyers"]):
        return True
    return _excludes(one, other) or _excludes(other, one)


def _excludes(exact: Claim, other: Claim) -> bool:
    """Whether an exact quantity cannot be the other one's."""
    if exact["bound"] != "exactly" or exact["units"] is None or other["units"] is None:
        return False
    if other["bound"] == "exactly":
        return exact["units"] != other["units"]
    return exact["units"] < other["units"]
