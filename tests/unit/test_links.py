"""A gate that hangs on another application: what links, what it is told, and in which order."""

from dataclasses import replace
from typing import Any

import pytest

from tests.unit.acting import (
    BUYER,
    NOW,
    OFFICIAL,
    PRESS,
    RECORDER,
    THE_BUYER,
    Case,
    accepted,
    carry,
    codes,
    decisive,
    evidence,
    officer,
)
from tests.unit.correcting import Recalling, sound
from tests.unit.exporting import APPROVE, REFER, REVOKE, TO_APPROVED, TO_COUNTERSIGNED, begun
from tests.unit.journeys import CLEAR_EXPORT, TO_LICENSED
from workflow.catalog import Catalog, index_entry
from workflow.domain import links, terms
from workflow.domain.act import Linked
from workflow.domain.links import Message
from workflow.domain.principal import LINK, system
from workflow.domain.record import Decision
from workflow.domain.refusals import Refused
from workflow.machine import Engine
from workflow.procedures import load_packaged

THE_LINK = system(LINK)
BIS = officer("bis")
SECOND: dict[str, Any] = {"shipment": "s2", "units": 1}
LINK_IT = (THE_BUYER, "link_export", None, {"application": "us-1"})


@pytest.fixture(scope="module")
def export() -> Engine:
    return Engine(load_packaged()["us-export", 1])


def tell(case: Case, kind: str, linked: Linked) -> Decision | Refused:
    """What the engine answers to the link, kept where it is accepted."""
    data = {"reference": links.reference(linked.application, linked.seq)}
    posting = case.posting(THE_LINK, kind, links.REFERRING, data, grade=(), reason=None)
    answer = case.engine.decide(case.document, posting._replace(linked=linked))
    if isinstance(answer, Decision):
        case.decisions.append(answer)
        case.document = answer.after
    return answer


def told(
    seq: int, standing: str = "confirmed", application: str = "us-1", since: str = NOW
) -> Linked:
    return Linked(application, "us-export", BUYER, seq, standing, since)


def news(case: Case, other: Case, name: str = "us-1") -> Message | None:
    return links.news(case.engine.procedure, case.snapshot, name, other.document.snapshot)


class TestLinking:
    def test_a_link_names_an_application_of_the_same_buyer(self, case: Case) -> None:
        case.others = {"us-1": told(1)._replace(buyer="other-cloud")}
        assert decisive(case.ask(*LINK_IT)) == (1, "unknown-link")
        case.others = {}
        assert decisive(case.ask(*LINK_IT)) == (1, "unknown-link")

    def test_a_link_names_one_of_the_procedure_that_the_gate_hangs_on(self, case: Case) -> None:
        case.others = {"us-1": told(1)._replace(procedure="h200-import")}
        assert decisive(case.ask(*LINK_IT)) == (1, "link-of-another-procedure")

    def test_a_link_shuts_the_gate_until_it_is_told(self, case: Case) -> None:
        carry(case, CLEAR_EXPORT, LINK_IT)
        assert case.snapshot["gates"] == {"export": "shut"}
        assert case.snapshot["links"] == {
            "export": {
                "application": "us-1",
                "seq": None,
                "status": None,
                "since": None,
                "earlier": [],
            }
        }

    def test_an_application_is_linked_once(self, case: Case) -> None:
        carry(case, LINK_IT)
        assert codes(case.ask(*LINK_IT)) == {"link-used"}
        carry(case, (BIS, "link_export", None, {"application": "us-2"}))
        assert codes(case.ask(*LINK_IT)) == {"link-used"}
        assert case.snapshot["links"]["export"]["earlier"] == ["us-1"]

    def test_there_is_room_for_so_many_links(self, case: Case) -> None:
        names = [f"us-{number}" for number in range(22)]
        case.others = {name: told(1, application=name) for name in names}
        for name in names[:21]:
            carry(case, (BIS, "link_export", None, {"application": name}))
        last = case.ask(BIS, "link_export", None, {"application": names[21]})
        assert codes(last) == {"limit-reached"}

    def test_what_is_found_under_a_link(self, case: Case) -> None:
        catalog = Catalog(load_packaged().values())
        assert not index_entry(catalog, "application/a1", case.document).times.due
        carry(case, LINK_IT)
        entry = index_entry(catalog, "application/a1", case.document)
        assert "link=us-1" in entry.terms
        assert entry.times.due == (case.snapshot["created_at"],)
        accepted(tell(case, "clear_export", told(4)))
        assert index_entry(catalog, "application/a1", case.document).times.due
        carry(case, (THE_BUYER, "withdraw"))
        assert not index_entry(catalog, "application/a1", case.document).times.due

    def test_what_others_may_hang_on_is_always_looked_at(self, export: Engine) -> None:
        catalog = Catalog(load_packaged().values())
        other = begun(export)
        assert index_entry(catalog, "application/us-1", other.document).times.due
        alone = Catalog([export.procedure])
        assert not index_entry(alone, "application/us-1", other.document).times.due


