"""Named facts about a snapshot, for a procedure's moves (`when`) and turns (`until`)."""

from collections.abc import Callable

from workflow.domain.application import Snapshot
from workflow.domain.conditions import unaccepted
from workflow.domain.information import awaited
from workflow.domain.procedure import EventSpec, Procedure
from workflow.domain.requests import granted, pending

MoveFact = Callable[[Snapshot, EventSpec], bool]
"""Of the snapshot as it would be after the event."""

TurnFact = Callable[[Snapshot, str], bool]
"""Of a snapshot and the body that is waited for."""


def quorum_reached(snapshot: Snapshot, spec: EventSpec) -> bool:
    """Every authority of the event's quorum has voted."""
    return all(authority in snapshot["votes"][spec.type] for authority in spec.quorum)


def balance_nil(snapshot: Snapshot, _spec: EventSpec) -> bool:
    """Nothing is left to ship on the licence."""
    licence = snapshot["licence"]
    return licence is not None and licence["balance"] == 0


def withdrawal_granted(snapshot: Snapshot, _spec: EventSpec) -> bool:
    """The buyer may give its licence back."""
    return granted(snapshot, "withdrawal")


def appeal_granted(snapshot: Snapshot, _spec: EventSpec) -> bool:
    """The refusal stands no more."""
    return granted(snapshot, "appeal")


def votes_reopened(snapshot: Snapshot, _spec: EventSpec) -> bool:
    """The amendment was granted, and no vote stands."""
    return granted(snapshot, "amendment") and not any(snapshot["votes"].values())


def voted(snapshot: Snapshot, who: str) -> bool:
    """The authority has cast its vote."""
    return any(who in votes for votes in snapshot["votes"].values())


def order_declared(snapshot: Snapshot, _who: str) -> bool:
    """The buyer has said what it orders."""
    return snapshot["order"] is not None


def conditions_accepted(snapshot: Snapshot, _who: str) -> bool:
    """No condition awaits the buyer's acceptance."""
    return not unaccepted(snapshot)


def gates_open(snapshot: Snapshot, _who: str) -> bool:
    """Every gate is open."""
    return "shut" not in snapshot["gates"].values()


def withdrawal_answered(snapshot: Snapshot, _who: str) -> bool:
    """No request to withdraw waits for an answer."""
    return not pending(snapshot, "withdrawal")


def appeal_answered(snapshot: Snapshot, who: str) -> bool:
    """No appeal waits for an answer of this body, whose decision it is about."""
    return not pending(snapshot, "appeal") or snapshot["entered_by"] not in (None, who)


MOVE_FACTS: dict[str, MoveFact] = {
    "quorum_reached": quorum_reached,
    "balance_nil": balance_nil,
    "withdrawal_granted": withdrawal_granted,
    "appeal_granted": appeal_granted,
    "votes_reopened": votes_reopened,
}
TURN_FACTS: dict[str, TurnFact] = {
    "voted": voted,
    "order_declared": order_declared,
    "conditions_accepted": conditions_accepted,
    "gates_open": gates_open,
    "withdrawal_answered": withdrawal_answered,
    "appeal_answered": appeal_answered,
}


def waiting_on(procedure: Procedure, snapshot: Snapshot) -> list[str]:
    """Whose turn it is, in the order of the procedure; last, the applicant who owes an answer."""
    turns = procedure.states[snapshot["state"]].turns
    waited = {
        turn.who: None
        for turn in turns
        if turn.until is None or not TURN_FACTS[turn.until](snapshot, turn.who)
    }
    if awaited(snapshot):
        waited.setdefault(procedure.creation.by[0])
    return list(waited)
