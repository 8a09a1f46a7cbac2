"""The public keys that an identity provider signs with (JSON Web Key Set, RFC 7517)."""

import asyncio
import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from joserfc.errors import JoseError
from joserfc.jwk import JWKRegistry, Key
from joserfc.util import base64_to_int

from api.problems import Problem
from api.provider_client import NoAnswer, ProviderClient, read_object

FRESH, STALE = 300.0, 3600.0
"""Seconds for which a set is believed, and for which it is used while no newer one is to be had."""

UNKNOWN_PAUSE, FAILED_PAUSE = 30.0, 5.0
"""Seconds between two fetches because of an unknown key, and because the last one failed."""

KEYS_LIMIT = 64
SMALLEST_RSA = 2048  # bits (RFC 7518 section 3.3)

FITTING = {
    "RS256": ("RSA", None),
    "PS256": ("RSA", None),
    "ES256": ("EC", "P-256"),
    "ES384": ("EC", "P-384"),
    "EdDSA": ("OKP", "Ed25519"),
    "Ed25519": ("OKP", "Ed25519"),
}
"""Every algorithm that may be allowed, and the type and curve of its keys. All are asymmetric, so
that no public key can serve as a secret (RFC 8725 section 3.1).
"""

_PUBLIC = {"RSA": ("n", "e"), "EC": ("crv", "x", "y"), "OKP": ("crv", "x")}
_SAME = frozenset({"EdDSA", "Ed25519"})
"""Two names for one algorithm, where the key lies on that curve (RFC 9864 section 2.2)."""

logger = logging.getLogger(__name__)


class SigningKey(NamedTuple):
    """A key, and the algorithms for which it may be used."""

    kid: str | None
    algorithms: frozenset[str]
    key: Key


@dataclass(frozen=True, slots=True)
class KeySet:
    """The keys of a provider; two sets are equal when the provider said the same."""

    source: bytes
    keys: tuple[SigningKey, ...] = field(compare=False)

    def knows(self, kid: str | None) -> bool:
        """Whether a key of this name is there; what names none is never missed."""
        return kid is None or any(one.kid == kid for one in self.keys)

    def fitting(self, kid: str | None, algorithm: str) -> list[Key]:
        """The keys with which a signature may be checked. Where none is named, one alone fits."""
        found = [
            one.key
            for one in self.keys
            if algorithm in one.algorithms and (kid is None or one.kid == kid)
        ]
        return found if kid is not None or len(found) == 1 else []


class SigningKeys:
    """The keys of one provider, fetched when needed, by one request at a time."""

    def __init__(
        self, provider: ProviderClient, url: str, ticks: Callable[[], float] = time.monotonic
    ) -> None:
        self._provider = provider
        self._url = url
        self._ticks = ticks
        self._keys: KeySet | None = None
        self._fetched = self._tried = float("-inf")
        self._failing = False
        self._flight: asyncio.Task[None] | None = None

    async def current(self) -> KeySet:
        """The keys that count now. Raises Problem (503) when they are too old or not known."""
        if self._ticks() - self._fetched >= FRESH:
            await self._fetch(FAILED_PAUSE)
        if self._keys is None or self._ticks() - self._fetched >= STALE:
            raise _unavailable()
        return self._keys

    async def renewed(self) -> KeySet:
        """The keys after a look for new ones, if none was taken just now. Raises Problem (503)
        when that failed: whether the missing key exists is then not known.
        """
        await self._fetch(UNKNOWN_PAUSE)
        if self._keys is None or self._failing:
            raise _unavailable()
        return self._keys

    async def close(self) -> None:
        """Give up a fetch under way."""
        if self._flight is not None:
            self._flight.cancel()
            await asyncio.wait([self._flight])

    async def _fetch(self, pause: float) -> None:
        """Fetch, or wait for the fetch under way; it goes on when whoever began it leaves."""
        if self._flight is None or self._flight.done():
            if self._ticks() - self._tried < pause:
                return
            self._flight = asyncio.create_task(self._renew())
        await asyncio.shield(self._flight)

    async def _renew(self) -> None:
        self._tried = self._ticks()
        try:
            status, content = await self._provider.get(self._url)
            if status != 200:
                raise NoAnswer(f"status {status}")
            keys = key_set(content)
        except (NoAnswer, ValueError) as error:
            if not self._failing:
                logger.warning("the keys of the identity provider are not to be had: %s", error)
            self._failing = True
            return
        self._failing = False
        self._fetched = self._ticks()
        if keys != self._keys:
            self._keys = keys


def key_set(content: bytes) -> KeySet:
    """A set as published; keys that are not understood or of no use here are left out (RFC 7517
    section 5). Raises ValueError.
    """
    published = read_object(content).get("keys")
    if not isinstance(published, list) or len(published) > KEYS_LIMIT:
        raise ValueError("not a set of keys")
    usable = (_signing_key(one) for one in published if isinstance(one, dict))
    return KeySet(content, tuple(one for one in usable if one is not None))


def _signing_key(jwk: Mapping[str, Any]) -> SigningKey | None:
    """A key for checking signatures; None for a secret one, which by now everybody knows."""
    kid, kind = jwk.get("kid"), jwk.get("kty")
    if kind not in tuple(_PUBLIC) or "d" in jwk or not isinstance(kid, str | None):
        return None
    operations = jwk.get("key_ops", ["verify"])
    if jwk.get("use", "sig") != "sig" or not (
        isinstance(operations, list) and "verify" in operations
    ):
        return None
    algorithms = _algorithms(jwk)
    key = _imported({name: jwk.get(name) for name in ("kty", *_PUBLIC[kind])})
    return SigningKey(kid, algorithms, key) if algorithms and key is not None else None


def _algorithms(jwk: Mapping[str, Any]) -> frozenset[str]:
    """What a key may be used for: what fits its type and curve, and of that what it says."""
    shape = (jwk["kty"], None), (jwk["kty"], jwk.get("crv"))
    fitting = frozenset(name for name, wanted in FITTING.items() if wanted in shape)
    declared = jwk.get("alg")
    if declared is None:
        return fitting
    return fitting & (_SAME if declared in tuple(_SAME) else {str(declared)})


def _imported(public: Mapping[str, Any]) -> Key | None:
    if not all(isinstance(text, str) for text in public.values()):
        return None
    try:
        if public["kty"] == "RSA" and base64_to_int(public["n"]).bit_length() < SMALLEST_RSA:
            return None
        return JWKRegistry.import_key(dict(public))
    except (JoseError, ValueError):
        return None


def _unavailable() -> Problem:
    return Problem(
        "identity-provider-unavailable", "The identity provider's keys cannot be fetched just now."
    )
