"""Named facts about a snapshot, for a procedure's moves (`when`) and turns (`until`)."""

from collections.abc import Callable

from workflow.domain.application import Snapshot
from workflow.domain.conditions import unaccepted
from workflow.domain.procedure import EventSpec, Procedure

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


MOVE_FACTS: dict[str, MoveFact] = {"quorum_reached": quorum_reached, "balance_nil": balance_nil}
TURN_FACTS: dict[str, TurnFact] = {
    "voted": voted,
    "order_declared": order_declared,
    "conditions_accepted": conditions_accepted,
    "gates_open": gates_open,
}


def waiting_on(procedure: Procedure, snapshot: Snapshot) -> list[str]:
    """Whose turn it is, in the order of the procedure."""
    turns = procedure.states[snapshot["state"]].turns
    return list(
        dict.fromkeys(
            turn.who
            for turn in turns
            if turn.until is None or not TURN_FACTS[turn.until](snapshot, turn.who)
        )
    )
