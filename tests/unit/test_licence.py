"""The order, the licence and its ledger: licensed = shipped + given up + balance."""

from typing import Any

import pytest

from tests.unit.acting import (
    BUYER,
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
    PROPOSE_LICENCE,
    TO_IN_PRINCIPLE,
    TO_LICENSED,
    TO_NDRC_CONDITIONED,
    TO_PROPOSED,
)
from workflow.domain.application import Licence

CUSTOMS, BIS, MOFCOM, NDRC = officer("customs"), officer("bis"), officer("mofcom"), officer("ndrc")


def ship(case: Case, name: str, units: int, **given: Any) -> set[str]:
    data = {"shipment": name, "units": units}
    return codes(case.post(CUSTOMS, "record_shipment", None, data, **given))


def proposed(units: int, **more: Any) -> dict[str, Any]:
    return {"units": units, "valid_from": "2026-01-01", "valid_until": "2026-12-31", **more}


def held(case: Case) -> Licence:
    licence = case.snapshot["licence"]
    assert licence is not None
    assert licence["units"] == licence["shipped"] + licence["given_up"] + licence["balance"]
    assert licence["shipped"] == sum(licence["shipments"].values())
    return licence


@pytest.fixture
def conditioned(case: Case) -> Case:
    """Conditions set, the order declared."""
    return carry(case, *TO_NDRC_CONDITIONED, ORDER)


@pytest.fixture
def licensed(case: Case) -> Case:
    """A licence for 1,000 units, the gate open."""
    return carry(case, *TO_LICENSED)


class TestOrder:
    def test_may_be_restated(self, case: Case) -> None:
        carry(case, *TO_IN_PRINCIPLE, ORDER)
        assert case.snapshot["order"] == {"units": 1_000, "agent": "Example Trading"}
        accepted(case.post(THE_BUYER, "declare_order", None, {"units": 7}))
        assert case.snapshot["order"] == {"units": 7, "agent": None}

    def test_until_a_licence_is_proposed(self, case: Case) -> None:
        carry(case, *TO_PROPOSED)
        assert codes(case.ask(*ORDER)) == {"licence-already-proposed"}

    def test_must_come_before_the_licence(self, case: Case) -> None:
        carry(case, *TO_NDRC_CONDITIONED, ACCEPT)
        assert codes(case.ask(*PROPOSE_LICENCE)) == {"order-not-declared"}


class TestProposal:
    def test_stays_within_the_order(self, conditioned: Case) -> None:
        carry(conditioned, ACCEPT)
        refused = conditioned.ask(MOFCOM, "propose_licence", None, proposed(1_001))
        assert decisive(refused) == (6, "beyond-order")
        assert codes(conditioned.ask(MOFCOM, "propose_licence", None, proposed(1_000))) == set()

    def test_stays_within_the_lowest_cap(self, conditioned: Case) -> None:
        for name, units in (("cap-a", 600), ("cap-b", 500), ("cap-c", 700)):
            data = {"condition": name, "kind": "unit_cap", "value": {"units": units}}
            accepted(conditioned.post(NDRC, "propose_condition", None, data))
            accepted(conditioned.post(NDRC, "fix_condition", None, {"condition": name}))
        carry(conditioned, ACCEPT)
        refused = conditioned.ask(MOFCOM, "propose_licence", None, proposed(501))
        assert decisive(refused) == (6, "beyond-cap")
        assert told(refused).parameters == {"units": 500}
        assert codes(conditioned.ask(MOFCOM, "propose_licence", None, proposed(500))) == set()

    def test_may_be_made_anew_until_the_licence_is_issued(self, case: Case) -> None:
        carry(case, *TO_PROPOSED)
        accepted(case.post(MOFCOM, "propose_licence", None, proposed(3)))
        carry(case, ISSUE)
        assert held(case)["units"] == 3

    def test_is_needed_before_the_licence(self, conditioned: Case) -> None:
        carry(conditioned, ACCEPT)
        assert codes(conditioned.ask(*ISSUE)) == {"licence-not-proposed"}

    def test_a_cap_set_after_it_binds_the_licence_too(self, case: Case) -> None:
        carry(case, *TO_PROPOSED)
        data = {"condition": "cap", "kind": "unit_cap", "value": {"units": 500}}
        carry(case, (NDRC, "propose_condition", None, data))
        carry(case, (NDRC, "fix_condition", None, {"condition": "cap"}), ACCEPT)
        refused = case.ask(*ISSUE)
        assert decisive(refused) == (6, "beyond-cap")
        carry(case, (MOFCOM, "propose_licence", None, proposed(500)), ISSUE)
        assert held(case)["units"] == 500


