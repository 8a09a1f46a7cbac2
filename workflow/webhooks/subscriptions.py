"""Use cases that change webhooks: make one, change it, give it a new secret, remove it."""

import base64
import hashlib
import os
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, Final, NamedTuple

from workflow.desk import Accepted
from workflow.domain import access, apikey, clock, webhook
from workflow.domain.principal import Principal
from workflow.domain.procedure import Label
from workflow.domain.record import Document
from workflow.domain.refusals import Refusal, Refused
from workflow.domain.registry import acting
from workflow.domain.terms import OWNER
from workflow.domain.webhook import Target
from workflow.registry import Rule, entry
from workflow.service import Service, now
from workflow.store import Store
from workflow.webhooks.beginning import begin
from workflow.webhooks.looking import Looking
from workflow.webhooks.owners import Owners

OVERLAP = timedelta(hours=24)
"""For which deliveries are signed with the secret before a rotation, too."""

SECRET_PREFIX, SECRET_BYTES = "whsec_", 32  # as Standard Webhooks spells secrets

MOST = 20
"""Webhooks of a credential. Two that are made at once may be one more."""


class Made(NamedTuple):
    """A webhook that was made, or given a new secret. `secret` is shown this once; None for a
    repeat.
    """

    id: str
    secret: str | None
    document: Document
    replayed: bool


