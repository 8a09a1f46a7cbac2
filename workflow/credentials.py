"""Use cases that change credentials: grant a key, rotate it, revoke it."""

import os
from collections.abc import Callable
from datetime import timedelta
from typing import Final, NamedTuple

from workflow.catalog import Catalog
from workflow.desk import Accepted
from workflow.domain import access, apikey, clock, credential
from workflow.domain.act import Event
from workflow.domain.credential import Rights, authorities_of
from workflow.domain.principal import SERVICE, Principal, Role
from workflow.domain.record import Document
from workflow.domain.refusals import Refusal, Refused
from workflow.identities import Identities
from workflow.registry import Rule, entry
from workflow.service import Service, now

FIRST_START = Principal("first-start", SERVICE, frozenset({Role.OPERATOR}), credential="none")


class Granted(NamedTuple):
    """A credential that was granted or rotated. `key` is shown this once; None for a repeat."""

    id: str
    key: str | None
    document: Document
    replayed: bool


class Credentials:
    """The one way in for whoever grants, rotates or revokes a credential."""

    def __init__(
        self,
        service: Service,
        catalog: Catalog,
        identities: Identities,
        present: Callable[[], str] = now,
        random: Callable[[int], bytes] = os.urandom,
    ) -> None:
        self._service: Final = service
        self._identities: Final = identities
        self._clock: Final = present
        self._random: Final = random
        self._authorities: Final = authorities_of(catalog.procedures())

    def new_key(self, identifier: str = apikey.OPERATOR) -> str:
        """A key that nothing has been granted to yet."""
        return apikey.spelt(identifier, self._random(apikey.SECRET_BYTES))

    async def first_start(self, key: str) -> bool:
        """Grant the operator's key; False where another process has done so before."""
        rights = Rights("operator", SERVICE, frozenset({Role.OPERATOR}))
        event = _granting(key, rights, None, "first-start", "")
        outcome = await self._enter(FIRST_START, apikey.OPERATOR, event, credential.grant)
        return isinstance(outcome, Accepted) and not outcome.replayed

    async def reset_operator(self, key: str) -> Refused | None:
        """Give the operator's credential this key in place of its own, at once; also when it was
        revoked.
        """
        event = entry("reset", self._name(), "", {"secret": apikey.digest_of(key)}, None)
        outcome = await self._enter(FIRST_START, apikey.OPERATOR, event, credential.reset)
        return outcome if isinstance(outcome, Refused) else None

    async def grant(
        self,
        principal: Principal,
        rights: Rights,
        expires_at: str | None,
        key: str | None,
        fingerprint: str,
    ) -> Granted | Refused:
        """Make a key. With an idempotency key it is made once, and shown the first time."""
        refusal = credential.unfit(rights, self._authorities)
        if refusal is None and expires_at is not None and expires_at <= self._clock():
            refusal = Refusal("already-past", {}, ("expires_at",))
        if refusal is not None:
            return Refused((refusal,))
        name = key or self._name()
        identifier = apikey.identifier("k", f"{principal.identity}\0{name}".encode())
        fresh = self.new_key(identifier)
        event = _granting(fresh, rights, expires_at, name, fingerprint)
        outcome = await self._enter(principal, identifier, event, credential.grant)
        return _shown(identifier, fresh, outcome)

    async def rotate(
        self, principal: Principal, identifier: str, overlap: int, key: str | None, fingerprint: str
    ) -> Granted | Refused:
        """Give a key a new secret; the old one stays good for `overlap` seconds."""
        fresh, name = self.new_key(identifier), key or self._name()
        outcome = await self._rotate(principal, identifier, fresh, overlap, name, fingerprint)
        return _shown(identifier, fresh, outcome)

    async def revoke(self, principal: Principal, identifier: str) -> Accepted | Refused:
        """End a credential for good; see `identities.FRESH` for when that holds everywhere."""
        event = entry("revoke", self._name(), "", {}, None)
        return await self._enter(principal, identifier, event, credential.revoke)

    async def _rotate(
        self,
        principal: Principal,
        identifier: str,
        key: str,
        overlap: int,
        name: str,
        fingerprint: str,
    ) -> Accepted | Refused:
        until = clock.later(self._clock(), timedelta(seconds=overlap))
        data = {"secret": apikey.digest_of(key), "old_until": until}
        event = entry("rotate", name, fingerprint, data, None)
        return await self._enter(principal, identifier, event, credential.rotate)

    async def _enter(
        self, principal: Principal, identifier: str, event: Event, rule: Rule
    ) -> Accepted | Refused:
        outcome = await self._service.enter(f"credential/{identifier}", principal, event, rule)
        self._identities.forget(identifier)
        repeats = isinstance(outcome, Accepted) and outcome.replayed
        if repeats and not access.sees_credential(principal, identifier):
            return Refused((Refusal("unknown-credential"),))  # it saw it when it first asked
        return outcome

    def _name(self) -> str:
        """What names an event that came without an idempotency key."""
        return self._random(16).hex()


def _granting(
    key: str, rights: Rights, expires_at: str | None, name: str, fingerprint: str
) -> Event:
    data = rights.written() | {"kind": "key", "scopes": sorted(rights.scopes)}
    data |= {"expires_at": expires_at, "issued_at": None, "secret": apikey.digest_of(key)}
    return entry("grant", name, fingerprint, data, None)


def _shown(identifier: str, key: str, outcome: Accepted | Refused) -> Granted | Refused:
    """A key is shown to whoever made it, and not to a repeat, which made none."""
    if isinstance(outcome, Refused):
        return outcome
    shown = None if outcome.replayed else key
    return Granted(identifier, shown, outcome.document, outcome.replayed)
