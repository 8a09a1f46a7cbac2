"""Standing: which records are confirmed, who stands behind them, and how a report becomes so.

A recorder never confirms. An officer or a buyer confirms its own act by evidence of the
threshold, at once or later by the event `confirm`.
"""

from typing import Any

from workflow.domain.act import Act
from workflow.domain.application import Changes, Person, Snapshot, Unconfirmed, spec_of
from workflow.domain.evidence import reaches
from workflow.domain.principal import LINK, Role
from workflow.domain.procedure import EventSpec
from workflow.domain.refusals import Refusal
from workflow.domain.votes import deputised


def standing_of(act: Act) -> str | None:
    """The standing with which the act enters the trail; None where it does not matter. What a link
    tells stands as the record that it tells of.
    """
    threshold = act.spec.evidence.confirm
    if threshold is None:
        return None
    if act.actor.authority == LINK:
        return act.linked.standing if act.linked else "reported"
    witnessed = act.actor.role is not Role.RECORDER
    confirmed = witnessed and reaches(act.evidence, act.actor.role, threshold)
    return "confirmed" if confirmed else "reported"


def bookkeeping(snapshot: Snapshot, act: Act, standing: str | None) -> dict[str, Any]:
    """The changes that every act makes beside its effect."""
    changes: dict[str, Any] = {}
    authority, kind = act.actor.authority, act.spec.type
    if standing == "reported":
        changes[f"/unconfirmed/{act.seq}"] = Unconfirmed(
            type=kind, authority=authority, before=snapshot["state"]
        )
    if act.spec.guarded:
        name = act.actor.principal.identity if act.actor.role is Role.OFFICER else None
        path, own = f"/persons/{kind}.{authority}", kind in act.spec.four_eyes
        before = snapshot["persons"].get(path.removeprefix("/persons/"))
        if before is not None and name is None and own and not act.spec.quorum:
            changes[f"{path}.before"] = before  # whoever confirms the report must be another
        changes[path] = Person(seq=act.seq, name=name)
    if authority is not None and authority not in snapshot["acted"]:
        changes[f"/acted/{authority}"] = act.seq
    return changes


# guards


def four_eyes(
    snapshot: Snapshot, act: Act, spec: EventSpec, authority: str | None
) -> Refusal | None:
    """Nobody who already did one of the acts in `spec.four_eyes` does this one too.

    A new vote of the same authority replaces its own and is not held against it.
    """
    if act.actor.role is not Role.OFFICER:
        return None
    own = f"{spec.type}.{authority}" if spec.quorum else None
    for act_name, person in snapshot["persons"].items():
        kind = act_name.split(".", 1)[0]
        if (
            kind in spec.four_eyes
            and act_name != own
            and person["name"] == act.actor.principal.identity
        ):
            return Refusal("four-eyes", {"type": kind})
    return None


def confirmed_so_far(snapshot: Snapshot, _act: Act) -> Refusal | None:
    """Nothing that matters in the trail is only reported."""
    pending = sorted(snapshot["unconfirmed"], key=int)
    return Refusal("not-confirmed", {"records": ", ".join(pending)}) if pending else None


def confirmable(snapshot: Snapshot, act: Act) -> Refusal | None:
    """The record awaits confirmation, the act was the actor's, its evidence suffices, no one
    person stands behind two acts that need two, and none behind a vote that is the deputy's.
    """
    target = snapshot["unconfirmed"].get(str(act.data["seq"]))
    if target is None:
        return Refusal("nothing-to-confirm", {"seq": act.data["seq"]})
    spec = spec_of(act.procedure, target["type"])
    owners = spec.by if target["authority"] in (None, LINK) else (target["authority"],)
    if act.actor.authority not in owners:
        return Refusal("wrong-authority", {"authorities": ", ".join(sorted(owners))})
    if not reaches(act.evidence, act.actor.role, spec.evidence.confirm):
        return Refusal("evidence-too-weak", {"threshold": spec.evidence.confirm})
    twice = four_eyes(snapshot, act, spec, target["authority"])
    if twice is None and spec.quorum:
        return deputised(snapshot, act.actor)
    return twice


# effect


def confirm(snapshot: Snapshot, act: Act) -> Changes:
    """The record counts as confirmed; its confirmer stands behind it if nobody did."""
    seq = act.data["seq"]
    target = snapshot["unconfirmed"][str(seq)]
    key = f"{target['type']}.{target['authority']}"
    person = snapshot["persons"].get(key)
    gained: dict[str, Any] = {}
    if person is not None and person["seq"] == seq and person["name"] is None:
        gained[f"/persons/{key}"] = Person(seq=seq, name=act.actor.principal.identity)
    return Changes(set=gained, unset=[f"/unconfirmed/{seq}"])