class Webhooks(Looking):
    """The one way in for whoever wants to be told. `unfit` says of an address why nothing is ever
    sent there.
    """

    def __init__(
        self,
        store: Store,
        service: Service,
        unfit: Callable[[str], Label | None],
        present: Callable[[], str] = now,
        random: Callable[[int], bytes] = os.urandom,
    ) -> None:
        super().__init__(store, present)
        self._service: Final = service
        self._owners: Final = Owners(store)
        self._unfit: Final = unfit
        self._random: Final = random

    async def create(
        self, principal: Principal, target: Target, key: str | None, fingerprint: str
    ) -> Made | Refused:
        """Make a webhook, which tells of everything from now on. With an idempotency key it is
        made once, and its secret shown the first time.
        """
        name = key or self._name()
        identifier = apikey.identifier("w", f"{principal.identity}\0{name}".encode())
        refused = _not_keeping(principal) or self._refused(target.url)
        refused = refused or await self._unfit_to_make(principal, identifier)
        if refused is not None:
            return refused
        secret = self._secret()
        data = target.written() | {"secret": mark_of(secret)}
        event = entry("subscribe", name, fingerprint, data, None)
        await begin(self._store, identifier, afresh=False)
        return await self._give(principal, identifier, event, webhook.subscribe, secret)

    async def rotate(
        self, principal: Principal, identifier: str, key: str | None, fingerprint: str
    ) -> Made | Refused:
        """Give a webhook a new secret; the old one signs too for `OVERLAP`, or until there is yet
        another one: whose secret leaked ends it at once by rotating twice.
        """
        refused = await self._not_kept(principal, identifier)
        if refused is not None:
            return refused
        secret, until = self._secret(), clock.later(self._clock(), OVERLAP)
        data = {"secret": mark_of(secret), "old_until": until}
        event = entry("rotate", key or self._name(), fingerprint, data, None)
        return await self._give(principal, identifier, event, webhook.rotate, secret)

    async def change(
        self,
        principal: Principal,
        identifier: str,
        fields: Mapping[str, Any],
        key: str | None,
        fingerprint: str,
    ) -> Accepted | Refused:
        """Change what is named of `url`, `description`, `types`, `states`, `buyers`, `enabled`. One
        that is enabled again tells of what happens from now on, and goes on with what was queued.
        Where all is so already, nothing is entered.
        """
        refused = self._refused(fields["url"]) if "url" in fields else None
        refused = refused or await self._not_kept(principal, identifier)
        if refused is not None:
            return refused
        data = dict(fields)
        enabled = data.pop("enabled", None)
        for name in ("types", "states", "buyers"):
            if name in data:
                data[name] = sorted(set(data[name]))
        if enabled is not None:
            data["state"] = webhook.ACTIVE if enabled else webhook.DISABLED
            data["why"] = None if enabled else webhook.BY_REQUEST
        before = await self.seen(principal, identifier)
        if isinstance(before, Refused):
            return before
        outcome: Accepted | Refused = Accepted(b"", before, replayed=True)
        if any(before.snapshot[name] != new for name, new in data.items()):
            if enabled and before.snapshot["state"] != webhook.ACTIVE:
                await begin(self._store, identifier, afresh=True)
            event = entry("change", key or self._name(), fingerprint, data, None)
            outcome = await self._enter(principal, identifier, event, webhook.change)
        if enabled and isinstance(outcome, Accepted):
            await self._store.webhooks.forgive(identifier)
        return outcome

    async def remove(self, principal: Principal, identifier: str) -> Accepted | Refused:
        """End a webhook for good, with all that was to be delivered; its trail stays."""
        event = entry("remove", self._name(), "", {}, None)
        outcome = await self._enter(principal, identifier, event, webhook.remove)
        if isinstance(outcome, Accepted) or outcome.decisive.code == "webhook-removed":
            await self._store.webhooks.discard(identifier)
        return outcome

    async def _give(
        self, principal: Principal, identifier: str, event: Any, rule: Rule, secret: str
    ) -> Made | Refused:
        """Make an entry that names a secret. It is kept before it is named, so that none is named
        that nobody has; one that came to be unnamed is forgotten.
        """
        kept, mark = self._store.webhooks, event.data["secret"]
        stored = await self._store.read(f"webhook/{identifier}")
        await kept.put_secret(identifier, mark, secret)
        outcome = await self._enter(principal, identifier, event, rule)
        if isinstance(outcome, Refused):
            await kept.forget_secret(identifier, mark)
            return outcome
        if outcome.replayed:
            await kept.forget_secret(identifier, mark)
            return Made(identifier, None, outcome.document, replayed=True)
        before = None if stored is None else Document.decode(stored).snapshot["previous"]
        if before is not None:
            await kept.forget_secret(identifier, before["mark"])
        return Made(identifier, secret, outcome.document, replayed=False)

    async def _unfit_to_make(self, principal: Principal, identifier: str) -> Refused | None:
        """Why this one is not made: not with this credential, or not any more, or not yet more."""
        (owner,) = await self._owners.of([{"owner": principal.credential}], self._clock())
        if owner is None:
            return Refused((Refusal("webhook-needs-key"),))
        stored = await self._store.read(f"webhook/{identifier}")
        if stored is None:
            return await self._too_many(principal)
        removed = Document.decode(stored).snapshot["state"] == webhook.REMOVED
        return Refused((Refusal("webhook-removed"),)) if removed else None

    async def _too_many(self, principal: Principal) -> Refused | None:
        own = f"{OWNER}{principal.credential}"
        found = await self._store.page("webhook", (own,), MOST)
        if len(found.positions) < MOST:
            return None
        return Refused((Refusal("webhook-limit", {"limit": MOST}),))

    async def _enter(
        self, principal: Principal, identifier: str, event: Any, rule: Rule
    ) -> Accepted | Refused:
        return await self._service.enter(f"webhook/{identifier}", principal, event, rule)

    def _refused(self, url: str) -> Refused | None:
        reason = self._unfit(url)
        if reason is None:
            return None
        return Refused((Refusal("webhook-address-refused", {"reason": reason}, ("url",)),))

    def _secret(self) -> str:
        return SECRET_PREFIX + base64.b64encode(self._random(SECRET_BYTES)).decode("ascii")

    def _name(self) -> str:
        """What names an event that came without an idempotency key."""
        return self._random(16).hex()


def _not_keeping(principal: Principal) -> Refused | None:
    """Why a principal may not make webhooks at all."""
    actor = acting(principal, access.keepers(principal, principal.credential))
    return actor if isinstance(actor, Refused) else None


def mark_of(secret: str) -> str:
    """What tells the secrets of one webhook apart."""
    return hashlib.sha256(secret.encode()).hexdigest()[:16]
