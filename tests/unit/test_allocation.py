"""The share that an application has of a pool."""

import pytest

from tests.unit.acting import OFFICIAL, RECORDER, THE_BUYER, Case, accepted, codes, decisive
from workflow.machine import Engine


def in_pool(engine: Engine, pool: str | None) -> Case:
    case = Case(engine, frozenset({"joint-1", "joint-2"}))
    accepted(case.create(pool=pool))
    return case


def test_an_application_may_belong_to_a_pool_from_the_beginning(engine: Engine) -> None:
    assert in_pool(engine, "joint-1").snapshot["pool"] == "joint-1"
    refused = Case(engine).create(pool="joint-9")
    assert decisive(refused) == (1, "pool-not-registered")


def test_it_may_join_one_later(engine: Engine) -> None:
    case = in_pool(engine, None)
    refused = case.ask(THE_BUYER, "claim_allocation", None, {"units": 5})
    assert decisive(refused) == (6, "pool-required")
    accepted(case.post(THE_BUYER, "claim_allocation", None, {"units": 5, "pool": "joint-2"}))
    assert case.snapshot["pool"] == "joint-2"
    assert case.snapshot["allocation"] == {"units": 5, "status": "claimed", "seq": 2}


def test_it_joins_only_what_is_registered(engine: Engine) -> None:
    refused = in_pool(engine, None).ask(
        THE_BUYER, "claim_allocation", None, {"units": 5, "pool": "joint-9"}
    )
    assert decisive(refused) == (1, "pool-not-registered")


def test_it_belongs_to_one_pool_only(engine: Engine) -> None:
    case = in_pool(engine, "joint-1")
    refused = case.ask(THE_BUYER, "claim_allocation", None, {"units": 5, "pool": "joint-2"})
    assert decisive(refused) == (6, "pool-of-another")
    same = case.ask(THE_BUYER, "claim_allocation", None, {"units": 5, "pool": "joint-1"})
    assert codes(same) == set()


def test_a_share_whose_size_nobody_told_is_unknown_and_not_nil(engine: Engine) -> None:
    case = in_pool(engine, "joint-1")
    accepted(case.post(RECORDER, "claim_allocation", None, {"units": None}, grade=OFFICIAL))
    assert case.snapshot["allocation"] == {"units": None, "status": "unknown", "seq": 2}
    assert case.snapshot["pool"] == "joint-1"


@pytest.mark.parametrize("units", [1, 400_000])
def test_a_later_claim_takes_the_place_of_an_earlier_one(engine: Engine, units: int) -> None:
    case = in_pool(engine, "joint-1")
    accepted(case.post(THE_BUYER, "claim_allocation", None, {"units": None}))
    accepted(case.post(THE_BUYER, "claim_allocation", None, {"units": units}))
    assert case.snapshot["allocation"] == {"units": units, "status": "claimed", "seq": 3}
