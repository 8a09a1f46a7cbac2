"""Conditions: proposed by an authority, fixed by it alone, accepted by the buyer."""

from typing import Any

import pytest

from tests.unit.acting import (
    RECORDER,
    THE_BUYER,
    Case,
    accepted,
    carry,
    codes,
    decisive,
    officer,
    told,
)
from tests.unit.journeys import (
    ACCEPT,
    FIX_CONDITION,
    ISSUE,
    ORDER,
    PROPOSE_CONDITION,
    PROPOSE_LICENCE,
    SET_CONDITIONS,
    TO_LICENSED,
    TO_MINISTRY_APPROVED,
    TO_PROPOSED,
)
from workflow.domain.refusals import Refused

NDRC, MIIT = officer("ndrc"), officer("miit")


def status(case: Case, name: str = "c1") -> str:
    return case.snapshot["conditions"][name]["status"]


def propose(case: Case, name: str, kind: str, value: dict[str, Any], **more: Any) -> None:
    data = {"condition": name, "kind": kind, "value": value, **more}
    accepted(case.post(NDRC, "propose_condition", None, data))


def fix(case: Case, name: str, value: dict[str, Any] | None = None) -> set[str]:
    return codes(case.post(NDRC, "fix_condition", None, {"condition": name, "value": value}))


@pytest.fixture
def approved(case: Case) -> Case:
    """An application that both ministries approved."""
    return carry(case, *TO_MINISTRY_APPROVED)


def test_the_life_of_a_condition(approved: Case) -> None:
    carry(approved, PROPOSE_CONDITION)
    assert status(approved) == "proposed"
    carry(approved, FIX_CONDITION)
    assert status(approved) == "fixed"
    carry(approved, SET_CONDITIONS)
    assert approved.state == "ndrc_conditioned"
    carry(approved, ACCEPT)
    assert status(approved) == "accepted"


def test_a_condition_remembers_who_proposed_it_and_its_words(approved: Case) -> None:
    text = {"en": "Buy domestic chips too.", "zh": "同时采购国产芯片。"}
    propose(approved, "c1", "domestic_share", {}, text=text, precedent=True)
    assert approved.snapshot["conditions"]["c1"] == {
        "authority": "ndrc",
        "kind": "domestic_share",
        "value": {"basis_points": None, "counted_by": "units"},
        "precedent": True,
        "text": text,
        "status": "proposed",
        "claimed": None,
        "consent": None,
    }


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_condition_may_be_written_in_one_language(approved: Case, language: str) -> None:
    other = {"en": "zh", "zh": "en"}[language]
    propose(approved, "c1", "other", {}, text={language: "30 %"})
    term = approved.snapshot["conditions"]["c1"]["text"]
    assert term == {language: "30 %", other: None}


def test_an_id_is_taken_once(approved: Case) -> None:
    carry(approved, PROPOSE_CONDITION)
    assert codes(approved.ask(MIIT, "propose_condition")) == {"condition-exists"}


@pytest.mark.parametrize(
    ("kind", "empty", "given", "complete"),
    [
        (
            "domestic_share",
            {"basis_points": None, "counted_by": "value"},
            {"basis_points": 3_000},
            {"basis_points": 3_000, "counted_by": "value"},
        ),
        ("unit_cap", {}, {"units": 500}, {"units": 500}),
        ("end_use", {}, {"excluded": ["military"]}, {"excluded": ["military"]}),
        ("reporting", {}, {"every_days": 90}, {"every_days": 90}),
    ],
)
def test_a_condition_is_fixed_only_with_a_complete_value(
    approved: Case,
    kind: str,
    empty: dict[str, Any],
    given: dict[str, Any],
    complete: dict[str, Any],
) -> None:
    propose(approved, "c1", kind, empty)
    assert fix(approved, "c1") == {"condition-incomplete"}
    assert fix(approved, "c1", given) == set()
    assert approved.snapshot["conditions"]["c1"]["value"] == complete


def test_a_value_that_was_complete_need_not_be_said_again(approved: Case) -> None:
    propose(approved, "c1", "unit_cap", {"units": 500})
    assert fix(approved, "c1") == set()
    assert approved.snapshot["conditions"]["c1"]["value"] == {"units": 500}


@pytest.mark.parametrize(
    "value", [{"units": 0}, {"units": True}, {"units": "5"}, {"basis_points": 1}, {"units": 2**53}]
)
def test_a_value_of_another_kind_cannot_be_read(approved: Case, value: dict[str, Any]) -> None:
    propose(approved, "c1", "unit_cap", {"units": 500})
    refused = approved.ask(NDRC, "fix_condition", None, {"condition": "c1", "value": value})
    assert decisive(refused) == (1, "condition-value-invalid")
    assert isinstance(refused, Refused)
    assert refused.decisive.field == ("data", "value")
    assert "pydantic" not in refused.decisive.detail.en


