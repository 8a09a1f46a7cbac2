"""Rate limits and attempts, on a clock of the test's own."""

import re
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.limits import Attempts, Buckets, Limits, Pair, origin_of
from api.problems import Problem, Problems, answer, headers_of
from api.settings import Bounds

ANN, HERE = "key:ann", "192.0.2.1"


@dataclass
class Clock:
    """Stands still until it is told otherwise."""

    now: float = 1_000.0

    def __call__(self) -> float:
        return self.now


def limits(clock: Clock, **bounds: int) -> Limits:
    return Limits(Bounds(**{"rate_limit": 10, "address_rate_limit": 40, **bounds}), clock)


def allowed(act: Callable[[], object], most: int = 10_000) -> int:
    """How often it goes well before it is refused."""
    for number in range(most):
        try:
            act()
        except Problem:
            return number
    return most


def refusal(act: Callable[[], object]) -> Problem:
    with pytest.raises(Problem) as raised:
        act()
    return raised.value


def test_a_second_grants_what_the_limit_says_and_then_it_flows_back() -> None:
    clock = Clock()
    limit = limits(clock)
    assert allowed(lambda: limit.charge(ANN)) == 10
    clock.now += 0.3
    assert allowed(lambda: limit.charge(ANN)) == 3
    clock.now += 60
    assert allowed(lambda: limit.charge(ANN)) == 10


def test_one_principal_does_not_use_up_what_another_has() -> None:
    limit = limits(Clock())
    assert allowed(lambda: limit.charge(ANN)) == 10
    assert allowed(lambda: limit.charge("key:bob")) == 10


def test_processes_share_the_limit() -> None:
    limit = limits(Clock(), workers=5)
    assert allowed(lambda: limit.charge(ANN)) == 2
    assert allowed(lambda: limit.charge_address(HERE)) == 8
    limit = limits(Clock(), workers=100)
    assert allowed(lambda: limit.charge(ANN)) == 1


def test_the_answer_says_what_is_left() -> None:
    clock = Clock()
    limit = limits(clock)
    told = dict(limit.charge(ANN))
    assert told[b"ratelimit-policy"] == b'"principal";q=10;w=1'
    assert told[b"ratelimit"] == b'"principal";r=9;t=1'
    assert allowed(lambda: limit.charge(ANN)) == 9
    problem = refusal(lambda: limit.charge(ANN))
    assert problem.code == "rate-limited"
    assert problem.headers == {
        "Retry-After": "1",
        "RateLimit": '"principal";r=0;t=1',
        "RateLimit-Policy": '"principal";q=10;w=1',
    }


def test_a_refused_request_costs_nothing() -> None:
    clock = Clock()
    limit = limits(clock)
    assert allowed(lambda: limit.charge(ANN)) == 10
    for _ in range(1_000):
        refusal(lambda: limit.charge(ANN))
    clock.now += 1
    assert allowed(lambda: limit.charge(ANN)) == 10


def test_a_batch_may_be_larger_than_the_limit_and_is_waited_for() -> None:
    clock = Clock()
    limit = limits(clock)
    limit.charge(ANN)
    limit.charge_items(ANN, HERE, 31)
    problem = refusal(lambda: limit.charge(ANN))
    assert problem.headers["Retry-After"] == "3"  # 21 are owed, and 1 more is wanted
    clock.now += 3
    limit.charge(ANN)


def test_batches_at_the_same_moment_are_not_all_let_in() -> None:
    limit = limits(Clock())
    for _ in range(5):
        limit.charge(ANN)
    limit.charge_items(ANN, HERE, 1_000)
    refusal(lambda: limit.charge_items(ANN, HERE, 1_000))


@pytest.mark.parametrize("items", [0, 1])
def test_a_batch_of_one_costs_what_a_request_costs(items: int) -> None:
    limit = limits(Clock())
    limit.charge(ANN)
    limit.charge_items(ANN, HERE, items)
    assert allowed(lambda: limit.charge(ANN)) == 9


