"""When the text is made, and in which form."""

from pathlib import Path

import pytest

from api.metrics import Metering, Tally, shared
from api.metrics.exposition import OPEN, PLAIN

COUNTED = "clearance_conflicts_total"
HELD = 600.0


@pytest.mark.parametrize(
    ("accept", "form"),
    [
        ("", PLAIN),
        ("*/*", PLAIN),
        ("application/json, ;=,;version=x", PLAIN),
        ("text/plain;version=0.0.4;q=0.5,*/*;q=0.1", PLAIN),
        ("application/openmetrics-text;version=1.0.0;q=0.5,text/plain", OPEN),
    ],
)
async def test_who_names_openmetrics_gets_it(tmp_path: Path, accept: str, form: str) -> None:
    async with Metering(tmp_path) as metering:
        assert (await metering.text(accept))[1] == form


async def conflicts(metering: Metering) -> float:
    text = (await metering.text(""))[0].decode()
    return next(float(one.split()[1]) for one in text.splitlines() if one.startswith(COUNTED))


async def test_whoever_is_asked_tells_what_is_counted_by_now(tmp_path: Path) -> None:
    async with Metering(tmp_path) as metering:
        for number in (1, 2):
            metering.tally.stale(1)
            assert await conflicts(metering) == number


async def test_a_text_is_good_until_anybody_has_written_what_they_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So none of several processes tells of less than another one told before."""
    monkeypatch.setattr(shared, "PERIOD", HELD)
    async with Metering(tmp_path, HELD) as one, Metering(tmp_path, HELD) as other:
        counting = shared.Shared(tmp_path, Tally())
        counting.begin()
        one.tally.stale(1)
        assert [await conflicts(one), await conflicts(other)] == [0, 0]
        made = (await one.text(""))[0]
        assert (await one.text(""))[0] is made
        counting.tally.stale(5)
        await counting.write()
        assert [await conflicts(other), await conflicts(one)] == [5, 5]
        await counting.end()


async def test_what_is_left_is_written_at_the_end(tmp_path: Path) -> None:
    for turn in (1, 2):
        async with Metering(tmp_path) as metering:
            metering.tally.stale(1)
        assert metering.tally.counts["conflicts",] == turn
