"""What a snapshot holds has a bound, since every event rewrites it; and so has a record, since
the log has a bound for its entries.
"""

from typing import Any

import pytest

from tests.unit.acting import (
    DATA,
    NOW,
    OPERATOR,
    RECORDER,
    THE_BUYER,
    Case,
    accepted,
    carry,
    decisive,
    officer,
)
from tests.unit.correcting import Recalling
from tests.unit.journeys import JOURNEYS
from workflow.catalog import Catalog
from workflow.domain import (
    application,
    buyer,
    conditions,
    credential,
    deciding,
    holds,
    information,
    ledger,
    licence,
    pool,
    record,
)
from workflow.domain.act import Event, Posting
from workflow.domain.record import NOTHING, Decision
from workflow.domain.refusals import Kind, Refused
from workflow.procedures import load_packaged
from workflow.registry import Rule

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


def test_a_record_fits_an_entry_of_the_log(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    assert record.RECORD_BYTES == 2**16 - 1
    text = accepted(case.ask(THE_BUYER, "note", None, {"text": "四个字。"})).text
    monkeypatch.setattr(record, "RECORD_BYTES", len(text))
    refused = case.post(THE_BUYER, "note", None, {"text": "四个字。."})
    assert decisive(refused) == LIMIT
    assert isinstance(refused, Refused)
    assert (refused.state, case.document.version) == ("submitted", 1)
    assert "note" in refused.allowed
    accepted(case.post(THE_BUYER, "note", None, {"text": "四个字。"}))


def test_a_creation_fits_too(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(record, "RECORD_BYTES", len(case.trail[0]))
    another = Case(case.engine)
    refused = another.create(reference="r" * 100)
    assert decisive(refused) == LIMIT
    assert isinstance(refused, Refused)
    assert refused.state is None
    accepted(another.create())


def test_a_correction_fits_too(monkeypatch: pytest.MonkeyPatch) -> None:
    def corrected(bound: int) -> Decision | Refused:
        case = Recalling(Catalog(load_packaged().values()))
        accepted(case.create())
        carry(case, (officer("miit"), "grant_in_principle"))
        carry(case, (officer("miit"), "note", None, {"text": "n" * 2_000}))
        with monkeypatch.context() as patch:
            patch.setattr(record, "RECORD_BYTES", bound)
            return case.correct(officer("miit"), 3, {"type": "note", "data": {"text": "n" * 4_000}})

    length = len(accepted(corrected(record.RECORD_BYTES)).text)
    accepted(corrected(length))
    refused = corrected(length - 1)
    assert decisive(refused) == LIMIT
    assert isinstance(refused, Refused)
    assert refused.state == "in_principle"


RULES: dict[str, tuple[Rule, dict[str, Any]]] = {
    "buyer": (buyer.register, {"name": {"en": "A", "zh": "甲"}}),
    "pool": (pool.open_pool, {"title": {"en": "A", "zh": "甲"}, "claims": []}),
    "credential": (credential.grant, {"name": "A"}),
}


@pytest.mark.parametrize("kind", RULES)
def test_what_no_procedure_governs_fits_too(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    rule, data = RULES[kind]
    who = RECORDER if kind == "pool" else OPERATOR
    event = Event("entry", "key", "f" * 64, None, None, None, (), "", data)
    posting = Posting(f"{kind}/a", who, event, NOW, "0" * 32)
    length = len(accepted(rule(NOTHING, posting)).text)
    monkeypatch.setattr(record, "RECORD_BYTES", length)
    accepted(rule(NOTHING, posting))
    monkeypatch.setattr(record, "RECORD_BYTES", length - 1)
    assert decisive(rule(NOTHING, posting)) == LIMIT