class TestTelling:
    def test_the_link_opens_and_shuts_the_gate(self, case: Case) -> None:
        carry(case, LINK_IT)
        record = accepted(tell(case, "clear_export", told(4))).record
        assert (record["authority"], record["standing"]) == (LINK, "confirmed")
        assert record["data"] == {"reference": "us-1/trail/4"}
        assert case.snapshot["gates"] == {"export": "open"}
        accepted(tell(case, "withhold_export", told(5)))
        assert case.snapshot["gates"] == {"export": "shut"}

    def test_nothing_is_told_by_an_application_that_is_not_linked(self, case: Case) -> None:
        assert codes(tell(case, "clear_export", told(4))) == {"link-gone"}
        carry(case, LINK_IT, (BIS, "link_export", None, {"application": "us-2"}))
        assert codes(tell(case, "clear_export", told(4))) == {"link-gone"}
        accepted(tell(case, "clear_export", told(1, application="us-2")))

    @pytest.mark.parametrize("late", [4, 5])
    def test_what_is_late_changes_nothing(self, case: Case, late: int) -> None:
        carry(case, LINK_IT)
        accepted(tell(case, "withhold_export", told(5)))
        state = {4: "approved", 5: "revoked"}[late]
        untrue = told(late)._replace(state=state)
        assert codes(tell(case, "clear_export", untrue)) == {"link-outdated"}
        assert codes(tell(case, "withhold_export", told(late))) == {"link-outdated"}
        assert case.snapshot["gates"] == {"export": "shut"}

    def test_a_hold_stops_the_link_too(self, case: Case) -> None:
        carry(case, LINK_IT, (BIS, "hold", None, {"hold": "h1", "blocks": ["clear_export"]}))
        assert codes(tell(case, "clear_export", told(4))) == {"held"}

    def test_nobody_who_logs_in_speaks_for_the_link(self, case: Case) -> None:
        carry(case, LINK_IT)
        for who in (BIS, THE_BUYER):
            assert codes(case.ask(who, "clear_export", LINK)) == {"wrong-authority"}

    def test_bis_may_still_act_by_itself(self, case: Case) -> None:
        carry(case, LINK_IT, CLEAR_EXPORT)
        assert case.snapshot["gates"] == {"export": "open"}
        assert case.snapshot["links"]["export"]["status"] is None

    def test_what_was_only_reported_there_is_so_here_and_bis_confirms_it(self, case: Case) -> None:
        carry(case, LINK_IT)
        record = accepted(tell(case, "clear_export", told(4, "reported"))).record
        assert record["standing"] == "reported"
        seq = record["seq"]
        for who in (THE_BUYER, officer("mofcom")):
            assert codes(case.ask(who, "confirm", None, {"seq": seq})) == {"wrong-authority"}
        carry(case, (BIS, "confirm", None, {"seq": seq}))
        assert not case.snapshot["unconfirmed"]

    def test_no_shipment_while_the_link_keeps_the_gate_shut(self, case: Case) -> None:
        carry(case, *TO_LICENSED, LINK_IT)
        ship = (officer("customs"), "record_shipment", None, {"shipment": "s1", "units": 1})
        assert codes(case.ask(*ship)) == {"gate-shut"}
        accepted(tell(case, "clear_export", told(4)))
        carry(case, ship)
        accepted(tell(case, "withhold_export", told(6)))
        assert codes(case.ask(officer("customs"), "record_shipment", None, SECOND)) == {"gate-shut"}


