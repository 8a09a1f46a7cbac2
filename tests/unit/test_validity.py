"""How long a licence lasts and how often it is used where the procedure says so."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.acting import Case, accepted, codes, told
from tests.unit.automatic import AUTOMATIC, FILE, GRANTED, MOFCOM, ORDER, begun
from workflow.domain.procedure import LicenceRule
from workflow.domain.validity import last_day
from workflow.machine import Engine
from workflow.procedures import parse

SIX = LicenceRule(6, None, 6)


@pytest.mark.parametrize(
    ("first", "last"),
    [
        ("2026-03-01", "2026-08-31"),
        ("2026-02-02", "2026-08-01"),
        ("2026-08-30", "2027-02-28"),  # there is no 30 February
        ("2026-08-31", "2027-02-28"),
        ("2026-09-01", "2027-02-28"),
        ("2027-08-30", "2028-02-29"),
        ("2027-08-29", "2028-02-28"),
        ("2026-12-31", "2027-06-30"),
        ("9999-12-01", "9999-12-31"),
    ],
)
def test_six_months_end_before_the_day_of_the_same_number(first: str, last: str) -> None:
    assert last_day(SIX, date.fromisoformat(first)) == date.fromisoformat(last)


@pytest.mark.parametrize(
    ("rule", "last"),
    [
        (LicenceRule(None, 1, None), date(2026, 1, 31)),
        (LicenceRule(None, 90, None), date(2026, 4, 30)),
        (LicenceRule(12, None, None), date(2027, 1, 30)),
        (LicenceRule(None, None, 6), None),
        (LicenceRule(None, 10**7, None), date.max),
    ],
)
def test_other_terms(rule: LicenceRule, last: date | None) -> None:
    assert last_day(rule, date(2026, 1, 31)) == last


@given(st.dates(max_value=date(9000, 1, 1)), st.integers(1, 600))
def test_months_neither_overlap_nor_leave_a_day_out_where_they_are_long_enough(
    first: date, months: int
) -> None:
    last = last_day(LicenceRule(months, None, None), first)
    assert last is not None
    assert first <= last
    later = last_day(LicenceRule(months, None, None), date.fromordinal(first.toordinal() + 1))
    assert later is not None
    assert last <= later
    if first.day <= 28:
        after = date.fromordinal(last.toordinal() + 1)
        assert after.day == first.day
        assert 12 * after.year + after.month == 12 * first.year + first.month + months


def granted(**terms: Any) -> Case:
    case = begun(ORDER)
    accepted(case.post(MOFCOM, "grant_licence", None, GRANTED | terms))
    return case


def terms_of(case: Case) -> tuple[str, str, int | None]:
    licence = case.snapshot["licence"]
    assert licence is not None
    return licence["valid_from"], licence["valid_until"], licence["max_uses"]


@pytest.mark.parametrize(
    ("terms", "found"),
    [
        ({}, ("2026-02-02", "2026-08-01", 6)),
        ({"valid_from": "2026-03-01"}, ("2026-03-01", "2026-08-31", 6)),
        ({"valid_until": "2026-02-28"}, ("2026-02-02", "2026-02-28", 6)),
        ({"max_uses": 1}, ("2026-02-02", "2026-08-01", 1)),
        (
            {"valid_from": "2026-03-01", "valid_until": "2026-08-31", "max_uses": 6},
            ("2026-03-01", "2026-08-31", 6),
        ),
    ],
)
def test_what_is_left_open_is_as_the_procedure_says(
    terms: dict[str, Any], found: tuple[str, str, int]
) -> None:
    case = granted(**terms)
    assert terms_of(case) == found
    assert case.decisions[-1].record["data"] == {  # the trail keeps what was said
        **GRANTED,
        **dict.fromkeys(("valid_from", "valid_until", "max_uses")),
        **terms,
    }


@pytest.mark.parametrize(
    ("terms", "code"),
    [
        ({"valid_until": "2026-08-02"}, "beyond-validity"),
        ({"valid_from": "2026-03-01", "valid_until": "2026-09-01"}, "beyond-validity"),
        ({"valid_until": "2026-02-01"}, "never-valid"),
        ({"max_uses": 7}, "beyond-uses"),
        ({"units": 1_001}, "beyond-order"),
    ],
)
def test_more_than_the_procedure_gives_is_refused(terms: dict[str, Any], code: str) -> None:
    case = begun(ORDER)
    assert codes(case.ask(MOFCOM, "grant_licence", None, GRANTED | terms)) == {code}


def test_the_refusal_says_what_would_do() -> None:
    case = begun(ORDER)
    refusal = told(case.ask(MOFCOM, "grant_licence", None, GRANTED | {"valid_until": "2027-01-01"}))
    assert refusal.parameters == {"valid_from": "2026-02-02", "latest": "2026-08-01"}


def test_the_day_of_the_act_is_that_of_the_procedures_zone() -> None:
    """At 17:00 UTC it is the next day in Shanghai."""
    case = begun(ORDER)
    case.now = "2026-02-02T17:00:00.000Z"
    accepted(case.post(MOFCOM, "grant_licence", None, GRANTED))
    assert terms_of(case)[0] == "2026-02-03"


PROPOSED = """
  propose_licence:
    label: {en: Propose, zh: 提出}
    by: mofcom
    from: applied
    evidence: {accept: null, confirm: null}
    payload: licence_proposal
    effect: propose_licence

  issue_licence:
    label: {en: Issue, zh: 签发}
    by: mofcom
    from: applied
    to: licensed
    guards: [licence_proposed]
    evidence: {accept: null, confirm: null}
    payload: licence_issue
    effect: issue_licence

  reissue_licence:
    label: {en: Reissue, zh: 重新签发}
    by: mofcom
    from: licensed
    guards: [reissuable]
    evidence: {accept: null, confirm: null}
    payload: licence_reissue
    effect: reissue_licence

  refuse:
