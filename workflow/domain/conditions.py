"""Conditions: terms set by an authority, from proposed to fixed to accepted to met, or waived.

A condition is changed or removed by the authority that proposed it, or by another to which it
consented; whether it is met is for that authority alone to say.
"""

from typing import Any

from pydantic import ValidationError

from workflow.domain.act import Act
from workflow.domain.application import CONDITIONS_KEPT, Changes, Condition, Snapshot
from workflow.domain.payloads import condition_value
from workflow.domain.refusals import Refusal

ACCEPTED = ("accepted", "met", "waived")
SETTLED = ("met", "waived")


def unaccepted(snapshot: Snapshot) -> list[str]:
    """The conditions that the buyer has not accepted, met or been spared."""
    return [name for name, term in snapshot["conditions"].items() if term["status"] not in ACCEPTED]


def is_complete(kind: str, value: dict[str, Any]) -> bool:
    """Whether a value says all that its kind must say."""
    if kind == "end_use":
        return bool(value["excluded"])
    return None not in value.values()


def stage(snapshot: Snapshot) -> str:
    """How far the conditions are: `none` when it was said that there are none, `not_defined`
    while nobody has proposed one, `open` while one has no final value, else `defined`.
    """
    if snapshot["conditions_none"]:
        return "none"
    present = _in_force(snapshot).values()
    if not present:
        return "not_defined"
    return "open" if any(term["status"] == "proposed" for term in present) else "defined"


def unit_cap(snapshot: Snapshot) -> int | None:
    """The lowest cap among the conditions in force, in units."""
    caps = [
        term["value"]["units"]
        for term in _in_force(snapshot).values()
        if term["kind"] == "unit_cap"
    ]
    return min((cap for cap in caps if cap is not None), default=None)


# guards


def condition_new(snapshot: Snapshot, act: Act) -> Refusal | None:
    """The id is not taken, and there is room for one more."""
    name = act.data["condition"]
    if name in snapshot["conditions"]:
        return Refusal("condition-exists", {"condition": name})
    if len(snapshot["conditions"]) >= CONDITIONS_KEPT:
        return Refusal("limit-reached", {"what": "conditions", "limit": CONDITIONS_KEPT})
    return None


def condition_owned(snapshot: Snapshot, act: Act) -> Refusal | None:
    """The condition exists and is the actor's own."""
    name = act.data["condition"]
    term = snapshot["conditions"].get(name)
    if term is None:
        return Refusal("unknown-condition", {"condition": name})
    if term["authority"] != act.actor.authority:
        return Refusal("condition-of-another", {"owner": term["authority"]})
    return None


def condition_permitted(snapshot: Snapshot, act: Act) -> Refusal | None:
    """The condition exists, and is the actor's own or its authority has consented."""
    term = snapshot["conditions"].get(act.data["condition"])
    if term is not None and term["consent"] is not None:
        return None
    return condition_owned(snapshot, act)


def condition_unsettled(snapshot: Snapshot, act: Act) -> Refusal | None:
    """The condition is neither met nor waived."""
    name = act.data["condition"]
    term = snapshot["conditions"].get(name)
    if term is None or term["status"] not in SETTLED:
        return None  # whoever may change it is asked whether it exists
    return Refusal("condition-settled", {"condition": name, "status": term["status"]})


def condition_accepted(snapshot: Snapshot, act: Act) -> Refusal | None:
    """The condition exists, the buyer has accepted it, and it is not settled."""
    name = act.data["condition"]
    term = snapshot["conditions"].get(name)
    if term is None:
        return Refusal("unknown-condition", {"condition": name})
    if term["status"] == "accepted":
        return None
    if term["status"] in SETTLED:
        return Refusal("condition-settled", {"condition": name, "status": term["status"]})
    return Refusal("condition-not-accepted", {"condition": name, "status": term["status"]})


def condition_fixable(snapshot: Snapshot, act: Act) -> Refusal | None:
    """The condition is still open to a figure, and with this one it is complete."""
    name = act.data["condition"]
    term = snapshot["conditions"].get(name)
    if term is None:
        return None  # condition_permitted says so
    if term["status"] in SETTLED:
        return Refusal("condition-settled", {"condition": name, "status": term["status"]})
    try:
        value = _fixed_value(term, act)
    except ValidationError as error:
        message = error.errors()[0]["msg"]
        return Refusal(
            "condition-value-invalid", {"kind": term["kind"], "message": message}, ("data", "value")
        )
    if not is_complete(term["kind"], value):
        return Refusal("condition-incomplete", {"condition": name})
    return None


