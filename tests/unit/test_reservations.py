"""What is under way in a pool: reserved, expected, settled, released; never beyond an exact one."""

from datetime import timedelta
from typing import Any

import pytest

from tests.unit.acting import NOW, OPERATOR, RECORDER, accepted, decisive, told
from tests.unit.test_pool import claim, opened
from workflow.domain import clock, reservations
from workflow.domain.act import Event, Posting
from workflow.domain.principal import POOL, Principal, system
from workflow.domain.record import NOTHING, Document
from workflow.domain.reservations import begin, due, free, left, release, settle

SERVICE = system(POOL)


def posting(ticket: str, units: int = 0, who: Principal = SERVICE, now: str = NOW) -> Posting:
    data: dict[str, Any] = {"ticket": ticket, "application": "a1", "event": "e", "units": units}
    event = Event("reserve", ticket, "f" * 64, None, None, None, (), "", data)
    return Posting("pool/joint-1", who, event, now, "0" * 32)


def stands(document: Document) -> tuple[int, int, int | None]:
    pool = document.snapshot
    return pool["drawn"], pool["reserved"], free(pool)


def with_drawn(units: int, of: int = 100) -> Document:
    begun = accepted(begin(opened(claim(of)), posting("t0", units))).after
    return accepted(settle(begun, posting("t0"))).after


def test_a_draw_is_reserved_and_settled() -> None:
    begun = accepted(begin(opened(claim(100)), posting("t", 60))).after
    assert stands(begun) == (0, 60, 40)
    assert begun.snapshot["reservations"] == {"t": {"application": "a1", "units": 60, "at": NOW}}
    ended = accepted(settle(begun, posting("t"))).after
    assert stands(ended) == (60, 0, 40)
    assert ended.snapshot["reservations"] == {}


def test_a_draw_that_is_released_leaves_nothing() -> None:
    begun = accepted(begin(opened(claim(100)), posting("t", 60))).after
    assert stands(accepted(release(begun, posting("t"))).after) == (0, 0, 100)


def test_a_return_frees_nothing_until_it_is_settled() -> None:
    begun = accepted(begin(with_drawn(60), posting("t", -50))).after
    assert stands(begun) == (60, 0, 40)
    assert stands(accepted(release(begun, posting("t"))).after) == (60, 0, 40)
    assert stands(accepted(settle(begun, posting("t"))).after) == (10, 0, 90)


@pytest.mark.parametrize(("units", "fits"), [(40, True), (41, False)])
def test_drawn_and_reserved_units_count_against_an_exact_quantity(units: int, fits: bool) -> None:
    reserved = accepted(begin(with_drawn(30), posting("t", 30))).after
    answer = begin(reserved, posting("u", units))
    if fits:
        assert stands(accepted(answer).after) == (30, 70, 0)
    else:
        assert decisive(answer) == (6, "beyond-pool")
        assert told(answer).parameters == {"pool": "joint-1", "free": 40, "units": 41}


@pytest.mark.parametrize(
    "claims",
    [
        (),
        (claim(5, "at_least"),),
        (claim(None),),
    ],
)
def test_nothing_is_refused_where_the_quantity_is_not_exact(claims: Any) -> None:
    begun = accepted(begin(opened(*claims), posting("t", 1_000))).after
    assert stands(begun) == (0, 1_000, None)


@pytest.mark.parametrize("other", [claim(6), claim(5, "at_least"), claim(50, "at_least")])
def test_a_claim_beside_an_exact_one_does_not_lift_what_binds(other: Any) -> None:
    pool = opened(claim(5), other)
    assert free(pool.snapshot) is None
    assert decisive(begin(pool, posting("t", 6))) == (6, "beyond-pool")
    assert stands(accepted(begin(pool, posting("t", 5))).after)[1] == 5


def test_a_return_is_taken_also_where_too_much_is_drawn() -> None:
    drawn = with_drawn(60)
    claims = {**drawn.snapshot["claims"]["k1"], "units": 10}
    less = drawn._replace(snapshot={**drawn.snapshot, "claims": {"k1": claims}})
    assert free(less.snapshot) == 0
    assert decisive(begin(less, posting("t", 1))) == (6, "beyond-pool")
    assert stands(accepted(begin(less, posting("t", -5))).after) == (60, 0, 0)


def test_what_is_not_under_way_cannot_end() -> None:
    for rule in (settle, release):
        assert decisive(rule(opened(claim(1)), posting("t"))) == (6, "unknown-reservation")
        assert decisive(rule(NOTHING, posting("t"))) == (6, "unknown-reservation")
    assert decisive(begin(NOTHING, posting("t", 1))) == (2, "unknown-pool")


@pytest.mark.parametrize("who", [RECORDER, OPERATOR])
def test_nobody_but_the_service_enters_them(who: Principal) -> None:
    begun = accepted(begin(opened(claim(9)), posting("t", 1))).after
    assert decisive(begin(begun, posting("u", 1, who))) == (3, "role-may-not")
    assert decisive(settle(begun, posting("t", who=who))) == (3, "role-may-not")
    assert decisive(release(begun, posting("t", who=who))) == (3, "role-may-not")


def test_only_so_many_may_be_under_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reservations, "RESERVATIONS_KEPT", 2)
    document = opened(claim(9))
    for ticket in ("t", "u"):
        document = accepted(begin(document, posting(ticket, 1))).after
    assert decisive(begin(document, posting("v", 1))) == (6, "limit-reached")
    ended = accepted(settle(document, posting("t"))).after
    accepted(begin(ended, posting("v", 1)))


def test_somebody_looks_after_what_has_been_under_way_for_long() -> None:
    after = clock.later(NOW, timedelta(seconds=2))
    document = opened(claim(9))
    assert due(document.snapshot) == ()
    document = accepted(begin(document, posting("t", 1))).after
    document = accepted(begin(document, posting("u", 1, now=after))).after
    (first,) = due(document.snapshot)
    assert first == clock.later(NOW, reservations.LEFT)
    assert left(document.snapshot, clock.later(first, -timedelta(milliseconds=1))) == {}
    assert set(left(document.snapshot, first)) == {"t"}
    assert set(left(document.snapshot, clock.later(after, reservations.LEFT))) == {"t", "u"}
