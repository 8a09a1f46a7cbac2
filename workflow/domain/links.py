"""Links: a gate that hangs on an application under another procedure.

The gate's procedure says in which states of the other application it is open, and in which it is
shut. When that application moves, `system:link` posts the event that opens or shuts the gate, with
a key of the application and the record that moved it. Whatever is late is told apart by the number
of that record: the gate never goes back to what was so before. What an authority has said of the
gate itself stands against every state of the other application that began before.

What a decision reads of the other application is read before it and cannot be otherwise when it is
committed: an application never goes away, and its procedure and its buyer never change.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from workflow.domain.act import Act, Linked
from workflow.domain.application import LINKS_KEPT, Link, Snapshot, Word
from workflow.domain.principal import LINK
from workflow.domain.procedure import GateLink, Procedure
from workflow.domain.refusals import Refusal
from workflow.domain.standing import standing_of

REFERRING = "export_reference"
"""The payload that says of which record the link tells."""

BEFORE_SEQ = "/trail/"
"""What stands between an application and the number of its record in a reference."""

SEQ_DIGITS = 15
"""Of the number of a record, at the most."""


class Message(NamedTuple):
    """What a gate is told: to be opened or shut, because of which record of which application.
    `rules`: the version of the gate's procedure by which a record says something else than it said
    before; None where it says it for the first time.
    """

    gate: str
    status: str
    seq: int
    rules: int | None = None

    def key(self, application: str) -> str:
        """Its idempotency key, the same for whoever posts it."""
        again = "" if self.rules is None else f":{self.rules}"
        return f"link:{application}:{self.seq}{again}"


def link_of(data: Mapping[str, Any]) -> str | None:
    """The application that the data of an event links, or that of the event put in its place."""
    event = data.get("with")
    named = data if event is None else event["data"]
    application = named.get("application")
    return application if isinstance(application, str) else None


def reference(application: str, seq: int) -> str:
    """A record of another application, as an event refers to it."""
    return f"{application}{BEFORE_SEQ}{seq}"


def seen(application: str, linked: Mapping[str, Any]) -> Linked:
    """Another application as a decision reads it."""
    reported = str(linked["entered_seq"]) in linked["unconfirmed"]
    return Linked(
        application,
        linked["procedure"],
        linked["buyer"],
        moved_by(linked),
        "reported" if reported else "confirmed",
        linked["entered_at"],
        linked["state"],
    )


def moved_by(linked: Mapping[str, Any]) -> int:
    """The latest record of an application that may have moved it."""
    latest: int = max([linked["entered_seq"], *linked["corrections"].values()])
    return latest


def news(
    procedure: Procedure, own: Snapshot, application: str, linked: Mapping[str, Any]
) -> Message | None:
    """What a gate is yet to be told of the application it hangs on; None: nothing.

    A state that neither opens nor shuts it shuts what the link has opened, since what opened it
    holds no more (a correction can bring that about).
    """
    for gate, known in own["links"].items():
        link = procedure.links.get(gate)
        if known["application"] != application or link is None:
            continue
        state, seq = linked["state"], moved_by(linked)
        status = _says(link, state)
        undecided = state not in (*link.opens, *link.shuts)
        if status == known["status"] or (undecided and known["status"] is None):
            continue
        if not overruled(own, gate, status, linked["entered_at"]):
            rules = own["procedure_version"] if seq == known["seq"] else None
            return Message(gate, status, seq, rules)
    return None


def _says(link: GateLink, state: str) -> str:
    return "open" if state in link.opens else "shut"


def overruled(own: Snapshot, gate: str, status: str, since: str) -> bool:
    """Whether an authority has said the contrary of a gate since the state of the other application
    began that would open or shut it. Of what is said at the same time, what shuts it counts; what
    is only reported keeps no gate open.
    """
    word = own["words"].get(gate)
    if word is None or word["status"] == status:
        return False
    if word["status"] == "open" and str(word["seq"]) in own["unconfirmed"]:
        return False
    return word["effective_at"] > since or (word["effective_at"] == since and status == "open")


def telling(procedure: Procedure, message: Message) -> str:
    """The event by which `system:link` tells a gate; a procedure that has a link has one."""
    wanted = "open_gate" if message.status == "open" else "shut_gate"
    return next(
        kind
        for kind, spec in procedure.events.items()
        if spec.gate == message.gate and spec.effect == wanted and LINK in spec.by
    )


def may_have_news(procedure: Procedure, snapshot: Snapshot) -> bool:
    """Whether a gate may be untold of what it hangs on. Whatever the link has told it, that may no
    longer be so after a correction, the word of an authority, a hold or another version of the
    rules; it is looked at after each of them.
    """
    return bool(snapshot["links"]) and not procedure.states[snapshot["state"]].final


def recalled(
    procedure: Procedure,
    event: Mapping[str, Any],
    buyer: str,
    standing: str | None,
    changed: Mapping[str, Any],
) -> Linked | None:
    """What was known of the other application when a record was made that names it. `changed`: what
    the record set.
    """
    data, spec = event["data"], procedure.events.get(event["type"])
    link = procedure.links.get(spec.gate or "") if spec else None
    if link is None:
        return None
    name, _, seq = (data.get("reference") or "").partition(BEFORE_SEQ)
    known = int(seq) if seq.isascii() and seq.isdecimal() and len(seq) <= SEQ_DIGITS else 0
    since = changed.get(f"/links/{link.gate}/since", "")
    return Linked(data.get("application") or name, link.procedure, buyer, known, standing, since)


# guards


def link_fits(snapshot: Snapshot, act: Act) -> Refusal | None:
    """There is such an application of the same buyer, under the procedure that the gate hangs
    on. Of another buyer's nobody is told that it is there.
    """
    name, linked, link = act.data["application"], act.linked, _link_of_gate(act)
    if linked is None or linked.application != name or linked.buyer != snapshot["buyer"]:
        return Refusal("unknown-link", {"application": name}, ("data", "application"))
    if link is None or linked.procedure != link.procedure:
        named = {"application": name, "procedure": linked.procedure}
        return Refusal("link-of-another-procedure", named, ("data", "application"))
    return None


def link_new(snapshot: Snapshot, act: Act) -> Refusal | None:
    """The application was not linked before: what it told the gate then, it would not tell again.
    There is room for one more.
    """
    known = snapshot["links"].get(act.spec.gate or "")
    if known is None:
        return None
    if act.data["application"] in (known["application"], *known["earlier"]):
        return Refusal("link-used", {"application": act.data["application"]})
    if len(known["earlier"]) >= LINKS_KEPT:
        return Refusal("limit-reached", {"what": "linked applications", "limit": LINKS_KEPT})
    return None


def link_stands(snapshot: Snapshot, act: Act) -> Refusal | None:
    """What `system:link` tells comes from the application that the gate hangs on, is what its state
    says, nothing later has been told, and no authority has said the contrary since. Everybody else
    acts on their own; but a report opens no gate that the link has shut.
    """
    gate, linked = act.spec.gate or "", act.linked
    known = snapshot["links"].get(gate)
    status = "open" if act.spec.effect == "open_gate" else "shut"
    if act.actor.authority != LINK:
        shut = known is not None and known["status"] == "shut" and status == "open"
        return Refusal("link-shut") if shut and standing_of(act) == "reported" else None
    if known is None or linked is None or known["application"] != linked.application:
        return Refusal("link-gone")
    untrue = linked.state is not None and _says(act.procedure.links[gate], linked.state) != status
    if untrue or _told_before(known, linked.seq, status):
        return Refusal("link-outdated", {"seq": linked.seq})
    if overruled(snapshot, gate, status, linked.since):
        return Refusal("link-overruled", {"seq": snapshot["words"][gate]["seq"]})
    return None


def _told_before(known: Link, seq: int, status: str) -> bool:
    """Whether this, or something later, has been told. Of the same record the contrary is news: it
    says another thing by other rules.
    """
    last = known["seq"]
    return last is not None and (seq < last or (seq == last and status == known["status"]))


# what the effects of gates change


def begun(snapshot: Snapshot, act: Act) -> Link:
    """The gate hangs on the application named from now on."""
    known = snapshot["links"].get(act.spec.gate or "")
    earlier = [] if known is None else [*known["earlier"], known["application"]]
    return Link(
        application=act.data["application"], seq=None, status=None, since=None, earlier=earlier
    )


def told(act: Act, status: str) -> dict[str, Any]:
    """What the link has told the gate, or what an authority has said of one that may be linked."""
    gate = act.spec.gate or ""
    if act.actor.authority == LINK and act.linked is not None:
        path, linked = f"/links/{gate}", act.linked
        return {f"{path}/seq": linked.seq, f"{path}/status": status, f"{path}/since": linked.since}
    if gate not in act.procedure.links:
        return {}
    word = Word(status=status, seq=act.seq, effective_at=act.effective_at)
    return {f"/words/{gate}": word}


def _link_of_gate(act: Act) -> GateLink | None:
    return act.procedure.links.get(act.spec.gate or "")
