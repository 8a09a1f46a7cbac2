"""The rows of what interrupts the course, and of what moves nothing."""

import pytest

from tests.unit.acting import (
    OPERATOR,
    RECORDER,
    THE_BUYER,
    THE_CLOCK,
    Case,
    accepted,
    carry,
    codes,
    decisive,
    officer,
    told,
)
from tests.unit.journeys import GRANT, JOURNEYS, TO_LICENSED, TO_MINISTRY_APPROVED
from workflow.domain import holds
from workflow.domain.predicates import waiting_on
from workflow.domain.principal import Principal
from workflow.domain.terms import of_application
from workflow.machine import Engine
from workflow.procedures import parse
from workflow.procedures.loader import PACKAGED

NDRC, MIIT, MOFCOM, CUSTOMS = (
    officer("ndrc"),
    officer("miit"),
    officer("mofcom"),
    officer("customs"),
)


def somebody(case: Case, kind: str) -> tuple[Principal, str, str | None]:
    """One whose act an event is."""
    spec = case.engine.procedure.events[kind]
    body = "mofcom" if "anyone" in spec.by else spec.by[0]
    others = {"buyer": THE_BUYER, "operator": OPERATOR, "system:clock": THE_CLOCK}
    return others.get(body) or officer(body), kind, None


class TestInformation:
    def test_request_information_waits_for_the_buyer(self, case: Case) -> None:
        carry(case, (NDRC, "request_information"))
        assert waiting_on(case.engine.procedure, case.snapshot)[-1] == "buyer"
        found = of_application("a1", case.snapshot, case.engine.procedure)
        assert "waiting_on=buyer" in found.terms
        query = case.snapshot["queries"]["q1"]
        assert (query["authority"], query["seq"], query["answered_at"]) == ("ndrc", 2, None)
        assert query["asked_at"] == case.decisions[-1].record["effective_at"]
        assert codes(case.ask(MIIT, "request_information")) == {"query-exists"}

    def test_provide_information_answers_once(self, case: Case) -> None:
        assert codes(case.ask(THE_BUYER, "provide_information")) == {"unknown-query"}
        carry(case, (NDRC, "request_information"), (THE_BUYER, "provide_information"))
        query = case.snapshot["queries"]["q1"]
        assert (query["answer"], query["answered_seq"]) == ("Our own data centres.", 3)
        assert query["answered_at"] == case.decisions[-1].record["effective_at"]
        assert "buyer" not in waiting_on(case.engine.procedure, case.snapshot)
        assert codes(case.ask(THE_BUYER, "provide_information")) == {"query-answered"}

    def test_provide_information_never_precedes_its_question(self, engine: Engine) -> None:
        case = Case(engine)
        accepted(case.create(at="2026-02-02T03:00:00.000Z"))
        asked, answered = "2026-02-02T03:30:00.000Z", "2026-02-02T03:29:59.999Z"
        accepted(case.post(NDRC, "request_information", at=asked))
        early = case.ask(THE_BUYER, "provide_information", at=answered)
        assert decisive(early) == (6, "answer-before-question")
        accepted(case.post(THE_BUYER, "provide_information", at=asked))

    def test_provide_information_leaves_other_queries_open(self, case: Case) -> None:
        carry(case, (NDRC, "request_information"))
        carry(case, (MIIT, "request_information", None, {"query": "q2", "question": "Where?"}))
        carry(case, (THE_BUYER, "provide_information"))
        assert waiting_on(case.engine.procedure, case.snapshot)[-1] == "buyer"

    def test_request_information_keeps_the_beginning_of_a_long_text(self, case: Case) -> None:
        long = {"query": "q1", "question": "芯" * 4_000}
        record = accepted(case.post(NDRC, "request_information", None, long)).record
        assert record["data"]["question"] == "芯" * 4_000
        assert case.snapshot["queries"]["q1"]["question"] == "芯" * 280


