"""Holds: an authority stops the events that it names, until it releases them."""

from workflow.domain.act import Act
from workflow.domain.application import HOLDS_KEPT, Changes, Hold, Snapshot
from workflow.domain.procedure import EventSpec
from workflow.domain.refusals import Refusal

RELEASE = "release"
"""The effect that ends a hold."""

UNSTOPPED = (RELEASE, "shut_gate")
"""The effects that no hold stops: nothing else would end the hold, and no authority keeps a gate
open that another shuts, or a link.
"""


def in_force(snapshot: Snapshot) -> dict[str, Hold]:
    """The holds that nobody has released."""
    holds = snapshot["holds"].items()
    return {name: hold for name, hold in holds if hold["released_at"] is None}


def barring(snapshot: Snapshot, spec: EventSpec) -> Refusal | None:
    """Whether a hold stops an event."""
    if not snapshot["holds"] or spec.effect in UNSTOPPED:
        return None
    return naming(snapshot, spec.type)


def naming(snapshot: Snapshot, kind: str) -> Refusal | None:
    """Whether a hold in force names this type of event."""
    for name, hold in in_force(snapshot).items():
        if kind in hold["blocks"]:
            return Refusal("held", {"type": kind, "hold": name, "authority": hold["authority"]})
    return None


# guards


def hold_new(snapshot: Snapshot, act: Act) -> Refusal | None:
    """The id is not taken, there is room for one more, and it stops only events that there are
    and that may be stopped.
    """
    name, events = act.data["hold"], act.procedure.events
    if name in snapshot["holds"]:
        return Refusal("hold-exists", {"hold": name})
    if len(snapshot["holds"]) >= HOLDS_KEPT:
        return Refusal("limit-reached", {"what": "holds", "limit": HOLDS_KEPT})
    for kind in act.data["blocks"]:
        if kind not in events:
            return Refusal("unknown-event", {"type": kind}, ("data", "blocks"))
        if events[kind].effect == RELEASE:
            return Refusal("hold-of-release", {"type": kind})
        if events[kind].effect in UNSTOPPED:
            return Refusal("hold-of-shutting", {"type": kind})
    return None


def hold_own(snapshot: Snapshot, act: Act) -> Refusal | None:
    """The hold is in force and the actor's own."""
    name = act.data["hold"]
    hold = snapshot["holds"].get(name)
    if hold is None:
        return Refusal("unknown-hold", {"hold": name})
    if hold["released_at"] is not None:
        return Refusal("hold-released", {"hold": name})
    if hold["authority"] != act.actor.authority:
        return Refusal("hold-of-another", {"owner": hold["authority"]})
    return None


# effects


def hold(_snapshot: Snapshot, act: Act) -> Changes:
    """The named events are stopped."""
    stop = Hold(
        authority=act.actor.authority or "",
        blocks=act.data["blocks"],
        seq=act.seq,
        held_at=act.effective_at,
        released_at=None,
    )
    return Changes(set={f"/holds/{act.data['hold']}": stop})


def release(_snapshot: Snapshot, act: Act) -> Changes:
    """They may happen again."""
    return Changes(set={f"/holds/{act.data['hold']}/released_at": act.effective_at})
