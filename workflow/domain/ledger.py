"""The ledger of a licence: shipments, their reversal, and what becomes of the rest.

units licensed = shipped + given up + carried to a later version + balance, in every version.
"""

from datetime import date

from workflow.domain import clock
from workflow.domain.act import Act
from workflow.domain.application import SHIPMENTS_KEPT, Changes, Licence, Snapshot
from workflow.domain.conditions import unit_cap
from workflow.domain.refusals import Refusal


def drawn(snapshot: Snapshot) -> int:
    """The units that all versions of the licence take from a joint quantity: shipped, or still
    to be shipped. What was given up has gone back.
    """
    return sum(licence["shipped"] + licence["balance"] for licence in versions(snapshot))


def licensed(snapshot: Snapshot) -> int | None:
    """The units licensed over all versions, each of them once; None before there is a licence."""
    earlier = snapshot["earlier_licences"].values()
    again = sum(licence["carried"] + licence["lapsed"] for licence in earlier)
    every = versions(snapshot)
    return sum(licence["units"] for licence in every) - again if every else None


def shipped(snapshot: Snapshot) -> int | None:
    """The units shipped under all versions; None before there is a licence."""
    every = versions(snapshot)
    return sum(licence["shipped"] for licence in every) if every else None


def versions(snapshot: Snapshot) -> list[Licence]:
    """Every version of the licence, the one in force last."""
    present = snapshot["licence"]
    return [*snapshot["earlier_licences"].values(), *([present] if present else [])]


def held(snapshot: Snapshot) -> Licence:
    """The licence. Raises ValueError where there is none: a procedure that was checked never
    uses one there.
    """
    if snapshot["licence"] is None:
        raise ValueError("a procedure lets a licence be used in a state without one")
    return snapshot["licence"]


# guards


def whole_within_cap(snapshot: Snapshot, _act: Act) -> Refusal | None:
    """No condition, whenever it was set, caps the licence below what all of its versions would
    come to with one more: what was shipped, is left, and lapsed.
    """
    licence, cap = snapshot["licence"], unit_cap(snapshot)
    if licence is None or cap is None or drawn(snapshot) + licence["lapsed"] <= cap:
        return None
    return Refusal("beyond-cap", {"units": cap})


def within_balance(snapshot: Snapshot, act: Act) -> Refusal | None:
    """No more units than the licence has left."""
    licence = snapshot["licence"]
    balance = licence["balance"] if licence else 0
    return Refusal("beyond-balance", {"balance": balance}) if act.data["units"] > balance else None


def within_validity(snapshot: Snapshot, act: Act) -> Refusal | None:
    """The act takes effect on a day, in the procedure's zone, on which the licence is valid."""
    licence = snapshot["licence"]
    if licence is None:
        return None
    first, last = licence["valid_from"], licence["valid_until"]
    day = clock.day_in(act.effective_at, act.procedure.time_zone)
    if date.fromisoformat(first) <= day <= date.fromisoformat(last):
        return None
    return Refusal("outside-validity", {"valid_from": first, "valid_until": last})


def validity_over(snapshot: Snapshot, act: Act) -> Refusal | None:
    """The act takes effect after the last day, in the procedure's zone, of the licence."""
    licence = snapshot["licence"]
    if licence is None:
        return None
    last = licence["valid_until"]
    day = clock.day_in(act.effective_at, act.procedure.time_zone)
    return None if day > date.fromisoformat(last) else Refusal("still-valid", {"valid_until": last})


def shipment_new(snapshot: Snapshot, act: Act) -> Refusal | None:
    """The shipment's id was never taken, and the licence allows another use."""
    licence = snapshot["licence"]
    if licence is None:
        return None
    name, limit = act.data["shipment"], licence["max_uses"]
    known = versions(snapshot)
    if any(name in one["shipments"] or name in one["reversed"] for one in known):
        return Refusal("shipment-exists", {"shipment": name})
    if sum(len(one["shipments"]) + len(one["reversed"]) for one in known) >= SHIPMENTS_KEPT:
        return Refusal("limit-reached", {"what": "shipments", "limit": SHIPMENTS_KEPT})
    if limit is not None and len(licence["shipments"]) >= limit:
        return Refusal("uses-exhausted", {"max_uses": limit})
    return None


def shipment_known(snapshot: Snapshot, act: Act) -> Refusal | None:
    """The shipment was made under the licence in force, and is not reversed yet."""
    name, licence = act.data["shipment"], snapshot["licence"]
    named = {"shipment": name}
    if licence is not None and name in licence["shipments"]:
        return None
    if any(name in one["reversed"] for one in versions(snapshot)):
        return Refusal("shipment-reversed", named)
    if any(name in one["shipments"] for one in snapshot["earlier_licences"].values()):
        return Refusal("shipment-of-earlier-licence", named)
    return Refusal("unknown-shipment", named)


# effects


def record_shipment(snapshot: Snapshot, act: Act) -> Changes:
    """A consignment, taken from the balance."""
    licence, units = held(snapshot), act.data["units"]
    return Changes(
        set={
            f"/licence/shipments/{act.data['shipment']}": units,
            "/licence/shipped": licence["shipped"] + units,
            "/licence/balance": licence["balance"] - units,
        }
    )


def reverse_shipment(snapshot: Snapshot, act: Act) -> Changes:
    """The consignment counts as never shipped: its units are in the balance again, and its use
    is free again.
    """
    licence, name = held(snapshot), act.data["shipment"]
    units = licence["shipments"][name]
    return Changes(
        set={
            f"/licence/reversed/{name}": units,
            "/licence/shipped": licence["shipped"] - units,
            "/licence/balance": licence["balance"] + units,
        },
        unset=[f"/licence/shipments/{name}"],
    )


def give_up_balance(snapshot: Snapshot, _act: Act) -> Changes:
    """The rest will not be shipped."""
    licence = held(snapshot)
    given_up = licence["given_up"] + licence["balance"]
    return Changes(set={"/licence/given_up": given_up, "/licence/balance": 0})


def expire_licence(snapshot: Snapshot, act: Act) -> Changes:
    """The rest is given up by expiry; a reissue may draw it again."""
    changes = give_up_balance(snapshot, act)
    changes["set"]["/licence/lapsed"] = held(snapshot)["balance"]
    return changes
