"""The text, read by Prometheus' own parsers."""

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

import orjson
import pytest
from prometheus_client import Metric
from prometheus_client.openmetrics.parser import text_string_to_metric_families as open_families
from prometheus_client.parser import text_string_to_metric_families as plain_families

from api.metrics.exposition import OPEN, PLAIN, text_of
from api.metrics.families import FAMILIES, exposed
from api.metrics.shared import Told
from api.metrics.tally import Tally

Parser = Callable[[str], Iterable[Metric]]
FORMS = [
    pytest.param(False, PLAIN, plain_families, id="plain"),
    pytest.param(True, OPEN, open_families, id="open"),
]


def told(alive: bool = True) -> Told:
    """What a process has counted, one of every family."""
    tally = Tally(["approve"])
    tally.settled("approve", "refused", "guard")
    tally.committed(0.004, 3)
    tally.stale(1)
    tally.delivered("delivered", 0.3)
    tally.answered("GET", "/v1/x", 200, 0.02)
    for family in FAMILIES:
        if family.kind == "load":
            tally.loads[family.name] = partial(dict, [(family.labels, 2)])
    written: dict[str, Any] = orjson.loads(orjson.dumps(tally.written()))
    return Told(written, alive)


STANDING = {(family.name, *family.labels): 7.5 for family in FAMILIES if family.kind == "shared"}


def samples(text: bytes, parser: Parser) -> dict[tuple[str, tuple[str, ...]], float]:
    """By name and the values of the labels."""
    return {
        (one.name, tuple(one.labels.values())): one.value
        for family in parser(text.decode())
        for one in family.samples
    }


@pytest.mark.parametrize(("openly", "media_type", "parser"), FORMS)
def test_every_family_is_told_and_adds_up(openly: bool, media_type: str, parser: Parser) -> None:
    text, form = text_of([told(), told(), told(alive=False)], STANDING, openly=openly)
    assert form == media_type
    found = samples(text, parser)
    assert {name for name, _ in found if name == "clearance_build_info"}
    for family in FAMILIES:
        name = exposed(family)
        if family.kind == "histogram":
            assert f"{name}_bucket" in {known for known, _ in found}
            counts = [number for (known, _), number in found.items() if known == f"{name}_count"]
            assert counts == [3]
        else:
            (number,) = [number for (known, _), number in found.items() if known == name]
            commits = 3 if family.name == "commits" else 1
            expected = {"counter": 3 * commits, "load": 4, "shared": 7.5}
            assert number == expected[family.kind], family.name


def test_buckets_grow_up_to_all() -> None:
    found = samples(text_of([told()], {}, openly=False)[0], plain_families)
    name = "clearance_commit_seconds_bucket"
    buckets = [number for (known, _), number in found.items() if known == name]
    assert buckets == sorted(buckets)
    assert (buckets[0], found[name, ("0.005",)], found[name, ("+Inf",)]) == (0, 1, 1)
    assert found["clearance_commit_seconds_sum", ()] == 0.004


def test_before_anything_happened_the_plain_counters_are_zero() -> None:
    found = samples(text_of([], {}, openly=False)[0], plain_families)
    assert found["clearance_conflicts_total", ()] == 0
    assert found["clearance_commits_total", ()] == 0
