"""Corrections: a record that stays is superseded by another event, or by nothing.

Whether what followed would still have been legal is looked at by deciding the trail again
(`workflow/replay.py`); here stand who may correct what, and what a correction notes.
"""

from collections.abc import Mapping
from typing import Any

from workflow.domain.act import Act
from workflow.domain.application import CORRECTIONS_KEPT, Changes, Snapshot
from workflow.domain.history import RESTATED
from workflow.domain.principal import Role
from workflow.domain.refusals import Refusal

# guards


def correctable(snapshot: Snapshot, act: Act) -> Refusal | None:
    """The record is there and may be superseded: not the first one, nothing that the service
    itself posted, no correction and no migration.
    """
    seq = act.data["seq"]
    if not act.trail:
        return None
    if seq > len(act.trail):
        return Refusal("nothing-to-correct", {"seq": seq})
    record, event = act.trail[seq - 1], act.data["with"]
    fixed = seq == 1 or record["role"] == Role.SYSTEM or reads_on(record)
    if fixed or (event is not None and _reads_on(act, event["type"])):
        return Refusal("not-correctable", {"seq": seq})
    relying = _relying(snapshot, act, record)
    if relying is not None:
        return Refusal("relied-upon", {"seq": seq, "by": relying})
    if str(seq) not in snapshot["corrections"] and len(snapshot["corrections"]) >= CORRECTIONS_KEPT:
        return Refusal("limit-reached", {"what": "corrections", "limit": CORRECTIONS_KEPT})
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


RELIES_ON = {
    "issue_licence": ("propose_licence",),
    "accept_conditions": ("propose_condition", "fix_condition"),
    "claim_met": ("fix_condition",),
    "meet_condition": ("fix_condition",),
}
"""By effect, what somebody else's act vouches for: whoever issues, accepts or finds met has seen
what was proposed or fixed, and nothing else.
"""


def _relying(snapshot: Snapshot, act: Act, record: Mapping[str, Any]) -> int | None:
    """The later record that vouches for this one as it is, and must be superseded first: what
    somebody has confirmed, issued or accepted does not become something else behind their back.
    Of what is confirmed by its own evidence, a recorder changes nothing.
    """
    seq, confirmed = record["seq"], str(record["seq"]) not in snapshot["unconfirmed"]
    if act.actor.role is Role.RECORDER and record["standing"] is not None and confirmed:
        return int(seq)
    effect = _effect(act, record["type"])
    for later in act.trail[seq:]:
        standing = _standing_type(snapshot, act, later)
        vouched = None if standing is None else _effect(act, standing)
        if vouched == "confirm" and later["data"].get("seq") == seq:
            return int(later["seq"])
        if vouched is not None and effect in RELIES_ON.get(vouched, ()):
            return int(later["seq"])
    return None


def _standing_type(snapshot: Snapshot, act: Act, record: Mapping[str, Any]) -> str | None:
    """The type of what stands in a record's place now; None where nothing does."""
    by = snapshot["corrections"].get(str(record["seq"]))
    if by is None:
        return str(record["type"])
    instead = act.trail[by - 1]["data"]["with"]
    return None if instead is None else str(instead["type"])


def _effect(act: Act, event_type: str) -> str | None:
    spec = act.procedure.events.get(event_type)
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


# effect


def correct(_snapshot: Snapshot, act: Act) -> Changes:
    """The record is marked as superseded; what else is different then, the trail tells that is
    decided again.
    """
    return Changes(set={f"/corrections/{act.data['seq']}": act.seq})
