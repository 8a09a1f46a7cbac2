"""The issuer of bearer tokens."""

from dataclasses import dataclass, field, fields

from api.settings.addresses import check_web_address, is_loopback
from api.settings.environment import PREFIX, Unfit, variable


@dataclass(frozen=True, slots=True)
class Provider:
    """Who issues bearer tokens (OpenID Connect), and where the console's sign-in goes."""

    issuer: str
    audience: str
    jwks_url: str
    organisation_claim: str = "organisation"
    roles_claim: str = "roles"
    authorities_claim: str = "authorities"
    client_id: str | None = None
    client_secret: str | None = field(default=None, repr=False)
    authorization_url: str | None = None
    token_url: str | None = None

    def __post_init__(self) -> None:
        for name in ("issuer", "jwks_url", "authorization_url", "token_url"):
            given = getattr(self, name)
            if given is not None:
                parts = check_web_address(f"OIDC_{name.upper()}", given)
                if parts.scheme != "https" and not is_loopback(parts.hostname or ""):
                    raise Unfit(f"{PREFIX}OIDC_{name.upper()} must begin with https://")
        sign_in = (self.client_id, self.authorization_url, self.token_url)
        if any(sign_in) and not all(sign_in):
            raise Unfit("sign-in needs an OIDC client id, an authorization URL and a token URL")
        if self.client_secret and not self.client_id:
            raise Unfit("an OIDC client secret belongs to a client id")

    @property
    def signs_in(self) -> bool:
        """Whether people may sign in there."""
        return self.client_id is not None

    @classmethod
    def from_environment(cls) -> "Provider | None":
        """None where nothing of it is set. Raises Unfit."""
        given = {one.name: variable(f"OIDC_{one.name.upper()}") for one in fields(cls)}
        found = {name: value for name, value in given.items() if value is not None}
        missing = [name for name in ("issuer", "audience", "jwks_url") if name not in found]
        if not found:
            return None
        if missing:
            named = ", ".join(f"{PREFIX}OIDC_{name.upper()}" for name in missing)
            raise Unfit(f"tokens need an issuer, an audience and a JWKS URL: set {named} too")
        return cls(**found)
