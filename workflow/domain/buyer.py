"""A buyer in the registry: a name in both languages, with a trail of its own."""

from workflow.domain.access import Action, roles_for
from workflow.domain.act import Posting
from workflow.domain.application import Changes
from workflow.domain.record import Decision, Document
from workflow.domain.refusals import Refused
from workflow.domain.registry import acting, entered

REGISTRARS = roles_for(Action.REGISTER)
"""Who may register a buyer or correct its name."""


def register(before: Document, posting: Posting) -> Decision | Refused:
    """Give a buyer the name in the event's data."""
    actor = acting(posting.principal, REGISTRARS)
    if isinstance(actor, Refused):
        return actor
    changes = Changes(set={"/name": posting.event.data["name"]})
    return entered(before, posting, actor, changes)