class TestLedger:
    def test_begins_with_the_whole_quantity(self, licensed: Case) -> None:
        assert held(licensed) == {
            "units": 1_000,
            "valid_from": "2026-01-01",
            "valid_until": "2026-12-31",
            "max_uses": None,
            "number": "MOFCOM-2026-0001",
            "version": 1,
            "shipped": 0,
            "given_up": 0,
            "lapsed": 0,
            "carried": 0,
            "balance": 1_000,
            "shipments": {},
            "reversed": {},
        }

    def test_adds_up_after_every_shipment(self, licensed: Case) -> None:
        left = 1_000
        for number, units in enumerate((1, 399, 600)):
            assert licensed.state == "licensed"
            assert ship(licensed, f"s{number}", units) == set()
            left -= units
            assert held(licensed)["balance"] == left
        assert licensed.state == "shipped"
        assert held(licensed)["shipments"] == {"s0": 1, "s1": 399, "s2": 600}

    def test_is_never_overdrawn(self, licensed: Case) -> None:
        assert ship(licensed, "s1", 1_001) == {"beyond-balance"}
        assert ship(licensed, "s1", 600) == set()
        assert ship(licensed, "s2", 401) == {"beyond-balance"}
        assert ship(licensed, "s2", 400) == set()
        assert licensed.state == "shipped"

    def test_takes_a_shipment_once(self, licensed: Case) -> None:
        assert ship(licensed, "s1", 1) == set()
        assert ship(licensed, "s1", 1) == {"shipment-exists"}

    def test_the_rest_may_be_given_up(self, licensed: Case) -> None:
        ship(licensed, "s1", 400)
        accepted(licensed.post(THE_BUYER, "give_up_balance"))
        licence = held(licensed)
        assert (licence["shipped"], licence["given_up"], licence["balance"]) == (400, 600, 0)
        assert licensed.state == "shipped"

    def test_all_of_it_may_be_given_up(self, licensed: Case) -> None:
        accepted(licensed.post(THE_BUYER, "give_up_balance"))
        assert held(licensed)["given_up"] == 1_000

    def test_allows_no_more_uses_than_it_says(self, case: Case) -> None:
        carry(case, *TO_PROPOSED[:-1])
        carry(case, (MOFCOM, "propose_licence", None, proposed(10, max_uses=2)), ISSUE)
        assert ship(case, "s1", 1) == set()
        assert ship(case, "s2", 1) == set()
        assert ship(case, "s3", 1) == {"uses-exhausted"}
        assert ship(case, "s2", 1) == {"shipment-exists"}


class TestGate:
    def test_is_shut_at_first(self, case: Case) -> None:
        assert case.snapshot["gates"] == {"export": "shut"}

    def test_opens_and_shuts_by_the_exporting_country(self, case: Case) -> None:
        for kind, expected in (
            ("clear_export", "open"),
            ("clear_export", "open"),
            ("withhold_export", "shut"),
        ):
            accepted(case.post(BIS, kind))
            assert case.snapshot["gates"] == {"export": expected}

    def test_shut_it_stops_shipments_only(self, licensed: Case) -> None:
        accepted(licensed.post(BIS, "withhold_export"))
        refused = licensed.ask(CUSTOMS, "record_shipment")
        assert decisive(refused) == (6, "gate-shut")
        assert told(refused).parameters == {"gate": "export"}
        accepted(licensed.post(BIS, "clear_export"))
        assert ship(licensed, "s1", 1) == set()

    def test_does_not_stop_the_licence(self, case: Case) -> None:
        steps = [step for step in TO_PROPOSED if step[1] != "clear_export"]
        carry(case, *steps, ISSUE)
        assert case.state == "licensed"


class TestValidity:
    @pytest.mark.parametrize(
        ("at", "valid"),
        [
            ("2026-02-28T15:59:59.999Z", False),  # 28 February 23:59 in Shanghai
            ("2026-02-28T16:00:00.000Z", True),  # 1 March 00:00
            ("2026-03-31T15:59:59.999Z", True),  # 31 March 23:59
            ("2026-03-31T16:00:00.000Z", False),  # 1 April 00:00
        ],
    )
    def test_counts_days_in_the_procedures_zone_inclusively(
        self, case: Case, at: str, valid: bool
    ) -> None:
        data = {"units": 5, "valid_from": "2026-03-01", "valid_until": "2026-03-31"}
        carry(case, *TO_PROPOSED[:-1], (MOFCOM, "propose_licence", None, data), ISSUE)
        case.now = "2026-05-01T00:00:00.000Z"
        found = ship(case, "s1", 1, at=at)
        assert found == (set() if valid else {"outside-validity"})


def test_everything_that_stands_against_a_shipment_is_told_at_once(licensed: Case) -> None:
    ship(licensed, "s1", 1)
    accepted(licensed.post(BIS, "withhold_export"))
    licensed.now = "2027-01-01T00:00:00.000Z"
    assert ship(licensed, "s1", 2_000) == {
        "gate-shut",
        "beyond-balance",
        "outside-validity",
        "shipment-exists",
    }


def test_the_buyer_may_withdraw_until_it_has_the_licence(case: Case) -> None:
    carry(case, *TO_PROPOSED)
    assert codes(case.ask(THE_BUYER, "withdraw")) == set()
    carry(case, ISSUE)
    assert codes(case.ask(THE_BUYER, "withdraw")) == {"transition-not-allowed"}
    assert case.snapshot["buyer"] == BUYER


def test_a_condition_fixed_anew_after_the_licence_leaves_the_ledger_alone(licensed: Case) -> None:
    ship(licensed, "s1", 400)
    before = held(licensed)
    carry(licensed, FIX_CONDITION)
    assert held(licensed) == before
