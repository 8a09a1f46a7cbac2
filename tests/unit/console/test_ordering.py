"""A list in an order: upwards, downwards, and what is not known at its end."""

from types import SimpleNamespace
from typing import Any, cast

import pytest

from api.console.ordering import ordered
from api.console.visit import Visit

ENGLISH = cast(Visit, SimpleNamespace(language="en"))
UNITS = dict.fromkeys(("ordered", "claimed", "fixed", "licensed", "shipped"))


def line(name: str, left: int | None = None, **units: int) -> dict[str, Any]:
    told = {"name": {"en": name, "zh": ""}, "working_days_left": left, "units": UNITS | units}
    return told | {"updated_at": None}


LINES = [
    line("b", 3, ordered=5, licensed=9),
    line("a", None, shipped=7),
    line("C", -2, claimed=8, licensed=1),
    line("d", 3, licensed=6),
]


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ("name", "abCd"),
        ("-name", "dCba"),
        ("left", "Cbda"),
        ("-left", "bdCa"),
        ("units", "bdCa"),
        ("-units", "Cdba"),
        ("changed", "baCd"),
        ("-changed", "baCd"),
    ],
)
def test_what_is_not_known_comes_last_whatever_the_order(order: str, expected: str) -> None:
    """And what is equal stays as it was."""
    assert "".join(one["name"]["en"] for one in ordered(ENGLISH, LINES, order)) == expected
