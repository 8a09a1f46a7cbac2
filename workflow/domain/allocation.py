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


# effects


def claim_allocation(snapshot: Snapshot, act: Act) -> Changes:
    """A claimed share; without units, a share whose size nobody has told."""
    units = act.data["units"]
    status = "unknown" if units is None else "claimed"
    return Changes(
        set={
            "/pool": act.data["pool"] or snapshot["pool"],
            "/allocation": Allocation(units=units, status=status, seq=act.seq),
        }
    )
