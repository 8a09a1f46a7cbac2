"""The shapes of `data`: closed, exact, and nothing converted."""

import copy
from typing import Any

import pytest
from pydantic import ValidationError

from workflow.domain.canonical import MAX_INTEGER
from workflow.domain.payloads import PAYLOADS, condition_value, shaped

TERMS = {"valid_from": "2026-03-01", "valid_until": "2027-02-28"}
PROPOSAL = {**TERMS, "units": 5}

FINE: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("empty", {}, {}),
    ("order", {"units": 1}, {"units": 1, "agent": None}),
    ("order", {"units": MAX_INTEGER, "agent": "某代理"}, {"units": MAX_INTEGER, "agent": "某代理"}),
    ("condition_fixing", {"condition": "c1"}, {"condition": "c1", "value": None}),
    ("condition_named", {"condition": "c1"}, {"condition": "c1"}),
    ("conditions_setting", {}, {"none": False}),
    ("licence_reissue", TERMS, {**TERMS, "max_uses": None}),
    ("licence_proposal", PROPOSAL, {**PROPOSAL, "max_uses": None}),
    (
        "licence_grant",
        {"licence": "A-1", "units": 1, **TERMS},
        {"licence": "A-1", "units": 1, **TERMS, "max_uses": None},
    ),
    (
        "licence_grant",
        {"licence": "A-1", "units": 1},
        {"licence": "A-1", "units": 1, "valid_from": None, "valid_until": None, "max_uses": None},
    ),
    ("licence_issue", {"licence": "MOFCOM-2026_0001."}, {"licence": "MOFCOM-2026_0001."}),
    ("allocation_claim", {}, {"units": None, "pool": None}),
    ("allocation_claim", {"units": None, "pool": "p"}, {"units": None, "pool": "p"}),
    ("export_reference", {"reference": "BIS 1/2026"}, {"reference": "BIS 1/2026"}),
    ("shipment", {"shipment": "s" * 64, "units": 1}, {"shipment": "s" * 64, "units": 1}),
    ("export_link", {"application": "us-1"}, {"application": "us-1"}),
    ("shipment_named", {"shipment": "s1"}, {"shipment": "s1"}),
    ("recusal", {"deputy": "Ms Wang"}, {"deputy": "Ms Wang"}),
    ("query", {"query": "q1", "question": "Who?"}, {"query": "q1", "question": "Who?"}),
    ("query_answer", {"query": "q1", "answer": "We."}, {"query": "q1", "answer": "We."}),
    ("hold", {"hold": "h1", "blocks": ["note"]}, {"hold": "h1", "blocks": ["note"]}),
    ("hold_named", {"hold": "h1"}, {"hold": "h1"}),
    ("extension", {"working_days": 10}, {"working_days": 10}),
    ("amendment", {"units": 60_000}, {"units": 60_000}),
    ("answer", {"accept": False}, {"accept": False}),
    ("note", {"text": "x" * 4_000}, {"text": "x" * 4_000, "topic": None}),
    ("confirmation", {"seq": 1}, {"seq": 1}),
    ("migration", {"version": 2}, {"version": 2}),
    ("correction", {"seq": 5, "with": None}, {"seq": 5, "with": None}),
    (
        "correction",
        {"seq": 5, "with": {"type": "note", "effective_at": "2026-01-30T00:00:00+08:00"}},
        {
            "seq": 5,
            "with": {
                "type": "note",
                "authority": None,
                "effective_at": "2026-01-29T16:00:00.000Z",
                "reason": None,
                "evidence": [],
                "data": {},
            },
        },
    ),
    (
        "condition_proposal",
        {"condition": "c1", "kind": "unit_cap"},
        {
            "condition": "c1",
            "kind": "unit_cap",
            "value": {"units": None},
            "precedent": False,
            "text": None,
        },
    ),
]


@pytest.mark.parametrize(("payload", "data", "whole"), FINE)
def test_what_is_left_out_has_its_default(
    payload: str, data: dict[str, Any], whole: dict[str, Any]
) -> None:
    given = copy.deepcopy(data)
    assert shaped(payload, data) == whole
    assert data == given, "the caller's data stays as it is"
    assert shaped(payload, whole) == whole


def test_every_payload_is_tried() -> None:
    assert {payload for payload, _, _ in FINE} == PAYLOADS.keys()