def conditions_final(snapshot: Snapshot, act: Act) -> Refusal | None:
    """At least one condition and all of them fixed, or the statement that there are none; what
    is waived is no condition.
    """
    terms = _in_force(snapshot)
    if act.data["none"]:
        return Refusal("conditions-exist", {"conditions": _listed(terms)}) if terms else None
    if not terms:
        return Refusal("conditions-missing")
    open_terms = [name for name, term in terms.items() if term["status"] == "proposed"]
    return (
        Refusal("conditions-not-fixed", {"conditions": _listed(open_terms)}) if open_terms else None
    )


def fixed_to_accept(snapshot: Snapshot, _act: Act) -> Refusal | None:
    """There is a fixed condition to accept."""
    fixed = any(term["status"] == "fixed" for term in snapshot["conditions"].values())
    return None if fixed else Refusal("nothing-to-accept")


def conditions_accepted(snapshot: Snapshot, _act: Act) -> Refusal | None:
    """The buyer has accepted every condition."""
    missing = unaccepted(snapshot)
    return Refusal("conditions-not-accepted", {"conditions": _listed(missing)}) if missing else None


def precedent_met(snapshot: Snapshot, _act: Act) -> Refusal | None:
    """Every condition that must come before the licence is met or waived."""
    unmet = [
        name
        for name, term in snapshot["conditions"].items()
        if term["precedent"] and term["status"] not in ("met", "waived")
    ]
    return Refusal("precedent-not-met", {"conditions": _listed(unmet)}) if unmet else None


# effects


def propose_condition(snapshot: Snapshot, act: Act) -> Changes:
    """A new condition, proposed; it is no longer so that there are none."""
    data = act.data
    term = Condition(
        authority=act.actor.authority or "",
        kind=data["kind"],
        value=data["value"],
        precedent=data["precedent"],
        text=data["text"],
        status="proposed",
        claimed=None,
        consent=None,
    )
    gained: dict[str, Any] = {f"/conditions/{data['condition']}": term}
    if snapshot["conditions_none"]:
        gained["/conditions_none"] = False
    return Changes(set=gained)


def fix_condition(snapshot: Snapshot, act: Act) -> Changes:
    """The condition has its final value; an acceptance of an earlier value is void, and so is
    the claim to have met it. A consent is used up.
    """
    name = act.data["condition"]
    term = snapshot["conditions"][name]
    changes = _settle(name, term, "fixed")
    changes["set"][f"/conditions/{name}/value"] = _fixed_value(term, act)
    if term["claimed"] is not None:
        changes["set"][f"/conditions/{name}/claimed"] = None
    return changes


def waive_condition(snapshot: Snapshot, act: Act) -> Changes:
    """The condition no longer binds; a consent is used up."""
    name = act.data["condition"]
    return _settle(name, snapshot["conditions"][name], "waived")


def consent(_snapshot: Snapshot, act: Act) -> Changes:
    """Another authority may change or waive the condition, once."""
    return Changes(set={f"/conditions/{act.data['condition']}/consent": act.seq})


def claim_met(_snapshot: Snapshot, act: Act) -> Changes:
    """The buyer says that it has met the condition; its authority has not."""
    return Changes(set={f"/conditions/{act.data['condition']}/claimed": act.seq})


def meet_condition(snapshot: Snapshot, act: Act) -> Changes:
    """The condition is met, by the word of its authority."""
    name = act.data["condition"]
    return _settle(name, snapshot["conditions"][name], "met")


def set_conditions(_snapshot: Snapshot, act: Act) -> Changes:
    """The conditions are final, or it is said that there are none."""
    return Changes(set={"/conditions_none": act.data["none"]})


def accept_conditions(snapshot: Snapshot, _act: Act) -> Changes:
    """Every fixed condition is accepted."""
    fixed = [name for name, term in snapshot["conditions"].items() if term["status"] == "fixed"]
    return Changes(set={f"/conditions/{name}/status": "accepted" for name in fixed})


def _settle(name: str, term: Condition, status: str) -> Changes:
    """The condition is at another point of its life, where an earlier consent counts no more."""
    changes = Changes(set={f"/conditions/{name}/status": status})
    if term["consent"] is not None:
        changes["set"][f"/conditions/{name}/consent"] = None
    return changes


def _in_force(snapshot: Snapshot) -> dict[str, Condition]:
    terms = snapshot["conditions"].items()
    return {name: term for name, term in terms if term["status"] != "waived"}


def _fixed_value(term: Condition, act: Act) -> dict[str, Any]:
    return condition_value(term["kind"], {**term["value"], **(act.data["value"] or {})})


def _listed(names: Any) -> str:
    return ", ".join(sorted(names))
