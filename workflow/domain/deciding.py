"""What an act would change, or why it may not be: the rules around the transition itself."""

from collections.abc import Iterable, Mapping
from typing import Any

from workflow.domain import clock, deadlines, draws, holds, reservations
from workflow.domain.act import Act, Event
from workflow.domain.application import UNCONFIRMED_KEPT, Changes, Snapshot, Vote, after
from workflow.domain.evidence import reaches
from workflow.domain.foresight import samples
from workflow.domain.principal import Role
from workflow.domain.procedure import EventSpec
from workflow.domain.refusals import Refusal
from workflow.domain.rules import EFFECTS, GUARDS
from workflow.domain.standing import bookkeeping, standing_of


def effective_at(snapshot: Snapshot, spec: EventSpec, event: Event, recorded: str) -> str | Refusal:
    """When the act took effect: by default now, at most 60 s ahead, and not before the
    present state was entered (for acts that belong to no state: before the application).
    """
    floor = snapshot["effective_at"] if spec.anytime else snapshot["entered_at"]
    claimed = event.effective_at
    if claimed is None:
        return max(recorded, floor)
    if claimed < floor:
        return Refusal("effective-before-state", {"entered_at": floor})
    return claimed


def in_future(event: Event, now: str) -> Refusal | None:
    """No act takes effect further ahead than clocks may differ."""
    claimed = event.effective_at
    if claimed is None or claimed <= now or claimed <= clock.later(now, clock.FUTURE_TOLERANCE):
        return None
    return Refusal("effective-in-future", {}, ("effective_at",))


def objections(snapshot: Snapshot, act: Act) -> list[Refusal]:
    """Every reason against an act in a state that knows it."""
    return [*_guarded(snapshot, act, act.spec.guards), *_beside_guards(snapshot, act)]


def foreseen(snapshot: Snapshot, act: Act, pools: Mapping[str, Mapping[str, Any]]) -> list[Refusal]:
    """Every reason against an act that can be told before it is posted, whatever its data and
    however good its evidence; none where some data is accepted. `pools`: those known, by id.
    """
    acts = list(samples(snapshot, act))
    reading = [name for name in act.spec.guards if GUARDS[name].payloads]
    others = [name for name in act.spec.guards if not GUARDS[name].payloads]
    reasons = [*_guarded(snapshot, acts[0], others), *_beside_guards(snapshot, acts[0])]
    by_data: dict[str, Refusal] = {}
    for one in acts:
        found = _guarded(snapshot, one, reading)
        if not found and not reasons:
            found = _beyond_pools(snapshot, one, pools)
        if not found:
            return reasons
        by_data |= {refusal.code: refusal for refusal in found}
    return [*reasons, *by_data.values()]


def _guarded(snapshot: Snapshot, act: Act, guards: Iterable[str]) -> list[Refusal]:
    checked = (GUARDS[name].check(snapshot, act) for name in guards)
    return [refusal for refusal in checked if refusal is not None]


def _beside_guards(snapshot: Snapshot, act: Act) -> list[Refusal]:
    """What may stand against any event: a hold, its evidence, and that there is no more room."""
    found: list[Refusal] = []
    barred = holds.barring(snapshot, act.spec)
    if barred is not None:
        found.append(barred)
    weak = weakness(act)
    if weak is not None:
        found.append(weak)
    if len(snapshot["unconfirmed"]) >= UNCONFIRMED_KEPT and standing_of(act) == "reported":
        named = {"what": "unconfirmed records", "limit": UNCONFIRMED_KEPT}
        found.append(Refusal("limit-reached", named))
    return found


def weakness(act: Act) -> Refusal | None:
    """Whether the evidence lies below what the event takes. The service's own acts rest on none."""
    if act.actor.role is Role.SYSTEM:
        return None
    threshold = act.spec.evidence.accept
    if reaches(act.evidence, act.actor.role, threshold):
        return None
    return Refusal("evidence-too-weak", {"threshold": threshold})


def _beyond_pools(
    snapshot: Snapshot, act: Act, pools: Mapping[str, Mapping[str, Any]]
) -> list[Refusal]:
    """Why the pools do not give what an act takes from them."""
    if not pools:
        return []
    later = after(snapshot, changes_of(snapshot, act, standing_of(act)))
    found = (
        reservations.beyond(pools[pool], pool, units)
        for pool, units in draws.moves(snapshot, later).items()
        if pool in pools and units > 0
    )
    return [refusal for refusal in found if refusal is not None]


def changes_of(snapshot: Snapshot, act: Act, standing: str | None) -> Changes:
    """What the act changes beside the state: its effect, its vote and the bookkeeping."""
    spec, authority = act.spec, act.actor.authority
    changes = EFFECTS[spec.effect].apply(snapshot, act) if spec.effect else Changes(set={})
    gained = changes["set"]
    if spec.quorum and authority is not None:
        gained[f"/votes/{spec.type}/{authority}"] = Vote(seq=act.seq, effective_at=act.effective_at)
    gained.update(bookkeeping(snapshot, act, standing))
    return changes


def entering(snapshot: Snapshot, state: str, act: Act) -> dict[str, Any]:
    """The changes of entering a state. A quorum stands from the latest of its votes on, whichever
    was posted last.
    """
    votes = snapshot["votes"].get(act.spec.type, {}).items()
    others = [vote["effective_at"] for voter, vote in votes if voter != act.actor.authority]
    at = max([act.effective_at, *others])
    by = act.actor.authority
    gained = {"/state": state, "/entered_at": at, "/entered_seq": act.seq, "/entered_by": by}
    clocks = deadlines.received(act, state)
    clocks |= deadlines.carried(act.procedure, snapshot, state)
    return gained if clocks == snapshot["clocks"] else {**gained, "/clocks": clocks}
