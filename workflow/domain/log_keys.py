"""The keys that sign the log: a subject whose trail says which one followed which."""

from workflow.domain.access import Action, roles_for
from workflow.domain.act import Posting
from workflow.domain.application import Changes
from workflow.domain.record import Decision, Document
from workflow.domain.refusals import Refused
from workflow.domain.registry import acting, entered

SUBJECT = "log/keys"


def rotate(before: Document, posting: Posting) -> Decision | Refused:
    """Name the key that signs, and the one that follows it, as public keys."""
    actor = acting(posting.principal, roles_for(Action.GRANT))
    if isinstance(actor, Refused):
        return actor
    return entered(before, posting, actor, Changes(set={"/key": posting.event.data["next"]}))
