"""The rows of the licence: shipments, reversal, suspension, revocation, expiry, reissue."""

from collections.abc import Sequence
from typing import Any

import pytest

from tests.unit.acting import (
    PRESS,
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
from tests.unit.journeys import (
    ISSUE,
    PROPOSE_SHORT_LICENCE,
    SHIP_ALL,
    SUSPEND,
    TO_LICENSED,
    TO_PROPOSED,
)
from workflow.domain import ledger
from workflow.domain.application import Licence

CUSTOMS, BIS, MOFCOM = officer("customs"), officer("bis"), officer("mofcom")
SHIP = (CUSTOMS, "record_shipment")
REVERSE = (CUSTOMS, "reverse_shipment")
REISSUE = (MOFCOM, "reissue_licence")
THIRD_REISSUES = (officer("mofcom", name="mofcom-c"), "reissue_licence")
EXPIRE = (THE_CLOCK, "expire")
AFTER_THE_YEAR = "2026-12-31T16:00:00.000Z"


def held(case: Case) -> Licence:
    """The licence in force, when the ledger of every version adds up."""
    for one in ledger.versions(case.snapshot):
        assert one["units"] == one["shipped"] + one["given_up"] + one["carried"] + one["balance"]
        assert one["shipped"] == sum(one["shipments"].values())
        assert one["given_up"] >= one["lapsed"]
    licence = case.snapshot["licence"]
    assert licence is not None
    return licence


def shown(case: Case, *names: str) -> tuple[Any, ...]:
    licence: dict[str, Any] = {**held(case)}
    return tuple(licence[name] for name in names)


def in_all(case: Case) -> tuple[int | None, int | None]:
    """The units licensed and shipped over all versions."""
    return ledger.licensed(case.snapshot), ledger.shipped(case.snapshot)


@pytest.fixture
def licensed(case: Case) -> Case:
    """A licence for 1,000 units, of which 400 are shipped."""
    return carry(case, *TO_LICENSED, SHIP)


def test_record_shipment_takes_from_the_balance(licensed: Case) -> None:
    assert shown(licensed, "shipped", "balance") == (400, 600)
    beyond = {"shipment": "s2", "units": 601}
    assert codes(licensed.ask(CUSTOMS, "record_shipment", None, beyond)) == {"beyond-balance"}
    carry(licensed, (CUSTOMS, "record_shipment", None, {"shipment": "s2", "units": 600}))
    assert licensed.state == "shipped"


class TestReversal:
    def test_reverse_shipment_gives_the_units_back_to_the_balance(self, licensed: Case) -> None:
        carry(licensed, REVERSE)
        assert shown(licensed, "shipped", "balance") == (0, 1_000)
        assert shown(licensed, "shipments", "reversed") == ({}, {"s1": 400})
        assert licensed.state == "licensed"

    def test_reverse_shipment_is_the_one_way_out_of_shipped(self, case: Case) -> None:
        carry(case, *TO_LICENSED, SHIP_ALL)
        assert case.state == "shipped"
        carry(case, (CUSTOMS, "reverse_shipment", None, {"shipment": "s0"}))
        assert (case.state, held(case)["balance"]) == ("licensed", 1_000)

    def test_reverse_shipment_happens_once(self, licensed: Case) -> None:
        carry(licensed, REVERSE)
        assert codes(licensed.ask(*REVERSE)) == {"shipment-reversed"}
        unknown = licensed.ask(CUSTOMS, "reverse_shipment", None, {"shipment": "s9"})
        assert decisive(unknown) == (6, "unknown-shipment")

    def test_reverse_shipment_leaves_the_id_taken_and_the_use_free(self, case: Case) -> None:
        terms = {"units": 5, "valid_from": "2026-01-01", "valid_until": "2026-12-31", "max_uses": 1}
        carry(case, *TO_PROPOSED, (MOFCOM, "propose_licence", None, terms), ISSUE)
        carry(case, (CUSTOMS, "record_shipment", None, {"shipment": "s1", "units": 1}))
        second = (CUSTOMS, "record_shipment", None, {"shipment": "s2", "units": 1})
        assert codes(case.ask(*second)) == {"uses-exhausted"}
        carry(case, REVERSE)
        assert codes(
            case.ask(CUSTOMS, "record_shipment", None, {"shipment": "s1", "units": 1})
        ) == {"shipment-exists"}
        assert codes(case.ask(*second)) == set()

    def test_reverse_shipment_is_possible_behind_a_shut_gate(self, licensed: Case) -> None:
        """It sets the books right; nothing moves."""
        carry(licensed, (BIS, "withhold_export"), REVERSE)
        assert held(licensed)["balance"] == 1_000

    def test_reverse_shipment_leaves_what_was_given_up(self, licensed: Case) -> None:
        carry(licensed, (THE_BUYER, "give_up_balance"), REVERSE)
        assert shown(licensed, "shipped", "given_up", "balance") == (0, 600, 400)
        assert licensed.state == "licensed"


def test_give_up_balance_returns_the_rest(licensed: Case) -> None:
    carry(licensed, (THE_BUYER, "give_up_balance"))
    assert shown(licensed, "given_up", "balance") == (600, 0)
    assert (licensed.state, ledger.drawn(licensed.snapshot)) == ("shipped", 400)


class TestSuspension:
    def test_suspend_stops_the_shipments(self, licensed: Case) -> None:
        assert codes(licensed.ask(MOFCOM, "suspend", reason=None)) == {"reason-required"}
        assert codes(licensed.ask(MOFCOM, "suspend", grade=[])) == {"evidence-too-weak"}
        carry(licensed, SUSPEND)
        assert licensed.state == "suspended"
        second = licensed.ask(CUSTOMS, "record_shipment", None, {"shipment": "s2", "units": 1})
        assert codes(second) == {"transition-not-allowed"}
        assert shown(licensed, "shipped", "given_up", "balance") == (400, 0, 600)

    def test_reinstate_lets_them_go_on(self, licensed: Case) -> None:
        carry(licensed, SUSPEND, (MOFCOM, "reinstate"))
        assert licensed.state == "licensed"
        carry(licensed, (CUSTOMS, "record_shipment", None, {"shipment": "s2", "units": 1}))

    @pytest.mark.parametrize("before", [[], [SUSPEND]])
    def test_revoke_gives_the_rest_back(self, licensed: Case, before: Sequence[Any]) -> None:
        carry(licensed, *before)
        assert codes(licensed.ask(MOFCOM, "revoke", reason=None)) == {"reason-required"}
        carry(licensed, (MOFCOM, "revoke"))
        assert licensed.state == "revoked"
        assert shown(licensed, "shipped", "given_up", "balance") == (400, 600, 0)
        assert ledger.drawn(licensed.snapshot) == 400
        assert codes(licensed.ask(MOFCOM, "reinstate")) == {"transition-not-allowed"}
        assert codes(licensed.ask(*REISSUE)) == {"transition-not-allowed"}


class TestExpiry:
    @pytest.mark.parametrize("before", [[], [SUSPEND]])
    def test_expire_gives_the_rest_back(self, licensed: Case, before: Sequence[Any]) -> None:
        carry(licensed, *before)
        licensed.now = AFTER_THE_YEAR
        carry(licensed, EXPIRE)
        assert licensed.state == "expired"
        assert shown(licensed, "shipped", "given_up", "lapsed", "balance") == (400, 600, 600, 0)

    def test_expire_comes_with_the_day_after_the_last_in_the_procedures_zone(
        self, licensed: Case
    ) -> None:
        licensed.now = "2026-12-31T15:59:59.999Z"
        refused = licensed.ask(*EXPIRE)
        assert decisive(refused) == (6, "still-valid")
        assert told(refused).parameters == {"valid_until": "2026-12-31"}
        licensed.now = AFTER_THE_YEAR
        assert codes(licensed.ask(*EXPIRE)) == set()

    def test_expire_is_the_clocks_alone(self, licensed: Case) -> None:
        licensed.now = AFTER_THE_YEAR
        impostor = officer("mofcom", "system:clock")
        for who in (MOFCOM, THE_BUYER, RECORDER, impostor):
            for named in (None, "system:clock"):
                assert codes(licensed.ask(who, "expire", named)) == {"wrong-authority"}
        record = accepted(licensed.post(*EXPIRE)).record
        assert (record["authority"], record["role"]) == ("system:clock", "system")
        assert record["standing"] is None

    def test_expire_is_all_that_the_clock_may_do(self, licensed: Case) -> None:
        for kind in licensed.engine.procedure.events.keys() - {"expire"}:
            assert codes(licensed.ask(THE_CLOCK, kind)) == {"wrong-authority"}, kind

    def test_expire_finds_nothing_where_all_is_shipped(self, case: Case) -> None:
        carry(case, *TO_LICENSED, SHIP_ALL)
        case.now = AFTER_THE_YEAR
        assert codes(case.ask(*EXPIRE)) == {"transition-not-allowed"}


class TestReissue:
    def test_reissue_licence_carries_the_rest_and_keeps_the_earlier_version(
        self, licensed: Case
    ) -> None:
        carry(licensed, REISSUE)
        earlier = licensed.snapshot["earlier_licences"]["1"]
        assert (earlier["units"], earlier["shipments"]) == (1_000, {"s1": 400})
        assert (earlier["carried"], earlier["balance"], earlier["given_up"]) == (600, 0, 0)
        assert shown(licensed, "version", "units", "balance", "shipments") == (2, 600, 600, {})
        assert shown(licensed, "number", "valid_until") == ("MOFCOM-2026-0001", "2027-12-31")
        assert (licensed.state, ledger.drawn(licensed.snapshot)) == ("licensed", 1_000)
        assert in_all(licensed) == (1_000, 400)

    def test_reissue_licence_draws_anew_what_had_expired(self, case: Case) -> None:
        carry(case, *TO_PROPOSED, PROPOSE_SHORT_LICENCE, ISSUE)
        accepted(case.post(*EXPIRE))
        assert ledger.drawn(case.snapshot) == 0
        carry(case, REISSUE)
        assert (case.state, ledger.drawn(case.snapshot)) == ("licensed", 1_000)
        assert case.snapshot["earlier_licences"]["1"]["given_up"] == 1_000
        assert shown(case, "version", "units") == (2, 1_000)
        assert in_all(case) == (1_000, 0)

    def test_reissue_licence_does_not_bring_back_what_the_buyer_gave_up(
        self, licensed: Case
    ) -> None:
        carry(licensed, (THE_BUYER, "give_up_balance"), REVERSE)
        licensed.now = AFTER_THE_YEAR
        carry(licensed, EXPIRE, REISSUE)
        assert held(licensed)["units"] == 400

    def test_reissue_licence_needs_another_officer_than_the_issuer(self, licensed: Case) -> None:
        assert codes(licensed.ask(ISSUE[0], "reissue_licence")) == {"four-eyes"}
        assert codes(licensed.ask(*REISSUE)) == set()

    def test_reissue_licence_needs_another_officer_than_the_one_of_the_version_before(
        self, licensed: Case
    ) -> None:
        carry(licensed, REISSUE)
        for who in (REISSUE[0], ISSUE[0]):
            assert codes(licensed.ask(who, "reissue_licence")) == {"four-eyes"}
        assert codes(licensed.ask(*THIRD_REISSUES)) == set()

    def test_reissue_licence_once_more_is_not_confirmed_by_who_reissued_before(
        self, licensed: Case
    ) -> None:
        carry(licensed, REISSUE)
        accepted(licensed.post(RECORDER, "reissue_licence", "mofcom", grade=PRESS))
        report = {"seq": licensed.document.version}
        for who in (REISSUE[0], ISSUE[0]):
            assert codes(licensed.ask(who, "confirm", None, report)) == {"four-eyes"}
        carry(licensed, (THIRD_REISSUES[0], "confirm", None, report))
        assert codes(licensed.ask(*THIRD_REISSUES)) == {"four-eyes"}

    def test_reissue_licence_asks_what_an_issue_would_ask_now(self, licensed: Case) -> None:
        ndrc = officer("ndrc")
        later = {"condition": "c9", "kind": "other", "precedent": True}
        carry(licensed, (ndrc, "propose_condition", None, later))
        unmet = {"conditions-not-accepted", "precedent-not-met"}
        assert codes(licensed.ask(*REISSUE)) == unmet
        carry(licensed, (ndrc, "fix_condition", None, {"condition": "c9"}))
        assert codes(licensed.ask(*REISSUE)) == unmet
        carry(licensed, (THE_BUYER, "accept_conditions"))
        assert codes(licensed.ask(*REISSUE)) == {"precedent-not-met"}
        carry(licensed, (ndrc, "meet_condition", None, {"condition": "c9"}), REISSUE)

    @pytest.mark.parametrize(("cap", "told"), [(999, {"beyond-cap"}), (1_000, set())])
    def test_reissue_licence_keeps_to_a_cap_set_since_the_issue(
        self, licensed: Case, cap: int, told: set[str]
    ) -> None:
        """The cap is on the whole: what was shipped, and what is left."""
        term = {"condition": "c9", "kind": "unit_cap", "value": {"units": cap}}
        carry(
            licensed,
            (officer("ndrc"), "propose_condition", None, term),
            (officer("ndrc"), "fix_condition", None, {"condition": "c9"}),
            (THE_BUYER, "accept_conditions"),
        )
        assert codes(licensed.ask(*REISSUE)) == told

    def test_reissue_licence_of_what_expired_waits_for_conditions_that_can_be_met_there(
        self, case: Case
    ) -> None:
        carry(case, *TO_PROPOSED, PROPOSE_SHORT_LICENCE, ISSUE)
        accepted(case.post(*EXPIRE))
        ndrc, named = officer("ndrc"), {"condition": "c9"}
        carry(case, (ndrc, "propose_condition", None, {**named, "kind": "other"}))
        assert codes(case.ask(*REISSUE)) == {"conditions-not-accepted"}
        carry(case, (ndrc, "fix_condition", None, named), (THE_BUYER, "accept_conditions"))
        carry(case, REISSUE)

    def test_reissue_licence_needs_everything_confirmed(self, licensed: Case) -> None:
        second = {"shipment": "s2", "units": 1}
        accepted(licensed.post(RECORDER, "record_shipment", "customs", second, grade=PRESS))
        assert codes(licensed.ask(*REISSUE)) == {"not-confirmed"}

    def test_reissue_licence_leaves_no_shipment_to_be_recorded_twice(self, licensed: Case) -> None:
        carry(licensed, REISSUE)
        assert codes(licensed.ask(*SHIP)) == {"shipment-exists"}
        assert codes(licensed.ask(*REVERSE)) == {"shipment-of-earlier-licence"}
        carry(licensed, (CUSTOMS, "record_shipment", None, {"shipment": "s2", "units": 600}))
        assert licensed.state == "shipped"

    def test_reissue_licence_is_used_as_often_as_before_unless_it_says_so(
        self, licensed: Case
    ) -> None:
        often = {"valid_from": "2026-01-01", "valid_until": "2026-12-31", "max_uses": 3}
        carry(licensed, (*REISSUE, None, often), THIRD_REISSUES)
        assert shown(licensed, "version", "max_uses") == (3, 3)

    def test_reissue_licence_may_be_done_again(self, licensed: Case) -> None:
        carry(licensed, REISSUE, (CUSTOMS, "record_shipment", None, {"shipment": "s2", "units": 1}))
        carry(licensed, THIRD_REISSUES)
        assert licensed.snapshot["earlier_licences"].keys() == {"1", "2"}
        assert shown(licensed, "version", "units") == (3, 599)
        assert ledger.drawn(licensed.snapshot) == 1_000


def test_clear_export_opens_the_gate_and_withhold_export_shuts_it(licensed: Case) -> None:
    second = (CUSTOMS, "record_shipment", None, {"shipment": "s2", "units": 1})
    carry(licensed, (BIS, "withhold_export"))
    assert codes(licensed.ask(*second)) == {"gate-shut"}
    carry(licensed, (BIS, "clear_export"), second)


def test_withhold_export_is_possible_while_the_licence_is_suspended(licensed: Case) -> None:
    carry(licensed, SUSPEND, (BIS, "withhold_export"))
    assert licensed.snapshot["gates"] == {"export": "shut"}


def test_link_export_names_the_other_application(case: Case) -> None:
    assert case.snapshot["links"] == {}
    for who, other in ((THE_BUYER, "us-1"), (BIS, "us-2")):
        carry(case, (who, "link_export", None, {"application": other}))
        assert case.snapshot["links"]["export"]["application"] == other
    assert case.snapshot["gates"] == {"export": "shut"}
