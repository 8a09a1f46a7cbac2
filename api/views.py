"""How a subject is shown: from its document to the body of an answer, and its entity tag."""

from typing import Any, cast

from workflow.domain import conditions, deadlines, holds
from workflow.domain.application import Licence, Snapshot, confirmed_state, standing
from workflow.domain.predicates import waiting_on
from workflow.domain.procedure import Procedure
from workflow.domain.record import Document

_TAG = r'(W/)?"[!#-~]*"'

TAGS = rf"^(\*|{_TAG}( *, *{_TAG})*)$"
"""What `If-Match` may hold: one entity tag or several (RFC 9110 section 8.8.3), or `*`."""

FULL, SHARE = "full", "share"
"""The views: all there is, and of a pool what a buyer sees of it."""


def entity_tag(version: int | str, head: str, view: str = FULL) -> str:
    """The strong entity tag (RFC 9110 section 8.8.3) of one representation: version, head and
    the view that the principal gets.
    """
    return f'"{version}.{head[:16]}.{view}"'


def tag_of(document: Document) -> str:
    """The entity tag of a document's representation."""
    return entity_tag(document.version, document.head)


def stored_tag(stored: bytes) -> str:
    """The entity tag of a stored document, without reading its snapshot."""
    version, head, _ = stored.split(b" ", 2)
    return entity_tag(version.decode("ascii"), head.decode("ascii"))


def application_body(identifier: str, document: Document, procedure: Procedure) -> dict[str, Any]:
    """An application as the contract shows it."""
    snapshot = cast(Snapshot, document.snapshot)
    return {
        "id": identifier,
        "procedure": {"name": procedure.name, "version": procedure.version},
        "buyer": snapshot["buyer"],
        "reference": snapshot["reference"],
        "goods": snapshot["goods"],
        "state": snapshot["state"],
        "entered_at": snapshot["entered_at"],
        "standing": standing(snapshot),
        "confirmed_state": confirmed_state(snapshot),
        "version": document.version,
        "approvals": _approvals(snapshot),
        "order": snapshot["order"],
        "recusals": snapshot["recusals"],
        "conditions": _conditions(snapshot),
        "conditions_none": snapshot["conditions_none"],
        "conditions_stage": conditions.stage(snapshot),
        "proposal": snapshot["proposal"],
        "licence": None if snapshot["licence"] is None else _licence(snapshot["licence"]),
        "earlier_licences": _earlier_licences(snapshot) if snapshot["earlier_licences"] else [],
        "pool": snapshot["pool"],
        "allocation": _allocation(snapshot),
        "gates": snapshot["gates"],
        "links": snapshot["links"],
        "holds": _holds(snapshot) if snapshot["holds"] else [],
        "queries": [{"id": name, **query} for name, query in snapshot["queries"].items()],
        "requests": snapshot["requests"],
        "extensions": snapshot["extensions"],
        "notes": _notes(snapshot) if snapshot["notes"] else [],
        "unconfirmed": sorted(map(int, snapshot["unconfirmed"])),
        "corrections": snapshot["corrections"],
        "waiting_on": waiting_on(procedure, snapshot),
        "deadline": deadlines.shown(procedure, snapshot),
        "effective_at": snapshot["effective_at"],
        "created_at": snapshot["created_at"],
        "updated_at": document.recorded_at,
        "head": document.head,
    }


def listed(identifier: str, document: Document, procedure: Procedure, now: str) -> dict[str, Any]:
    """An application as a list shows it: with what changes by the clock alone."""
    left = deadlines.working_days_left(procedure, cast(Snapshot, document.snapshot), now)
    return {**application_body(identifier, document, procedure), "working_days_left": left}


def _approvals(snapshot: Snapshot) -> dict[str, Any]:
    unconfirmed = snapshot["unconfirmed"]
    return {
        authority: {
            "seq": vote["seq"],
            "effective_at": vote["effective_at"],
            "standing": "reported" if str(vote["seq"]) in unconfirmed else "confirmed",
        }
        for votes in snapshot["votes"].values()
        for authority, vote in votes.items()
    }


def _conditions(snapshot: Snapshot) -> list[dict[str, Any]]:
    """Each condition; `complete` says whether its value is known."""
    return [
        {"id": name, **term, "complete": conditions.is_complete(term["kind"], term["value"])}
        for name, term in snapshot["conditions"].items()
    ]


def _holds(snapshot: Snapshot) -> list[dict[str, Any]]:
    return [{"id": name, **hold} for name, hold in holds.in_force(snapshot).items()]


def _licence(licence: Licence) -> dict[str, Any]:
    shipments = [{"id": name, "units": units} for name, units in licence["shipments"].items()]
    reversed_ = [{"id": name, "units": units} for name, units in licence["reversed"].items()]
    return {**licence, "shipments": shipments, "reversed": reversed_}


def _earlier_licences(snapshot: Snapshot) -> list[dict[str, Any]]:
    """The versions of the licence before the present one, the first one first."""
    earlier = snapshot["earlier_licences"]
    return [_licence(earlier[version]) for version in sorted(earlier, key=int)]


def _allocation(snapshot: Snapshot) -> dict[str, Any] | None:
    allocation = snapshot["allocation"]
    return None if allocation is None else {**allocation}


def _notes(snapshot: Snapshot) -> list[dict[str, Any]]:
    notes = snapshot["notes"]
    return [{"seq": int(seq), **notes[seq]} for seq in sorted(notes, key=int)]
