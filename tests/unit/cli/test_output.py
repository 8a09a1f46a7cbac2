"""What is printed for people harms no terminal and stands in line."""

from datetime import UTC
from zoneinfo import ZoneInfo

import pytest

from api.cli.events import data_of
from api.cli.output import when
from api.cli.tables import printable
from api.stop import UNUSABLE, Stop


def test_control_characters_lose_their_power() -> None:
    assert printable("a\x1b[31m\x07\x9b\u202eb\n中文 é") == "a\ufffd[31m\ufffd\ufffd\ufffdb\n中文 é"


def test_times_are_told_in_the_zone_of_the_procedure() -> None:
    instant = "2026-01-29T16:00:00.000Z"
    assert when(instant, ZoneInfo("Asia/Shanghai")) == "2026-01-30 00:00 +0800"
    assert when(instant, UTC) == "2026-01-29 16:00 +0000"
    assert when(None) == ""


def test_data_from_pairs() -> None:
    pairs = ["units=5", "a.b.c=x=y", "a.d=", 'text="5"', "big=99999999999999999999", "half=0.5"]
    assert data_of([*pairs, "none=null", 'list=["a"]']) == {
        "units": 5,
        "a": {"b": {"c": "x=y"}, "d": ""},
        "text": "5",
        "big": "99999999999999999999",
        "half": "0.5",
        "none": None,
        "list": ["a"],
    }


@pytest.mark.parametrize(
    "pairs", [["a"], ["=1"], [".a=1"], ["a.=1"], ["a=1", "a.b=2"], ["a=1"] * 2]
)
def test_pairs_that_are_none(pairs: list[str]) -> None:
    with pytest.raises(Stop) as stop:
        data_of(pairs)
    assert stop.value.code == UNUSABLE
