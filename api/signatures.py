"""Signed JSON Web Tokens: what counts of one is known only here (RFC 7519, RFC 8725)."""

import hmac
import re
from collections.abc import Callable
from typing import Any

from joserfc import jws, jwt
from joserfc.errors import ExpiredTokenError, InvalidClaimError, JoseError, MissingClaimError
from joserfc.jwk import Key
from joserfc.jws import JWSRegistry
from joserfc.util import urlsafe_b64decode

from api.problems import Problem
from api.provider_client import read_object
from api.signing_keys import KeySet, SigningKeys

TOKEN_LIMIT = 8 * 1024
"""Bytes of a token; nothing of a larger one is read."""

LEEWAY = 60
"""Seconds by which the provider's clock may be ahead of ours."""

LATEST = 2**53
"""No time of a token lies later (seconds of Unix time)."""

UNFIT = "It is not a token that is accepted here."
UNSIGNED = "Its signature does not hold."
MISSING = "It lacks a claim that is needed here, or one has an unfit value."
ELSEWHERE = "It is not meant for this service."
EXPIRED = "It has expired."
EARLY = "It is not valid yet."

_SHAPE = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")
_REASONS = {"iss": ELSEWHERE, "aud": ELSEWHERE, "nbf": EARLY, "iat": EARLY}


class _Algorithms(JWSRegistry):
    """Knows the older name of an algorithm: a key on that curve makes EdDSA Ed25519."""

    max_header_length = max_signature_length = TOKEN_LIMIT

    def get_alg(self, name: str) -> Any:
        return super().get_alg("Ed25519" if name == "EdDSA" else name)


def invalid(reason: str) -> Problem:
    """401. Nothing of the token is told."""
    return Problem("invalid-token", reason)


def same_text(given: str, wanted: str) -> bool:
    """Whether a text is the one that was wanted, in constant time."""
    return given.isascii() and hmac.compare_digest(given, wanted)


def check_shape(token: str) -> None:
    """Raises Problem (401) for what cannot be a token of ours, before anything is decoded."""
    if len(token) > TOKEN_LIMIT or not _SHAPE.fullmatch(token):
        raise invalid(UNFIT)


class Signatures:
    """Checks the tokens of one issuer."""

    def __init__(
        self,
        keys: SigningKeys,
        issuer: str,
        algorithms: tuple[str, ...],
        clock: Callable[[], float],
    ) -> None:
        self._keys = keys
        self._issuer = issuer
        self._allowed = algorithms
        # Fields that are not known are nobody's concern unless `crit` says so (RFC 7515 4.1.11).
        self._registry = _Algorithms(algorithms=("Ed25519", *algorithms), strict_check_header=False)
        self._clock = clock

    async def claims(
        self, token: str, audience: str, types: frozenset[str | None]
    ) -> dict[str, Any]:
        """The claims of a token of one of these types, meant for this audience and good now.

        `iss`, `sub`, `aud`, `exp` and `iat` are there. Raises Problem: 401, 503.
        """
        check_shape(token)
        header = self._header(token, types)
        for key in await self._fitting(header):
            payload = self._payload(token, key)
            if payload is not None:
                return self._checked(payload, audience)
        raise invalid(UNSIGNED)

    def _header(self, token: str, types: frozenset[str | None]) -> dict[str, Any]:
        """The header, when it asks for nothing unusual. `jku`, `jwk`, `x5u` and `x5c` are passed
        over: who signs may not say which key to check with (RFC 8725 section 3.10).
        """
        try:
            header = read_object(urlsafe_b64decode(token.partition(".")[0].encode()))
        except ValueError as error:
            raise invalid(UNFIT) from error
        kind, kid = header.get("typ"), header.get("kid")
        kind = kind.lower() if isinstance(kind, str) else kind
        fits = kind in tuple(types) and header.get("alg") in self._allowed
        if not fits or not isinstance(kid, str | None) or {"crit", "b64"} & header.keys():
            raise invalid(UNFIT)
        return header

    async def _fitting(self, header: dict[str, Any]) -> list[Key]:
        keys: KeySet = await self._keys.current()
        kid, algorithm = header.get("kid"), header["alg"]
        if not keys.knows(kid):
            keys = await self._keys.renewed()
        return keys.fitting(kid, algorithm)

    def _payload(self, token: str, key: Key) -> bytes | None:
        """What was signed with the key; None when it was signed with another."""
        try:
            return jws.deserialize_compact(token, key, registry=self._registry).payload
        except (JoseError, ValueError):
            return None

    def _checked(self, payload: bytes, audience: str) -> dict[str, Any]:
        now = self._clock()
        rules = jwt.JWTClaimsRegistry(
            int(now),
            LEEWAY,
            iss={"essential": True, "value": self._issuer},
            aud={"essential": True, "value": audience},
            sub={"essential": True},
            exp={"essential": True},
            iat={"essential": True},
        )
        try:
            claims = read_object(payload)
            rules.validate(claims)
        except (MissingClaimError, ValueError) as error:
            raise invalid(MISSING) from error
        except ExpiredTokenError as error:
            raise invalid(EXPIRED) from error
        except InvalidClaimError as error:
            raise invalid(_REASONS.get(error.claim, MISSING)) from error
        if claims["exp"] <= now:  # no leeway: an hour is an hour
            raise invalid(EXPIRED)
        if max(claims["exp"], claims["iat"]) > LATEST or claims["iat"] < 0:
            raise invalid(MISSING)
        return claims
