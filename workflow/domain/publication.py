"""A version of a procedure in the registry: published by the first application that begins or
continues under it, and never another one after that.
"""

from collections.abc import Mapping
from typing import Any

from workflow.domain.act import Posting
from workflow.domain.application import Changes
from workflow.domain.principal import Role
from workflow.domain.procedure import Procedure
from workflow.domain.record import Decision, Document
from workflow.domain.refusals import Refusal, Refused
from workflow.domain.registry import acting, entered


def subject_of(procedure: Procedure) -> str:
    """Where the publication of a version is kept."""
    return f"procedure/{procedure.name}.{procedure.version}"


def facts_of(procedure: Procedure) -> dict[str, Any]:
    """What is published of a version; its digest stands for all of its rules."""
    return {
        "procedure": procedure.name,
        "version": procedure.version,
        "digest": procedure.digest,
        "name": procedure.title._asdict(),
    }


def publish(before: Document, posting: Posting) -> Decision | Refused:
    """Enter a version, with the facts in the event's data; refused where it says otherwise."""
    actor, facts = acting(posting.principal, (Role.SYSTEM,)), posting.event.data
    if isinstance(actor, Refused):
        return actor
    if before.version:
        return Refused((changed(facts["procedure"], facts["version"]),))
    return entered(
        before,
        posting,
        actor,
        Changes(set={f"/{name}": value for name, value in facts.items()}),
    )


def departed(known: Procedure | None, snapshot: Mapping[str, Any]) -> Refusal | None:
    """Why nothing is decided on an application by a process that has no such rules as those on
    which it rests (`known`: those of that version, if any). Trails that an earlier program began
    do not name the digest, and are held by the check at the start alone.
    """
    digest = snapshot.get("procedure_digest")
    if known is not None and digest in (None, known.digest):
        return None
    return changed(snapshot["procedure"], snapshot["procedure_version"])


def changed(name: str, version: int) -> Refusal:
    """Why nothing is decided by rules that differ from the published ones."""
    return Refusal("published-otherwise", {"procedure": name, "version": version})
