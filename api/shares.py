"""How a pool is shown: all of it, or to a buyer the totals and its own share."""

from collections.abc import Sequence, Set
from typing import Any, cast

from api.views import FULL, SHARE, entity_tag
from workflow.domain import access, canonical
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
    exact = pools.exact_units(snapshot)
    held = sum(map(_held, members))
    shares = [_share(*member) for member in members]
    body = {
        "id": identifier,
        "title": snapshot["title"],
        "version": document.version,
        "claims": [
            {"id": name, **claim, "buyers": named}
            for name, claim in snapshot["claims"].items()
            if (named := [one for one in claim["buyers"] if seen(one)])
        ],
        "conflict": pools.in_conflict(snapshot),
        "shares": [share for share in shares if seen(share["buyer"])],
        "reserved": None if exact is None else held,
        "free": None if exact is None else exact - held,
        "created_at": snapshot["created_at"],
        "updated_at": document.recorded_at,
        "head": document.head,
    }
    view = FULL if access.sees_shares(principal, bodies) else SHARE
    digest = canonical.sha256(canonical.encode(body))
    return body, entity_tag(document.version, digest, view)


def _held(member: Member) -> int:
    """Units of the pool that a member's licence takes up; what was given up is free again."""
    licence = cast(Snapshot, member[1].snapshot)["licence"]
    return 0 if licence is None else licence["units"] - licence["given_up"]


def _share(application: str, member: Document) -> dict[str, Any]:
    snapshot = cast(Snapshot, member.snapshot)
    allocation = snapshot["allocation"]
    return {
        "application": application,
        "buyer": snapshot["buyer"],
        "status": "unknown" if allocation is None else allocation["status"],
        "units": None if allocation is None else allocation["units"],
    }
