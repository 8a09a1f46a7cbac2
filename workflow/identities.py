"""Who comes in with a credential.

What a process knows of a credential it reads anew after FRESH seconds, so a revocation made
anywhere holds everywhere within that time.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final, NamedTuple

from workflow.catalog import Catalog
from workflow.domain import apikey, canonical, credential
from workflow.domain.credential import Rights, authorities_of
from workflow.domain.principal import EVERY_SCOPE, SERVICE, Principal, Role
from workflow.domain.record import Document
from workflow.registry import entry
from workflow.service import Service, now
from workflow.store import Store

FRESH = 2.0
"""Seconds for which a process believes what it has read of a credential."""

KNOWN = 10_000
"""Credentials that a process remembers."""

NEVER = "9999"
"""Later than every instant."""


class Token(NamedTuple):
    """What a verified token says of its bearer; `issued_at` in seconds of Unix time."""

    issuer: str
    subject: str
    rights: Rights
    issued_at: int


class Known(NamedTuple):
    """A credential as it was read at `read_at` (monotonic seconds); it is good until `ends`."""

    read_at: float
    document: Document
    principal: Principal
    ends: str


class Identities:
    """Knows who comes in with a key, a token or a session."""

    def __init__(
        self,
        store: Store,
        service: Service,
        catalog: Catalog,
        present: Callable[[], str] = now,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._store: Final = store
        self._service: Final = service
        self._clock: Final = present
        self._monotonic: Final = monotonic
        self._authorities: Final = authorities_of(catalog.procedures())
        self._known: Final[dict[str, Known]] = {}
        self._used: dict[str, str] = {}

    def at_hand(self, key: str) -> Principal | None:
        """Who comes in with a key, where that was read a moment ago; None where it is to be
        looked up. Most requests need no more than this.
        """
        parts = key.split("_", 2)
        spelt = len(parts) == 3 and parts[0] == apikey.PREFIX
        known = self._fresh(parts[1]) if spelt else None
        return None if known is None else self._let_in(known, parts[2])

    async def principal_of_key(self, key: str) -> Principal | None:
        """Who comes in with a key; None when it is not good."""
        parted = apikey.parted(key)
        if parted is None:
            return None
        known = await self._look_up(parted[0])
        return None if known is None else self._let_in(known, parted[1])

    async def principal_of_session(self, identifier: str, mark: str) -> Principal | None:
        """Who came in with a credential, and with the secret of that mark; None when either is no
        longer good.
        """
        known = self._fresh(identifier) or await self._look_up(identifier)
        at = self._clock()
        if known is None or at >= known.ends:
            return None
        good = map(apikey.mark, credential.secrets(known.document.snapshot, at))
        if mark and mark not in good:
            return None
        self._used[identifier] = at
        return _with(known.principal, mark) if mark else known.principal

    async def principal_of_token(self, token: Token) -> Principal | None:
        """Who comes in with a verified token. Rights that the issuer has not given before leave
        a record first. None when nobody can hold such rights, when the credential is revoked,
        or when the token is older than other rights that the issuer has given since.
        """
        if credential.unfit(token.rights, self._authorities) is not None:
            return None
        identifier = apikey.identifier("t", f"{token.issuer}\0{token.subject}".encode())
        known = self._fresh(identifier) or await self._look_up(identifier)
        if known is None or not _gives(known.document.snapshot, token.rights):
            known = await self._note_rights(identifier, token, known)
        if known is None or self._clock() >= known.ends:
            return None
        self._used[identifier] = self._clock()
        scopes = {"scopes": sorted(token.rights.scopes)}
        return credential.principal_of(identifier, {**known.document.snapshot, **scopes})

    def forget(self, identifier: str) -> None:
        """Look a credential up anew when it is presented next."""
        self._known.pop(identifier, None)

    async def last_used(self, identifiers: Sequence[str]) -> list[str | None]:
        """When each credential was last used, as far as this process or the store knows."""
        noted = await self._store.uses(identifiers)
        return [self._used.get(one, when) for one, when in zip(identifiers, noted, strict=True)]

    async def note_uses(self) -> None:
        """Write down which credentials were used since the last call."""
        used, self._used = self._used, {}
        if used:
            await self._store.note_uses(used)

    def _fresh(self, identifier: str) -> Known | None:
        known = self._known.get(identifier)
        if known is None or self._monotonic() - known.read_at > FRESH:
            return None
        return known

    async def _look_up(self, identifier: str) -> Known | None:
        began = self._monotonic()
        stored = await self._store.read(f"credential/{identifier}")
        if stored is None:
            return None
        document = Document.decode(stored)
        until = credential.good_until(document.snapshot)
        principal = credential.principal_of(identifier, document.snapshot)
        known = Known(began, document, principal, NEVER if until is None else until)
        while len(self._known) >= KNOWN:
            del self._known[next(iter(self._known))]
        self._known[identifier] = known
        return known

    def _let_in(self, known: Known, secret: str) -> Principal | None:
        """The principal, when the secret is right and the credential still good."""
        at = self._clock()
        presented = apikey.digest(secret)
        good = apikey.matches(presented, credential.secrets(known.document.snapshot, at))
        if not good or at >= known.ends:
            return None
        self._used[known.principal.credential] = at
        return _with(known.principal, apikey.mark(presented))

    async def _note_rights(
        self, identifier: str, token: Token, known: Known | None
    ) -> Known | None:
        """Record what an issuer gives, unless it has given something else since. Of tokens that
        come at once only one may be recorded, so what is on record then decides.
        """
        snapshot: Mapping[str, Any] = {} if known is None else known.document.snapshot
        if snapshot and token.issued_at <= snapshot["issued_at"]:
            return None
        data = token.rights.written() | {"kind": "token", "secret": None, "expires_at": None}
        data |= {"issued_at": token.issued_at, "scopes": sorted(EVERY_SCOPE)}
        mark = canonical.sha256(canonical.encode(data))
        named = f"issuer:{_host(token.issuer)}"
        issuer = Principal(named, SERVICE, frozenset({Role.OPERATOR}), credential=identifier)
        event = entry("grant", f"token.{mark[:32]}", mark, data, None)
        subject = f"credential/{identifier}"
        await self._service.enter(subject, issuer, event, credential.regrant)
        given = await self._look_up(identifier)
        return given if given and _gives(given.document.snapshot, token.rights) else None


def _with(principal: Principal, mark: str) -> Principal:
    """The principal as it comes in with the secret of this mark: nearly always the present one."""
    return principal if principal.shown == mark else replace(principal, shown=mark)


def _gives(snapshot: Mapping[str, Any], rights: Rights) -> bool:
    """Whether the credential has these rights already."""
    return all(snapshot[name] == value for name, value in rights.written().items())


def _host(issuer: str) -> str:
    return issuer.split("//", 1)[-1].split("/", 1)[0][:56]
