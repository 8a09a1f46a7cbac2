"""The engine: what it decides on, and faults that only a wrong procedure can bring about."""

from dataclasses import replace

import pytest
from transitions import MachineError

from tests.unit.acting import (
    THE_BUYER,
    Case,
    accepted,
    carry,
    codes,
    decisive,
    document_of,
    officer,
)
from tests.unit.journeys import GRANT, JOURNEYS, TO_PROPOSED
from workflow.domain.application import spec_of
from workflow.domain.procedure import EventSpec, Procedure
from workflow.domain.record import GENESIS, NOTHING
from workflow.domain.refusals import Refused
from workflow.machine import Engine


def with_event(procedure: Procedure, kind: str, **changed: object) -> Engine:
    """An engine of the same procedure with one event changed."""
    spec: EventSpec = replace(procedure.events[kind], **changed)  # type: ignore[arg-type]
    return Engine(replace(procedure, events={**procedure.events, kind: spec}))


def test_an_application_begins_as_its_creation_says(engine: Engine) -> None:
    case = Case(engine)
    decision = accepted(case.create(pool="joint-1", reference="EC-2026-001"))
    snapshot = case.snapshot
    assert (snapshot["procedure"], snapshot["procedure_version"]) == ("h200-import", 1)
    assert (snapshot["state"], snapshot["entered_seq"]) == ("submitted", 1)
    assert (snapshot["pool"], snapshot["reference"]) == ("joint-1", "EC-2026-001")
    assert snapshot["goods"] == {"item": "NVIDIA H200", "units": None}
    assert snapshot["votes"] == {"approve": {}}
    assert snapshot["acted"] == {"buyer": 1}
    assert decision.before is NOTHING
    assert decision.record["from"] is None
    assert decision.record["to"] == "submitted"
    assert decision.record["prev"] == GENESIS


def test_every_record_names_the_rules_that_decided(case: Case) -> None:
    carry(case, *JOURNEYS["shipped"])
    procedure = case.engine.procedure
    for decision in case.decisions:
        assert decision.record["procedure"] == {
            "name": "h200-import",
            "version": 1,
            "digest": procedure.digest,
        }


def test_an_unknown_event_cannot_be_read(case: Case) -> None:
    for kind in ("obliterate", "create", "", "to_licensed", "trigger"):
        refused = case.ask(THE_BUYER, kind)
        assert decisive(refused) == (1, "unknown-event")
        assert isinstance(refused, Refused)
        assert refused.decisive.field == ("type",)


def test_data_of_another_event_cannot_be_read(case: Case) -> None:
    posting = case.posting(officer("ndrc"), "grant_in_principle", "shipment", {"units": 5})
    refused = case.engine.decide(case.document, posting)
    assert decisive(refused) == (1, "invalid-event")
    assert isinstance(refused, Refused)
    assert "grant_in_principle takes data of the shape empty" in refused.decisive.detail.en


@pytest.mark.parametrize("kind", ["refuse", "return"])
@pytest.mark.parametrize("reason", [None, ""])
def test_some_events_need_a_reason(case: Case, kind: str, reason: str | None) -> None:
    refused = case.ask(officer("miit"), kind, reason=reason)
    assert decisive(refused) == (1, "reason-required")
    assert codes(case.ask(officer("ndrc"), "grant_in_principle", reason=reason)) == set()


def test_the_record_keeps_the_reason(case: Case) -> None:
    record = accepted(case.post(officer("miit"), "refuse", reason="No domestic chips.")).record
    assert record["reason"] == "No domestic chips."


def test_a_refusal_leaves_no_trace(case: Case) -> None:
    before = case.document.encode()
    assert codes(case.post(officer("bis"), "approve"))
    assert case.document.encode() == before


def test_a_pending_document_decides_as_the_stored_one(case: Case) -> None:
    carry(case, *TO_PROPOSED)
    assert document_of(case) == case.document


def test_one_engine_serves_many_applications_at_once(engine: Engine) -> None:
    """The machine is shared; a state never leaks from one application to another."""
    cases = [Case(engine) for _ in JOURNEYS]
    for case in cases:
        accepted(case.create())
    journeys = [list(journey) for journey in JOURNEYS.values()]
    while any(journeys):
        for case, journey in zip(cases, journeys, strict=True):
            if journey:
                accepted(case.post(*journey.pop(0)))
    assert [case.state for case in cases] == list(JOURNEYS)


def test_an_event_without_a_way_on_is_a_fault(engine: Engine) -> None:
    procedure = engine.procedure
    only_with_a_quorum = tuple(move for move in procedure.events["approve"].moves if move.when)
    broken = Case(with_event(procedure, "approve", moves=only_with_a_quorum))
    accepted(broken.create())
    carry(broken, GRANT)
    with pytest.raises(MachineError, match="approve has no way on from in_principle"):
        broken.ask(officer("miit"), "approve")


def test_a_licence_issued_without_a_proposal_is_a_fault(engine: Engine) -> None:
    broken = Case(with_event(engine.procedure, "issue_licence", guards=()))
    accepted(broken.create())
    carry(broken, *JOURNEYS["ndrc_conditioned"])
    with pytest.raises(ValueError, match="without the guard licence_proposed"):
        broken.ask(officer("mofcom"), "issue_licence")


def test_a_shipment_without_a_licence_is_a_fault(engine: Engine) -> None:
    spec = engine.procedure.events["record_shipment"]
    everywhere = tuple(replace(move, sources=("submitted",)) for move in spec.moves)
    broken = Case(with_event(engine.procedure, "record_shipment", moves=everywhere))
    accepted(broken.create())
    carry(broken, (officer("bis"), "clear_export"))
    assert codes(broken.ask(officer("customs"), "record_shipment")) == {"beyond-balance"}
    unguarded = Case(with_event(engine.procedure, "record_shipment", moves=everywhere, guards=()))
    accepted(unguarded.create())
    with pytest.raises(ValueError, match="in a state without one"):
        unguarded.ask(officer("customs"), "record_shipment")


def test_a_creation_can_ask_for_evidence(engine: Engine) -> None:
    procedure = engine.procedure
    asking = replace(procedure.creation.evidence, accept="company_statement")
    strict = Engine(replace(procedure, creation=replace(procedure.creation, evidence=asking)))
    assert decisive(Case(strict).create(grade="press_report")) == (6, "evidence-too-weak")
    assert codes(Case(strict).create(grade="company_statement")) == set()


def test_rules_are_found_by_the_type_of_the_event(engine: Engine) -> None:
    assert spec_of(engine.procedure, "create") is engine.procedure.creation
    assert spec_of(engine.procedure, "note") is engine.procedure.events["note"]
    with pytest.raises(KeyError):
        spec_of(engine.procedure, "obliterate")
