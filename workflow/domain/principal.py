"""Who acts: a principal with roles and authorities, and the actor it becomes in an event."""

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

SERVICE = "system:clearance"
"""The organisation of the service itself. Nobody else's name has a colon in it."""

BUYER_AUTHORITY = "buyer"
"""The word that stands in an event's `authority` for the buyer itself."""

CLOCK, LINK = SYSTEM = ("system:clock", "system:link")
"""What the service itself acts for: a time that has come, a linked application that moved."""

POOL = "system:pool"
"""The service itself where it keeps what is drawn from a pool; no act of a procedure."""

REGISTRY = "system:registry"
"""The service itself where it notes which procedures it has decided by; no act of one either."""

WEBHOOKS = "system:webhooks"
"""The service itself where it lets a webhook rest."""


class Role(StrEnum):
    """What a principal is to the service."""

    BUYER = "buyer"
    OFFICER = "officer"
    RECORDER = "recorder"
    AUDITOR = "auditor"
    OPERATOR = "operator"
    SYSTEM = "system"


PEOPLE = frozenset(Role) - {Role.SYSTEM}
"""The roles that somebody who logs in may have."""


ALONE = (Role.AUDITOR, Role.OPERATOR)
"""Roles that no other may stand beside: who examines the service does not write, and who runs it
does not decide (NIST SP 800-53 AC-5, separation of duties). Where they stand beside others all
the same, the first of them is the only one that counts.
"""


class Scope(StrEnum):
    """What a credential may be used for, whatever the roles of its principal allow.

    READ is every answer to a question. POST is creating applications and posting events, alone,
    in batches or only rehearsed. MANAGE is buyers, pools with their claims, and credentials.
    """

    READ = "read"
    POST = "post"
    MANAGE = "manage"


EVERY_SCOPE = frozenset(Scope)


@dataclass(frozen=True, slots=True)
class Principal:
    """Somebody authenticated. `credential` is the id of the credential that said so, and
    `scopes` what it may be used for; `shown` is the mark of the secret that it was shown with.
    """

    name: str
    organisation: str
    roles: frozenset[Role]
    authorities: frozenset[str] = frozenset()
    credential: str = "none"
    scopes: frozenset[Scope] = EVERY_SCOPE
    shown: str = ""

    @property
    def identity(self) -> str:
        """Who this is, whichever of their credentials they come in with: organisation and name."""
        return f"{self.organisation}/{self.name}"

    @property
    def acting(self) -> frozenset[Role]:
        """The roles in which it may act: one that stands alone takes the others away."""
        if self.roles.isdisjoint(ALONE):
            return self.roles
        return frozenset({next(role for role in ALONE if role in self.roles)})

    def is_a(self, role: Role) -> bool:
        """Whether the principal holds this role."""
        return role in self.roles


def system(name: str) -> Principal:
    """The service itself, acting for one of `SYSTEM`, `POOL`, `REGISTRY` or `WEBHOOKS`; nobody who
    logs in is ever this.
    """
    return Principal(name, SERVICE, frozenset({Role.SYSTEM}), frozenset({name}), "system")


def anybody_of(body: str, buyer: str) -> Principal:
    """Nobody in particular who may act for a body on an application of this buyer."""
    if body in SYSTEM:
        return system(body)
    if body == BUYER_AUTHORITY:
        return Principal("", buyer, frozenset({Role.BUYER}))
    return Principal("", "", frozenset({Role.OFFICER}), frozenset({body}))


class Actor(NamedTuple):
    """The principal of an event, the role it used, and the authority it acted for.

    `authority` is None where a report names no authority, and for a note of nobody's.
    """

    principal: Principal
    role: Role
    authority: str | None
