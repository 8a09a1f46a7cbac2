"""Conditions: terms set by an authority, from proposed to fixed to accepted.

A condition is changed only by the authority that proposed it.
"""

from typing import Any

from pydantic import ValidationError

from workflow.domain.act import Act
from workflow.domain.application import CONDITIONS_KEPT, Changes, Condition, Snapshot
from workflow.domain.payloads import condition_value
from workflow.domain.refusals import Refusal

ACCEPTED = ("accepted", "met", "waived")
FIXABLE = ("proposed", "fixed", "accepted")


def unaccepted(snapshot: Snapshot) -> list[str]:
    """The conditions that the buyer has not accepted, met or been spared."""
    return [name for name, term in snapshot["conditions"].items() if term["status"] not in ACCEPTED]


def is_complete(kind: str, value: dict[str, Any]) -> bool:
    """Whether a value says all that its kind must say."""
    if kind == "end_use":
        return bool(value["excluded"])
    return None not in value.values()


def unit_cap(snapshot: Snapshot) -> int | None:
    """The lowest cap among the conditions in force, in units."""
    caps = [
        term["value"]["units"]
        for term in snapshot["conditions"].values()
        if term["kind"] == "unit_cap" and term["status"] != "waived"
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


def condition_fixable(snapshot: Snapshot, act: Act) -> Refusal | None:
    """The condition is still open to a figure, and with this one it is complete."""
    name = act.data["condition"]
    term = snapshot["conditions"].get(name)
    if term is None:
        return None  # condition_owned says so
    if term["status"] not in FIXABLE:
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
    """At least one condition and all of them fixed, or the statement that there are none."""
    terms = snapshot["conditions"]
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
    )
    gained: dict[str, Any] = {f"/conditions/{data['condition']}": term}
    if snapshot["conditions_none"]:
        gained["/conditions_none"] = False
    return Changes(set=gained)


def fix_condition(snapshot: Snapshot, act: Act) -> Changes:
    """The condition has its final value; an acceptance of an earlier value is void."""
    name = act.data["condition"]
    value = _fixed_value(snapshot["conditions"][name], act)
    path = f"/conditions/{name}"
    return Changes(set={f"{path}/value": value, f"{path}/status": "fixed"})


def set_conditions(_snapshot: Snapshot, act: Act) -> Changes:
    """The conditions are final, or it is said that there are none."""
    return Changes(set={"/conditions_none": act.data["none"]})


def accept_conditions(snapshot: Snapshot, _act: Act) -> Changes:
    """Every fixed condition is accepted."""
    fixed = [name for name, term in snapshot["conditions"].items() if term["status"] == "fixed"]
    return Changes(set={f"/conditions/{name}/status": "accepted" for name in fixed})


def _fixed_value(term: Condition, act: Act) -> dict[str, Any]:
    return condition_value(term["kind"], {**term["value"], **(act.data["value"] or {})})


def _listed(names: Any) -> str:
    return ", ".join(sorted(names))
