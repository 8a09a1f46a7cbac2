"""What a decision moves from and to pools, told by the snapshots around it."""

from typing import Any

import pytest

from tests.unit.acting import THE_BUYER, Case, accepted, carry, officer
from tests.unit.journeys import CLEAR_EXPORT, EXPIRE, JOURNEYS, REVOKE, SHIP_ALL, SUSPEND
from workflow.domain import draws
from workflow.domain.application import Snapshot
from workflow.domain.draws import Share, moves, over_claimed, share_of
from workflow.machine import Engine

CUSTOMS = officer("customs")
POOL = "joint-1"


def in_pool(engine: Engine, state: str, pool: str | None = POOL) -> Case:
    begun = Case(engine)
    accepted(begun.create(pool=pool))
    return carry(begun, *JOURNEYS[state])


def moved(answer: Any) -> dict[str, int]:
    decision = accepted(answer)
    return moves(decision.before.snapshot, decision.after.snapshot)


def moved_by(case: Case) -> dict[str, dict[str, int]]:
    """The events of a case that moved something, with what they moved."""
    found = {
        one.record["type"]: moves(one.before.snapshot, one.after.snapshot) for one in case.decisions
    }
    return {kind: units for kind, units in found.items() if units}


def test_the_licence_draws_and_nothing_before_it(engine: Engine) -> None:
    assert moved_by(in_pool(engine, "licensed")) == {"issue_licence": {POOL: 1_000}}


def test_an_application_of_no_pool_moves_nothing(engine: Engine) -> None:
    for state in JOURNEYS:
        assert moved_by(in_pool(engine, state, None)) == {}


def test_shipments_and_their_reversal_move_nothing(engine: Engine) -> None:
    case = carry(in_pool(engine, "licensed"), CLEAR_EXPORT)
    assert moved(case.post(CUSTOMS, "record_shipment")) == {}
    assert moved(case.post(CUSTOMS, "reverse_shipment")) == {}
    assert moved(case.post(CUSTOMS, *SHIP_ALL[1:])) == {}


def shipped_in_part(engine: Engine) -> Case:
    case = carry(in_pool(engine, "licensed"), CLEAR_EXPORT)
    accepted(case.post(CUSTOMS, "record_shipment"))
    return case


def test_what_is_not_shipped_goes_back(engine: Engine) -> None:
    assert moved(shipped_in_part(engine).post(THE_BUYER, "give_up_balance")) == {POOL: -600}
    assert moved(shipped_in_part(engine).post(*REVOKE)) == {POOL: -600}
    withdrawing = carry(shipped_in_part(engine), (THE_BUYER, "request_withdrawal"))
    assert moved(withdrawing.post(officer("mofcom"), "answer_withdrawal")) == {POOL: -600}


def test_a_suspension_keeps_what_is_drawn(engine: Engine) -> None:
    assert moved(in_pool(engine, "licensed").post(*SUSPEND)) == {}


def test_expiry_gives_back_and_a_reissue_draws_that_again(engine: Engine) -> None:
    case = in_pool(engine, "expired")
    assert moved_by(case)[EXPIRE[1]] == {POOL: -1_000}
    assert moved(case.post(officer("mofcom"), "reissue_licence")) == {POOL: 1_000}


def test_a_reissue_of_what_is_left_draws_nothing_new(engine: Engine) -> None:
    assert moved(shipped_in_part(engine).post(officer("mofcom"), "reissue_licence")) == {}


def held(pool: str | None, units: int) -> dict[str, Any]:
    licence = {"shipped": 0, "balance": units}
    return {"pool": pool, "licence": licence, "earlier_licences": {}}


@pytest.mark.parametrize(
    ("before", "after", "units"),
    [
        (held(None, 5), held("b", 5), {"b": 5}),
        (held("a", 5), held("b", 5), {"a": -5, "b": 5}),
        (held("b", 5), held("a", 7), {"a": 7, "b": -5}),
        (held("a", 5), held(None, 5), {"a": -5}),
        (held("a", 5), held("a", 5), {}),
        (held(None, 5), held(None, 9), {}),
        ({}, held("a", 0), {}),
    ],
)
def test_the_net_is_taken_pool_by_pool(
    before: dict[str, Any], after: dict[str, Any], units: dict[str, int]
) -> None:
    assert moves(before, after) == units
    assert list(moves(before, after)) == sorted(units)


def test_an_earlier_version_of_the_licence_counts_as_well() -> None:
    before = held("a", 5)
    after = {**before, "earlier_licences": {"1": {"shipped": 3, "balance": 0}}}
    assert moves(before, after) == {"a": 3}


def test_a_share_is_unknown_claimed_fixed_or_drawn(engine: Engine) -> None:
    case = Case(engine)
    accepted(case.create(pool=POOL))
    assert share_of(case.snapshot) == Share("unknown", None, 0)
    carry(case, JOURNEYS["licensed"][0], (THE_BUYER, "claim_allocation"))
    assert share_of(case.snapshot) == Share("claimed", 100, 0)
    carry(case, (officer("mofcom"), "fix_allocation"))
    assert share_of(case.snapshot) == Share("fixed", 100, 0)
    carry(case, *JOURNEYS["licensed"][1:])
    assert share_of(case.snapshot) == Share("drawn", 100, 1_000)
    carry(case, (THE_BUYER, "give_up_balance"))
    assert share_of(case.snapshot) == Share("fixed", 100, 0)


def claims(*units: int | None) -> dict[str, Any]:
    return {
        "claims": {f"k{n}": {"units": one, "superseded_by": None} for n, one in enumerate(units)}
    }


SHARES = [Share("claimed", 60, 0), Share("drawn", 30, 50), Share("unknown", None, 0)]


@pytest.mark.parametrize(
    ("told", "beyond"), [((100,), 10), ((110,), 0), ((200,), 0), ((90, 100, None), 10), ((), None)]
)
def test_over_claimed_is_what_goes_beyond_all_that_is_said(
    told: tuple[int | None, ...], beyond: int | None
) -> None:
    assert over_claimed(claims(*told), SHARES) == beyond
    assert over_claimed(claims(None), SHARES) is None


def test_a_superseded_claim_says_nothing() -> None:
    pool = claims(100, 500)
    pool["claims"]["k1"]["superseded_by"] = "k0"
    assert over_claimed(pool, SHARES) == 10


def test_a_decision_that_leaves_the_licence_alone_is_told_without_counting(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = in_pool(engine, "licensed")

    def counted(_snapshot: Snapshot) -> int:
        raise AssertionError("counted")

    monkeypatch.setattr(draws, "drawn", counted)
    assert moved(case.post(*SUSPEND)) == {}
