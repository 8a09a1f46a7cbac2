"""Every guard and effect by the name that a procedure file calls it. One guard, one home."""

from collections.abc import Callable
from dataclasses import dataclass

from workflow.domain import (
    allocation,
    conditions,
    corrections,
    deadlines,
    extension,
    gates,
    holds,
    information,
    ledger,
    licence,
    links,
    migration,
    notes,
    requests,
    standing,
    validity,
    votes,
)
from workflow.domain.act import Act
from workflow.domain.application import Changes, Snapshot
from workflow.domain.predicates import waiting_on
from workflow.domain.refusals import Refusal


@dataclass(frozen=True, slots=True)
class Guard:
    """A pure predicate that accepts (None) or refuses.

    `payloads` are those whose data it reads (empty: it reads none). Whether any data is accepted is
    told before anybody posts (`foresight`).
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
    recalls: bool = False
    """Needs the whole trail, not the snapshot alone."""


def its_turn(snapshot: Snapshot, act: Act) -> Refusal | None:
    """The actor's authority is among those waited for."""
    waited = waiting_on(act.procedure, snapshot)
    if act.actor.authority in waited:
        return None
    named = {"authority": act.actor.authority, "waiting_on": ", ".join(waited) or "—"}
    return Refusal("not-its-turn", named)


def nobody_else_awaited(snapshot: Snapshot, act: Act) -> Refusal | None:
    """Of those waited for, only the actor's authority is left."""
    waited = waiting_on(act.procedure, snapshot)
    others = [body for body in waited if body != act.actor.authority]
    return Refusal("others-awaited", {"waiting_on": ", ".join(others)}) if others else None


def four_eyes(snapshot: Snapshot, act: Act) -> Refusal | None:
    """Another officer than the one who did an act named in the event's `four_eyes`."""
    return standing.four_eyes(snapshot, act, act.spec, act.actor.authority)


GUARDS: dict[str, Guard] = {
    "its_turn": Guard(its_turn),
    "nobody_else_awaited": Guard(nobody_else_awaited),
    "four_eyes": Guard(four_eyes),
    "no_licence_proposed": Guard(licence.no_licence_proposed),
    "order_declared": Guard(licence.order_declared),
    "within_order": Guard(licence.within_order, ("licence_proposal", "licence_grant")),
    "within_terms": Guard(
        validity.within_terms, ("licence_proposal", "licence_grant", "licence_reissue")
    ),
    "licence_proposed": Guard(licence.licence_proposed),
    "proposal_within_cap": Guard(licence.proposal_within_cap),
    "reissuable": Guard(licence.reissuable),
    "whole_within_cap": Guard(ledger.whole_within_cap),
    "gates_open": Guard(gates.gates_open),
    "link_fits": Guard(links.link_fits, ("export_link",)),
    "link_new": Guard(links.link_new, ("export_link",)),
    "link_stands": Guard(links.link_stands),
    "within_balance": Guard(ledger.within_balance, ("shipment",)),
    "within_validity": Guard(ledger.within_validity),
    "validity_over": Guard(ledger.validity_over),
    "shipment_new": Guard(ledger.shipment_new, ("shipment",)),
    "shipment_known": Guard(ledger.shipment_known, ("shipment_named",)),
    "condition_new": Guard(conditions.condition_new, ("condition_proposal",)),
    "condition_owned": Guard(conditions.condition_owned, ("condition_named",)),
    "condition_permitted": Guard(
        conditions.condition_permitted, ("condition_fixing", "condition_named")
    ),
    "condition_unsettled": Guard(conditions.condition_unsettled, ("condition_named",)),
    "condition_accepted": Guard(conditions.condition_accepted, ("condition_named",)),
    "condition_fixable": Guard(conditions.condition_fixable, ("condition_fixing",)),
    "conditions_final": Guard(conditions.conditions_final, ("conditions_setting",)),
    "fixed_to_accept": Guard(conditions.fixed_to_accept),
    "conditions_accepted": Guard(conditions.conditions_accepted),
    "precedent_met": Guard(conditions.precedent_met),
    "confirmed_so_far": Guard(standing.confirmed_so_far),
    "confirmable": Guard(standing.confirmable, ("confirmation",)),
    "pool_named": Guard(allocation.pool_named, ("allocation_claim",)),
    "share_open": Guard(allocation.share_open),
    "deputy_votes": Guard(votes.deputy_votes),
    "deputy_is_another": Guard(votes.deputy_is_another, ("recusal",)),
    "query_new": Guard(information.query_new, ("query",)),
    "query_open": Guard(information.query_open, ("query_answer",)),
    "hold_new": Guard(holds.hold_new, ("hold",)),
    "hold_own": Guard(holds.hold_own, ("hold_named",)),
    "extension_possible": Guard(extension.extension_possible, ("extension",)),
    "no_withdrawal_pending": Guard(requests.none_pending("withdrawal")),
    "withdrawal_pending": Guard(requests.one_pending("withdrawal")),
    "no_amendment_pending": Guard(requests.none_pending("amendment")),
    "amendment_pending": Guard(requests.one_pending("amendment")),
    "no_appeal_pending": Guard(requests.none_pending("appeal")),
    "appeal_pending": Guard(requests.one_pending("appeal")),
    "own_decision": Guard(requests.own_decision),
    "in_time": Guard(requests.in_time),
    "time_has_come": Guard(deadlines.time_has_come),
    "correctable": Guard(corrections.correctable, ("correction",)),
    "correction_own": Guard(corrections.correction_own, ("correction",)),
    "successor_published": Guard(migration.successor_published),
    "migratable": Guard(migration.migratable, ("migration",)),
}

