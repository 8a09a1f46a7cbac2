"""Change of law: an application in flight moves to a later version of its procedure.

The rules change, never the facts: what was done, when, and since when the state stands is left as
it is. The mapping of states is published with the later version (`migrates_from`).
"""

from workflow.domain.act import Act
from workflow.domain.application import Changes, Snapshot
from workflow.domain.licence import ISSUING
from workflow.domain.procedure import Procedure
from workflow.domain.refusals import Refusal


def mapped(successor: Procedure, version: int, state: str) -> str | None:
    """Where an application of an earlier version stands under a later one; None where that
    version says nothing of the earlier one.
    """
    origin = successor.migrates_from
    if origin is None or origin.version != version:
        return None
    found = origin.states.get(state, state)
    return found if found in successor.states else None


# guards


def successor_published(snapshot: Snapshot, act: Act) -> Refusal | None:
    """There is a version that says how applications of the present one go on."""
    version = snapshot["procedure_version"]
    if act.successor is not None and mapped(act.successor, version, snapshot["state"]):
        return None
    return Refusal("no-migration", {"present": version})


def migratable(snapshot: Snapshot, act: Act) -> Refusal | None:
    """What is only reported can be confirmed there, and a licence is held there just when one is
    held here.
    """
    successor = act.successor
    if successor is None:
        return None  # successor_published says so
    state = mapped(successor, snapshot["procedure_version"], snapshot["state"])
    if state is None:
        return None
    known = {successor.creation.type, *successor.events}
    lost = sorted({one["type"] for one in snapshot["unconfirmed"].values()} - known)
    if lost:
        return Refusal("migration-loses", {"what": ", ".join(lost), "state": state})
    held = snapshot["licence"] is not None
    if held and _leads_to_licence(successor, state):
        return Refusal("migration-loses", {"what": "a licence", "state": state})
    if not held and state in licensed_states(successor):
        return Refusal("migration-loses", {"what": "no licence", "state": state})
    return None


# effect


def migrate(snapshot: Snapshot, act: Act) -> Changes:
    """The later version decides from now on. What it has more to vote on or to open is begun;
    a gate that it no longer knows stands in nobody's way.
    """
    successor = act.successor
    if successor is None:
        raise ValueError("a procedure lets an application migrate without its guards")
    rules = {"/procedure_version": successor.version, "/procedure_digest": successor.digest}
    changes = Changes(set=rules)
    state = mapped(successor, snapshot["procedure_version"], snapshot["state"])
    if state != snapshot["state"]:
        changes["set"]["/state"] = state
    votes = [kind for kind, spec in successor.events.items() if spec.quorum]
    changes["set"] |= {f"/votes/{kind}": {} for kind in votes if kind not in snapshot["votes"]}
    gates = [gate for gate in successor.gates if gate not in snapshot["gates"]]
    changes["set"] |= {f"/gates/{gate}": "shut" for gate in gates}
    gone = [f"/gates/{gate}" for gate in snapshot["gates"] if gate not in successor.gates]
    if gone:
        changes["unset"] = gone
    return changes


def licensed_states(procedure: Procedure) -> frozenset[str]:
    """The states that are reached only by issuing a licence, whichever way is taken."""
    steps = _steps(procedure)
    free, frontier = {procedure.initial}, {procedure.initial}
    while frontier:
        frontier = {to for source, to, issues in steps if source in frontier and not issues} - free
        free |= frontier
    return frozenset(procedure.states) - free


def _leads_to_licence(procedure: Procedure, state: str) -> bool:
    """Whether a licence can still be issued from a state on; a second would hide the first."""
    steps = _steps(procedure)
    reached, frontier = {state}, {state}
    while frontier:
        frontier = {to for source, to, _ in steps if source in frontier} - reached
        reached |= frontier
    return any(source in reached for source, _, issues in steps if issues)


def _steps(procedure: Procedure) -> list[tuple[str, str, bool]]:
    """Every step between two states, and whether it issues a licence."""
    return [
        (source, move.target, spec.effect in ISSUING)
        for spec in procedure.events.values()
        for move in spec.moves
        if move.target is not None
        for source in move.sources
    ]
