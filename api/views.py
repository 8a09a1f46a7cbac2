"""How a subject is shown: from its document to the body of an answer, and its entity tag."""

from typing import Any, cast

from workflow.domain.application import Snapshot, confirmed_state, standing
from workflow.domain.predicates import waiting_on
from workflow.domain.procedure import Procedure
from workflow.domain.record import Document

NO_DEADLINE = {"due": None, "paused_since": None, "provisional": False}


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
        "conditions": [{"id": name, **term} for name, term in snapshot["conditions"].items()],
        "conditions_none": snapshot["conditions_none"],
        "proposal": snapshot["proposal"],
        "licence": _licence(snapshot),
        "pool": snapshot["pool"],
        "allocation": _allocation(snapshot),
        "gates": snapshot["gates"],
        "holds": [],
        "queries": [],
        "notes": _notes(snapshot),
        "unconfirmed": sorted(map(int, snapshot["unconfirmed"])),
        "waiting_on": waiting_on(procedure, snapshot),
        "deadline": NO_DEADLINE,
        "effective_at": snapshot["effective_at"],
        "created_at": snapshot["created_at"],
        "updated_at": document.recorded_at,
        "head": document.head,
    }


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


def _licence(snapshot: Snapshot) -> dict[str, Any] | None:
    licence = snapshot["licence"]
    if licence is None:
        return None
    shipments = [{"id": name, "units": units} for name, units in licence["shipments"].items()]
    return {**licence, "shipments": shipments}


def _allocation(snapshot: Snapshot) -> dict[str, Any] | None:
    allocation = snapshot["allocation"]
    return None if allocation is None else {**allocation}


def _notes(snapshot: Snapshot) -> list[dict[str, Any]]:
    notes = snapshot["notes"]
    return [{"seq": int(seq), **notes[seq]} for seq in sorted(notes, key=int)]
