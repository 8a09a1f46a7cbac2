"""The gates of an application, shut at first: what another regime must open before a shipment."""

from workflow.domain import links
from workflow.domain.act import Act
from workflow.domain.application import Changes, Snapshot
from workflow.domain.refusals import Refusal


def shut(snapshot: Snapshot) -> Refusal | None:
    """Whether a gate is shut."""
    found = next((gate for gate, status in snapshot["gates"].items() if status == "shut"), None)
    return Refusal("gate-shut", {"gate": found}) if found else None


# guard


def gates_open(snapshot: Snapshot, _act: Act) -> Refusal | None:
    """No gate is shut."""
    return shut(snapshot)


# effects


def open_gate(_snapshot: Snapshot, act: Act) -> Changes:
    """The event's gate opens."""
    return _moved(act, "open")


def shut_gate(_snapshot: Snapshot, act: Act) -> Changes:
    """The event's gate shuts."""
    return _moved(act, "shut")


def link_gate(snapshot: Snapshot, act: Act) -> Changes:
    """The application on whose state the event's gate hangs; a later link takes its place. The gate
    is shut until that application opens it, and a clearance from before counts no more.
    """
    gate = act.spec.gate or ""
    changes = Changes(set={f"/links/{gate}": links.begun(snapshot, act), f"/gates/{gate}": "shut"})
    word = snapshot["words"].get(gate)
    if word is not None and word["status"] == "open":
        changes["unset"] = [f"/words/{gate}"]
    return changes


def _moved(act: Act, status: str) -> Changes:
    return Changes(set={f"/gates/{act.spec.gate}": status, **links.told(act, status)})
