"""Pools: what sources claim of a joint quantity, and when two claims cannot both be true."""

from typing import Any

import pytest

from tests.unit.acting import (
    AUDITOR,
    NOW,
    OPERATOR,
    PRESS,
    RECORDER,
    THE_BUYER,
    accepted,
    codes,
    decisive,
    evidence,
    officer,
)
from workflow.domain import pool
from workflow.domain.act import Event, Posting
from workflow.domain.principal import Principal
from workflow.domain.record import NOTHING, Decision, Document
from workflow.domain.refusals import Refused
from workflow.domain.trail import verify

THREE = ["alibaba", "bytedance", "tencent"]
FOUR = [*THREE, "deepseek"]
TITLE = {"en": "Joint purchase", "zh": "联合采购"}


def claim(units: int | None, bound: str = "exactly", buyers: list[str] = THREE) -> dict[str, Any]:
    return {
        "units": units,
        "bound": bound,
        "buyers": buyers,
        "evidence": [dict(piece) for piece in evidence(PRESS)],
        "supersedes": None,
    }


def posting(data: dict[str, Any], who: Principal = RECORDER, now: str = NOW) -> Posting:
    event = Event("claim", "key", "f" * 64, None, None, None, (), "", data)
    return Posting("pool/joint-1", who, event, now, "0" * 32)


def opened(*claims: dict[str, Any]) -> Document:
    data = {"title": TITLE, "claims": list(claims)}
    return accepted(pool.open_pool(NOTHING, posting(data))).after


def add(before: Document, data: dict[str, Any], **more: Any) -> Decision | Refused:
    return pool.add_claim(before, posting({**data, **more}))


def test_a_pool_begins_with_the_claims_of_its_sources() -> None:
    document = opened(claim(400_000, "at_least"), claim(400_000, "at_least", FOUR))
    assert document.version == 1
    assert document.snapshot["title"] == TITLE
    assert document.snapshot["created_at"] == NOW
    assert list(document.snapshot["claims"]) == ["k1", "k2"]
    assert document.snapshot["claims"]["k2"]["seq"] == 1
    assert document.snapshot["claims"]["k2"]["effective_at"] == NOW


def test_a_pool_is_opened_once() -> None:
    document = opened(claim(1))
    again = pool.open_pool(document, posting({"title": TITLE, "claims": []}))
    assert decisive(again) == (6, "pool-exists")


def test_nothing_is_claimed_of_a_pool_that_is_not_there() -> None:
    assert decisive(add(NOTHING, claim(1))) == (2, "unknown-pool")


@pytest.mark.parametrize("who", [THE_BUYER, AUDITOR, OPERATOR])
def test_only_officers_and_recorders_say_what_is_claimed(who: Principal) -> None:
    data = {"title": TITLE, "claims": []}
    assert decisive(pool.open_pool(NOTHING, posting(data, who))) == (3, "role-may-not")
    there = opened(claim(1))
    assert decisive(pool.add_claim(there, posting(claim(1), who))) == (3, "role-may-not")
    assert decisive(pool.open_pool(there, posting(data, who))) == (3, "role-may-not")
    assert codes(pool.add_claim(there, posting(claim(1), officer("mofcom")))) == set()


def test_a_claim_is_numbered_and_linked_to_its_record() -> None:
    document = accepted(add(opened(claim(1)), claim(2))).after
    assert document.snapshot["claims"]["k2"]["seq"] == 2
    document = accepted(add(document, claim(3))).after
    assert document.snapshot["claims"]["k3"]["seq"] == 3


def test_a_later_claim_supersedes_and_never_overwrites() -> None:
    document = accepted(add(opened(claim(400_000)), claim(450_000), supersedes="k1")).after
    assert document.snapshot["claims"]["k1"]["units"] == 400_000
    assert document.snapshot["claims"]["k1"]["superseded_by"] == "k2"
    assert list(pool.standing_claims(document.snapshot)) == ["k2"]
    assert pool.exact_units(document.snapshot) == 450_000
    assert not pool.in_conflict(document.snapshot)


