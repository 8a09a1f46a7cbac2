"""Corrections: a record that stays is superseded by another event, or by nothing.

Whether what followed would still have been legal is looked at by deciding the trail again
(`workflow/correcting.py`); here stand who may correct what, and what a correction notes.
"""

from collections.abc import Mapping
from typing import Any

from workflow.domain import gates, holds, ledger
from workflow.domain.act import Act
from workflow.domain.application import CORRECTIONS_KEPT, Changes, Snapshot
from workflow.domain.history import RESTATED
from workflow.domain.principal import Role
from workflow.domain.procedure import Procedure
from workflow.domain.refusals import Refusal

ONE_PLACE = 20
"""Corrections of one record, at the most: each has the trail decided again."""

SHIPPING = "record_shipment"
"""The effect that takes units from a licence for good."""

ASIDE = "side"
"""The line of the states in which nothing goes on: suspended, expired and the like."""

# guards


def correctable(snapshot: Snapshot, act: Act) -> Refusal | None:
    """The record is there and may be superseded: not the first one, nothing that the service
    itself posted, no correction and no migration.
    """
    seq = act.data["seq"]
    if seq >= act.seq:
        return Refusal("nothing-to-correct", {"seq": seq})
    if not act.trail:
        return Refusal("not-correctable", {"seq": seq}) if seq == 1 else None
    record, event = act.trail[seq - 1], act.data["with"]
    fixed = seq == 1 or record["role"] == Role.SYSTEM or reads_on(record)
    if fixed or (event is not None and _reads_on(act, event["type"])):
        return Refusal("not-correctable", {"seq": seq})
    relying = _relying(snapshot, act, record)
    if relying is not None:
        return Refusal("relied-upon", {"seq": seq, "by": relying})
    if act.actor.role is Role.RECORDER and _confirmed(snapshot, act, record):
        return Refusal("confirmed-already", {"seq": seq})
    if str(seq) not in snapshot["corrections"] and len(snapshot["corrections"]) >= CORRECTIONS_KEPT:
        return Refusal("limit-reached", {"what": "corrections", "limit": CORRECTIONS_KEPT})
    made = sum(RESTATED in one["data"] and one["data"]["seq"] == seq for one in act.trail)
    if made >= ONE_PLACE:
        return Refusal("limit-reached", {"what": f"corrections of {seq}", "limit": ONE_PLACE})
    return None


def correction_own(snapshot: Snapshot, act: Act) -> Refusal | None:
    """The corrector posted what now stands in the record's place, or is an officer of the
    authority whose act it was; never an operator.
    """
    if act.actor.principal.is_a(Role.OPERATOR):
        return Refusal("role-may-not", {"role": Role.OPERATOR.value})
    seq = act.data["seq"]
    if not act.trail or seq > len(act.trail):
        return None
    record = act.trail[seq - 1]
    poster = act.trail[snapshot["corrections"].get(str(seq), seq) - 1]
    officer = act.actor.role is Role.OFFICER
    if (officer and act.actor.authority == record["authority"] is not None) or _posted(poster, act):
        return None
    return Refusal("record-of-another", {"seq": seq})


ORDERING = ("declare_order", "answer_amendment")
"""The effects that say what is ordered."""

RELIES_ON = {
    "propose_licence": ORDERING,
    "issue_licence": ("propose_licence",),
    "grant_licence": ORDERING,
    "reissue_licence": (SHIPPING, "reverse_shipment"),
    "answer_amendment": ("amend",),
    "accept_conditions": ("propose_condition", "fix_condition", "waive_condition"),
    "claim_met": ("fix_condition",),
    "meet_condition": ("fix_condition",),
}
"""By effect, what somebody else's act vouches for: whoever proposes, issues, grants, accepts or
finds met has seen what was ordered, proposed, shipped or fixed until then, and nothing else.
"""


