"""Who may see and do what: the one place where it is written down.

How far a principal reaches follows from its roles (TABLE); what it may use its credential for,
from the scopes of that. Of what it may not know of it is told what it would be told if that did
not exist.
"""

from collections.abc import Collection, Mapping, Set
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple

from workflow.domain.principal import Principal, Role, Scope
from workflow.domain.refusals import Refusal


class Action(StrEnum):
    """What somebody may want to do."""

    SEE_APPLICATION = "see an application, its trail and what may be posted on it"
    SEE_BUYER = "see a buyer's name and its line of the overview"
    SEE_POOL = "see what is claimed of a pool, its totals and the shares of one's own"
    SEE_SHARES = "see whose the shares of a pool are, how large each is, and its trail"
    SEE_CREDENTIAL = "see what a credential grants, and its trail"
    SEE_JOURNAL = "read the journal of access"
    SEE_METRICS = "read the metrics, if they are not public"
    SEE_LOG = "read the checkpoint, the keys and the hash tiles of the log, if they are not public"
    SEE_ENTRIES = "read the entries of the log"
    POST = "open an application, and post an event on it"
    CONFIRM = "confirm a record that is only reported"
    REGISTER = "register a buyer, and correct its name"
    CLAIM = "open a pool, and enter what is claimed of it"
    GRANT = "grant and revoke a credential"
    ROTATE = "give a key a new secret"
    SEE_WEBHOOK = "see a webhook, its deliveries and its trail"
    KEEP_WEBHOOK = "make, change, try and remove a webhook"


class Reach(StrEnum):
    """How far a role reaches.

    OWN is what is the principal's organisation's: its applications, its entry, the pools that a
    claim or an application of it belongs to; of credentials the one that it came in with, and of
    webhooks what was made with that one. NAMED is what belongs to a procedure that names one of
    its authorities; what belongs to no procedure, as buyers and pools do, to whoever is named by
    any.
    """

    OWN = "own"
    NAMED = "named"
    ALL = "all"


class Rule(NamedTuple):
    """The scope that an action takes, and the reach of every role that has any. Who holds
    several roles acts in the first of these. The system's role is the service's own; no credential
    has it.
    """

    scope: Scope
    reach: Mapping[Role, Reach]


def _rule(scope: Scope, **reach: Reach) -> Rule:
    return Rule(scope, MappingProxyType({Role(role): far for role, far in reach.items()}))


_OWN, _NAMED, _ALL = Reach  # an attribute of an enumeration takes as long as three dict lookups

TABLE: Mapping[Action, Rule] = MappingProxyType(
    {
        Action.SEE_APPLICATION: _rule(
            Scope.READ,
            officer=_NAMED,
            buyer=_OWN,
            recorder=_ALL,
            auditor=_ALL,
            operator=_ALL,
            system=_ALL,
        ),
        Action.SEE_BUYER: _rule(
            Scope.READ, officer=_NAMED, buyer=_OWN, recorder=_ALL, auditor=_ALL, operator=_ALL
        ),
        Action.SEE_POOL: _rule(
            Scope.READ, officer=_NAMED, buyer=_OWN, recorder=_ALL, auditor=_ALL, operator=_ALL
        ),
        Action.SEE_SHARES: _rule(
            Scope.READ, officer=_NAMED, recorder=_ALL, auditor=_ALL, operator=_ALL
        ),
        Action.SEE_CREDENTIAL: _rule(
            Scope.READ, officer=_OWN, buyer=_OWN, recorder=_OWN, auditor=_ALL, operator=_ALL
        ),
        Action.SEE_JOURNAL: _rule(Scope.READ, auditor=_ALL, operator=_ALL),
        Action.SEE_METRICS: _rule(Scope.READ, auditor=_ALL, operator=_ALL),
        Action.SEE_LOG: _rule(
            Scope.READ, officer=_ALL, buyer=_ALL, recorder=_ALL, auditor=_ALL, operator=_ALL
        ),
        Action.SEE_ENTRIES: _rule(Scope.READ, auditor=_ALL, operator=_ALL),
        Action.POST: _rule(Scope.POST, officer=_NAMED, buyer=_OWN, recorder=_ALL, system=_ALL),
        Action.CONFIRM: _rule(Scope.POST, officer=_NAMED, buyer=_OWN),
        Action.REGISTER: _rule(Scope.MANAGE, operator=_ALL, recorder=_ALL),
        Action.CLAIM: _rule(Scope.MANAGE, officer=_NAMED, recorder=_ALL),
        Action.GRANT: _rule(Scope.MANAGE, operator=_ALL),
        Action.ROTATE: _rule(Scope.MANAGE, operator=_ALL, officer=_OWN, buyer=_OWN, recorder=_OWN),
        Action.SEE_WEBHOOK: _rule(
            Scope.READ, officer=_OWN, buyer=_OWN, recorder=_OWN, auditor=_ALL, operator=_ALL
        ),
        Action.KEEP_WEBHOOK: _rule(
            Scope.MANAGE, operator=_ALL, officer=_OWN, buyer=_OWN, recorder=_OWN, auditor=_OWN
        ),
    }
)
"""The whole of it. Which of an application's events a role may post, its procedure says; and the
rules of procedures are open to everybody who may read.
"""


def roles_for(action: Action) -> tuple[Role, ...]:
    """The roles that may do this at all, in the order in which they are tried."""
    return tuple(TABLE[action].reach)


_APPLICATIONS = TABLE[Action.SEE_APPLICATION].reach

WATCHERS = frozenset(role for role, reach in _APPLICATIONS.items() if reach is Reach.ALL)
"""The roles that see every application."""


