"""Who comes in with what a request bears: a key of the service's own, or a token of the identity
provider.
"""

from typing import Final

from api.problems import Problem
from api.tokens import TokenClaims, Tokens
from workflow.domain.apikey import PREFIX
from workflow.domain.credential import Rights
from workflow.domain.principal import Principal
from workflow.identities import Identities, Token


class Bearers:
    """Knows the bearers of keys and, where there is an identity provider, of its tokens."""

    def __init__(self, identities: Identities, tokens: Tokens | None) -> None:
        self._identities: Final = identities
        self._tokens: Final = tokens

    async def principal_of(self, presented: str) -> Principal | None:
        """Who bears a key or a token; None when it is not good. Raises Problem: 403 `no-role`,
        503 when the provider's keys cannot be had.
        """
        known = self._identities.at_hand(presented)
        if known is not None:
            return known
        if self._tokens is None or presented.startswith(f"{PREFIX}_"):
            return await self.principal_of_key(presented)
        try:
            claims = await self._tokens.claims(presented)
        except Problem as problem:
            if problem.code == "invalid-token":
                return None
            raise
        return await self.admit_token(claims)

    async def principal_of_key(self, key: str) -> Principal | None:
        """Who bears a key; None when it is not good."""
        return await self._identities.principal_of_key(key)

    async def principal_of_session(self, identifier: str, mark: str) -> Principal | None:
        """Who came in with a credential and the secret of this mark; None when either is not good
        any more.
        """
        return await self._identities.principal_of_session(identifier, mark)

    async def admit_token(self, claims: TokenClaims) -> Principal | None:
        """Who bears a token that says this; None when they may not come in."""
        rights = Rights(
            claims.name, claims.organisation, claims.roles, claims.authorities, claims.scopes
        )
        token = Token(claims.issuer, claims.subject, rights, claims.issued_at)
        return await self._identities.principal_of_token(token)
