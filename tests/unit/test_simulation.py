"""A candidate replays trails: who would stand elsewhere, what would be refused, and why."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, cast

import pytest

from tests.unit.acting import (
    ANONYMOUS,
    NOW,
    OPERATOR,
    RECORDER,
    THE_BUYER,
    accepted,
    carry,
    officer,
)
from tests.unit.correcting import Recalling
from tests.unit.journeys import (
    CLEAR_EXPORT,
    JOURNEYS,
    TO_LICENSED,
    TO_MINISTRY_APPROVED,
    VOTE_OF_MIIT,
)
from tests.unit.versions import both, second
from workflow.domain.application import Snapshot
from workflow.domain.procedure import Procedure, Thresholds
from workflow.procedures import load_packaged
from workflow.simulation import Candidate, Limits, limits_of

PACKAGED = load_packaged()["h200-import", 1]
SOON, LATE = "2026-04-01T00:00:00.000Z", "2026-07-01T00:00:00.000Z"
"""Before and after the end of 45 working days from NOW on."""


def present(snapshot: Mapping[str, Any], now: str = NOW) -> Limits:
    """The time limits that run under the version that an application stands under."""
    own = PACKAGED if snapshot["procedure_version"] == 1 else second()
    return limits_of(own, cast(Snapshot, snapshot), now)


def longer(days: int) -> Procedure:
    """The same rules, with so many working days for the joint decision."""
    limit = replace(PACKAGED.deadlines["joint_decision"], working_days=days)
    return replace(PACKAGED, deadlines={**PACKAGED.deadlines, "joint_decision": limit})


@pytest.fixture
def case() -> Recalling:
    """Just submitted, under the first version."""
    made = Recalling(both())
    accepted(made.create())
    return made


@pytest.mark.parametrize("state", JOURNEYS)
def test_under_its_own_rules_everything_stays(case: Recalling, state: str) -> None:
    carry(case, *JOURNEYS[state])
    found = Candidate(PACKAGED).simulate(case.trail, NOW, present)
    assert (found.state, found.expected, found.reached) == (state, state, state)
    assert (found.elsewhere, found.refused, found.version) == (False, (), 1)
    assert (found.otherwise, found.differs) == ((), False)


@pytest.mark.parametrize("state", JOURNEYS)
def test_a_state_of_another_name_is_not_elsewhere(case: Recalling, state: str) -> None:
    carry(case, *JOURNEYS[state])
    found = Candidate(second()).simulate(case.trail, NOW, present)
    assert (found.elsewhere, found.refused, found.otherwise) == (False, (), ())


def test_what_is_refused_is_left_out_and_the_rest_goes_on(case: Recalling) -> None:
    accepted(case.post(RECORDER, "grant_in_principle", "ndrc", grade=ANONYMOUS))
    carry(case, (THE_BUYER, "note"), VOTE_OF_MIIT)
    found = Candidate(second()).simulate(case.trail, NOW, present)
    assert (found.state, found.reached, found.elsewhere) == ("in_principle", "submitted", True)
    told = [(one.seq, one.type, [why.code for why in one.refusals]) for one in found.refused]
    assert told == [
        (2, "grant_in_principle", ["evidence-too-weak"]),
        (4, "approve", ["transition-not-allowed"]),
    ]


def test_what_the_candidate_does_not_know_or_reads_otherwise_is_refused(case: Recalling) -> None:
    carry(case, (THE_BUYER, "note"), (THE_BUYER, "withdraw"))
    events = dict(PACKAGED.events)
    del events["withdraw"]
    found = Candidate(replace(PACKAGED, events=events)).simulate(case.trail, NOW, present)
    assert [why.code for why in found.refused[0].refusals] == ["unknown-event"]
    assert (found.reached, found.elsewhere) == ("submitted", True)


def test_corrections_apply_and_migrations_mean_nothing(case: Recalling) -> None:
    carry(case, *TO_MINISTRY_APPROVED)
    accepted(case.correct(officer("mofcom"), 4, None))
    accepted(case.migrate(OPERATOR, 2))
    assert case.state == "in_principle"
    for candidate in (PACKAGED, second()):
        found = Candidate(candidate).simulate(case.trail, NOW, present)
        assert (found.reached, found.refused, found.version) == ("in_principle", (), 2)


def test_an_application_that_could_not_be_opened_stands_nowhere(case: Recalling) -> None:
    evidence = Thresholds("official_notice", "company_statement")
    strict = replace(PACKAGED.creation, evidence=evidence)
    found = Candidate(replace(PACKAGED, creation=strict)).simulate(case.trail, NOW, present)
    assert (found.reached, found.elsewhere) == (None, True)
    assert [(one.seq, one.refusals[0].code) for one in found.refused] == [(1, "evidence-too-weak")]


def test_what_stands_in_the_same_state_with_another_gate_or_licence_is_told(
    case: Recalling,
) -> None:
    carry(case, *TO_LICENSED, CLEAR_EXPORT)
    events = dict(PACKAGED.events)
    del events["clear_export"]
    found = Candidate(replace(PACKAGED, events=events)).simulate(case.trail, NOW, present)
    assert (found.elsewhere, found.otherwise) == (False, (("gate", "export", "open", "shut"),))
    del events["record_shipment"]
    accepted(case.post(officer("customs"), "record_shipment"))
    found = Candidate(replace(PACKAGED, events=events)).simulate(case.trail, NOW, present)
    assert (found.reached, found.differs) == ("licensed", True)
    assert set(found.otherwise) == {
        ("gate", "export", "open", "shut"),
        ("licence", "shipped", 400, 0),
        ("licence", "balance", 600, 1_000),
    }


def test_a_licence_that_would_not_be_there_and_its_draw_are_told() -> None:
    case = Recalling(both())
    accepted(case.create(pool="joint-1"))
    carry(case, *TO_LICENSED)
    events = dict(PACKAGED.events)
    del events["issue_licence"]
    found = Candidate(replace(PACKAGED, events=events)).simulate(case.trail, NOW, present)
    assert found.otherwise == (
        ("licence", None, "MOFCOM-2026-0001", None),
        ("draw", "joint-1", 1_000, None),
        ("deadline", "expiry", "2026-12-31", None),
        ("deadline", "delivery", None, "2026-02-14"),
    )


def test_a_simulation_of_a_long_life_leaves_the_trail_alone(case: Recalling) -> None:
    carry(case, *TO_LICENSED)
    before = list(case.trail)
    Candidate(second()).simulate(case.trail, NOW, present)
    assert case.trail == before


def test_a_time_limit_that_would_end_on_another_day_is_told(case: Recalling) -> None:
    carry(case, *JOURNEYS["in_principle"])
    found = Candidate(longer(400)).simulate(case.trail, SOON, lambda one: present(one, SOON))
    ((kind, name, was, would_be),) = found.otherwise
    assert (found.elsewhere, found.differs, found.timed) == (False, True, True)
    assert (kind, name, was) == ("deadline", "joint_decision", "2026-04-13")
    assert "2027-09-01" < str(would_be) < "2027-11-01"


def test_what_would_not_be_overdue_and_what_would_be_is_told(case: Recalling) -> None:
    carry(case, *JOURNEYS["in_principle"])
    late = Candidate(longer(400)).simulate(case.trail, LATE, lambda one: present(one, LATE))
    assert late.otherwise[1:] == (("overdue", None, "2026-04-14", None),)
    soon = Candidate(longer(1)).simulate(case.trail, SOON, lambda one: present(one, SOON))
    assert soon.otherwise == (
        ("deadline", "joint_decision", "2026-04-13", "2026-02-03"),
        ("overdue", None, None, "2026-02-04"),
    )


def test_time_limits_under_rules_that_nobody_knows_are_not_compared(case: Recalling) -> None:
    carry(case, *JOURNEYS["in_principle"])
    found = Candidate(longer(400)).simulate(case.trail, LATE, lambda _: None)
    assert (found.timed, found.otherwise, found.differs) == (False, (), False)
