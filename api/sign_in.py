"""Signing in to the console: with a key, with a link, or at the identity provider."""

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple, Protocol
from urllib.parse import urlsplit

from api.code_flow import CodeFlow
from api.problems import Problem
from api.sessions import LONGEST, Cookie, Sessions, new_secret
from api.tokens import TokenClaims
from workflow.domain.principal import Principal

ATTEMPT = 600
"""Seconds in which one comes back from the identity provider."""

LANDING = "/"
"""Where one is after signing in, if nowhere else was wanted."""

OWN = frozenset({b"same-origin", b"none"})
"""Requests from our own pages, and those that the user made at the browser itself."""

Headers = Iterable[tuple[bytes, bytes]]

_LOCAL = re.compile(
    r"/(?:[A-Za-z0-9_~:@-][A-Za-z0-9._~:@-]*(?:/[A-Za-z0-9_~:@-][A-Za-z0-9._~:@-]*)*/?)?"
    r"(?:\?[A-Za-z0-9._~:@%=&+/-]*)?"
)


class Begun(NamedTuple):
    """A session that was begun: Set-Cookie for its browser, and whose it is."""

    cookie: str
    principal: Principal


class Identities(Protocol):
    """Knows who comes in with what."""

    async def principal_of_key(self, key: str) -> Principal | None:
        """None for a key that is not good."""
        ...

    async def principal_of_session(self, identifier: str, mark: str) -> Principal | None:
        """None for a credential, or a secret of it, that is not good any more."""
        ...

    async def admit_token(self, claims: TokenClaims) -> Principal | None:
        """None for a token whose bearer may not come in."""
        ...


class Attempts(Protocol):
    """Counts what was wrong, for each address."""

    def check(self, address: str | None) -> None:
        """Raises Problem (429)."""
        ...

    def failed(self, address: str | None) -> None:
        """One more was wrong."""
        ...


class SignIn:
    """Makes sessions for those who show who they are. `origin` is how the outside calls the
    service. Raises Problem: 401 `sign-in-refused`, 429 when that happens too often.
    """

    def __init__(
        self,
        origin: str,
        sessions: Sessions,
        identities: Identities,
        attempts: Attempts,
        flow: CodeFlow | None = None,
    ) -> None:
        self.site = site_of(origin)
        self.cookie = Cookie("clearance-session", origin, LONGEST)
        self.attempt = Cookie("clearance-sign-in", origin, ATTEMPT)
        self.flow = flow
        self._sessions = sessions
        self._identities = identities
        self._attempts = attempts

    async def principal_of(self, headers: Headers) -> Principal | None:
        """Who has signed in at the browser that sends these header fields."""
        return await self._principal_of(headers, used=True)

    async def still(self, headers: Headers) -> Principal | None:
        """The same, of a request that lasts: the session is not used by that."""
        return await self._principal_of(headers, used=False)

    async def with_key(self, key: str, headers: Headers, address: str | None) -> Begun:
        """A session for the bearer of a key."""
        return await self._begin(await self._identities.principal_of_key(key), headers, address)

    async def with_link(self, secret: str, headers: Headers, address: str | None) -> Begun:
        """A session for whoever uses a link first."""
        credential = await self._sessions.redeem(secret)
        if credential is None:
            return await self._begin(None, headers, address)
        principal = await self._identities.principal_of_session(credential, "")
        return await self._begin(principal, headers, address)

    async def with_code(
        self, query: Mapping[str, str], headers: Headers, address: str | None
    ) -> tuple[Begun, str]:
        """A session for whoever comes back from the identity provider, and where they wanted to
        go. Raises Problem, also 403 `no-role` and 503.
        """
        secret, wanted = _remembered(self.attempt.of(headers) or "")
        if self.flow is None or not secret:
            raise _refused("No sign-in is under way in this browser.")
        self._attempts.check(address)  # each of them makes us ask the provider
        try:
            claims = await self.flow.claims(secret, query)
        except Problem as problem:
            if problem.code != "identity-provider-unavailable":
                self._attempts.failed(address)
            raise
        principal = await self._identities.admit_token(claims)
        return await self._begin(principal, headers, address), wanted

    def begin_flow(self, flow: CodeFlow, wanted: str) -> tuple[str, str]:
        """Where to send the browser, and the Set-Cookie by which it is known again."""
        secret = new_secret()
        return flow.address(secret), self.attempt.holding(f"{secret}{local_path(wanted)}")

    async def sign_out(self, headers: Headers) -> str:
        """Set-Cookie for a browser that is nobody's now."""
        secret = self.cookie.of(headers)
        if secret is not None:
            await self._sessions.end(secret)
        return self.cookie.gone()

    async def _principal_of(self, headers: Headers, used: bool) -> Principal | None:
        secret = self.cookie.of(headers)
        session = None if secret is None else await self._sessions.find(secret, used)
        if session is None:
            return None
        return await self._identities.principal_of_session(*session)

    async def _begin(
        self, principal: Principal | None, headers: Headers, address: str | None
    ) -> Begun:
        """A session of its own for every sign-in: what the browser had before, somebody may have
        put there (OWASP ASVS 5.0, 7.2.4). A right credential is never held up by wrong ones.
        """
        if principal is None:
            self._attempts.check(address)
            self._attempts.failed(address)
            raise _refused("That does not sign anybody in.")
        await self.sign_out(headers)
        secret = await self._sessions.begin(principal.credential, principal.shown)
        return Begun(self.cookie.holding(secret), principal)


def same_origin(headers: Headers, origin: str) -> bool:
    """Whether a browser sent a request for a page of this origin, or for its user (Fetch Metadata
    Request Headers section 2.4). Where it does not say, Origin must (RFC 6454 section 7).
    """
    fields = [field for field in headers if field[0] in (b"sec-fetch-site", b"origin")]
    sites = [value for name, value in fields if name == b"sec-fetch-site"]
    if sites:
        return len(sites) == 1 and sites[0] in OWN
    return [value for name, value in fields if name == b"origin"] == [origin.encode()]


def from_elsewhere(headers: Headers) -> bool:
    """Whether a browser says that a page of another origin led here."""
    return any(name == b"sec-fetch-site" and value not in OWN for name, value in headers)


def site_of(url: str) -> str:
    """The origin of an address as a browser writes it (RFC 6454 section 6.2)."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    host = f"[{host}]" if ":" in host else host
    usual = {"http": 80, "https": 443}.get(parts.scheme)
    return f"{parts.scheme}://{host}" + ("" if parts.port in (None, usual) else f":{parts.port}")


def local_path(wanted: str) -> str:
    """A path of this service, or else LANDING: nobody is led to another site, nor by a sign-in
    to the next.
    """
    fits = len(wanted) <= 512 and _LOCAL.fullmatch(wanted) and not wanted.startswith("/sign-")
    return wanted if fits else LANDING


def _remembered(attempt: str) -> tuple[str, str]:
    """The secret of an attempt, and where its browser wanted to go."""
    secret, slash, path = attempt.partition("/")
    return secret, local_path(slash + path)


def _refused(reason: str) -> Problem:
    return Problem("sign-in-refused", reason)