def test_only_its_authority_fixes_a_condition(approved: Case) -> None:
    carry(approved, PROPOSE_CONDITION)
    refused = approved.ask(MIIT, "fix_condition")
    assert decisive(refused) == (6, "condition-of-another")
    assert told(refused).parameters == {"owner": "ndrc"}
    assert codes(approved.ask(RECORDER, "fix_condition", "miit")) == {"condition-of-another"}
    assert codes(approved.ask(RECORDER, "fix_condition", "ndrc")) == set()


def test_what_is_not_there_cannot_be_fixed(approved: Case) -> None:
    assert fix(approved, "c1") == {"unknown-condition"}


def test_conditions_are_not_final_without_one(approved: Case) -> None:
    assert codes(approved.ask(NDRC, "set_conditions")) == {"conditions-missing"}
    assert codes(approved.ask(NDRC, "set_conditions", None, {"none": True})) == set()


def test_conditions_are_not_final_while_one_is_open(approved: Case) -> None:
    carry(approved, PROPOSE_CONDITION, FIX_CONDITION)
    propose(approved, "c9", "unit_cap", {})
    propose(approved, "c2", "unit_cap", {})
    refused = approved.ask(NDRC, "set_conditions")
    assert codes(refused) == {"conditions-not-fixed"}
    assert told(refused).parameters == {"conditions": "c2, c9"}


def test_it_cannot_be_said_that_there_are_none_when_there_are(approved: Case) -> None:
    carry(approved, PROPOSE_CONDITION)
    refused = approved.ask(NDRC, "set_conditions", None, {"none": True})
    assert codes(refused) == {"conditions-exist"}


def test_a_condition_without_a_figure_keeps_the_conditions_open(approved: Case) -> None:
    """As reported in January 2026: a share of domestic chips, without a quota."""
    propose(approved, "domestic", "domestic_share", {})
    assert codes(approved.ask(NDRC, "set_conditions")) == {"conditions-not-fixed"}


def test_only_fixed_conditions_are_accepted(approved: Case) -> None:
    carry(approved, (NDRC, "set_conditions", None, {"none": True}))
    assert codes(approved.ask(THE_BUYER, "accept_conditions")) == {"nothing-to-accept"}
    propose(approved, "c1", "other", {})
    assert codes(approved.ask(THE_BUYER, "accept_conditions")) == {"nothing-to-accept"}
    propose(approved, "c2", "other", {})
    fix(approved, "c2")
    carry(approved, ACCEPT)
    assert (status(approved, "c1"), status(approved, "c2")) == ("proposed", "accepted")


def test_fixing_anew_voids_the_acceptance(case: Case) -> None:
    carry(case, *TO_PROPOSED)
    carry(case, FIX_CONDITION)
    assert status(case) == "fixed"
    assert codes(case.ask(*ISSUE)) == {"conditions-not-accepted"}
    carry(case, ACCEPT)
    assert codes(case.ask(*ISSUE)) == set()


def test_no_licence_is_proposed_before_every_condition_is_accepted(approved: Case) -> None:
    carry(approved, PROPOSE_CONDITION, FIX_CONDITION, SET_CONDITIONS, ORDER)
    refused = approved.ask(*PROPOSE_LICENCE)
    assert codes(refused) == {"conditions-not-accepted"}
    assert told(refused).parameters == {"conditions": "c1"}


def test_a_precedent_condition_must_be_met_before_the_licence(approved: Case) -> None:
    propose(approved, "c1", "reporting", {"every_days": 90}, precedent=True)
    propose(approved, "c0", "other", {}, precedent=True)
    propose(approved, "c2", "other", {})
    for name in ("c0", "c1", "c2"):
        assert fix(approved, name) == set()
    carry(approved, SET_CONDITIONS, ORDER, ACCEPT, PROPOSE_LICENCE)
    refused = approved.ask(*ISSUE)
    assert codes(refused) == {"precedent-not-met"}
    assert told(refused).parameters == {"conditions": "c0, c1"}


@pytest.mark.parametrize("settled", ["met", "waived"])
def test_what_is_met_or_waived_is_settled(approved: Case, settled: str) -> None:
    propose(approved, "cap", "unit_cap", {"units": 5}, precedent=True)
    carry(approved, (NDRC, "fix_condition", None, {"condition": "cap"}), SET_CONDITIONS, ORDER)
    settling = {"met": "meet_condition", "waived": "waive_condition"}[settled]
    carry(approved, ACCEPT, (NDRC, settling, None, {"condition": "cap"}))
    assert fix(approved, "cap") == {"condition-settled"}
    beyond = codes(approved.ask(*PROPOSE_LICENCE))
    assert beyond == ({"beyond-cap"} if settled == "met" else set())
    data = {"units": 5, "valid_from": "2026-01-01", "valid_until": "2026-12-31"}
    carry(approved, (officer("mofcom"), "propose_licence", None, data))
    assert codes(approved.ask(*ISSUE)) == set()


def test_conditions_may_still_be_set_on_a_licence(case: Case) -> None:
    carry(case, *TO_LICENSED)
    propose(case, "report", "reporting", {"every_days": 30})
    assert fix(case, "report") == set()
    carry(case, ACCEPT)
    assert status(case, "report") == "accepted"
    assert case.state == "licensed"
