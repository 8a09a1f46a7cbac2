"""The gate: nobody comes in without a credential, except where everybody may.

It takes what RFC 6750 describes (`Authorization: Bearer`) and, from a browser, the session that a
sign-in made.
"""

from collections.abc import Iterable

from starlette.types import Scope

from api.auth import PLACE, address_of
from api.bearers import Bearers
from api.limits import Attempts, Limits, Pair
from api.problems import Problem
from api.sign_in import SignIn, same_origin
from workflow.domain.principal import Principal

PUBLIC = frozenset({"/healthz", "/readyz", "/sign-in", "/sign-out"})
PUBLIC_BELOW = ("/problems/", "/sign-in/", "/static/")

LOG = frozenset({"/log/checkpoint", "/log/key"})
TILES, ENTRIES = "/log/tile/", "/log/tile/entries"
"""Everybody may have the first of these, where the operator says so, and never the last."""

CHALLENGE = {"WWW-Authenticate": 'Bearer realm="clearance"'}
"""RFC 6750 section 3."""
REJECTION = {"WWW-Authenticate": 'Bearer realm="clearance", error="invalid_token"'}
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def is_public(path: str, log: bool) -> bool:
    """Whether everybody may ask at this address; `log`: what proves the log is public."""
    if log and path.startswith("/log/"):
        return path in LOG or (path.startswith(TILES) and not path.startswith(ENTRIES))
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

    async def admit(self, scope: Scope) -> Iterable[Pair]:
        """Leave the principal in the scope of a request; header fields for its answer. Raises
        Problem: 401 without a good credential, and with the principal left there 403 for a
        cross-site request, 429 beyond a limit.
        """
        self.charge_address(scope)
        given = [value for name, value in scope["headers"] if name == b"authorization"]
        if given:
            scope[PLACE] = principal = await self._bearer(given, address_of(scope))
        else:
            scope[PLACE] = principal = await self._at_browser(scope)
            self._check_origin(scope)
        return self._limits.charge(principal.identity)

    async def readmit(self, scope: Scope) -> Principal:
        """The principal of a request that has lasted, as it is now; it counts as no new request.
        Raises Problem (401) when the credential is not good any more.
        """
        given = [value for name, value in scope["headers"] if name == b"authorization"]
        if given:
            presented = given[0].decode("latin-1").partition(" ")[2].strip()
            principal = await self._bearers.principal_of(presented)
        else:
            principal = await self._sign_in.still(scope["headers"])
        if principal is None:
            told = "The credential is not good any more."
            raise Problem("invalid-credential", told, (), REJECTION)
        scope[PLACE] = principal
        return principal

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
        principal = await self._sign_in.principal_of(scope["headers"])
        if principal is None:
            raise Problem("unauthenticated", "Send a key or a token as a Bearer.", (), CHALLENGE)
        return principal

    def _check_origin(self, scope: Scope) -> None:
        """What a browser is led to change must come from a page of ours."""
        unsafe = scope["method"] not in SAFE
        if unsafe and not same_origin(scope["headers"], self._sign_in.site):
            raise Problem("cross-site-request", "Begin at a page of this service.")
