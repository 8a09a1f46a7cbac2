"""What `us-export` says, against the practice it is made of, and how the import hangs on it."""

import pytest

from tests.unit.acting import (
    ANOTHER_BUYER,
    BUYER,
    RECORDER,
    THE_BUYER,
    Case,
    accepted,
    carry,
    codes,
    officer,
)
from tests.unit.exporting import (
    AGREE,
    APPEAL,
    APPROVE,
    ASK,
    BIS,
    COUNTERSIGN,
    DENY,
    HOLD,
    JOURNEYS,
    REFER,
    SIGN_OFF,
    begun,
)
from workflow.domain.access import sees_application, sees_shares
from workflow.domain.predicates import waiting_on
from workflow.domain.procedure import GateLink, Procedure, Thresholds
from workflow.machine import Engine
from workflow.procedures import load_packaged

PENDING = ("received", "referred", "signed_off", "countersigned")
ROADS = {
    ("received", "refer", "referred"),
    ("received", "hold_without_action", "held_without_action"),
    ("referred", "hold_without_action", "held_without_action"),
    ("held_without_action", "resume", "received"),
    ("received", "sign_off", "signed_off"),
    ("referred", "sign_off", "signed_off"),
    ("signed_off", "countersign", "countersigned"),
    ("countersigned", "approve", "approved"),
    ("countersigned", "deny", "denied"),
    ("approved", "revoke", "revoked"),
    ("denied", "answer_appeal", "received"),
    *(
        (state, event, "returned_without_action")
        for state in (*PENDING, "held_without_action")
        for event in ("return", "withdraw")
    ),
}


@pytest.fixture(scope="module")
def export() -> Engine:
    return Engine(load_packaged()["us-export", 1])


@pytest.fixture
def procedure(export: Engine) -> Procedure:
    return export.procedure


def test_its_ways_are_those_of_the_practice(procedure: Procedure) -> None:
    assert {
        (source, spec.type, move.target)
        for spec in procedure.events.values()
        for move in spec.moves
        if move.target
        for source in move.sources
    } == ROADS


def test_it_has_authorities_a_zone_and_a_calendar_of_its_own(procedure: Procedure) -> None:
    assert set(procedure.authorities) == {"bis", "state", "defense", "energy"}
    assert (procedure.time_zone, procedure.calendar) == ("America/New_York", "US")
    assert not procedure.gates
    assert not procedure.links
    assert procedure.creation.by == ("buyer",)


def test_the_import_hangs_on_it() -> None:
    link = load_packaged()["h200-import", 1].links["export"]
    assert link == GateLink(
        "export", "us-export", ("approved",), ("denied", "returned_without_action", "revoked")
    )


def test_its_time_limits_are_those_of_the_regulations_in_working_days(
    procedure: Procedure,
) -> None:
    limits = {name: one.working_days for name, one in procedure.deadlines.items()}
    assert limits == {"initial_processing": 7, "referral": 22, "resolution": 64}
    assert all("15 CFR 750.4" in one.basis.en for one in procedure.deadlines.values())
    assert procedure.events["appeal"].within_days == 45
    assert any("calendar days" in text.en for text in procedure.assumptions)


def test_the_acts_that_decide_need_a_report_and_are_confirmed_by_a_notice(
    procedure: Procedure,
) -> None:
    for kind in ("approve", "deny", "return", "revoke"):
        assert procedure.events[kind].evidence == Thresholds("press_report", "official_notice")
    reasoned = {kind for kind, spec in procedure.events.items() if spec.reason_required}
    assert reasoned == {"object", "hold_without_action", "deny", "return", "revoke", "appeal"}


def test_who_signed_off_does_not_countersign(export: Engine) -> None:
    case = begun(export, SIGN_OFF)
    assert codes(case.ask(BIS, "countersign")) == {"four-eyes"}
    carry(case, COUNTERSIGN, APPROVE)
    assert case.state == "approved"


def test_bis_signs_off_when_every_department_agrees(export: Engine) -> None:
    case = begun(export, REFER, AGREE["state"], AGREE["defense"])
    assert waiting_on(export.procedure, case.snapshot) == ["energy", "bis"]
    assert codes(case.ask(*SIGN_OFF)) == {"others-awaited"}
    carry(case, (officer("energy"), "object"))
    assert codes(case.ask(*SIGN_OFF)) == {"others-awaited"}
    carry(case, AGREE["energy"], SIGN_OFF)


def test_the_applicant_is_waited_for_while_it_is_asked(export: Engine) -> None:
    case = begun(export, ASK)
    assert waiting_on(export.procedure, case.snapshot) == ["bis", "buyer"]
    assert codes(case.ask(*SIGN_OFF)) == {"others-awaited"}
    carry(case, (THE_BUYER, "provide_information"), SIGN_OFF)


def test_the_applicant_is_a_party_and_no_authority(export: Engine) -> None:
    for who in (THE_BUYER, RECORDER):
        case = Case(export)
        record = accepted(case.create(who)).record
        assert record["authority"] == "buyer"
        carry(case, (who, "withdraw"))
        assert case.state == "returned_without_action"
    case = begun(export)
    assert codes(case.ask(ANOTHER_BUYER, "withdraw")) == {"not-your-application"}
    assert codes(case.ask(officer("exporter"), "withdraw")) == {"wrong-authority"}


def test_the_applicant_sees_its_own_applications_alone(procedure: Procedure) -> None:
    bodies = frozenset(procedure.authorities)
    assert sees_application(THE_BUYER, BUYER, bodies)
    assert not sees_application(ANOTHER_BUYER, BUYER, bodies)
    assert not sees_application(officer("exporter"), BUYER, bodies)
    assert not sees_shares(officer("exporter"), bodies)


def test_what_departments_agreed_to_outlasts_a_hold(export: Engine) -> None:
    case = begun(export, REFER, *AGREE.values(), HOLD, (BIS, "resume"), REFER, SIGN_OFF)
    assert case.state == "signed_off"


def test_a_granted_appeal_begins_the_review_anew(export: Engine) -> None:
    case = begun(export, REFER, *AGREE.values(), SIGN_OFF, COUNTERSIGN, DENY, APPEAL)
    carry(case, (BIS, "answer_appeal"), REFER)
    assert codes(case.ask(*SIGN_OFF)) == {"others-awaited"}


def test_every_state_is_reached_and_told_in_both_languages(export: Engine) -> None:
    assert set(JOURNEYS) == set(export.procedure.live_states)
    for name, journey in JOURNEYS.items():
        assert begun(export, *journey).state == name
        state = export.procedure.states[name]
        assert state.sentence.en
        assert state.sentence.zh
        assert state.sentence.en != state.sentence.zh