def missing(principal: Principal, scope: Scope) -> Refusal | None:
    """Why the credential may not be used for this, whatever the roles allow."""
    return None if scope in principal.scopes else Refusal("scope-missing", {"scope": scope.value})


def may_read(principal: Principal) -> Refusal | None:
    """Why the credential may not be used to ask for anything."""
    return missing(principal, Scope.READ)


def watches(principal: Principal) -> bool:
    """Whether the principal sees every application, whatever its procedure."""
    return not principal.roles.isdisjoint(WATCHERS)


def sees_named(principal: Principal) -> bool:
    """Whether the principal sees the applications of procedures that name its authorities."""
    return any(_APPLICATIONS.get(role) is _NAMED for role in principal.acting)


def sees_application(principal: Principal, buyer: str | None, bodies: Set[str]) -> bool:
    """A buyer sees its own, an officer those of procedures that name (`bodies`) one of its
    authorities; a recorder, an auditor and an operator see all. So with its trail. None: whether
    the principal sees those of every buyer.
    """
    return watches(principal) or _reaches(principal, _APPLICATIONS, buyer, bodies)


def sees_buyer(principal: Principal, buyer: str, bodies: Set[str]) -> bool:
    """A buyer sees its own entry, everybody else all; `bodies` are those of all procedures."""
    return _reaches(principal, TABLE[Action.SEE_BUYER].reach, buyer, bodies)


def sees_pool(principal: Principal, parties: Collection[str], bodies: Set[str]) -> bool:
    """A buyer sees the pools it is a party to: that a standing claim names it for, or that an
    application of its belongs to. Everybody else sees all; `bodies` are those of all procedures.
    """
    owner = principal.organisation if principal.organisation in parties else None
    return _reaches(principal, TABLE[Action.SEE_POOL].reach, owner, bodies)


def sees_shares(principal: Principal, bodies: Set[str]) -> bool:
    """Whether the principal sees every member of a pool with its share; so everybody but buyers,
    who see the totals, their own share and their own name alone.
    """
    return _reaches(principal, TABLE[Action.SEE_SHARES].reach, None, bodies)


def may_see_shares(principal: Principal, bodies: Set[str]) -> Refusal | None:
    """Why the trail of a pool is not for this principal: every share is in it."""
    if sees_shares(principal, bodies):
        return None
    return Refusal("role-may-not", {"role": ", ".join(sorted(principal.roles))})


def share_seen(principal: Principal, buyer: str, bodies: Set[str]) -> bool:
    """Whether the principal sees the name and the share of this member of a pool."""
    own = _reaches(principal, TABLE[Action.SEE_POOL].reach, buyer, frozenset())
    return own or sees_shares(principal, bodies)


def sees_credential(principal: Principal, credential: str | None) -> bool:
    """An operator and an auditor see all, others the one that they came in with. None: whether
    the principal sees all.
    """
    reach = TABLE[Action.SEE_CREDENTIAL].reach
    return credential == principal.credential or any(
        reach[role] is Reach.ALL for role in principal.acting
    )


def sees_webhook(principal: Principal, owner: str | None) -> bool:
    """Whether the principal sees what was made with this credential; None: whether it sees all."""
    reach = TABLE[Action.SEE_WEBHOOK].reach
    return any(
        reach[role] is Reach.ALL or owner == principal.credential
        for role in principal.acting
        if role in reach
    )


def keepers(principal: Principal, owner: str) -> tuple[Role, ...]:
    """The roles in which this principal may make or change a webhook of this credential."""
    own = owner == principal.credential
    reach = TABLE[Action.KEEP_WEBHOOK].reach
    return tuple(role for role, far in reach.items() if own or far is Reach.ALL)


def may_see_journal(principal: Principal) -> Refusal | None:
    """Why the journal of access is not for this principal: an auditor and an operator read it."""
    return _kept_from(principal, Action.SEE_JOURNAL)


def may_see_metrics(principal: Principal) -> Refusal | None:
    """Why the metrics are not for this principal: an auditor and an operator read them."""
    return _kept_from(principal, Action.SEE_METRICS)


def may_see_log(principal: Principal) -> Refusal | None:
    """Why the log is not for this principal: where it is not public, all who have a role read it,
    but for the entries.
    """
    return _kept_from(principal, Action.SEE_LOG)


def may_see_entries(principal: Principal) -> Refusal | None:
    """Why the log's entries are not for this principal: they are all the records there are, so an
    auditor and an operator read them.
    """
    return _kept_from(principal, Action.SEE_ENTRIES)


def rotators(principal: Principal, credential: str) -> tuple[Role, ...]:
    """The roles in which this principal may rotate a key: its own, an operator anybody's. The
    auditor's is rotated by an operator: who examines writes nothing.
    """
    own = credential == principal.credential
    reach = TABLE[Action.ROTATE].reach
    return tuple(role for role, far in reach.items() if own or far is Reach.ALL)


def own_only(principal: Principal) -> bool:
    """Whether the principal sees no application but those of its organisation."""
    return all(_APPLICATIONS.get(role) is _OWN for role in principal.acting)


def _kept_from(principal: Principal, action: Action) -> Refusal | None:
    """Why what is nobody's own is not shown to this principal."""
    if principal.acting.isdisjoint(TABLE[action].reach):
        return Refusal("role-may-not", {"role": ", ".join(sorted(principal.roles))})
    return may_read(principal)


def _reaches(
    principal: Principal, reach: Mapping[Role, Reach], owner: str | None, bodies: Set[str]
) -> bool:
    """Whether one of the principal's roles reaches what is the owner's and names the bodies."""
    for role in principal.acting:
        far = reach.get(role)
        if (
            far is _ALL
            or (far is _OWN and owner == principal.organisation)
            or (far is _NAMED and not principal.authorities.isdisjoint(bodies))
        ):
            return True
    return False
