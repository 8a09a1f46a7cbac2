"""Every guard and effect by the name that a procedure file calls it. One guard, one home."""

from collections.abc import Callable
from dataclasses import dataclass

from workflow.domain import allocation, conditions, licence, notes, standing
from workflow.domain.act import Act
from workflow.domain.application import Changes, Snapshot
from workflow.domain.predicates import waiting_on
from workflow.domain.refusals import Refusal


@dataclass(frozen=True, slots=True)
class Guard:
    """A pure predicate that accepts (None) or refuses.

    `payloads` are those whose data it reads (empty: it reads none, so it can be told before
    anybody posts).
    """

    check: Callable[[Snapshot, Act], Refusal | None]
    payloads: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Effect:
    """What an event changes, and the payloads that it understands."""

    apply: Callable[[Snapshot, Act], Changes]
    payloads: tuple[str, ...]
    gated: bool = False
    """Needs the event's `gate`."""


def its_turn(snapshot: Snapshot, act: Act) -> Refusal | None:
    """The actor's authority is among those waited for."""
    waited = waiting_on(act.procedure, snapshot)
    if act.actor.authority in waited:
        return None
    named = {"authority": act.actor.authority, "waiting_on": ", ".join(waited) or "—"}
    return Refusal("not-its-turn", named)


def four_eyes(snapshot: Snapshot, act: Act) -> Refusal | None:
    """Another officer than the one who did an act named in the event's `four_eyes`."""
    return standing.four_eyes(snapshot, act, act.spec, act.actor.authority)


GUARDS: dict[str, Guard] = {
    "its_turn": Guard(its_turn),
    "four_eyes": Guard(four_eyes),
    "no_licence_proposed": Guard(licence.no_licence_proposed),
    "order_declared": Guard(licence.order_declared),
    "within_order": Guard(licence.within_order, ("licence_proposal",)),
    "licence_proposed": Guard(licence.licence_proposed),
    "proposal_within_cap": Guard(licence.proposal_within_cap),
    "gates_open": Guard(licence.gates_open),
    "within_balance": Guard(licence.within_balance, ("shipment",)),
    "within_validity": Guard(licence.within_validity),
    "shipment_new": Guard(licence.shipment_new, ("shipment",)),
    "condition_new": Guard(conditions.condition_new, ("condition_proposal",)),
    "condition_owned": Guard(conditions.condition_owned, ("condition_fixing",)),
    "condition_fixable": Guard(conditions.condition_fixable, ("condition_fixing",)),
    "conditions_final": Guard(conditions.conditions_final, ("conditions_setting",)),
    "fixed_to_accept": Guard(conditions.fixed_to_accept),
    "conditions_accepted": Guard(conditions.conditions_accepted),
    "precedent_met": Guard(conditions.precedent_met),
    "confirmed_so_far": Guard(standing.confirmed_so_far),
    "confirmable": Guard(standing.confirmable, ("confirmation",)),
    "pool_named": Guard(allocation.pool_named, ("allocation_claim",)),
}

EFFECTS: dict[str, Effect] = {
    "declare_order": Effect(licence.declare_order, ("order",)),
    "propose_condition": Effect(conditions.propose_condition, ("condition_proposal",)),
    "fix_condition": Effect(conditions.fix_condition, ("condition_fixing",)),
    "set_conditions": Effect(conditions.set_conditions, ("conditions_setting",)),
    "accept_conditions": Effect(conditions.accept_conditions, ("empty",)),
    "propose_licence": Effect(licence.propose_licence, ("licence_proposal",)),
    "issue_licence": Effect(licence.issue_licence, ("licence_issue",)),
    "open_gate": Effect(licence.open_gate, ("export_reference", "empty"), gated=True),
    "shut_gate": Effect(licence.shut_gate, ("export_reference", "empty"), gated=True),
    "record_shipment": Effect(licence.record_shipment, ("shipment",)),
    "give_up_balance": Effect(licence.give_up_balance, ("empty",)),
    "claim_allocation": Effect(allocation.claim_allocation, ("allocation_claim",)),
    "note": Effect(notes.add_note, ("note",)),
    "confirm": Effect(standing.confirm, ("confirmation",)),
}
