"""A webhook: where somebody wants to be told of events, of which, and for how long.

A webhook is a subject with a trail. Its snapshot never holds the secret that deliveries are signed
with, but a mark that tells secrets apart. It belongs to the credential that it was made with, and
tells what that credential may see at the moment of each delivery.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple, TypedDict, cast

from workflow.domain import access
from workflow.domain.act import Posting
from workflow.domain.application import Changes
from workflow.domain.principal import Role
from workflow.domain.record import Decision, Document
from workflow.domain.refusals import Refusal, Refused
from workflow.domain.registry import acting, entered

ACTIVE, DISABLED, REMOVED = "active", "disabled", "removed"
GONE, FAILING, ENDED, BY_REQUEST = "gone", "failing", "credential-ended", "by-request"
"""Why a webhook is disabled: the receiver answered 410; it has taken nothing for days; the
credential is no longer good; somebody wished it.
"""


class Previous(TypedDict):
    """The mark of the secret before a rotation, which signs too until then."""

    mark: str
    until: str


class Snapshot(TypedDict):
    """A webhook as it is; `secret` is the mark of the present secret."""

    url: str
    description: str
    types: list[str]
    states: list[str]
    buyers: list[str]
    owner: str
    name: str
    organisation: str
    secret: str
    previous: Previous | None
    state: str
    why: str | None
    created_at: str


class Target(NamedTuple):
    """Where to, and what of: nothing named means everything. A state is one that an
    event moved an application to.
    """

    url: str
    description: str
    types: tuple[str, ...] = ()
    states: tuple[str, ...] = ()
    buyers: tuple[str, ...] = ()

    def written(self) -> dict[str, Any]:
        """As it stands in records and snapshots."""
        lists = {"types": self.types, "states": self.states, "buyers": self.buyers}
        named = {name: sorted(set(values)) for name, values in lists.items()}
        return {"url": self.url, "description": self.description, **named}


def wants(snapshot: Mapping[str, Any], kind: str, state: str | None, buyer: str) -> bool:
    """Whether the filters let an event through: its type, the state it led to, the buyer."""
    found = (("types", kind), ("states", state), ("buyers", buyer))
    return all(not snapshot[name] or value in snapshot[name] for name, value in found)


def subscribe(before: Document, posting: Posting) -> Decision | Refused:
    """Make a webhook of the credential that asks, with the target and the mark in the data."""
    principal = posting.principal
    actor = acting(principal, access.keepers(principal, principal.credential))
    if isinstance(actor, Refused):
        return actor
    if before.version:
        return Refused((Refusal("idempotency-key-reused"),))
    gained: dict[str, Any] = {f"/{name}": value for name, value in posting.event.data.items()}
    gained |= {"/owner": principal.credential, "/name": principal.name}
    gained |= {"/organisation": principal.organisation, "/previous": None}
    gained |= {"/state": ACTIVE, "/why": None}
    return entered(before, posting, actor, Changes(set=gained))


def change(before: Document, posting: Posting) -> Decision | Refused:
    """Give a webhook another target, or end or begin its rest."""
    return _kept(before, posting, {f"/{name}": new for name, new in posting.event.data.items()})


def rotate(before: Document, posting: Posting) -> Decision | Refused:
    """Give a webhook a new secret; the old one signs too until the time in the data."""
    data = posting.event.data
    previous = None
    if before.version:
        previous = Previous(mark=before.snapshot["secret"], until=data["old_until"])
    return _kept(before, posting, {"/secret": data["secret"], "/previous": previous})


def remove(before: Document, posting: Posting) -> Decision | Refused:
    """End a webhook for good."""
    return _kept(before, posting, {"/state": REMOVED})


def disable(before: Document, posting: Posting) -> Decision | Refused:
    """Let a webhook rest, for the reason in the data; the service does so by itself."""
    actor = acting(posting.principal, (Role.SYSTEM,))
    if isinstance(actor, Refused):
        return actor
    if not before.version or before.snapshot["state"] != ACTIVE:
        return Refused((Refusal("webhook-disabled"),))
    gained = {"/state": DISABLED, "/why": posting.event.data["why"]}
    return entered(before, posting, actor, Changes(set=gained))


def _kept(before: Document, posting: Posting, gained: dict[str, Any]) -> Decision | Refused:
    """A change by whoever keeps the webhook. Who may not see it does not learn that it exists."""
    principal, stored = posting.principal, cast(Snapshot, before.snapshot)
    if not before.version or not access.sees_webhook(principal, stored["owner"]):
        return Refused((Refusal("unknown-webhook"),))
    actor = acting(principal, access.keepers(principal, stored["owner"]))
    if isinstance(actor, Refused):
        return actor
    if stored["state"] == REMOVED:
        return Refused((Refusal("webhook-removed"),))
    return entered(before, posting, actor, Changes(set=gained))
