"""Under which terms and words a subject is found."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.acting import BUYER, RECORDER, Case, accepted, carry
from tests.unit.journeys import ACCEPT, CLEAR_EXPORT, GRANT, JOURNEYS, ORDER, VOTE_OF_MIIT
from workflow.domain import terms
from workflow.machine import Engine


def entry(case: Case) -> terms.Entry:
    return terms.of_application("A1", case.snapshot, case.engine.procedure)


def test_a_new_application_is_found_by_all_that_filters_it(engine: Engine) -> None:
    case = Case(engine)
    accepted(case.create(pool="joint-1", reference="EC-2026-001"))
    assert entry(case).terms == {
        "state=submitted",
        "standing=confirmed",
        f"buyer={BUYER}",
        "pool=joint-1",
        "waiting_on=miit",
        "waiting_on=mofcom",
        "waiting_on=ndrc",
    }
    assert entry(case).marks == {"procedure=h200-import", "authority=buyer"}
    assert entry(case).words == {"a1", "ec-2026-001"}


def test_terms_follow_the_events(case: Case) -> None:
    carry(case, GRANT, VOTE_OF_MIIT)
    found = entry(case).terms
    assert {"state=in_principle", "waiting_on=mofcom"} <= found
    assert {"authority=miit", "authority=ndrc"} <= entry(case).marks
    assert not {"state=submitted", "waiting_on=miit", "waiting_on=ndrc", "pool="} & found
    accepted(case.post(RECORDER, "note", "bis"))
    assert "authority=bis" in entry(case).marks


def test_what_time_brings_is_indexed_with_the_rest(case: Case) -> None:
    """Overdue from the twenty-first working day on, and no event of the clock until licensed."""
    first = case.snapshot
    assert entry(case).times.overdue_from == "2026-03-06T16:00:00.000Z"
    assert entry(case).times.due == ()
    carry(case, *JOURNEYS["licensed"])
    assert entry(case).times.overdue_from is None
    assert entry(case).times.due == ("2026-12-31T16:00:00.000Z",)
    assert not entry(case).times.overdue("2099-01-01T00:00:00.000Z")
    assert not terms.same_place(first, case.snapshot)


def test_a_report_is_found_as_reported(case: Case) -> None:
    accepted(case.post(RECORDER, "grant_in_principle"))
    found = entry(case).terms
    assert "standing=reported" in found
    assert "standing=confirmed" not in found
    assert not any(term.startswith("authority=None") for term in entry(case).marks)


def test_without_a_reference_the_id_is_the_only_word(case: Case) -> None:
    assert entry(case).words == {"a1"}


@pytest.mark.parametrize("state", ["shipped", "refused", "returned", "withdrawn"])
def test_nobody_is_waited_for_at_the_end(case: Case, state: str) -> None:
    carry(case, *JOURNEYS[state])
    assert not any(term.startswith("waiting_on=") for term in entry(case).terms)


def test_a_name_is_found_in_either_language() -> None:
    snapshot = {"name": {"en": "DeepSeek", "zh": "深度求索"}}
    assert terms.of_named("deepseek", snapshot, "name").words == {"deepseek", "深度求索"}
    untranslated = {"title": {"en": "Joint Purchase", "zh": None}}
    assert terms.of_named("joint-1", untranslated, "title").words == {"joint-1", "joint purchase"}


@given(text=st.text(max_size=120), length=st.integers(0, 80))
def test_the_beginning_of_a_text_is_the_beginning_of_its_word(text: str, length: int) -> None:
    """Casefolding may lengthen a text; a search still finds it by how it begins."""
    assert terms.word(text).startswith(terms.word(text[:length]))
    assert len(terms.word(text)) <= terms.WORD_LENGTH
    assert terms.word(text.upper().lower()) == terms.word(terms.word(text.upper().lower()))


def test_a_subject_stays_in_its_place_when_nothing_that_is_indexed_changes(case: Case) -> None:
    first = case.snapshot
    accepted(case.post(RECORDER, "note", "buyer"))
    assert terms.same_place(first, case.snapshot)
    accepted(case.post(RECORDER, "note", "bis"))
    assert not terms.same_place(first, case.snapshot), "a body acted for the first time"
    assert not terms.same_place({}, first), "it was not there before"


def test_a_vote_moves_a_subject_even_of_a_body_that_acted_before(case: Case) -> None:
    carry(case, GRANT, (RECORDER, "note", "miit"))
    before = case.snapshot
    carry(case, VOTE_OF_MIIT)
    assert not terms.same_place(before, case.snapshot)


def test_an_order_and_a_gate_move_a_subject_too(case: Case) -> None:
    carry(case, *JOURNEYS["ndrc_conditioned"], (RECORDER, "note", "bis"))
    for step in (ORDER, ACCEPT, CLEAR_EXPORT):
        before = case.snapshot
        carry(case, step)
        assert not terms.same_place(before, case.snapshot), step[1]


def test_what_deadlines_are_counted_from_moves_a_subject_in_time(case: Case) -> None:
    carry(case, *JOURNEYS["licensed"])
    before: dict[str, Any] = {**case.snapshot}
    longer = {**before["licence"], "valid_until": "2027-06-30"}
    shipped = {**before["licence"], "balance": 0}
    other: dict[str, Any] = {name: object() for name in terms.TIMED}
    for name, value in {**other, "licence": longer}.items():
        after = {**before, name: value}
        assert not terms.same_place(before, after), name
        assert not terms.same_times(before, after), name
    for name, value in {"licence": shipped, "order": None, "notes": {}}.items():
        assert terms.same_times(before, {**before, name: value}), name
    assert terms.same_place(before, {**before, "licence": shipped})