BEFORE, AFTER = "2026-02-02T03:00:00.000Z", "2026-02-02T05:00:00.000Z"
"""An hour before and after the word of BIS."""


class TestTheWordOfBis:
    """What BIS has said of the gate itself stands until it says otherwise, or the linked
    application comes to a later state.
    """

    def test_a_link_does_not_open_what_bis_withheld_before(self, case: Case) -> None:
        carry(case, (BIS, "withhold_export"), LINK_IT)
        assert codes(tell(case, "clear_export", told(4, since=BEFORE))) == {"link-overruled"}
        assert codes(tell(case, "clear_export", told(4, since=NOW))) == {"link-overruled"}
        assert case.snapshot["gates"] == {"export": "shut"}

    def test_nor_does_another_link(self, case: Case) -> None:
        carry(case, LINK_IT)
        accepted(tell(case, "clear_export", told(4, since=BEFORE)))
        carry(case, (BIS, "withhold_export"))
        carry(case, (THE_BUYER, "link_export", None, {"application": "us-2"}))
        late = told(9, application="us-2", since=BEFORE)
        assert codes(tell(case, "clear_export", late)) == {"link-overruled"}

    def test_a_later_state_of_the_linked_application_counts(self, case: Case) -> None:
        carry(case, (BIS, "withhold_export"), LINK_IT)
        accepted(tell(case, "clear_export", told(4, since=AFTER)))
        assert case.snapshot["gates"] == {"export": "open"}
        assert case.snapshot["links"]["export"]["since"] == AFTER

    def test_a_later_word_of_bis_opens_it(self, case: Case) -> None:
        carry(case, (BIS, "withhold_export"), LINK_IT, CLEAR_EXPORT)
        assert case.snapshot["gates"] == {"export": "open"}
        accepted(tell(case, "clear_export", told(4, since=BEFORE)))

    def test_what_agrees_with_bis_is_told(self, case: Case) -> None:
        carry(case, LINK_IT)
        accepted(tell(case, "clear_export", told(4, since=BEFORE)))
        carry(case, (BIS, "withhold_export"))
        accepted(tell(case, "withhold_export", told(5, since=BEFORE)))
        assert case.snapshot["links"]["export"]["status"] == "shut"

    def test_what_bis_cleared_after_the_link_is_not_shut_by_what_was_before(
        self, case: Case
    ) -> None:
        carry(case, LINK_IT, CLEAR_EXPORT)
        assert codes(tell(case, "withhold_export", told(4, since=BEFORE))) == {"link-overruled"}
        accepted(tell(case, "withhold_export", told(5, since=AFTER)))
        assert case.snapshot["gates"] == {"export": "shut"}

    def test_a_clearance_before_the_link_counts_no_more(self, case: Case) -> None:
        carry(case, CLEAR_EXPORT, LINK_IT)
        assert case.snapshot["words"] == {}
        accepted(tell(case, "withhold_export", told(4, since=BEFORE)))

    def test_a_report_of_it_counts_as_well(self, case: Case) -> None:
        carry(case, (RECORDER, "withhold_export", "bis"), LINK_IT)
        assert codes(tell(case, "clear_export", told(4))) == {"link-overruled"}

    def test_a_report_opens_nothing_that_the_link_has_shut(self, case: Case) -> None:
        """Nor does an officer by a newspaper; BIS does, by its own notice."""
        carry(case, LINK_IT)
        accepted(tell(case, "withhold_export", told(4)))
        for who in (RECORDER, BIS):
            refused = case.ask(who, "clear_export", "bis", grade=PRESS)
            assert codes(refused) == {"link-shut"}
        carry(case, CLEAR_EXPORT)
        assert case.snapshot["gates"] == {"export": "open"}

    def test_a_report_keeps_no_gate_open_that_the_link_shuts(self, case: Case) -> None:
        carry(case, LINK_IT, (RECORDER, "clear_export", "bis"))
        accepted(tell(case, "withhold_export", told(4, since=BEFORE)))
        assert case.snapshot["gates"] == {"export": "shut"}

    def test_there_is_no_news_against_it(self, case: Case, export: Engine) -> None:
        other = begun(export, *TO_APPROVED)
        carry(case, (BIS, "withhold_export"), LINK_IT)
        assert news(case, other) is None
        carry(case, CLEAR_EXPORT)
        assert news(case, other) == Message("export", "open", 4)

    def test_a_word_that_is_voided_stands_in_nobody_s_way(self, export: Engine) -> None:
        other, case = begun(export, *TO_APPROVED), Recalling(Catalog(load_packaged().values()))
        accepted(case.create())
        carry(case, (BIS, "withhold_export"), LINK_IT)
        assert news(case, other) is None
        accepted(case.correct(BIS, 2, None))
        assert news(case, other) == Message("export", "open", 4)
        accepted(tell(case, "clear_export", links.seen("us-1", other.snapshot)))
        sound(case)

    def test_what_the_link_was_told_under_a_word_is_decided_again_as_it_was(self) -> None:
        case = Recalling(Catalog(load_packaged().values()))
        accepted(case.create())
        carry(case, (BIS, "withhold_export"), (THE_BUYER, "note"), LINK_IT)
        accepted(tell(case, "clear_export", told(4, since=AFTER)))
        accepted(case.correct(THE_BUYER, 3, {"type": "note", "data": {"text": "Asked BIS."}}))
        assert case.snapshot["gates"] == {"export": "open"}
        again = {"reference": "BIS-2"}
        late = {"type": "withhold_export", "data": again, "effective_at": AFTER}
        case.now = "2026-02-02T06:00:00.000Z"
        report = [{**one} for one in evidence(OFFICIAL)]
        assert "correction-refused" in codes(case.correct(BIS, 2, late | {"evidence": report}))
        sound(case)


