"""The share that an application has of a pool."""

from workflow.domain.act import Act
from workflow.domain.application import Allocation, Changes, Snapshot
from workflow.domain.refusals import Refusal

# guards


def pool_named(snapshot: Snapshot, act: Act) -> Refusal | None:
    """The event or the application names one pool, and it is registered."""
    named, present = act.data["pool"], snapshot["pool"]
    if named is None:
        return None if present else Refusal("pool-required", {}, ("data", "pool"))
    if present is not None and named != present:
        return Refusal("pool-of-another", {"pool": present})
    if named != present and named not in act.pools:
        return Refusal("pool-not-registered", {"pool": named}, ("data", "pool"))
    return None


def share_open(snapshot: Snapshot, _act: Act) -> Refusal | None:
    """The share is not fixed: then nobody claims another."""
    allocation = snapshot["allocation"]
    fixed = allocation is not None and allocation["status"] == "fixed"
    return Refusal("allocation-fixed") if fixed else None


# effects


def claim_allocation(snapshot: Snapshot, act: Act) -> Changes:
    """A claimed share; without units, a share whose size nobody has told."""
    return _share(snapshot, act, "claimed")


def fix_allocation(snapshot: Snapshot, act: Act) -> Changes:
    """The share by the word of the authority; without units, it is not known."""
    return _share(snapshot, act, "fixed")


def _share(snapshot: Snapshot, act: Act, status: str) -> Changes:
    units = act.data["units"]
    status = "unknown" if units is None else status
    return Changes(
        set={
            "/pool": act.data["pool"] or snapshot["pool"],
            "/allocation": Allocation(units=units, status=status, seq=act.seq),
        }
    )
