"""Who comes in with a token of the identity provider: JWT access tokens (RFC 9068), and the ID
tokens of a sign-in (OpenID Connect Core 1.0 section 2).
"""

import hashlib
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from api.problems import Problem
from api.provider_client import ProviderClient, check_address
from api.settings import Provider
from api.signatures import MISSING, Signatures, check_shape, invalid, same_text
from api.signing_keys import FITTING, KeySet, SigningKeys
from workflow.domain.principal import BUYER_AUTHORITY, EVERY_SCOPE, PEOPLE, Role, Scope

ACCESS_TOKEN = frozenset({"at+jwt", "application/at+jwt"})
ID_TOKEN = frozenset({None, "jwt"})
"""The types keep each from being taken for the other (RFC 8725 sections 3.11 and 3.12)."""

REMEMBERED = 4_096
"""Tokens that need not be checked again while they last."""

_NAME = re.compile(r"[!-:<-~]{1,64}")
_ORGANISATION = re.compile(r"[A-Za-z0-9._-]{1,64}")
"""Without a slash: what tells principals apart is `organisation/name`."""


@dataclass(frozen=True, slots=True)
class TokenSettings:
    """Which tokens are accepted, and which of their claims say what. Raises ValueError."""

    issuer: str
    audience: str
    jwks_url: str
    organisation_claim: str = "organisation"
    roles_claim: str = "roles"
    authorities_claim: str = "authorities"
    algorithms: tuple[str, ...] = tuple(FITTING)

    @classmethod
    def of(cls, provider: Provider) -> "TokenSettings":
        """What the settings say of the identity provider."""
        return cls(
            issuer=provider.issuer,
            audience=provider.audience,
            jwks_url=provider.jwks_url,
            organisation_claim=provider.organisation_claim,
            roles_claim=provider.roles_claim,
            authorities_claim=provider.authorities_claim,
        )

    def __post_init__(self) -> None:
        check_address(self.jwks_url)
        unknown = sorted(set(self.algorithms) - FITTING.keys())
        if unknown or not self.algorithms:
            raise ValueError(f"the algorithms are some of {', '.join(FITTING)}")
        if not self.issuer or not self.audience:
            raise ValueError("tokens need an issuer and an audience")


@dataclass(frozen=True, slots=True)
class TokenClaims:
    """What a token says of its bearer; times in seconds of Unix time."""

    issuer: str
    subject: str
    organisation: str
    roles: frozenset[Role]
    authorities: frozenset[str]
    scopes: frozenset[Scope]
    issued_at: int
    expires_at: int

    @property
    def name(self) -> str:
        """The bearer's name in its organisation: the issuer tells nobody else by it."""
        return self.subject


class Tokens:
    """Checks tokens. Those that were good are remembered, by their SHA-256, until they expire or
    the provider's keys change.
    """

    def __init__(
        self,
        settings: TokenSettings,
        clock: Callable[[], float] = time.time,
        ticks: Callable[[], float] = time.monotonic,
    ) -> None:
        self.settings = settings
        self.provider = ProviderClient()
        self._clock = clock
        self._keys = SigningKeys(self.provider, settings.jwks_url, ticks)
        self._signatures = Signatures(self._keys, settings.issuer, settings.algorithms, clock)
        self._good: dict[bytes, TokenClaims] = {}
        self._good_for: KeySet | None = None

    async def claims(self, token: str) -> TokenClaims:
        """What an access token says. Raises Problem: 401, 403 `no-role`, 503."""
        check_shape(token)
        digest = hashlib.sha256(token.encode()).digest()
        known = await self._remembered(digest)
        if known is not None:
            return known
        found = await self._signatures.claims(token, self.settings.audience, ACCESS_TOKEN)
        claims = self._claims(found)
        while len(self._good) >= REMEMBERED:
            del self._good[next(iter(self._good))]
        self._good[digest] = claims
        return claims

    async def of_sign_in(self, token: str, client: str, nonce: str) -> TokenClaims:
        """What an ID token says (OpenID Connect Core 1.0 section 3.1.3.7). Raises Problem."""
        found = await self._signatures.claims(token, client, ID_TOKEN)
        given = found.get("nonce")
        if not isinstance(given, str) or not same_text(given, nonce):
            raise invalid(MISSING)
        several = isinstance(found["aud"], list) and len(found["aud"]) > 1
        if found.get("azp", None if several else client) != client:
            raise invalid(MISSING)
        return self._claims(found)

    async def close(self) -> None:
        """End what is under way."""
        await self._keys.close()
        await self.provider.close()

    async def _remembered(self, digest: bytes) -> TokenClaims | None:
        keys = await self._keys.current()
        if keys is not self._good_for:
            self._good.clear()
            self._good_for = keys
        known = self._good.get(digest)
        if known is not None and known.expires_at <= self._clock():
            del self._good[digest]
            return None
        return known

    def _claims(self, found: Mapping[str, Any]) -> TokenClaims:
        settings = self.settings
        organisation = found.get(settings.organisation_claim)
        authorities = _names(found.get(settings.authorities_claim))
        if not all(map(_is_name, (found["sub"], organisation, *authorities))):
            raise invalid(MISSING)
        if not _ORGANISATION.fullmatch(str(organisation)) or found["sub"].startswith("system:"):
            raise invalid(MISSING)
        if BUYER_AUTHORITY in authorities:  # it is a role
            raise invalid(MISSING)
        roles = PEOPLE & _names(found.get(settings.roles_claim))
        if not roles:
            raise Problem("no-role", "The token gives its bearer no role in this service.")
        return TokenClaims(
            issuer=found["iss"],
            subject=found["sub"],
            organisation=str(organisation),
            roles=frozenset(map(Role, roles)),
            authorities=authorities,
            scopes=_scopes(found),
            issued_at=int(found["iat"]),
            expires_at=int(found["exp"]),
        )


def _scopes(found: Mapping[str, Any]) -> frozenset[Scope]:
    """What the token may be used for: its scopes that are ours (RFC 9068 section 2.2.3); where it
    names none at all, whatever its roles allow.
    """
    given = found.get("scope")
    if given is None:
        return EVERY_SCOPE
    if not isinstance(given, str):
        raise invalid(MISSING)
    return frozenset(scope for scope in Scope if scope in given.split(" "))


def _names(given: Any) -> frozenset[str]:
    """The texts of a claim that holds one or a list of them. Raises Problem."""
    several = [] if given is None else given if isinstance(given, list) else [given]
    if not all(isinstance(one, str) for one in several):
        raise invalid(MISSING)
    return frozenset(several)


def _is_name(given: Any) -> bool:
    return isinstance(given, str) and _NAME.fullmatch(given) is not None
