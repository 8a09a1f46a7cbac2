"""How a pool is shown: all of it, or to a buyer the totals and its own share."""

from collections.abc import Sequence, Set
from typing import Any, cast

from api.views import FULL, SHARE, entity_tag
from workflow.domain import access, canonical, draws, reservations
from workflow.domain import pool as pools
from workflow.domain.application import Snapshot
from workflow.domain.principal import Principal
from workflow.domain.record import Document

Member = tuple[str, Document]
"""An application that belongs to a pool."""


def pool_view(
    principal: Principal,
    bodies: Set[str],
    identifier: str,
    document: Document,
    members: Sequence[Member],
) -> tuple[dict[str, Any], str]:
    """What the principal sees of a pool, and the entity tag of that; `bodies` are the authorities
    of all procedures. The tag covers the shares, which have no part in the pool's own trail.
    """

    def seen(buyer: str) -> bool:
        return access.share_seen(principal, buyer, bodies)

    snapshot = document.snapshot
    shares = [draws.share_of(cast(Snapshot, member.snapshot)) for _, member in members]
    free = reservations.free(snapshot)
    body = {
        "id": identifier,
        "title": snapshot["title"],
        "version": document.version,
        "claims": [
            {"id": name, **claim, "buyers": named, "others": len(named) < len(claim["buyers"])}
            for name, claim in snapshot["claims"].items()
            if (named := [one for one in claim["buyers"] if seen(one)])
        ],
        "conflict": pools.in_conflict(snapshot),
        "shares": [
            {"application": application, "buyer": member.snapshot["buyer"], **share._asdict()}
            for (application, member), share in zip(members, shares, strict=True)
            if seen(member.snapshot["buyer"])
        ],
        "drawn": snapshot["drawn"],
        "reserved": None if free is None else snapshot["reserved"],
        "free": free,
        "over_claimed": draws.over_claimed(snapshot, shares),
        "created_at": snapshot["created_at"],
        "updated_at": document.recorded_at,
        "head": document.head,
    }
    view = FULL if access.sees_shares(principal, bodies) else SHARE
    digest = canonical.sha256(canonical.encode(body))
    return body, entity_tag(document.version, digest, view)
