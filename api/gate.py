"""The gate: nobody comes in without a credential, except where everybody may.

It takes what RFC 6750 describes (`Authorization: Bearer`) and, from a browser, the session that a
sign-in made.
"""

from collections.abc import Iterable

from starlette.types import Scope

from api.auth import address_of
from api.bearers import Bearers
from api.limits import Attempts, Limits, Pair
from api.problems import Problem
from api.sign_in import SignIn, same_origin
from workflow.domain.principal import Principal

PUBLIC = frozenset({"/healthz", "/readyz", "/sign-in", "/sign-out"})
PUBLIC_BELOW = ("/problems/", "/sign-in/")

CHALLENGE = {"WWW-Authenticate": 'Bearer realm="clearance"'}
"""RFC 6750 section 3."""
REJECTION = {"WWW-Authenticate": 'Bearer realm="clearance", error="invalid_token"'}
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def is_public(path: str) -> bool:
    """Whether everybody may ask at this address."""
    return path in PUBLIC or path.startswith(PUBLIC_BELOW)


class Gate:
    """Finds out who a request is from, and whether they ask too often."""

    def __init__(
        self, bearers: Bearers, sign_in: SignIn, limits: Limits, attempts: Attempts
    ) -> None:
        self._bearers = bearers
        self._sign_in = sign_in
        self._limits = limits
        self._attempts = attempts

    def charge_address(self, scope: Scope) -> None:
        """A request that everybody may send. Raises Problem (429)."""
        self._limits.charge_address(address_of(scope))

    async def admit(self, scope: Scope) -> tuple[Principal, Iterable[Pair]]:
        """The principal of a request, and header fields for its answer. Raises Problem: 401
        without a good credential, 403 for a cross-site request, 429 beyond a limit.
        """
        self.charge_address(scope)
        given = [value for name, value in scope["headers"] if name == b"authorization"]
        if given:
            principal = await self._bearer(given, address_of(scope))
        else:
            principal = await self._at_browser(scope)
        return principal, self._limits.charge(principal.identity)

    async def _bearer(self, given: list[bytes], address: str) -> Principal:
        scheme, _, presented = given[0].decode("latin-1").partition(" ")
        if len(given) > 1 or scheme.lower() != "bearer":
            raise Problem("unauthenticated", "Send one Authorization: Bearer.", (), CHALLENGE)
        principal = await self._bearers.principal_of(presented.strip())
        if principal is None:
            self._attempts.check(address)
            self._attempts.failed(address)
            raise Problem("invalid-credential", "The credential is not good.", (), REJECTION)
        return principal

    async def _at_browser(self, scope: Scope) -> Principal:
        headers = scope["headers"]
        principal = await self._sign_in.principal_of(headers)
        if principal is None:
            raise Problem("unauthenticated", "Send a key or a token as a Bearer.", (), CHALLENGE)
        if scope["method"] not in SAFE and not same_origin(headers, self._sign_in.site):
            raise Problem("cross-site-request", "Begin at a page of this service.")
        return principal