"""
PERIOD = {"valid_from": "2026-03-01", "valid_until": "2026-08-31"}


def test_it_binds_proposals_and_reissues_alike() -> None:
    text = FILE.replace("\n  refuse:\n    label", PROPOSED + "    label", 1)
    case = begun(engine=Engine(parse(text.encode(), "more.yaml")))
    proposed: dict[str, Any] = {"units": 1_000, **PERIOD}
    for more, code in (
        ({"valid_until": "2026-09-01"}, "beyond-validity"),
        ({"max_uses": 7}, "beyond-uses"),
    ):
        assert codes(case.ask(MOFCOM, "propose_licence", None, proposed | more)) == {code}
    accepted(case.post(MOFCOM, "propose_licence", None, proposed))
    accepted(case.post(MOFCOM, "issue_licence"))
    assert terms_of(case) == ("2026-03-01", "2026-08-31", 6)
    for more, code in (
        ({"valid_until": "2026-09-01"}, "beyond-validity"),
        ({"max_uses": 7}, "beyond-uses"),
    ):
        assert codes(case.ask(MOFCOM, "reissue_licence", None, PERIOD | more)) == {code}
    accepted(case.post(MOFCOM, "reissue_licence", None, PERIOD | {"max_uses": 2}))
    assert terms_of(case) == ("2026-03-01", "2026-08-31", 2)


def test_a_procedure_that_says_nothing_leaves_it_to_whoever_licenses() -> None:
    assert AUTOMATIC.licence == SIX
    text = FILE.replace(
        "licence:\n  validity: {months: 6}\n  max_uses: 6\n", "licence:\n  validity: {days: 30}\n"
    )
    other = parse(text.encode(), "other.yaml")
    assert other.licence == LicenceRule(None, 30, None)
    case = begun(ORDER, engine=Engine(other))
    accepted(case.post(MOFCOM, "grant_licence", None, GRANTED))
    assert terms_of(case) == ("2026-02-02", "2026-03-03", None)


def test_the_trail_begins_with_the_procedures_own_word() -> None:
    assert begun().decisions[0].record["type"] == "apply"