EFFECTS: dict[str, Effect] = {
    "declare_order": Effect(licence.declare_order, ("order",)),
    "propose_condition": Effect(conditions.propose_condition, ("condition_proposal",)),
    "fix_condition": Effect(conditions.fix_condition, ("condition_fixing",)),
    "waive_condition": Effect(conditions.waive_condition, ("condition_named",)),
    "consent": Effect(conditions.consent, ("condition_named",)),
    "claim_met": Effect(conditions.claim_met, ("condition_named",)),
    "meet_condition": Effect(conditions.meet_condition, ("condition_named",)),
    "set_conditions": Effect(conditions.set_conditions, ("conditions_setting",)),
    "accept_conditions": Effect(conditions.accept_conditions, ("empty",)),
    "propose_licence": Effect(licence.propose_licence, ("licence_proposal",)),
    "issue_licence": Effect(licence.issue_licence, ("licence_issue",)),
    "grant_licence": Effect(licence.grant_licence, ("licence_grant",)),
    "reissue_licence": Effect(licence.reissue_licence, ("licence_reissue",)),
    "open_gate": Effect(gates.open_gate, ("export_reference", "empty"), gated=True),
    "shut_gate": Effect(gates.shut_gate, ("export_reference", "empty"), gated=True),
    "link_gate": Effect(gates.link_gate, ("export_link",), gated=True),
    "record_shipment": Effect(ledger.record_shipment, ("shipment",)),
    "reverse_shipment": Effect(ledger.reverse_shipment, ("shipment_named",)),
    "give_up_balance": Effect(ledger.give_up_balance, ("empty",)),
    "expire_licence": Effect(ledger.expire_licence, ("empty",)),
    "claim_allocation": Effect(allocation.claim_allocation, ("allocation_claim",)),
    "fix_allocation": Effect(allocation.fix_allocation, ("allocation_claim",)),
    "recuse": Effect(votes.recuse, ("recusal",)),
    "request_information": Effect(information.request_information, ("query",)),
    "provide_information": Effect(information.provide_information, ("query_answer",)),
    "hold": Effect(holds.hold, ("hold",)),
    holds.RELEASE: Effect(holds.release, ("hold_named",)),
    "extend_deadline": Effect(extension.extend_deadline, ("extension",)),
    "request_withdrawal": Effect(requests.request_withdrawal, ("empty",)),
    "answer_withdrawal": Effect(requests.answer_withdrawal, ("answer",)),
    "amend": Effect(requests.amend, ("amendment",)),
    "answer_amendment": Effect(requests.answer_amendment, ("answer",)),
    "appeal": Effect(requests.appeal, ("empty",)),
    "answer_appeal": Effect(requests.answer_appeal, ("answer",)),
    "note": Effect(notes.add_note, ("note",)),
    "confirm": Effect(standing.confirm, ("confirmation",)),
    "correct": Effect(corrections.correct, ("correction",), recalls=True),
    "migrate": Effect(migration.migrate, ("migration",)),
}