class TestNews:
    def test_there_is_none_before_a_decision(self, case: Case, export: Engine) -> None:
        carry(case, LINK_IT)
        assert news(case, begun(export, REFER)) is None

    def test_an_approval_opens_and_a_revocation_shuts(self, case: Case, export: Engine) -> None:
        carry(case, LINK_IT)
        other = begun(export, *TO_APPROVED)
        message = news(case, other)
        assert message == Message("export", "open", 4)
        assert message.key("us-1") == "link:us-1:4"
        accepted(tell(case, "clear_export", links.seen("us-1", other.document.snapshot)))
        assert news(case, other) is None
        carry(other, REVOKE)
        assert news(case, other) == Message("export", "shut", 5)

    def test_a_denial_is_told_although_the_gate_is_shut(self, case: Case, export: Engine) -> None:
        carry(case, LINK_IT)
        other = begun(export, (BIS, "return"))
        assert news(case, other) == Message("export", "shut", 2)

    def test_another_application_is_no_news(self, case: Case, export: Engine) -> None:
        carry(case, LINK_IT)
        assert news(case, begun(export, *TO_APPROVED), "us-2") is None

    def test_an_approval_that_is_voided_shuts_what_it_opened(self, case: Case) -> None:
        other = Recalling(Catalog(load_packaged().values()), "us-export")
        accepted(other.create())
        carry(other, *TO_COUNTERSIGNED, APPROVE)
        carry(case, LINK_IT)
        accepted(tell(case, "clear_export", links.seen("us-1", other.snapshot)))
        accepted(other.correct(APPROVE[0], 4, None))
        assert other.state == "countersigned"
        assert news(case, other) == Message("export", "shut", 5)
        accepted(tell(case, "withhold_export", links.seen("us-1", other.snapshot)))
        assert news(case, other) is None

    def test_nothing_is_looked_for_where_nothing_can_happen(self, case: Case) -> None:
        procedure = case.engine.procedure
        assert not links.may_have_news(procedure, case.snapshot)
        carry(case, LINK_IT)
        assert links.may_have_news(procedure, case.snapshot)
        carry(case, (THE_BUYER, "withdraw"))
        assert not links.may_have_news(procedure, case.snapshot)


