"""The rows of what rewrites nothing and yet changes the reading: correct and migrate."""

from typing import Any

import pytest
from orjson import loads

from tests.unit.acting import (
    ANONYMOUS,
    OFFICIAL,
    OPERATOR,
    PRESS,
    RECORDER,
    THE_BUYER,
    THE_CLOCK,
    accepted,
    carry,
    codes,
    decisive,
    evidence,
    officer,
    told,
)
from tests.unit.correcting import Recalling, sound
from tests.unit.journeys import GRANT, JOURNEYS, TO_LICENSED, TO_MINISTRY_APPROVED
from tests.unit.versions import both
from workflow.domain.principal import Principal, Role

CUSTOMS, MIIT, MOFCOM = officer("customs"), officer("miit"), officer("mofcom")
LATER = "2026-02-03T04:00:00.000Z"


def instead(kind: str, data: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    """An event to take a record's place."""
    grade = more.pop("grade", OFFICIAL)
    return {
        "type": kind,
        "data": data or {},
        "evidence": [dict(piece) for piece in evidence(grade)],
        **more,
    }


def shipment(name: str, units: int) -> dict[str, Any]:
    return {"shipment": name, "units": units}


@pytest.fixture
def case() -> Recalling:
    """Just submitted, under the first version."""
    made = Recalling(both())
    accepted(made.create())
    return made


@pytest.fixture
def shipped(case: Recalling) -> Recalling:
    """Licensed for 1,000 units; records 13 and 14 are shipments of 400 and 100."""
    carry(case, *TO_LICENSED)
    for name, units in (("s1", 400), ("s2", 100)):
        carry(case, (CUSTOMS, "record_shipment", None, shipment(name, units)))
    assert len(case.decisions) == 14
    return case


def test_correct_puts_another_event_in_the_place_of_a_record(shipped: Recalling) -> None:
    before = list(shipped.trail)
    event = instead("record_shipment", shipment("s1", 40))
    record = accepted(shipped.correct(CUSTOMS, 13, event)).record
    licence = shipped.snapshot["licence"]
    assert licence is not None
    assert (licence["shipments"], licence["balance"]) == ({"s1": 40, "s2": 100}, 860)
    assert record["data"]["restated"].keys() == {"13", "14", "15"}
    assert (shipped.snapshot["corrections"], shipped.trail[:14]) == ({"13": 15}, before)
    sound(shipped)


def test_correct_with_nothing_voids_a_record(shipped: Recalling) -> None:
    accepted(shipped.correct(CUSTOMS, 13, None))
    licence = shipped.snapshot["licence"]
    assert licence is not None
    assert (licence["shipments"], licence["balance"]) == ({"s2": 100}, 900)
    sound(shipped)


def test_correct_recomputes_the_state(case: Recalling) -> None:
    carry(case, GRANT)
    record = accepted(case.correct(officer("ndrc"), 2, None)).record
    assert (record["from"], record["to"], case.state) == ("in_principle", "submitted", "submitted")
    assert case.snapshot["entered_seq"] == 1
    carry(case, GRANT)
    assert case.state == "in_principle"
    sound(case)


def test_correct_is_of_the_poster_or_an_officer_of_its_authority(shipped: Recalling) -> None:
    event = instead("record_shipment", shipment("s1", 40))
    colleague = officer("customs", name="customs-b")
    for who in (MIIT, RECORDER, THE_BUYER, officer("miit", "mofcom")):
        assert decisive(shipped.correct(who, 13, event)) == (3, "record-of-another")
    insider = Principal("both", "x", frozenset({Role.OFFICER, Role.OPERATOR}), CUSTOMS.authorities)
    for who in (OPERATOR, insider):
        assert decisive(shipped.correct(who, 13, event)) == (3, "role-may-not")
    accepted(shipped.correct(colleague, 13, event))
    accepted(shipped.correct(CUSTOMS, 13, None))


def test_correct_of_a_report_is_the_recorders_and_makes_a_report(case: Recalling) -> None:
    carry(case, (RECORDER, "grant_in_principle", "ndrc"))
    accepted(case.correct(RECORDER, 2, instead("grant_in_principle", authority="miit")))
    assert case.snapshot["unconfirmed"]["2"]["authority"] == "miit"
    assert case.snapshot["entered_by"] == "miit"
    sound(case)


def test_correct_changes_nothing_that_somebody_elses_word_stands_on(case: Recalling) -> None:
    """Who issued saw what was proposed; who confirmed saw what was reported."""
    carry(case, *TO_LICENSED)
    types = {record["type"]: record["seq"] for record in map(loads, case.trail)}
    terms = {"units": 10, "valid_from": "2020-01-01", "valid_until": "2099-12-31"}
    proposed = instead("propose_licence", terms)
    for who, kind, event in (
        (MOFCOM, "propose_licence", proposed),
        (MOFCOM, "propose_licence", None),
        (officer("ndrc"), "fix_condition", instead("fix_condition", {"condition": "c1"})),
    ):
        assert decisive(case.correct(who, types[kind], event)) == (6, "relied-upon")


def test_correct_of_what_was_confirmed_meanwhile_is_no_longer_the_recorders(
    case: Recalling,
) -> None:
    report = instead("grant_in_principle", authority="ndrc", grade=PRESS)
    accepted(case.post(RECORDER, "grant_in_principle", grade=PRESS, authority="ndrc"))
    accepted(case.correct(RECORDER, 2, report))
    accepted(case.post(officer("ndrc"), "confirm", None, {"seq": 2}))
    assert decisive(case.correct(RECORDER, 2, report)) == (6, "relied-upon")
    assert decisive(case.correct(officer("ndrc"), 2, report)) == (6, "relied-upon")


def test_correct_keeps_the_role_in_which_the_replacement_was_posted(case: Recalling) -> None:
    """Who is an officer of one authority and a recorder never becomes an officer of another."""
    two = frozenset({Role.OFFICER, Role.RECORDER})
    hybrid = Principal("h", "miit", two, frozenset({"miit"}))
    carry(case, (hybrid, "grant_in_principle", "ndrc"))
    assert case.snapshot["unconfirmed"].keys() == {"2"}
    event = instead("grant_in_principle", authority="ndrc")
    accepted(case.correct(hybrid, 2, event))
    accepted(case.post(hybrid, "note"))
    accepted(case.correct(hybrid, 4, instead("note", {"text": "Another."})))
    assert case.snapshot["unconfirmed"].keys() == {"2"}
    sound(case)


def test_correct_is_decided_as_if_the_corrector_posted(case: Recalling) -> None:
    """Its evidence, its authority, its two persons, its time."""
    carry(case, *TO_MINISTRY_APPROVED)
    weak = case.correct(officer("ndrc"), 2, instead("grant_in_principle", grade=PRESS))
    assert accepted(weak).after.snapshot["unconfirmed"].keys() == {"2"}
    twin = Principal("mofcom-a", "mofcom", frozenset({Role.OFFICER}), MIIT.authorities)
    assert decisive(case.correct(twin, 3, instead("approve"))) == (6, "correction-refused")
    early = instead("approve", effective_at="2026-01-01T00:00:00.000Z")
    assert decisive(case.correct(MIIT, 3, early)) == (6, "effective-before-state")
    ahead = instead("approve", effective_at=LATER)
    assert decisive(case.correct(MIIT, 3, ahead)) == (1, "effective-in-future")
    assert decisive(case.correct(MIIT, 3, instead("set_conditions"))) == (3, "wrong-authority")
    assert decisive(case.correct(MIIT, 3, instead("nothing"))) == (1, "unknown-event")
    assert decisive(case.correct(MIIT, 3, instead("approve", {"x": 1}))) == (1, "invalid-event")


def test_correct_is_refused_where_a_later_record_would_be(shipped: Recalling) -> None:
    event = instead("record_shipment", shipment("s1", 950))
    refused = shipped.correct(CUSTOMS, 13, event)
    assert decisive(refused) == (6, "correction-refused")
    named = {"seq": 14, "type": "record_shipment", "code": "beyond-balance"}
    assert told(refused).parameters == named
    assert codes(refused) == {"correction-refused", "beyond-balance"}
    assert decisive(shipped.correct(MIIT, 3, None)) == (6, "correction-refused")
    assert shipped.snapshot["corrections"] == {}


def test_correct_never_supersedes_the_first_record_or_what_reads_the_trail(case: Recalling) -> None:
    assert decisive(case.correct(THE_BUYER, 1, None)) == (6, "not-correctable")
    assert decisive(case.correct(THE_BUYER, 9, None)) == (6, "nothing-to-correct")
    carry(case, (THE_BUYER, "note"))
    accepted(case.correct(THE_BUYER, 2, None))
    assert decisive(case.correct(THE_BUYER, 3, None)) == (6, "not-correctable")
    recursive = instead("correct", {"seq": 2, "with": None})
    assert decisive(case.correct(THE_BUYER, 2, recursive)) == (6, "not-correctable")
    accepted(case.migrate(OPERATOR, 2))
    carry(case, (THE_BUYER, "note"))
    assert "not-correctable" in codes(case.correct(THE_BUYER, 4, None))


def test_correct_never_supersedes_what_the_clock_did(case: Recalling) -> None:
    carry(case, *JOURNEYS["expired"])
    last = len(case.decisions)
    assert case.decisions[-1].record["principal"] == THE_CLOCK.name
    assert "not-correctable" in codes(case.correct(MOFCOM, last, None))


def test_correct_may_be_corrected_at_the_same_place_again(shipped: Recalling) -> None:
    for units in (40, 50, 400):
        accepted(shipped.correct(CUSTOMS, 13, instead("record_shipment", shipment("s1", units))))
        sound(shipped)
    accepted(shipped.correct(CUSTOMS, 13, None))
    back = shipped.correct(CUSTOMS, 13, instead("record_shipment", shipment("s1", 400)))
    licence = accepted(back).after.snapshot["licence"]
    assert (licence["shipments"], licence["balance"]) == ({"s1": 400, "s2": 100}, 500)
    assert shipped.snapshot["corrections"] == {"13": 19}
    sound(shipped)


def test_correct_has_a_bound(case: Recalling, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workflow.domain.corrections.CORRECTIONS_KEPT", 1)
    carry(case, (THE_BUYER, "note"), (THE_BUYER, "note"))
    accepted(case.correct(THE_BUYER, 2, None))
    assert decisive(case.correct(THE_BUYER, 3, None)) == (6, "limit-reached")
    accepted(case.correct(THE_BUYER, 2, instead("note", {"text": "Another."})))


def test_migrate_leads_to_the_mapped_state_and_leaves_the_facts(case: Recalling) -> None:
    carry(case, *JOURNEYS["ndrc_conditioned"])
    before = case.snapshot
    record = accepted(case.migrate(OPERATOR, 2)).record
    assert (record["from"], record["to"]) == ("ndrc_conditioned", "conditioned")
    assert (record["authority"], record["role"]) == ("operator", "operator")
    assert record["changes"]["set"].keys() == {"/procedure_version", "/state", "/acted/operator"}
    assert case.snapshot["entered_at"] == before["entered_at"]
    carry(case, (THE_BUYER, "declare_order"))
    assert case.decisions[-1].record["procedure"]["version"] == 2  # type: ignore[index]
    sound(case)


def test_migrate_needs_a_version_that_says_how(case: Recalling) -> None:
    for version in (1, 3):
        assert decisive(case.migrate(OPERATOR, version)) == (6, "no-migration")
    accepted(case.migrate(OPERATOR, 2))
    assert case.state == "submitted"
    assert decisive(case.migrate(OPERATOR, 2)) == (6, "no-migration")


def test_migrate_changes_rules_from_then_on(case: Recalling) -> None:
    assert codes(case.ask(RECORDER, "grant_in_principle", grade=ANONYMOUS)) == set()
    accepted(case.migrate(OPERATOR, 2))
    refused = case.ask(RECORDER, "grant_in_principle", grade=ANONYMOUS)
    assert codes(refused) == {"evidence-too-weak"}


def test_migrate_lies_between_records_of_both_versions_when_one_is_corrected(
    case: Recalling,
) -> None:
    carry(case, *TO_MINISTRY_APPROVED)
    accepted(case.migrate(OPERATOR, 2))
    carry(case, (THE_BUYER, "declare_order"))
    event = instead("declare_order", {"units": 7, "agent": None})
    accepted(case.correct(THE_BUYER, 6, event))
    accepted(case.correct(MIIT, 3, instead("approve")))
    assert case.snapshot["order"] == {"units": 7, "agent": None}
    assert case.snapshot["procedure_version"] == 2
    sound(case)
