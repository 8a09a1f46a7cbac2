"""Signing in at the identity provider: the authorization code flow of OpenID Connect Core 1.0
section 3.1, with PKCE (RFC 7636, S256) and the cautions of RFC 9700.

All that must be remembered of an attempt is one secret in a cookie of the browser that began it:
`state`, `nonce` and the code verifier follow from it, and none of them tells it.
"""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import quote, urlencode

from api.problems import Problem
from api.provider_client import NoAnswer, Told, check_address, read_object
from api.settings import Provider
from api.signatures import same_text
from api.tokens import TokenClaims, Tokens

CALLBACK = "/sign-in/callback"


@dataclass(frozen=True, slots=True)
class CodeFlowSettings:
    """This service as a client of the identity provider. Without a secret it is a public client
    (RFC 6749 section 2.1). Raises ValueError.
    """

    client_id: str
    authorization_url: str
    token_url: str
    client_secret: str | None = field(default=None, repr=False)
    scope: str = "openid"

    def __post_init__(self) -> None:
        check_address(self.authorization_url)
        check_address(self.token_url)


class CodeFlow:
    """Sends people to the identity provider, and learns who comes back."""

    def __init__(self, settings: CodeFlowSettings, tokens: Tokens, origin: str) -> None:
        self._settings = settings
        self._tokens = tokens
        self._redirect_uri = f"{origin}{CALLBACK}"

    @classmethod
    def of(cls, provider: Provider, tokens: Tokens, origin: str) -> "CodeFlow | None":
        """The way there that the settings describe, if they do."""
        if not (provider.client_id and provider.authorization_url and provider.token_url):
            return None
        wanted = CodeFlowSettings(
            client_id=provider.client_id,
            authorization_url=provider.authorization_url,
            token_url=provider.token_url,
            client_secret=provider.client_secret,
        )
        return cls(wanted, tokens, origin)

    def address(self, secret: str) -> str:
        """Where to send the browser in whose cookie the secret is."""
        settings = self._settings
        challenge = hashlib.sha256(_derived(secret, "verifier").encode()).digest()
        query = {
            "response_type": "code",
            "client_id": settings.client_id,
            "redirect_uri": self._redirect_uri,
            "scope": settings.scope,
            "state": _derived(secret, "state"),
            "nonce": _derived(secret, "nonce"),
            "code_challenge": _base64url(challenge),
            "code_challenge_method": "S256",
        }
        joint = "&" if "?" in settings.authorization_url else "?"
        return f"{settings.authorization_url}{joint}{urlencode(query)}"

    async def claims(self, secret: str, query: Mapping[str, str]) -> TokenClaims:
        """Who comes back with this query. Raises Problem: 401, 403 `no-role`, 503."""
        state, code = query.get("state", ""), query.get("code", "")
        if not same_text(state, _derived(secret, "state")):
            raise _refused("This is not the answer to a sign-in that this browser began.")
        if query.get("iss", self._tokens.settings.issuer) != self._tokens.settings.issuer:
            raise _refused("Another identity provider answers.")  # RFC 9207
        if not code or "error" in query:
            raise _refused("The identity provider did not agree.")
        token = await self._token(code, _derived(secret, "verifier"))
        return await self._tokens.of_sign_in(
            token, self._settings.client_id, _derived(secret, "nonce")
        )

    async def _token(self, code: str, verifier: str) -> str:
        """The ID token for a code."""
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self._redirect_uri,
            "code_verifier": verifier,
        }
        headers = {}
        if self._settings.client_secret is None:
            form["client_id"] = self._settings.client_id
        else:
            headers["Authorization"] = self._basic(self._settings.client_secret)
        try:
            told = await self._tokens.provider.post(self._settings.token_url, form, headers)
            return _id_token(told)
        except (NoAnswer, ValueError) as error:
            raise Problem(
                "identity-provider-unavailable", "The identity provider does not answer properly."
            ) from error

    def _basic(self, secret: str) -> str:
        """Client id and secret, each form-encoded first (RFC 6749 section 2.3.1)."""
        pair = f"{quote(self._settings.client_id, safe='')}:{quote(secret, safe='')}"
        return f"Basic {base64.b64encode(pair.encode()).decode('ascii')}"


def _id_token(told: Told) -> str:
    """Raises Problem (401) when the code is not accepted, ValueError for an unfit answer."""
    if 400 <= told.status < 500:
        raise _refused("The identity provider did not agree.")
    token = read_object(told.content).get("id_token") if told.status == 200 else None
    if not isinstance(token, str):
        raise ValueError("no ID token")
    return token


def _refused(reason: str) -> Problem:
    return Problem("sign-in-refused", reason)


def _derived(secret: str, purpose: str) -> str:
    """43 characters that follow from the secret, and from which it does not follow."""
    return _base64url(hmac.digest(secret.encode(), purpose.encode(), "sha256"))


def _base64url(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode("ascii").rstrip("=")