class TestUntold:
    """What a gate was told may be untrue in other ways than by a move of what it hangs on."""

    def begun(self) -> Recalling:
        case = Recalling(Catalog(load_packaged().values()))
        accepted(case.create())
        return case

    def test_a_link_that_counts_again_is_asked_again(self, export: Engine) -> None:
        """The other link is voided, and what the first hangs on was revoked meanwhile."""
        other, case = begun(export, *TO_APPROVED), self.begun()
        carry(case, LINK_IT)
        accepted(tell(case, "clear_export", links.seen("us-1", other.snapshot)))
        carry(case, (THE_BUYER, "link_export", None, {"application": "us-2"}))
        carry(other, REVOKE)
        assert news(case, other) is None
        before = case.snapshot
        accepted(case.correct(THE_BUYER, 4, None))
        assert case.snapshot["gates"] == {"export": "open"}
        assert not terms.same_times(before, case.snapshot)
        assert links.may_have_news(case.engine.procedure, case.snapshot)
        assert news(case, other) == Message("export", "shut", 5)
        accepted(tell(case, "withhold_export", links.seen("us-1", other.snapshot)))
        assert case.snapshot["gates"] == {"export": "shut"}
        sound(case)

    def test_other_rules_are_told_of_the_same_record(self, case: Case, export: Engine) -> None:
        """By a version of the procedure in which an approval shuts the gate."""
        other = begun(export, *TO_APPROVED)
        seen = links.seen("us-1", other.snapshot)
        carry(case, LINK_IT)
        accepted(tell(case, "clear_export", seen))
        procedure = case.engine.procedure
        contrary = procedure.links["export"]._replace(opens=("denied",), shuts=("approved",))
        case.engine = Engine(replace(procedure, links={"export": contrary}))
        message = news(case, other)
        assert message == Message("export", "shut", 4, 1)
        assert message.key("us-1") == "link:us-1:4:1"
        assert codes(tell(case, "clear_export", seen)) == {"link-outdated"}
        accepted(tell(case, "withhold_export", seen))
        assert case.snapshot["gates"] == {"export": "shut"}
        assert news(case, other) is None


class TestCorrecting:
    """A trail with links can be decided again, as what was read then is in its records."""

    def begun(self) -> Recalling:
        case = Recalling(Catalog(load_packaged().values()))
        accepted(case.create())
        carry(case, LINK_IT, (THE_BUYER, "note", None, {"text": "Linked."}))
        accepted(tell(case, "clear_export", told(4, "reported")))
        return case

    def test_what_the_link_told_stays_when_something_else_is_corrected(self) -> None:
        case = self.begun()
        event = {"type": "note", "data": {"text": "Linked today."}}
        accepted(case.correct(THE_BUYER, 3, event))
        assert case.snapshot["gates"] == {"export": "open"}
        assert case.snapshot["links"]["export"]["seq"] == 4
        assert case.snapshot["unconfirmed"].keys() == {"4"}
        sound(case)

    def test_what_the_link_told_is_nobody_s_to_correct(self) -> None:
        case = self.begun()
        assert codes(case.correct(BIS, 4, None)) == {"not-correctable", "record-of-another"}

    def test_a_link_is_not_taken_from_under_what_it_told(self) -> None:
        case = self.begun()
        assert "correction-refused" in codes(case.correct(THE_BUYER, 2, None))

    def test_a_link_in_the_place_of_another_must_fit(self) -> None:
        case = Recalling(Catalog(load_packaged().values()))
        accepted(case.create())
        carry(case, LINK_IT)
        for name, found in (("us-3", {"unknown-link"}), ("us-2", set())):
            event = {"type": "link_export", "data": {"application": name}}
            assert codes(case.correct(THE_BUYER, 2, event)) == found
        assert case.snapshot["links"]["export"]["application"] == "us-2"
