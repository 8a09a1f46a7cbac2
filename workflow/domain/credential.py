"""A credential: who may come in with it, as what, and who granted that.

A credential is a subject with a trail. Its snapshot holds the grant, never a secret: of an API
key only the SHA-256 of 256 random bits, which tells nobody the key. Of an identity provider's
tokens there is one credential for each issuer and subject; its trail shows which rights the
issuer gave when.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple, TypedDict, cast

from workflow.domain import access, apikey
from workflow.domain.access import Action, roles_for
from workflow.domain.act import Posting
from workflow.domain.application import Changes
from workflow.domain.principal import ALONE, EVERY_SCOPE, PEOPLE, Principal, Role, Scope
from workflow.domain.procedure import Procedure
from workflow.domain.record import Decision, Document
from workflow.domain.refusals import Refusal, Refused
from workflow.domain.registry import acting, entered

GRANTORS = roles_for(Action.GRANT)
"""Who may grant, rotate and revoke; the holder of a key may rotate it too."""


class Previous(TypedDict):
    """The secret before a rotation, good until then."""

    hash: str
    until: str


class Snapshot(TypedDict):
    """A credential as it is. `secret` is the SHA-256 of a key's secret, None for tokens."""

    kind: str
    name: str
    organisation: str
    roles: list[str]
    authorities: list[str]
    scopes: list[str]
    expires_at: str | None
    secret: str | None
    previous: Previous | None
    revoked_at: str | None
    issued_at: int | None
    created_at: str


class Rights(NamedTuple):
    """What a grant gives: a name in an organisation, its roles, authorities and scopes."""

    name: str
    organisation: str
    roles: frozenset[Role]
    authorities: frozenset[str] = frozenset()
    scopes: frozenset[Scope] = EVERY_SCOPE

    def written(self) -> dict[str, Any]:
        """As they stand in records and snapshots. Scopes stand apart: a token narrows them each
        time anew.
        """
        return {
            "name": self.name,
            "organisation": self.organisation,
            "roles": sorted(self.roles),
            "authorities": sorted(self.authorities),
        }


def authorities_of(procedures: Iterable[Procedure]) -> frozenset[str]:
    """Every authority that a procedure names."""
    return frozenset(body for procedure in procedures for body in procedure.authorities)


def unfit(rights: Rights, known: frozenset[str]) -> Refusal | None:
    """Why nobody can hold these rights; `known` are the authorities of all procedures."""
    alone = rights.roles.intersection(ALONE)
    if not rights.roles or not rights.roles <= PEOPLE or (alone and len(rights.roles) > 1):
        return Refusal("roles-unfit", {"alone": ", ".join(sorted(ALONE))}, ("roles",))
    unknown = sorted(rights.authorities - known)
    if unknown:
        return Refusal("unknown-authority", {"authority": unknown[0]}, ("authorities",))
    if bool(rights.authorities) != (Role.OFFICER in rights.roles):
        return Refusal("authorities-unfit", {}, ("authorities",))
    return None


def grant(before: Document, posting: Posting) -> Decision | Refused:
    """Make a credential with the rights in the event's data."""
    actor = acting(posting.principal, GRANTORS)
    if isinstance(actor, Refused):
        return actor
    if before.version:
        return Refused((Refusal("credential-exists"),))
    gained = {f"/{name}": value for name, value in posting.event.data.items()}
    gained |= {"/previous": None, "/revoked_at": None}
    return entered(before, posting, actor, Changes(set=gained))


def regrant(before: Document, posting: Posting) -> Decision | Refused:
    """Note that an issuer's newer tokens give other rights than its last ones. An older token, or
    another of the same second, changes nothing.
    """
    if not before.version:
        return grant(before, posting)
    actor = acting(posting.principal, GRANTORS)
    if isinstance(actor, Refused):
        return actor
    if before.snapshot["revoked_at"] is not None:
        return Refused((Refusal("credential-revoked"),))
    if posting.event.data["issued_at"] <= before.snapshot["issued_at"]:
        return Refused((Refusal("credential-exists"),))
    gained = {f"/{name}": value for name, value in posting.event.data.items()}
    return entered(before, posting, actor, Changes(set=gained))


