"""The order, and the licence from its beginning to its reissue; its ledger is in `ledger`."""

from workflow.domain.act import Act
from workflow.domain.application import LICENCES_KEPT, Changes, Licence, Order, Proposal, Snapshot
from workflow.domain.conditions import unit_cap
from workflow.domain.ledger import held
from workflow.domain.refusals import Refusal
from workflow.domain.validity import period

ISSUING = ("issue_licence", "grant_licence")
"""The effects that make a licence where there was none."""

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


def reissuable(snapshot: Snapshot, _act: Act) -> Refusal | None:
    """There is room for one more version."""
    if len(snapshot["earlier_licences"]) < LICENCES_KEPT:
        return None
    return Refusal("limit-reached", {"what": "licence versions", "limit": LICENCES_KEPT})


# effects


def declare_order(_snapshot: Snapshot, act: Act) -> Changes:
    """The buyer's order, stated or restated."""
    return Changes(set={"/order": Order(units=act.data["units"], agent=act.data["agent"])})


def propose_licence(_snapshot: Snapshot, act: Act) -> Changes:
    """A proposal; a later one takes its place until one is issued."""
    return Changes(set={"/proposal": Proposal(units=act.data["units"], **period(act))})


def issue_licence(snapshot: Snapshot, act: Act) -> Changes:
    """The licence as proposed, with its whole quantity to ship; nothing is proposed any more."""
    proposal = snapshot["proposal"]
    if proposal is None:
        raise ValueError("a procedure lets a licence be issued without the guard licence_proposed")
    licence = _begun(proposal, act.data["licence"], 1)
    return Changes(set={"/licence": licence, "/proposal": None})


def grant_licence(snapshot: Snapshot, act: Act) -> Changes:
    """A licence that nobody has proposed, on the terms of the procedure where none are named."""
    terms = Proposal(units=act.data["units"], **period(act))
    changes = Changes(set={"/licence": _begun(terms, act.data["licence"], 1)})
    if snapshot["proposal"] is not None:
        changes["set"]["/proposal"] = None
    return changes


def reissue_licence(snapshot: Snapshot, act: Act) -> Changes:
    """A new version for the units that are not shipped yet, on new terms; the earlier one is kept
    as it ended.

    What is left is carried over. What lapsed with the earlier version is drawn anew. It may be used
    as often as the earlier one, unless it says how often.
    """
    earlier = held(snapshot)
    balance = earlier["balance"]
    terms = Proposal(units=balance + earlier["lapsed"], **period(act))
    if act.data["max_uses"] is None and earlier["max_uses"] is not None:
        terms["max_uses"] = earlier["max_uses"]
    ended = Licence(**{**earlier, "balance": 0, "carried": balance})
    return Changes(
        set={
            f"/earlier_licences/{earlier['version']}": ended,
            "/licence": _begun(terms, earlier["number"], earlier["version"] + 1),
        }
    )


def _begun(terms: Proposal, number: str, version: int) -> Licence:
    return Licence(
        **terms,
        number=number,
        version=version,
        shipped=0,
        given_up=0,
        lapsed=0,
        carried=0,
        balance=terms["units"],
        shipments={},
        reversed={},
    )