def test_only_a_standing_claim_is_superseded() -> None:
    document = accepted(add(opened(claim(1)), claim(2), supersedes="k1")).after
    assert decisive(add(document, claim(3), supersedes="k1")) == (6, "claim-superseded")
    assert decisive(add(document, claim(3), supersedes="k9")) == (1, "unknown-claim")


def test_a_claim_is_not_superseded_on_weaker_evidence() -> None:
    weak = {**claim(9), "evidence": []}
    assert decisive(add(opened(claim(1)), weak, supersedes="k1")) == (6, "claim-weaker")
    accepted(add(opened(weak), claim(1), supersedes="k1"))


@pytest.mark.parametrize(
    ("one", "other", "conflict"),
    [
        (claim(400_000, "at_least", THREE), claim(400_000, "at_least", FOUR), True),
        (claim(400_000, "at_least"), claim(500_000, "at_least"), False),
        (claim(400_000), claim(400_000), False),
        (claim(400_000), claim(400_001), True),
        (claim(400_000), claim(400_000, "at_least"), False),
        (claim(500_000), claim(400_000, "at_least"), False),
        (claim(399_999), claim(400_000, "at_least"), True),
        (claim(None), claim(400_000), False),
        (claim(None), claim(None, "at_least"), False),
        (claim(5, buyers=["a", "b"]), claim(5, buyers=["b", "a"]), False),
    ],
)
def test_two_claims_contradict_each_other_when_both_cannot_be_true(
    one: dict[str, Any], other: dict[str, Any], conflict: bool
) -> None:
    assert pool.in_conflict(opened(one, other).snapshot) is conflict
    assert pool.in_conflict(opened(other, one).snapshot) is conflict


def test_a_contradiction_ends_when_one_side_is_superseded() -> None:
    document = opened(claim(400_000, "at_least", THREE), claim(400_000, "at_least", FOUR))
    assert pool.in_conflict(document.snapshot)
    document = accepted(add(document, claim(400_000, "at_least", THREE), supersedes="k2")).after
    assert not pool.in_conflict(document.snapshot)


@pytest.mark.parametrize(
    ("claims", "units"),
    [
        ([], None),
        ([claim(5)], 5),
        ([claim(5), claim(5)], 5),
        ([claim(5), claim(6)], None),
        ([claim(5), claim(5, "at_least")], None),
        ([claim(5, "at_least")], None),
        ([claim(None)], None),
    ],
)
def test_the_quantity_is_known_where_all_say_the_same_exact_one(
    claims: list[dict[str, Any]], units: int | None
) -> None:
    assert pool.exact_units(opened(*claims).snapshot) == units


def test_a_clock_that_runs_backwards_does_not_date_a_claim_before_the_pool() -> None:
    document = opened(claim(1))
    late = posting(claim(2), now="2026-02-02T03:00:00.000Z")
    decision = accepted(pool.add_claim(document, late))
    assert decision.record["recorded_at"] == NOW
    assert decision.record["effective_at"] == NOW
    assert decision.after.snapshot["claims"]["k2"]["effective_at"] == NOW


def test_the_trail_of_a_pool_verifies() -> None:
    first = accepted(pool.open_pool(NOTHING, posting({"title": TITLE, "claims": [claim(1)]})))
    second = accepted(add(first.after, claim(2), supersedes="k1"))
    verdict = verify([first.text, second.text])
    assert verdict.ok
    assert verdict.snapshot == second.after.snapshot


def test_a_pool_has_room_for_so_many_claims(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "CLAIMS_KEPT", 2)
    full = opened(claim(1), claim(2))
    assert codes(pool.add_claim(full, posting({**claim(3), "supersedes": None}))) == {
        "limit-reached"
    }