class TestHolds:
    def test_hold_stops_the_events_that_it_names(self, case: Case) -> None:
        carry(case, *TO_LICENSED, (MOFCOM, "hold"))
        refused = case.ask(CUSTOMS, "record_shipment")
        assert decisive(refused) == (6, "held")
        named = {"type": "record_shipment", "hold": "h1", "authority": "mofcom"}
        assert told(refused).parameters == named
        assert codes(case.ask(THE_BUYER, "give_up_balance")) == set()

    @pytest.mark.parametrize("state", ["submitted", "in_principle", "licensed"])
    def test_hold_stops_exactly_what_it_names(self, engine: Engine, state: str) -> None:
        """Each event can be named, whoever's act it is, but the release and what shuts a gate;
        nothing else is stopped.
        """
        beyond = {"release": "hold-of-release", "withhold_export": "hold-of-shutting"}
        events = engine.procedure.events
        here = [kind for kind, spec in events.items() if state in spec.sources]
        for named in events:
            case = Case(engine)
            accepted(case.create())
            carry(case, *JOURNEYS[state])
            held = case.ask(MOFCOM, "hold", None, {"hold": "h9", "blocks": [named]})
            if named in beyond:
                assert decisive(held) == (6, beyond[named])
                continue
            carry(case, (MOFCOM, "hold", None, {"hold": "h9", "blocks": [named]}))
            answers = {kind: codes(case.ask(*somebody(case, kind))) for kind in here}
            assert {kind for kind, told in answers.items() if "held" in told} == {named} & {*here}

    def test_hold_is_foreseen(self, case: Case) -> None:
        carry(case, *TO_LICENSED, (MOFCOM, "hold"))
        found = dict(case.engine.outlook(case.document, CUSTOMS, case.now).refused)
        assert [one.code for one in found["record_shipment"]] == ["held"]

    def test_hold_stops_the_clock_too(self, case: Case) -> None:
        carry(case, *TO_LICENSED)
        carry(case, (MOFCOM, "hold", None, {"hold": "h1", "blocks": ["expire"]}))
        case.now = "2027-01-01T00:00:00.000Z"
        assert codes(case.ask(THE_CLOCK, "expire")) == {"held"}

    def test_hold_names_events_that_there_are_and_not_its_own_end(self, case: Case) -> None:
        unknown = case.ask(NDRC, "hold", None, {"hold": "h1", "blocks": ["approve", "aprove"]})
        assert decisive(unknown) == (1, "unknown-event")
        for_ever = case.ask(NDRC, "hold", None, {"hold": "h1", "blocks": ["release"]})
        assert decisive(for_ever) == (6, "hold-of-release")

    def test_release_is_for_the_same_authority(self, case: Case) -> None:
        carry(case, *TO_LICENSED, (MOFCOM, "hold"))
        refused = case.ask(NDRC, "release")
        assert decisive(refused) == (6, "hold-of-another")
        assert told(refused).parameters == {"owner": "mofcom"}
        carry(case, (officer("mofcom", name="mofcom-b"), "release"))
        assert codes(case.ask(CUSTOMS, "record_shipment")) == set()

    def test_release_ends_one_hold_and_its_id_stays_taken(self, case: Case) -> None:
        carry(case, *TO_LICENSED, (MOFCOM, "hold"))
        carry(case, (NDRC, "hold", None, {"hold": "h2", "blocks": ["record_shipment"]}))
        carry(case, (MOFCOM, "release"))
        assert holds.in_force(case.snapshot).keys() == {"h2"}
        assert told(case.ask(CUSTOMS, "record_shipment")).parameters["hold"] == "h2"
        assert codes(case.ask(MOFCOM, "release")) == {"hold-released"}
        assert codes(case.ask(MOFCOM, "hold")) == {"hold-exists"}
        assert codes(case.ask(MOFCOM, "release", None, {"hold": "h9"})) == {"unknown-hold"}


class TestShares:
    def test_claim_allocation_is_a_claim(self, case: Case) -> None:
        carry(case, (THE_BUYER, "claim_allocation"))
        assert case.snapshot["allocation"] == {"units": 100, "status": "claimed", "seq": 2}

    def test_fix_allocation_ends_the_claims(self, case: Case) -> None:
        carry(case, (THE_BUYER, "claim_allocation"), (MOFCOM, "fix_allocation"))
        assert case.snapshot["allocation"] == {"units": 100, "status": "fixed", "seq": 3}
        refused = case.ask(THE_BUYER, "claim_allocation", None, {"units": 200})
        assert codes(refused) == {"allocation-fixed"}
        carry(case, (MOFCOM, "fix_allocation", None, {"units": 70}))
        assert case.snapshot["allocation"] == {"units": 70, "status": "fixed", "seq": 4}

    def test_fix_allocation_without_units_leaves_the_share_unknown(self, case: Case) -> None:
        carry(case, (MOFCOM, "fix_allocation", None, {"units": None, "pool": "joint-1"}))
        assert case.snapshot["allocation"] == {"units": None, "status": "unknown", "seq": 2}
        assert codes(case.ask(THE_BUYER, "claim_allocation")) == set()


class TestLapse:
    TEXT = (PACKAGED / "h200_import.yaml").read_text(encoding="utf-8")
    LAPSE = """
  lapse:
    label: {en: Lapse, zh: 失效}
    by: system:clock
    from: ministry_approved
    to: lapsed
    evidence: {accept: null, confirm: null}

  # What may happen in any state."""

    @pytest.fixture
    def lapsing(self) -> Case:
        """A version of the procedure that gives one state a lapse."""
        text = self.TEXT.replace("    reserved: true\n", "").replace(
            "\n  # What may happen in any state.", self.LAPSE
        )
        begun = Case(Engine(parse(text.encode(), "lapsing.yaml")))
        accepted(begun.create())
        return begun

    def test_lapse_is_the_clocks_where_the_procedure_gives_a_state_one(self, lapsing: Case) -> None:
        carry(lapsing, GRANT)
        assert codes(lapsing.ask(THE_CLOCK, "lapse")) == {"transition-not-allowed"}
        carry(lapsing, *TO_MINISTRY_APPROVED[1:])
        assert codes(lapsing.ask(NDRC, "lapse")) == {"wrong-authority"}
        carry(lapsing, (THE_CLOCK, "lapse"))
        assert lapsing.state == "lapsed"

    def test_lapse_is_no_event_of_this_version(self, case: Case) -> None:
        assert codes(case.ask(THE_CLOCK, "lapse")) == {"unknown-event"}


def test_note_moves_nothing(case: Case) -> None:
    before = {**case.snapshot}
    carry(case, (CUSTOMS, "note"))
    assert {**case.snapshot, "notes": {}, "acted": {}} == {**before, "notes": {}, "acted": {}}


def test_confirm_gives_a_report_its_official_evidence(case: Case) -> None:
    carry(case, (RECORDER, "request_information", "ndrc"))
    assert case.snapshot["unconfirmed"].keys() == {"2"}
    carry(case, (NDRC, "confirm", None, {"seq": 2}))
    assert case.snapshot["unconfirmed"] == {}
