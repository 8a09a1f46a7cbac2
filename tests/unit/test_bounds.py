"""What a snapshot holds has a bound, since every event rewrites it."""

import pytest

from tests.unit.acting import DATA, RECORDER, Case, accepted, carry, decisive, officer
from tests.unit.journeys import JOURNEYS
from workflow.domain import application, conditions, deciding, holds, information, ledger, licence
from workflow.domain.refusals import Kind

LIMIT = (Kind.CONFLICT, "limit-reached")


def test_conditions(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conditions, "CONDITIONS_KEPT", 2)
    carry(case, *JOURNEYS["in_principle"])
    for name in ("c1", "c2"):
        accepted(
            case.post(
                officer("ndrc"),
                "propose_condition",
                None,
                {**DATA["propose_condition"], "condition": name},
            )
        )
    third = {**DATA["propose_condition"], "condition": "c3"}
    assert decisive(case.post(officer("ndrc"), "propose_condition", None, third)) == LIMIT


def test_shipments(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    carry(case, *JOURNEYS["licensed"])
    accepted(case.post(officer("bis"), "clear_export"))
    accepted(case.post(officer("customs"), "record_shipment", None, {"shipment": "s1", "units": 1}))
    monkeypatch.setattr(ledger, "SHIPMENTS_KEPT", 1)
    second = {"shipment": "s2", "units": 1}
    assert decisive(case.post(officer("customs"), "record_shipment", None, second)) == LIMIT


def test_a_reversed_shipment_takes_its_place_too(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    carry(case, *JOURNEYS["licensed"], (officer("customs"), "record_shipment"))
    accepted(case.post(officer("customs"), "reverse_shipment"))
    monkeypatch.setattr(ledger, "SHIPMENTS_KEPT", 1)
    second = {"shipment": "s2", "units": 1}
    assert decisive(case.post(officer("customs"), "record_shipment", None, second)) == LIMIT


def test_versions_of_the_licence(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    carry(case, *JOURNEYS["licensed"], (officer("mofcom"), "reissue_licence"))
    monkeypatch.setattr(licence, "LICENCES_KEPT", 1)
    assert decisive(case.post(officer("mofcom"), "reissue_licence")) == LIMIT


def test_queries(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    accepted(case.post(officer("ndrc"), "request_information"))
    monkeypatch.setattr(information, "QUERIES_KEPT", 1)
    second = {"query": "q2", "question": "Why?"}
    assert decisive(case.post(officer("ndrc"), "request_information", None, second)) == LIMIT


def test_holds(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    carry(case, (officer("ndrc"), "hold"), (officer("ndrc"), "release"))
    monkeypatch.setattr(holds, "HOLDS_KEPT", 1)
    second = {"hold": "h2", "blocks": ["withdraw"]}
    assert decisive(case.post(officer("ndrc"), "hold", None, second)) == LIMIT


def test_unconfirmed_records(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    carry(case, *JOURNEYS["in_principle"])
    accepted(case.post(RECORDER, "declare_order", "buyer"))
    monkeypatch.setattr(deciding, "UNCONFIRMED_KEPT", 1)
    assert decisive(case.post(RECORDER, "declare_order", "buyer")) == LIMIT
    accepted(case.post(RECORDER, "note", "buyer"))


def test_the_bounds_leave_room_for_what_happens() -> None:
    assert application.CONDITIONS_KEPT >= 100
    assert application.SHIPMENTS_KEPT >= 1_000
    assert application.UNCONFIRMED_KEPT >= 500
