"""Who acts for whom: from a principal and the authority it named to an actor, or a refusal."""

from collections.abc import Iterable

from workflow.domain.access import Action, missing, roles_for
from workflow.domain.principal import BUYER_AUTHORITY, PEOPLE, SYSTEM, Actor, Principal, Role, Scope
from workflow.domain.procedure import ANYONE, OPERATOR, EventSpec, Procedure
from workflow.domain.refusals import Refusal

CONFIRMATION = "confirm"
"""The effect that a recorder may never have."""

CONFIRMING = roles_for(Action.CONFIRM)
"""The roles that may have it."""

POSTING = roles_for(Action.POST)
"""The roles that may post events at all."""


def authorise(
    procedure: Procedure,
    spec: EventSpec,
    principal: Principal,
    buyer: str,
    named: str | None,
) -> Actor | Refusal:
    """The actor of an event on an application of `buyer`.

    An officer acts for its own authorities, a buyer for itself, and a recorder enters what
    any of them is reported to have done. What the service itself does is nobody else's to
    enter, nor what is the operator's. Who holds several roles acts in the first of these that
    may; but who is an officer acts on no application of its own organisation, in no role, an
    auditor acts on none, and an operator in nothing but what a procedure gives to it.
    """
    unfit = missing(principal, Scope.POST)
    if unfit is not None:
        return unfit
    refusal, acting = None, principal.acting
    if Role.OFFICER in acting and principal.organisation.casefold() == buyer.casefold():
        return Refusal("own-organisation")
    for role in (*POSTING, Role.OPERATOR) if OPERATOR in spec.by else POSTING:
        if role in acting:
            actor = _acting(procedure, spec, Actor(principal, role, named), buyer)
            if isinstance(actor, Actor):
                return actor
            refusal = refusal or actor
    return refusal or Refusal("role-may-not", {"role": _listed(principal.roles)})


def _acting(procedure: Procedure, spec: EventSpec, claimed: Actor, buyer: str) -> Actor | Refusal:
    """The actor in one role, with the authority that the event leaves out filled in."""
    principal, role, named = claimed
    if spec.effect == CONFIRMATION and role in PEOPLE and role not in CONFIRMING:
        return Refusal("recorder-never-confirms")
    if role is Role.BUYER and principal.organisation != buyer:
        return Refusal("not-your-application")
    fitting = _fitting(procedure, spec, principal, role)
    if named is not None:
        return claimed if named in fitting else _wrong(spec)
    if len(fitting) == 1:
        return Actor(principal, role, fitting[0])
    if (ANYONE in spec.by and role is not Role.SYSTEM) or (
        spec.unattributed and role is Role.RECORDER
    ):
        return claimed
    if not fitting:
        return _wrong(spec)
    return Refusal("authority-required", {"authorities": _listed(fitting)}, ("authority",))


def _fitting(
    procedure: Procedure, spec: EventSpec, principal: Principal, role: Role
) -> tuple[str, ...]:
    if role is Role.SYSTEM:
        return tuple(body for body in spec.by if body in principal.authorities)
    if role is Role.OPERATOR:
        return (OPERATOR,)
    named = (*procedure.authorities, BUYER_AUTHORITY) if ANYONE in spec.by else spec.by
    bodies = tuple(body for body in named if body not in (*SYSTEM, OPERATOR))
    if role is Role.BUYER:
        return (BUYER_AUTHORITY,) if BUYER_AUTHORITY in bodies else ()
    if role is Role.OFFICER:
        own = principal.authorities - {BUYER_AUTHORITY}
        return tuple(body for body in bodies if body in own)
    return bodies


def _wrong(spec: EventSpec) -> Refusal:
    return Refusal("wrong-authority", {"authorities": _listed(spec.by)})


def _listed(words: Iterable[str]) -> str:
    return ", ".join(sorted(words))