def rotate(before: Document, posting: Posting) -> Decision | Refused:
    """Give a key a new secret; the old one stays good until the time in the event's data. Whoever
    still comes in with an old one does not rotate: it may be a thief.
    """
    refused = _out_of_reach(before, posting)
    if refused is not None:
        return refused
    principal, stored = posting.principal, cast(Snapshot, before.snapshot)
    own = _is_own(posting)
    actor = acting(principal, access.rotators(principal, _identifier(posting)))
    if isinstance(actor, Refused):
        return actor
    if stored["kind"] != "key" or stored["secret"] is None:
        return Refused((Refusal("not-a-key"),))
    if stored["revoked_at"] is not None:
        return Refused((Refusal("credential-revoked"),))
    if stored["expires_at"] is not None and posting.now >= stored["expires_at"]:
        return Refused((Refusal("credential-expired"),))
    if own and principal.shown != apikey.mark(stored["secret"]):
        return Refused((Refusal("old-secret"),))
    data = posting.event.data
    previous = Previous(hash=stored["secret"], until=data["old_until"])
    gained = {"/secret": data["secret"], "/previous": previous}
    return entered(before, posting, actor, Changes(set=gained))


def reset(before: Document, posting: Posting) -> Decision | Refused:
    """Give a credential a new secret in place of a lost one, whatever became of it. Whoever starts
    the service may, and nobody through it.
    """
    actor = acting(posting.principal, GRANTORS)
    if isinstance(actor, Refused):
        return actor
    gained = {"/secret": posting.event.data["secret"], "/previous": None, "/revoked_at": None}
    return entered(before, posting, actor, Changes(set=gained))


def revoke(before: Document, posting: Posting) -> Decision | Refused:
    """End a credential for good; but nobody the one that they came in with, by mistake."""
    refused = _out_of_reach(before, posting)
    if refused is not None:
        return refused
    actor = acting(posting.principal, GRANTORS)
    if isinstance(actor, Refused):
        return actor
    if before.snapshot["revoked_at"] is not None:
        return Refused((Refusal("credential-revoked"),))
    if _is_own(posting):
        return Refused((Refusal("own-credential"),))
    return entered(before, posting, actor, Changes(set={"/revoked_at": posting.now}))


def principal_of(identifier: str, snapshot: Mapping[str, Any]) -> Principal:
    """Whoever comes in with the credential."""
    stored = cast(Snapshot, snapshot)
    return Principal(
        name=stored["name"],
        organisation=stored["organisation"],
        roles=frozenset(map(Role, stored["roles"])),
        authorities=frozenset(stored["authorities"]),
        credential=identifier,
        scopes=frozenset(map(Scope, stored["scopes"])),
        shown=apikey.mark(stored["secret"]),
    )


def good_until(snapshot: Mapping[str, Any]) -> str | None:
    """When the credential ends by itself: its expiry; "" when it has been revoked."""
    return "" if snapshot["revoked_at"] is not None else snapshot["expires_at"]


def secrets(snapshot: Mapping[str, Any], now: str) -> Sequence[str]:
    """The hashes of the secrets that are good now."""
    stored = cast(Snapshot, snapshot)
    current = [] if stored["secret"] is None else [stored["secret"]]
    previous = stored["previous"]
    if previous is not None and now < previous["until"]:
        current.append(previous["hash"])
    return current


def _identifier(posting: Posting) -> str:
    return posting.subject.partition("/")[2]


def _is_own(posting: Posting) -> bool:
    return _identifier(posting) == posting.principal.credential


def _out_of_reach(before: Document, posting: Posting) -> Refused | None:
    """Whoever may not see the credential does not learn that it exists."""
    if before.version and access.sees_credential(posting.principal, _identifier(posting)):
        return None
    return Refused((Refusal("unknown-credential"),))