def test_a_batch_counts_against_its_address_as_well() -> None:
    limit = limits(Clock())
    limit.charge_items("key:bob", HERE, 42)
    assert (
        refusal(lambda: limit.charge_items(ANN, HERE, 2))
        .headers["RateLimit"]
        .startswith('"address";r=0')
    )
    limit.charge_items(ANN, "192.0.2.2", 2)


def test_an_address_is_limited_whoever_asks() -> None:
    limit = limits(Clock())
    assert allowed(lambda: limit.charge_address(HERE)) == 40
    assert refusal(lambda: limit.charge_address(HERE)).code == "rate-limited"
    limit.charge_address("192.0.2.2")


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2001:db8::1", "2001:db8::ffff:1:2:3", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("::ffff:192.0.2.1", "192.0.2.1", True),
        ("::ffff:192.0.2.1", "::ffff:192.0.2.2", False),
        ("192.0.2.1", "192.0.2.2", False),
        ("fe80::1%eth0", "fe80::2", True),
        ("unknown", "x" * 1_000_000, True),
        ("", None, True),
    ],
)
def test_what_counts_as_one_address(one: str | None, other: str | None, same: bool) -> None:
    assert (origin_of(one) == origin_of(other)) is same


def test_wrong_credentials_are_counted_by_the_address_and_the_minute() -> None:
    clock = Clock()
    attempts = Attempts(Bounds(attempts=20), clock)

    def wrong() -> None:
        attempts.check(HERE)
        attempts.failed(HERE)

    assert allowed(wrong) == 20
    problem = refusal(wrong)
    assert problem.code == "too-many-attempts"
    assert problem.headers == {
        "Retry-After": "3",
        "RateLimit": '"attempts";r=0;t=3',
        "RateLimit-Policy": '"attempts";q=20;w=60',
    }
    attempts.check("192.0.2.2")
    clock.now += 3
    assert allowed(wrong) == 1
    clock.now += 60
    assert allowed(wrong) == 20


@given(
    steps=st.lists(
        st.tuples(st.sampled_from("abc"), st.integers(1, 30), st.floats(0, 2)), max_size=60
    )
)
def test_a_bucket_holds_what_a_plain_account_says(steps: list[tuple[str, int, float]]) -> None:
    buckets, account, now = Buckets(10, 10), dict.fromkeys("abc", 10.0), 0.0
    for key, cost, pause in steps:
        now += pause
        account = {name: min(10.0, held + 10 * pause) for name, held in account.items()}
        assert buckets.tokens(key, now) == pytest.approx(account[key], abs=2e-3)
        buckets.take(key, cost, now)
        account[key] -= cost


def test_very_many_addresses_neither_fill_the_memory_nor_clear_a_debt() -> None:
    buckets = Buckets(10, 10, capacity=100)
    buckets.take("debtor", 1_000, 0.0)
    most = 0
    for number in range(10_000):
        buckets.take(f"stranger {number}", 1, 0.0)
        most = max(most, len(buckets))
    assert most <= 100
    assert buckets.tokens("debtor", 0.0) == pytest.approx(-990, abs=0.01)


def test_full_buckets_make_room_before_any_other() -> None:
    buckets = Buckets(10, 10, capacity=100)
    for number in range(60):
        buckets.take(f"past {number}", 1, 0.0)
    for number in range(45):
        buckets.take(f"present {number}", 1, 1.0)
    assert all(buckets.tokens(f"present {number}", 1.0) < 10 for number in range(45))


def test_the_fields_are_structured_and_the_seconds_whole() -> None:
    pairs: tuple[Pair, ...] = limits(Clock(), rate_limit=3).charge(ANN)
    for _, value in pairs:
        assert re.fullmatch(rb'"[a-z]+"(;[a-z]+=[0-9]+)+', value)


def test_a_problem_brings_its_header_fields_along() -> None:
    problem = refusal(lambda: allowed_then_refused(limits(Clock())))
    response = answer(Problems("http://localhost").of_exception(problem), headers_of(problem))
    assert response.status_code == 429
    assert response.headers["retry-after"] == "1"
    assert response.headers["ratelimit"] == '"principal";r=0;t=1'
    assert headers_of(ValueError()) == {}


def allowed_then_refused(limit: Limits) -> None:
    for _ in range(11):
        limit.charge(ANN)