BAD: list[tuple[str, dict[str, Any]]] = [
    ("order", {}),
    ("order", {"units": 0}),
    ("order", {"units": -1}),
    ("order", {"units": True}),
    ("order", {"units": 1.0}),
    ("order", {"units": "1"}),
    ("order", {"units": None}),
    ("order", {"units": MAX_INTEGER + 1}),
    ("order", {"units": 1, "agent": " \t\n"}),
    ("order", {"units": 1, "agent": "x" * 201}),
    ("shipment", {"shipment": "a/b", "units": 1}),
    ("shipment", {"shipment": "s1\n", "units": 1}),
    ("shipment", {"shipment": "{s1}", "units": 1}),
    ("shipment", {"shipment": "", "units": 1}),
    ("shipment", {"shipment": "s" * 65, "units": 1}),
    ("shipment", {"shipment": "ｓ１", "units": 1}),
    ("shipment", {"shipment": "~0", "units": 1}),
    ("note", {"text": ""}),
    ("note", {"text": "x" * 4_001}),
    ("note", {"text": "x", "topic": "two words"}),
    ("confirmation", {"seq": 0}),
    ("migration", {"version": 0}),
    ("correction", {"seq": 5}),
    ("correction", {"seq": 0, "with": None}),
    ("correction", {"seq": 5, "with": {"data": {}}}),
    ("correction", {"seq": 5, "with": {"type": "note", "restated": {}}}),
    ("correction", {"seq": 5, "with": None, "restated": {}}),
    ("correction", {"seq": 5, "with": {"type": "note", "effective_at": "2026-01-30"}}),
    ("confirmation", {"seq": "1"}),
    ("conditions_setting", {"none": "yes"}),
    ("conditions_setting", {"none": 1}),
    ("licence_issue", {"licence": "a b"}),
    ("licence_grant", {"licence": "A-1"}),
    ("licence_grant", {"licence": "A-1", "units": 0}),
    ("licence_grant", {"licence": "A-1", "units": 1, "valid_from": "2026-02-30"}),
    ("licence_grant", {"licence": "A-1", "units": 1, "max_uses": 0}),
    ("licence_proposal", {**PROPOSAL, "valid_until": "2026-02-28"}),
    ("licence_proposal", {**PROPOSAL, "valid_until": "2026-02-30"}),
    ("licence_proposal", {**PROPOSAL, "valid_until": "2026-W10-1"}),
    ("licence_proposal", {**PROPOSAL, "valid_until": "20270228"}),
    ("licence_proposal", {**PROPOSAL, "valid_until": "2027-02-28T00:00:00Z"}),
    ("licence_proposal", {**PROPOSAL, "max_uses": 0}),
    ("condition_proposal", {"condition": "c1", "kind": "quota"}),
    ("condition_proposal", {"condition": "c1", "kind": "other", "value": {"units": 1}}),
    ("condition_proposal", {"condition": "c1", "kind": "other", "precedent": 0}),
    ("condition_proposal", {"condition": "c1", "kind": "other", "text": {"zh": None}}),
    ("condition_proposal", {"condition": "c1", "kind": "unit_cap", "value": {"units": 0}}),
    ("export_reference", {"reference": None}),
    ("licence_reissue", PROPOSAL),
    ("licence_reissue", {**TERMS, "valid_until": "2026-02-28"}),
    ("hold", {"hold": "h1", "blocks": []}),
    ("hold", {"hold": "h1", "blocks": ["Issue licence"]}),
    ("hold", {"hold": "h1", "blocks": ["note"] * 51}),
    ("extension", {"working_days": 0}),
    ("extension", {"working_days": 1.5}),
    ("amendment", {"units": None}),
    ("answer", {}),
    ("answer", {"accept": 1}),
    ("answer", {"accept": "yes"}),
    ("recusal", {"deputy": " "}),
    *((payload, {**data, "foreign": 1}) for payload, data, _ in FINE),
]


@pytest.mark.parametrize(("payload", "data"), BAD)
def test_anything_else_is_refused(payload: str, data: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        shaped(payload, data)


def test_a_licence_may_be_valid_for_one_day() -> None:
    assert shaped("licence_proposal", {**PROPOSAL, "valid_until": PROPOSAL["valid_from"]})


@pytest.mark.parametrize(
    ("kind", "value", "whole"),
    [
        ("domestic_share", {}, {"basis_points": None, "counted_by": "units"}),
        ("domestic_share", {"basis_points": 0}, {"basis_points": 0, "counted_by": "units"}),
        (
            "domestic_share",
            {"basis_points": 10_000},
            {"basis_points": 10_000, "counted_by": "units"},
        ),
        ("unit_cap", {}, {"units": None}),
        ("end_use", {}, {"excluded": []}),
        ("reporting", {"every_days": 3_650}, {"every_days": 3_650}),
        ("other", {}, {}),
    ],
)
def test_a_conditions_value_is_of_its_kind(
    kind: str, value: dict[str, Any], whole: dict[str, Any]
) -> None:
    assert condition_value(kind, value) == whole


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("domestic_share", {"basis_points": 10_001}),
        ("domestic_share", {"basis_points": -1}),
        ("domestic_share", {"counted_by": "weight"}),
        ("unit_cap", {"units": 0}),
        ("end_use", {"excluded": [""]}),
        ("end_use", {"excluded": ["x"] * 51}),
        ("reporting", {"every_days": 0}),
        ("reporting", {"every_days": 3_651}),
        ("other", {"text": "x"}),
    ],
)
def test_and_of_no_other(kind: str, value: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        condition_value(kind, value)
