"""When a delivery is tried again."""

import pytest

from workflow.domain import retrying
from workflow.domain.webhook import wants

EVERYTHING: dict[str, list[str]] = {"types": [], "states": [], "buyers": []}


def test_the_delays_are_those_of_standard_webhooks() -> None:
    found = [retrying.delay(tries, 0.0, None) for tries in range(1, 11)]
    hours = [2, 5, 10, 14, 20, 24]
    assert found == [5, 300, 1_800, *(hour * 3_600 for hour in hours), None]


def test_chance_makes_a_delay_longer_by_a_fifth_at_the_most() -> None:
    assert retrying.delay(2, 0.5, None) == pytest.approx(330)
    assert retrying.delay(2, 1.0, None) == pytest.approx(360)


@pytest.mark.parametrize(("asked", "expected"), [(1.0, 300), (301.0, 301), (1e9, 86_400)])
def test_what_the_receiver_asks_for_counts_where_it_is_later(asked: float, expected: float) -> None:
    assert retrying.delay(2, 0.0, asked) == expected
    assert retrying.delay(10, 0.0, asked) is None


@pytest.mark.parametrize(
    ("filters", "expected"),
    [({}, True), ({"types": ["note"]}, True), ({"types": ["approve"]}, False),
     ({"states": ["submitted"]}, False), ({"buyers": ["a", "b"]}, True), ({"buyers": ["b"]}, False),
     ({"types": ["note"], "buyers": ["b"]}, False)],
)  # fmt: skip
def test_every_filter_must_let_an_event_through(
    filters: dict[str, list[str]], expected: bool
) -> None:
    assert wants(EVERYTHING | filters, "note", None, "a") is expected
