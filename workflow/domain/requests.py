"""What the buyer may only ask for: a withdrawal once licensed, other units, an appeal.

A later request of a kind takes the place of an earlier one that was answered.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, Literal

from workflow.domain import clock, ledger
from workflow.domain.act import Act
from workflow.domain.application import Changes, Request, Snapshot
from workflow.domain.refusals import Refusal
from workflow.domain.votes import reopened

Kind = Literal["withdrawal", "amendment", "appeal"]
Check = Callable[[Snapshot, Act], Refusal | None]


def pending(snapshot: Snapshot, kind: Kind) -> bool:
    """Whether a request of this kind waits for an answer."""
    request = snapshot["requests"].get(kind)
    return request is not None and request["answer"] is None


def granted(snapshot: Snapshot, kind: Kind) -> bool:
    """Whether the latest request of this kind was granted."""
    request = snapshot["requests"].get(kind)
    return request is not None and request["answer"] == "granted"


# guards


def none_pending(kind: Kind) -> Check:
    """No request of this kind waits for an answer."""

    def check(snapshot: Snapshot, _act: Act) -> Refusal | None:
        return Refusal("request-pending", {"kind": kind}) if pending(snapshot, kind) else None

    return check


def one_pending(kind: Kind) -> Check:
    """There is a request of this kind to answer."""

    def check(snapshot: Snapshot, _act: Act) -> Refusal | None:
        return None if pending(snapshot, kind) else Refusal("no-request", {"kind": kind})

    return check


def own_decision(snapshot: Snapshot, act: Act) -> Refusal | None:
    """The present state was entered by an act of the actor's authority, as far as is known."""
    owner = snapshot["entered_by"]
    if owner in (None, act.actor.authority):
        return None
    return Refusal("decision-of-another", {"owner": owner})


def in_time(snapshot: Snapshot, act: Act) -> Refusal | None:
    """Within the event's `within_days`, in calendar days of the procedure's zone."""
    if act.spec.within_days is None:
        return None
    zone = act.procedure.time_zone
    last = clock.day_in(snapshot["entered_at"], zone) + timedelta(days=act.spec.within_days)
    if clock.day_in(act.effective_at, zone) <= last:
        return None
    return Refusal("too-late", {"last": last.isoformat()})


# effects


def request_withdrawal(_snapshot: Snapshot, act: Act) -> Changes:
    """The buyer wants to give its licence back."""
    return _asked("withdrawal", act, None)


def amend(_snapshot: Snapshot, act: Act) -> Changes:
    """The buyer wants to order another quantity."""
    return _asked("amendment", act, act.data["units"])


def appeal(_snapshot: Snapshot, act: Act) -> Changes:
    """The buyer wants the refusal to be looked at again."""
    return _asked("appeal", act, None)


def answer_withdrawal(snapshot: Snapshot, act: Act) -> Changes:
    """If granted, what was not shipped is given up."""
    changes = _answered("withdrawal", act)
    if act.data["accept"] and snapshot["licence"] is not None:
        changes["set"].update(ledger.give_up_balance(snapshot, act)["set"])
    return changes


def answer_amendment(snapshot: Snapshot, act: Act) -> Changes:
    """If granted, the order has other units and no licence is proposed any more; when there are
    more of them than before, the votes are open again.
    """
    changes, order = _answered("amendment", act), snapshot["order"]
    request = snapshot["requests"].get("amendment")
    if not act.data["accept"] or order is None or request is None or request["units"] is None:
        return changes
    gained: dict[str, Any] = changes["set"]
    gained["/order/units"] = request["units"]
    if snapshot["proposal"] is not None:
        gained["/proposal"] = None
    return _with_votes_open(snapshot, changes) if request["units"] > order["units"] else changes


def answer_appeal(snapshot: Snapshot, act: Act) -> Changes:
    """If granted, the votes are open again."""
    changes = _answered("appeal", act)
    return _with_votes_open(snapshot, changes) if act.data["accept"] else changes


def _asked(kind: Kind, act: Act, units: int | None) -> Changes:
    request = Request(seq=act.seq, effective_at=act.effective_at, units=units, answer=None)
    return Changes(set={f"/requests/{kind}": request})


def _answered(kind: Kind, act: Act) -> Changes:
    answer = "granted" if act.data["accept"] else "denied"
    return Changes(set={f"/requests/{kind}/answer": answer})


def _with_votes_open(snapshot: Snapshot, changes: Changes) -> Changes:
    opened = reopened(snapshot)
    opened["set"].update(changes["set"])
    return opened
