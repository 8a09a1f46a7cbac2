"""What an application takes from a pool, and gives back: told by the units that it holds before
and after a decision, whatever the event. So a procedure needs no word for it: an effect that
licenses, gives up or lets lapse says it all, and a correction draws or returns the net.
"""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple, cast

from workflow.domain import pool as pools
from workflow.domain.application import Snapshot
from workflow.domain.ledger import drawn


class Share(NamedTuple):
    """What an application has of a pool. `status`: unknown, claimed or fixed, and drawn as soon as
    a licence takes from it; `units` are those of the claim or the fixing.
    """

    status: str
    units: int | None
    drawn: int


def moves(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, int]:
    """By pool, the units that a decision takes from it (positive) or gives back (negative).

    A fold keeps what it does not touch, so most decisions are told by identity.
    """
    left, joined = before.get("pool"), after.get("pool")
    if left is None and joined is None:
        return {}
    if (
        left == joined
        and before["licence"] is after["licence"]
        and before["earlier_licences"] is after["earlier_licences"]
    ):
        return {}
    held: dict[str, int] = {}
    for pool, snapshot, sign in ((left, before, -1), (joined, after, 1)):
        if pool is not None:
            held[pool] = held.get(pool, 0) + sign * drawn(cast(Snapshot, snapshot))
    return {pool: units for pool, units in sorted(held.items()) if units}


def share_of(snapshot: Snapshot) -> Share:
    """The share of an application that belongs to a pool."""
    allocation, taken = snapshot["allocation"], drawn(snapshot)
    status = "unknown" if allocation is None else allocation["status"]
    return Share("drawn" if taken else status, allocation["units"] if allocation else None, taken)


def over_claimed(pool: Mapping[str, Any], shares: Iterable[Share]) -> int | None:
    """By how many units the shares, as claimed, fixed or drawn, go beyond every quantity that is
    said of the pool; None where none is.
    """
    told = [claim["units"] for claim in pools.standing_claims(pool).values()]
    known = [units for units in told if units is not None]
    wanted = sum(max(share.units or 0, share.drawn) for share in shares)
    return max(0, wanted - max(known)) if known else None
