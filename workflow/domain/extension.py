"""The one extension that a deadline may have each time it runs; `deadlines` says which counts."""

from workflow.domain import deadlines
from workflow.domain.act import Act
from workflow.domain.application import Changes, Extension, Snapshot
from workflow.domain.procedure import Deadline
from workflow.domain.refusals import Refusal

# guard


def extension_possible(snapshot: Snapshot, act: Act) -> Refusal | None:
    """A deadline runs in this state, was not extended since it began, and may be by so much."""
    deadline = _running(snapshot, act)
    if deadline is None:
        return Refusal("no-deadline")
    if deadlines.extended(snapshot, deadline) is not None:
        return Refusal("deadline-extended", {"deadline": deadline.id})
    if act.data["working_days"] > deadline.extension:
        return Refusal("extension-too-long", {"working_days": deadline.extension})
    return None


# effect


def extend_deadline(snapshot: Snapshot, act: Act) -> Changes:
    """The deadline of the present state ends so many working days later, also where the act is
    dated before it began.
    """
    deadline = _running(snapshot, act)
    if deadline is None:
        raise ValueError("a procedure lets a deadline be extended where none runs")
    since = max(act.effective_at, deadlines.begun(snapshot, deadline))
    extension = Extension(working_days=act.data["working_days"], seq=act.seq, effective_at=since)
    return Changes(set={f"/extensions/{deadline.id}": extension})


def _running(snapshot: Snapshot, act: Act) -> Deadline | None:
    known = act.procedure.deadlines.values()
    running = (one for one in known if one.event is None and snapshot["state"] in one.states)
    return next(running, None)
