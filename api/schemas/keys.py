"""The shapes of credentials."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from api.schemas.answers import Out
from workflow.domain.fields import Identifier
from workflow.domain.principal import Scope
from workflow.domain.sent import AuthorityName, In, Instant

DAY = 24 * 60 * 60


def _each_once(names: list[str]) -> list[str]:
    if len(set(names)) != len(names):
        raise ValueError("names something twice")
    return names


PrincipalName = Annotated[
    str,
    Field(
        pattern="^[!-9;-~]{1,64}$",
        description="who holds it: a person or a program of the organisation",
    ),
]
PersonRole = Literal["buyer", "officer", "recorder", "auditor", "operator"]
_UNIQUE = {"uniqueItems": True}


class KeyIn(In):
    """A key to be made: for whom, as what, for how long."""

    name: PrincipalName
    organisation: Annotated[Identifier, Field(description="of a buyer: the buyer's id")]
    roles: Annotated[
        list[PersonRole],
        Field(min_length=1, max_length=5, json_schema_extra=_UNIQUE),
        AfterValidator(_each_once),
    ]
    authorities: Annotated[
        list[AuthorityName],
        Field(max_length=16, json_schema_extra=_UNIQUE),
        AfterValidator(_each_once),
    ] = Field(default_factory=list)
    scopes: Annotated[
        list[Scope],
        Field(min_length=1, max_length=3, json_schema_extra=_UNIQUE),
        AfterValidator(_each_once),
    ] = Field(default_factory=lambda: list(Scope))
    expires_at: Instant | None = None


class RotationIn(In):
    """For how many seconds the old secret stays good."""

    overlap_seconds: Annotated[int, Field(ge=0, le=30 * DAY)] = DAY


class CredentialOut(Out):
    """A credential: an API key, or what an identity provider's tokens give a subject."""

    id: str
    kind: Literal["key", "token"]
    name: str
    organisation: str
    roles: list[PersonRole]
    authorities: list[str]
    scopes: list[Scope]
    created_at: str
    expires_at: str | None
    revoked_at: str | None
    old_secret_until: str | None
    last_used_at: str | None
    version: int
    updated_at: str
    head: str


class KeyOut(Out):
    """A key, shown this once; null in the answer to a repeat."""

    id: str
    key: str | None
    credential: CredentialOut


class CredentialListOut(Out):
    """A page of credentials, the newest first."""

    items: list[CredentialOut]
    next: str | None
