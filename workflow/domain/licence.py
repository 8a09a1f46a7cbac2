"""The order, the licence and its ledger: units licensed = shipped + given up + balance."""

from datetime import date

from workflow.domain import clock
from workflow.domain.act import Act
from workflow.domain.application import SHIPMENTS_KEPT, Changes, Licence, Order, Proposal, Snapshot
from workflow.domain.conditions import unit_cap
from workflow.domain.refusals import Refusal

# guards


def no_licence_proposed(snapshot: Snapshot, _act: Act) -> Refusal | None:
    """The order may be restated until a licence is proposed."""
    return Refusal("licence-already-proposed") if snapshot["proposal"] else None


def order_declared(snapshot: Snapshot, _act: Act) -> Refusal | None:
    """The buyer has declared its order."""
    return None if snapshot["order"] else Refusal("order-not-declared")


def within_order(snapshot: Snapshot, act: Act) -> Refusal | None:
    """No more units than ordered, nor than the lowest cap among the conditions."""
    units, order, cap = act.data["units"], snapshot["order"], unit_cap(snapshot)
    if order and units > order["units"]:
        return Refusal("beyond-order", {"units": order["units"]})
    if cap is not None and units > cap:
        return Refusal("beyond-cap", {"units": cap})
    return None


def licence_proposed(snapshot: Snapshot, _act: Act) -> Refusal | None:
    """A licence has been proposed."""
    return None if snapshot["proposal"] else Refusal("licence-not-proposed")


def proposal_within_cap(snapshot: Snapshot, _act: Act) -> Refusal | None:
    """No condition set since the proposal caps the licence below it."""
    proposal, cap = snapshot["proposal"], unit_cap(snapshot)
    if proposal is None or cap is None or proposal["units"] <= cap:
        return None  # licence_proposed says whether there is one
    return Refusal("beyond-cap", {"units": cap})


def gates_open(snapshot: Snapshot, _act: Act) -> Refusal | None:
    """No gate is shut."""
    shut = next((gate for gate, status in snapshot["gates"].items() if status == "shut"), None)
    return Refusal("gate-shut", {"gate": shut}) if shut else None


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


def shipment_new(snapshot: Snapshot, act: Act) -> Refusal | None:
    """The shipment's id is not taken, and the licence allows another use."""
    licence = snapshot["licence"]
    if licence is None:
        return None
    name, limit = act.data["shipment"], licence["max_uses"]
    if name in licence["shipments"]:
        return Refusal("shipment-exists", {"shipment": name})
    if len(licence["shipments"]) >= SHIPMENTS_KEPT:
        return Refusal("limit-reached", {"what": "shipments", "limit": SHIPMENTS_KEPT})
    if limit is not None and len(licence["shipments"]) >= limit:
        return Refusal("uses-exhausted", {"max_uses": limit})
    return None


# effects


def declare_order(_snapshot: Snapshot, act: Act) -> Changes:
    """The buyer's order, stated or restated."""
    return Changes(set={"/order": Order(units=act.data["units"], agent=act.data["agent"])})


def propose_licence(_snapshot: Snapshot, act: Act) -> Changes:
    """A proposal; a later one takes its place until one is issued."""
    data = act.data
    proposal = Proposal(
        units=data["units"],
        valid_from=data["valid_from"],
        valid_until=data["valid_until"],
        max_uses=data["max_uses"],
    )
    return Changes(set={"/proposal": proposal})


def issue_licence(snapshot: Snapshot, act: Act) -> Changes:
    """The licence as proposed, with its whole quantity to ship; nothing is proposed any more."""
    proposal = snapshot["proposal"]
    if proposal is None:
        raise ValueError("a procedure lets a licence be issued without the guard licence_proposed")
    licence = Licence(
        **proposal,
        number=act.data["licence"],
        shipped=0,
        given_up=0,
        balance=proposal["units"],
        shipments={},
    )
    return Changes(set={"/licence": licence, "/proposal": None})


def record_shipment(snapshot: Snapshot, act: Act) -> Changes:
    """A consignment, taken from the balance."""
    licence, units = _held(snapshot), act.data["units"]
    return Changes(
        set={
            f"/licence/shipments/{act.data['shipment']}": units,
            "/licence/shipped": licence["shipped"] + units,
            "/licence/balance": licence["balance"] - units,
        }
    )


def give_up_balance(snapshot: Snapshot, _act: Act) -> Changes:
    """The rest will not be shipped."""
    licence = _held(snapshot)
    given_up = licence["given_up"] + licence["balance"]
    return Changes(set={"/licence/given_up": given_up, "/licence/balance": 0})


def open_gate(_snapshot: Snapshot, act: Act) -> Changes:
    """The event's gate opens."""
    return Changes(set={f"/gates/{act.spec.gate}": "open"})


def shut_gate(_snapshot: Snapshot, act: Act) -> Changes:
    """The event's gate shuts."""
    return Changes(set={f"/gates/{act.spec.gate}": "shut"})


def _held(snapshot: Snapshot) -> Licence:
    if snapshot["licence"] is None:
        raise ValueError("a procedure lets a licence be used in a state without one")
    return snapshot["licence"]
