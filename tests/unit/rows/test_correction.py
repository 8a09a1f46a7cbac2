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
from tests.unit.journeys import (
    GRANT,
    ISSUE,
    JOURNEYS,
    TO_LICENSED,
    TO_MINISTRY_APPROVED,
    TO_NDRC_CONDITIONED,
    TO_PROPOSED,
)
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


def test_correct_protects_what_stands_in_a_place_now(case: Recalling) -> None:
    """Not what stood there first: a note that was corrected to a proposal is issued upon."""
    carry(case, *TO_PROPOSED[:-1], (MOFCOM, "note", "mofcom"))
    place, terms = len(case.decisions), {"units": 10, **VALIDITY}
    accepted(case.correct(MOFCOM, place, instead("propose_licence", terms)))
    carry(case, ISSUE)
    for event in (None, instead("propose_licence", {**terms, "units": 11})):
        assert decisive(case.correct(MOFCOM, place, event)) == (6, "relied-upon")


VALIDITY = {"valid_from": "2020-01-01", "valid_until": "2099-12-31"}


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


def test_correct_of_one_record_has_a_bound(
    case: Recalling, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workflow.domain.corrections.ONE_PLACE", 2)
    carry(case, (THE_BUYER, "note"), (THE_BUYER, "note"))
    for text in ("One.", "Two."):
        accepted(case.correct(THE_BUYER, 2, instead("note", {"text": text})))
    third = case.correct(THE_BUYER, 2, instead("note", {"text": "Three."}))
    assert told(third).parameters == {"what": "corrections of 2", "limit": 2}
    accepted(case.correct(THE_BUYER, 3, None))


HOLD = (CUSTOMS, "hold", None, {"hold": "h1", "blocks": ["record_shipment"]})
RELEASE = (CUSTOMS, "release", None, {"hold": "h1"})
SUSPEND, REINSTATE = (MOFCOM, "suspend"), (MOFCOM, "reinstate")
WITHHOLD, CLEAR = (officer("bis"), "withhold_export"), (officer("bis"), "clear_export")
NOTE_OF_CUSTOMS = (CUSTOMS, "note", "customs")

STOPS = [
    ([HOLD], [RELEASE], "held"),
    ([SUSPEND], [REINSTATE], "transition-not-allowed"),
    ([WITHHOLD], [CLEAR], "gate-shut"),
]
"""What stops a shipment, what lets it go on again, and the code of the refusal meanwhile."""


@pytest.mark.parametrize(("stop", "go", "code"), STOPS)
def test_correct_makes_no_shipment_of_a_note_while_shipments_are_stopped(
    shipped: Recalling, stop: list[Any], go: list[Any], code: str
) -> None:
    """An event of another type is a new act, whatever its place allowed."""
    carry(shipped, NOTE_OF_CUSTOMS, *stop)
    event = instead("record_shipment", shipment("s3", 1))
    assert code in codes(shipped.correct(CUSTOMS, 15, event))
    carry(shipped, *go)
    accepted(shipped.correct(CUSTOMS, 15, event))
    sound(shipped)


@pytest.mark.parametrize(("stop", "go", "code"), STOPS)
def test_correct_ships_no_more_than_was_shipped_while_shipments_are_stopped(
    shipped: Recalling, stop: list[Any], go: list[Any], code: str
) -> None:
    carry(shipped, (CUSTOMS, "reverse_shipment", None, {"shipment": "s2"}), *stop)
    more = instead("record_shipment", shipment("s1", 401))
    assert codes(shipped.correct(CUSTOMS, 13, more)) == {code}
    assert codes(shipped.correct(CUSTOMS, 15, None)) == {code}
    for units in (400, 399):
        fewer = instead("record_shipment", shipment("s1", units))
        accepted(shipped.correct(CUSTOMS, 13, fewer))
    carry(shipped, *go)
    accepted(shipped.correct(CUSTOMS, 13, more))
    sound(shipped)


def test_correct_puts_back_what_was_voided_as_a_new_act(shipped: Recalling) -> None:
    accepted(shipped.correct(CUSTOMS, 14, None))
    carry(shipped, HOLD)
    event = instead("record_shipment", shipment("s2", 100))
    assert codes(shipped.correct(CUSTOMS, 14, event)) == {"held"}


def test_correct_asks_what_is_stopped_without_the_record_itself(shipped: Recalling) -> None:
    """A refusal that should have been a return, a suspension that should have been a shipment: the
    record in whose place it stands is none of its obstacles.
    """
    carry(shipped, (MOFCOM, "suspend"))
    accepted(shipped.correct(MOFCOM, 15, instead("revoke", reason="because")))
    assert shipped.state == "revoked"
    sound(shipped)


def test_correct_puts_the_right_one_of_two_ends_in_the_place_of_the_other(case: Recalling) -> None:
    carry(case, (MIIT, "refuse"))
    accepted(case.correct(MIIT, 2, instead("return", reason="because")))
    assert case.state == "returned"
    sound(case)


def test_correct_leaves_what_a_reissue_counted(shipped: Recalling) -> None:
    """One officer of customs makes no version larger; the reissue is superseded first, and again
    after it.
    """
    carry(shipped, (MOFCOM, "reissue_licence"))
    more = instead("record_shipment", shipment("s2", 101))
    for event in (None, more, instead("note", {"text": "None."})):
        assert decisive(shipped.correct(CUSTOMS, 14, event)) == (6, "relied-upon")
    carry(shipped, NOTE_OF_CUSTOMS)
    accepted(shipped.correct(CUSTOMS, 16, instead("record_shipment", shipment("s3", 1))))
    accepted(shipped.correct(MOFCOM, 15, None))
    accepted(shipped.correct(CUSTOMS, 14, None))
    accepted(shipped.correct(MOFCOM, 15, instead("reissue_licence", VALIDITY)))
    licence = shipped.snapshot["licence"]
    assert licence is not None
    assert (licence["version"], licence["units"], licence["balance"]) == (2, 600, 599)
    assert shipped.snapshot["earlier_licences"]["1"]["carried"] == 600
    sound(shipped)


ADDED = {"condition": "c2", "kind": "unit_cap", "value": {"units": 5}}
ACCEPTED = (THE_BUYER, "accept_conditions")


def test_correct_changes_nothing_that_the_buyer_has_accepted(case: Recalling) -> None:
    """Neither a condition that it had not seen, nor another figure, nor one that was waived."""
    fixing = (officer("ndrc"), "fix_condition", None, {"condition": "c2"})
    waiving = (officer("ndrc"), "waive_condition", None, {"condition": "c2"})
    notes = [(officer("ndrc"), "note", "ndrc"), (RECORDER, "note", "ndrc")]
    extra = [(officer("ndrc"), "propose_condition", None, ADDED), fixing, waiving]
    terms = TO_NDRC_CONDITIONED[len(TO_MINISTRY_APPROVED) :]
    carry(case, *TO_MINISTRY_APPROVED, *extra, *terms, *notes, ACCEPTED)
    before = case.snapshot["conditions"]
    noted, count = len(case.decisions) - 2, len(TO_MINISTRY_APPROVED) + 1
    another = {"condition": "c1", "value": {"basis_points": 9_999}}
    for who, seq, event in (
        (officer("ndrc"), noted, instead("propose_condition", {**ADDED, "condition": "c3"})),
        (officer("ndrc"), noted, instead("fix_condition", another)),
        (RECORDER, noted + 1, instead("fix_condition", another, authority="ndrc", grade=PRESS)),
        (officer("ndrc"), count + 3, None),
    ):
        assert decisive(case.correct(who, seq, event)) == (6, "relied-upon"), seq
    assert case.snapshot["conditions"] == before


def order(units: int) -> dict[str, Any]:
    return instead("declare_order", {"units": units, "agent": None})


def test_correct_raises_no_order_behind_a_proposal(case: Recalling) -> None:
    carry(case, *TO_PROPOSED[:-1], (THE_BUYER, "note"), TO_PROPOSED[-1])
    types = {record["type"]: record["seq"] for record in map(loads, case.trail)}
    for seq in (types["declare_order"], types["note"]):
        assert decisive(case.correct(THE_BUYER, seq, order(199_999))) == (6, "relied-upon")


def test_correct_raises_no_order_behind_a_vote(case: Recalling) -> None:
    """It may be restated, openly, for all to see; and lowered either way."""
    carry(case, GRANT, (THE_BUYER, "declare_order"), (THE_BUYER, "note"), *TO_MINISTRY_APPROVED[1:])
    units = case.snapshot["order"]["units"]  # type: ignore[index]
    for seq in (3, 4):
        refused = case.correct(THE_BUYER, seq, order(units + 1))
        assert (decisive(refused), told(refused).parameters["by"]) == ((6, "relied-upon"), 5)
    accepted(case.correct(THE_BUYER, 3, order(units - 1)))
    carry(case, (THE_BUYER, "declare_order", None, {"units": units + 1, "agent": None}))
    sound(case)


def test_correct_leaves_an_amendment_as_it_was_granted(case: Recalling) -> None:
    amend = (THE_BUYER, "amend", None, {"units": 2_000})
    answer = (MIIT, "answer_amendment", None, {"accept": True})
    carry(case, GRANT, (THE_BUYER, "declare_order"), amend)
    accepted(case.correct(THE_BUYER, 4, instead("amend", {"units": 3_000})))
    carry(case, answer, *TO_MINISTRY_APPROVED[1:])
    for units in (10, 2_000_000):
        assert decisive(case.correct(THE_BUYER, 4, instead("amend", {"units": units}))) == (
            6,
            "relied-upon",
        )


def test_correct_asks_of_a_new_act_what_would_be_asked_now(case: Recalling) -> None:
    """Nobody claims by a note that a condition is met which was waived behind it."""
    carry(case, *JOURNEYS["ndrc_conditioned"], ACCEPTED, (THE_BUYER, "note"))
    claim, noted = instead("claim_met", {"condition": "c1"}), len(case.decisions)
    assert not codes(case.ask(THE_BUYER, "claim_met"))
    carry(case, (officer("ndrc"), "waive_condition"))
    assert codes(case.correct(THE_BUYER, noted, claim)) == {"condition-settled"}


class TestOwnReports:
    """A recorder takes back what it reported, until it is confirmed."""

    REPORT = (RECORDER, "grant_in_principle", "ndrc")

    def test_correct_voids_a_report_and_puts_it_back(self, case: Recalling) -> None:
        carry(case, self.REPORT)
        accepted(case.correct(RECORDER, 2, None))
        assert (case.state, case.snapshot["unconfirmed"]) == ("submitted", {})
        again = instead("grant_in_principle", authority="miit", grade=PRESS)
        accepted(case.correct(RECORDER, 2, again))
        accepted(case.correct(RECORDER, 2, instead("note", {"text": "A rumour."}, grade=PRESS)))
        accepted(case.correct(RECORDER, 2, again))
        assert case.snapshot["unconfirmed"].keys() == {"2"}
        sound(case)

    def test_correct_of_what_is_confirmed_is_told_so(self, case: Recalling) -> None:
        carry(case, self.REPORT, (RECORDER, "note", "ndrc"))
        official = instead("grant_in_principle")
        accepted(case.correct(officer("ndrc"), 2, official))
        assert "confirmed-already" in codes(case.correct(RECORDER, 2, None))

    def test_correct_voids_a_confirmation_too(self, case: Recalling) -> None:
        carry(case, self.REPORT, (officer("ndrc"), "confirm", None, {"seq": 2}))
        accepted(case.correct(officer("ndrc"), 3, None))
        assert case.snapshot["unconfirmed"].keys() == {"2"}
        accepted(case.correct(RECORDER, 2, None))
        sound(case)

    def test_correct_is_decided_once_and_stopped_by_no_later_hold(self, case: Recalling) -> None:
        """What a correction brings about does not speak against it, then or later."""
        carry(case, (MIIT, "note", "miit"), (MIIT, "note", "miit"))
        stop = instead("hold", {"hold": "q", "blocks": ["correct"]})
        accepted(case.correct(MIIT, 2, stop))
        assert codes(case.correct(MIIT, 3, None)) == {"held"}
        carry(case, (MIIT, "release", None, {"hold": "q"}))
        accepted(case.correct(MIIT, 3, None))
        sound(case)


class TestNotes:
    """Notes are not decided again, as nothing hangs on them, and yet a corrected trail is what it
    would be if they were.
    """

    @pytest.fixture
    def noted(self, case: Recalling) -> Recalling:
        """With more notes than are kept, before and behind an order."""
        for number in range(8):
            carry(case, (MIIT, "note", "miit", {"text": f"Note {number}."}))
        carry(case, *TO_MINISTRY_APPROVED, (THE_BUYER, "declare_order"))
        for number in range(3):
            carry(case, (THE_BUYER, "note", "buyer", {"text": f"Later {number}."}))
        return case

    def test_correct_leaves_notes_as_they_are(self, noted: Recalling) -> None:
        before = noted.snapshot["notes"]
        event = instead("declare_order", {"units": 7, "agent": None})
        restated = accepted(noted.correct(THE_BUYER, 13, event)).record["data"]["restated"]
        assert restated.keys() == {"13", str(noted.document.version)}
        assert noted.snapshot["notes"] == before
        sound(noted)

    def test_correct_of_a_note_brings_back_the_one_before(self, noted: Recalling) -> None:
        accepted(noted.correct(MIIT, 9, None))
        assert noted.snapshot["notes"].keys() == {"7", "8", "14", "15", "16"}
        sound(noted)
        event = instead("declare_order", {"units": 7, "agent": None})
        accepted(noted.correct(THE_BUYER, 13, event))
        assert noted.snapshot["notes"].keys() == {"7", "8", "14", "15", "16"}
        sound(noted)

    def test_correct_moves_on_when_an_authority_first_acted(self, case: Recalling) -> None:
        carry(case, GRANT, (officer("ndrc"), "note", "ndrc"), (officer("ndrc"), "note", "ndrc"))
        accepted(case.correct(officer("ndrc"), 2, None))
        assert case.snapshot["acted"]["ndrc"] == 3
        sound(case)

    def test_correct_is_refused_where_a_note_would_have_been_stopped(self, case: Recalling) -> None:
        hold = {"hold": "h1", "blocks": ["approve"]}
        carry(case, (MIIT, "hold", None, hold), (THE_BUYER, "note"))
        wider = instead("hold", {"hold": "h1", "blocks": ["note"]})
        refused = case.correct(MIIT, 2, wider)
        assert codes(refused) == {"correction-refused", "held"}
        assert told(refused).parameters == {"seq": 3, "type": "note", "code": "held"}

    def test_correct_is_possible_behind_more_notes_than_are_decided_again(
        self, noted: Recalling, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("workflow.correcting.DECIDED", 5)
        event = instead("declare_order", {"units": 7, "agent": None})
        accepted(noted.correct(THE_BUYER, 13, event))
        refused = noted.correct(THE_BUYER, 14, None)
        assert (decisive(refused), told(refused).parameters) == (
            (6, "trail-too-long"),
            {"limit": 5},
        )


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
    rules = {"/procedure_version", "/procedure_digest"}
    assert record["changes"]["set"].keys() == rules | {"/state", "/acted/operator"}
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
