"""Entries in subjects that no procedure governs: buyers, pools and credentials."""

from collections.abc import Sequence

from workflow.domain.access import missing
from workflow.domain.act import Posting
from workflow.domain.application import Changes
from workflow.domain.principal import Actor, Principal, Role, Scope
from workflow.domain.record import Decision, Document, record_fields, seal
from workflow.domain.refusals import Refusal, Refused


def acting(principal: Principal, roles: Sequence[Role]) -> Actor | Refused:
    """The actor, in the first of these roles that the principal may act in."""
    unfit = missing(principal, Scope.MANAGE)
    if unfit is not None:
        return Refused((unfit,))
    held = principal.acting
    for role in roles:
        if role in held:
            return Actor(principal, role, None)
    named = ", ".join(sorted(principal.roles))
    return Refused((Refusal("role-may-not", {"role": named}),))


def recorded_at(before: Document, posting: Posting) -> str:
    """When the entry is learned; never earlier than the one before it."""
    return max(posting.now, before.recorded_at)


def entered(
    before: Document, posting: Posting, actor: Actor, changes: Changes
) -> Decision | Refused:
    """The decision that an entry makes; the first one dates the subject."""
    recorded = recorded_at(before, posting)
    if before.version == 0:
        changes["set"]["/created_at"] = recorded
    fields = record_fields(actor, posting)
    fields.update(
        {
            "procedure": None,
            "effective_at": posting.event.effective_at or recorded,
            "recorded_at": recorded,
            "standing": None,
            "from": None,
            "to": None,
            "changes": changes,
        }
    )
    return seal(before, fields)
