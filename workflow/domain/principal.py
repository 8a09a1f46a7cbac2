"""Who acts: a principal with roles and authorities, and the actor it becomes in an event."""

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

BUYER_AUTHORITY = "buyer"
"""The word that stands in an event's `authority` for the buyer itself."""


class Role(StrEnum):
    """What a principal is to the service."""

    BUYER = "buyer"
    OFFICER = "officer"
    RECORDER = "recorder"
    AUDITOR = "auditor"
    OPERATOR = "operator"


@dataclass(frozen=True, slots=True)
class Principal:
    """Somebody authenticated. `credential` is the id of the credential that said so."""

    name: str
    organisation: str
    roles: frozenset[Role]
    authorities: frozenset[str] = frozenset()
    credential: str = "header"

    @property
    def identity(self) -> str:
        """What tells this principal from every other: its organisation and its name there."""
        return f"{self.organisation}/{self.name}"

    def is_a(self, role: Role) -> bool:
        """Whether the principal holds this role."""
        return role in self.roles


class Actor(NamedTuple):
    """The principal of an event, the role it used, and the authority it acted for.

    `authority` is None where a report names no authority, and for a note of nobody's.
    """

    principal: Principal
    role: Role
    authority: str | None
