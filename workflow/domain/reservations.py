"""What a pool keeps of draws: how many units are drawn, and which draws and returns are under way.

A draw is reserved before it is committed on its application, and settled or released after; a
return is expected before, and settled or released after. Reserved and drawn units together never
exceed the quantity of a pool where that is exact. A return frees nothing before it is settled.

Each is known by its ticket (`drawing` says what makes one). Entries are the service's own.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, TypedDict

from workflow.domain import clock
from workflow.domain.act import Posting
from workflow.domain.application import Changes
from workflow.domain.pool import cap, exact_units
from workflow.domain.principal import Role
from workflow.domain.record import Decision, Document
from workflow.domain.refusals import Refusal, Refused
from workflow.domain.registry import acting, entered, recorded_at

RESERVATIONS_KEPT = 1_000
"""Draws and returns that may be under way in a pool."""

LEFT = timedelta(seconds=5)
"""After this time somebody else may finish what is under way; longer than a commit takes."""


class Reservation(TypedDict):
    """A draw (`units` > 0) or a return (`units` < 0) that is under way."""

    application: str
    units: int
    at: str


def free(pool: Mapping[str, Any]) -> int | None:
    """Units that nobody has drawn or reserved, where the quantity is exact."""
    exact = exact_units(pool)
    return None if exact is None else max(0, exact - pool["drawn"] - pool["reserved"])


def beyond(pool: Mapping[str, Any], name: str, units: int) -> Refusal | None:
    """Why so many more units cannot be drawn from a pool, if they cannot."""
    most = cap(pool)
    left = None if most is None else max(0, most - pool["drawn"] - pool["reserved"])
    if left is None or units <= left:
        return None
    return Refusal("beyond-pool", {"pool": name, "free": left, "units": units})


def due(pool: Mapping[str, Any]) -> tuple[str, ...]:
    """When somebody must look after what is under way."""
    begun = [one["at"] for one in pool["reservations"].values()]
    return (clock.later(min(begun), LEFT),) if begun else ()


def left(pool: Mapping[str, Any], now: str) -> dict[str, Reservation]:
    """What has been under way for too long, by ticket."""
    under_way: dict[str, Reservation] = pool["reservations"]
    return {ticket: one for ticket, one in under_way.items() if clock.later(one["at"], LEFT) <= now}


# rules, for data with a ticket and, to begin, with application, event and units


def begin(before: Document, posting: Posting) -> Decision | Refused:
    """Reserve units for a draw, or note that a return is expected."""
    pool, data = before.snapshot, posting.event.data
    if not before.version:
        return Refused((Refusal("unknown-pool"),))
    if len(pool["reservations"]) >= RESERVATIONS_KEPT:
        named = {"what": "draws under way", "limit": RESERVATIONS_KEPT}
        return Refused((Refusal("limit-reached", named),))
    units, name = data["units"], posting.subject.partition("/")[2]
    refusal = beyond(pool, name, units) if units > 0 else None
    if refusal is not None:
        return Refused((refusal,))
    at = recorded_at(before, posting)
    begun = Reservation(application=data["application"], units=units, at=at)
    reserved = pool["reserved"] + max(0, units)
    changes = {f"/reservations/{data['ticket']}": begun, "/reserved": reserved}
    return _entered(before, posting, Changes(set=changes))


def settle(before: Document, posting: Posting) -> Decision | Refused:
    """The application has its event: the units are drawn, or returned."""
    return _ended(before, posting, committed=True)


def release(before: Document, posting: Posting) -> Decision | Refused:
    """The application will never have it: the units are as they were."""
    return _ended(before, posting, committed=False)


def _ended(before: Document, posting: Posting, *, committed: bool) -> Decision | Refused:
    pool, ticket = before.snapshot, posting.event.data["ticket"]
    begun = pool["reservations"].get(ticket) if before.version else None
    if begun is None:
        return Refused((Refusal("unknown-reservation"),))
    units = begun["units"]
    gained = {"/reserved": pool["reserved"] - max(0, units)}
    if committed:
        gained["/drawn"] = pool["drawn"] + units
    return _entered(before, posting, Changes(set=gained, unset=[f"/reservations/{ticket}"]))


def _entered(before: Document, posting: Posting, changes: Changes) -> Decision | Refused:
    actor = acting(posting.principal, (Role.SYSTEM,))
    return actor if isinstance(actor, Refused) else entered(before, posting, actor, changes)