def _relying(snapshot: Snapshot, act: Act, record: Mapping[str, Any]) -> int | None:
    """The later record that vouches for what came before it, and must be superseded first: what
    somebody has confirmed, issued or accepted does not become something else behind their back,
    neither by what stands in the place nor by what would.
    """
    seq = record["seq"]
    touched = {_effect(act, _standing(snapshot, act, record)), _effect(act, act.data["with"])}
    for later in act.trail[seq:]:
        standing = _standing(snapshot, act, later)
        vouched = _effect(act, standing)
        if standing is not None and vouched == "confirm" and standing["data"].get("seq") == seq:
            return int(later["seq"])
        if vouched is not None and touched.intersection(RELIES_ON.get(vouched, ())):
            return int(later["seq"])
    return None


def _confirmed(snapshot: Snapshot, act: Act, record: Mapping[str, Any]) -> bool:
    """Whether what stands in a record's place now is confirmed; nothing there is not."""
    seq = str(record["seq"])
    by = snapshot["corrections"].get(seq)
    stands = record if by is None else act.trail[by - 1]["data"][RESTATED].get(seq)
    matters = stands is not None and stands["standing"] is not None
    return matters and seq not in snapshot["unconfirmed"]


def _standing(snapshot: Snapshot, act: Act, record: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """What stands in a record's place now; None where nothing does."""
    by = snapshot["corrections"].get(str(record["seq"]))
    instead: Mapping[str, Any] | None = record if by is None else act.trail[by - 1]["data"]["with"]
    return instead


def _effect(act: Act, event: Mapping[str, Any] | None) -> str | None:
    spec = None if event is None else act.procedure.events.get(event["type"])
    return None if spec is None else spec.effect


def _posted(record: Mapping[str, Any], act: Act) -> bool:
    who = act.actor.principal
    return bool(record["principal"] == who.name and record["organisation"] == who.organisation)


def reads_on(record: Mapping[str, Any]) -> bool:
    """Whether a record says how the trail is read: a correction or a migration."""
    migrates = record["seq"] > 1 and "/procedure_version" in record["changes"]["set"]
    return migrates or RESTATED in record["data"]


def _reads_on(act: Act, event_type: str) -> bool:
    spec = act.procedure.events.get(event_type)
    return spec is not None and spec.effect in ("correct", "migrate")


def pool_of(data: Mapping[str, Any]) -> str | None:
    """The pool that the data of an event names, or that of the event which it puts in place."""
    event = data.get("with")
    named = data if event is None else event["data"]
    pool = named.get("pool")
    return pool if isinstance(pool, str) else None


# what is stopped at the front is not done by the back door


def grown(
    procedure: Procedure, present: Snapshot, corrected: Snapshot, seq: int
) -> tuple[Refusal, ...]:
    """What stands against more units after the correction of a record than before it: what stops
    shipments now, where more was shipped; the votes cast since, where more is ordered.
    """
    found: list[Refusal] = []
    if (ledger.shipped(corrected) or 0) > (ledger.shipped(present) or 0):
        found += _shipments_stopped(procedure, present)
    if _ordered(corrected) > _ordered(present):
        votes = [vote["seq"] for cast in present["votes"].values() for vote in cast.values()]
        later = [vote for vote in votes if vote > seq]
        found += [Refusal("relied-upon", {"seq": seq, "by": min(later)})] if later else []
    return tuple(found)


def _shipments_stopped(procedure: Procedure, present: Snapshot) -> list[Refusal]:
    state, found = present["state"], list[Refusal]()
    for kind, spec in procedure.events.items():
        if spec.effect == SHIPPING:
            shut = gates.shut(present) if "gates_open" in spec.guards else None
            if procedure.states[state].line == ASIDE:
                found.append(Refusal("transition-not-allowed", {"type": kind, "state": state}))
            found += [one for one in (holds.barring(present, spec), shut) if one is not None]
    return found


def _ordered(snapshot: Snapshot) -> int:
    order = snapshot["order"]
    return order["units"] if order else 0


# effect


def correct(_snapshot: Snapshot, act: Act) -> Changes:
    """The record is marked as superseded; what else is different then, the trail tells that is
    decided again.
    """
    return Changes(set={f"/corrections/{act.data['seq']}": act.seq})
