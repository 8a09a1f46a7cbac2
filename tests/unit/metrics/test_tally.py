"""What one process counts."""

import ast
from pathlib import Path

import orjson
import pytest

from api.metrics.families import BY_NAME, FAMILIES, OTHER
from api.metrics.tally import ENTRIES, Tally
from tests.integration.events import CATALOG
from workflow.drawing import RULES
from workflow.observing import SILENT, Observer

ROOT = Path(__file__).parents[3]


def counted(observer: Observer) -> None:
    """One of everything that is told of."""
    observer.settled("approve", "accepted")
    observer.settled("approve", "refused", "guard-said-no")
    observer.committed(0.003, 7)
    observer.stale(2)
    observer.delivered("failed", 0.2)


def test_everything_is_counted_by_what_tells_it_apart() -> None:
    tally = Tally(["approve"])
    counted(tally)
    counted(tally)
    assert tally.counts == {
        ("events", "approve", "accepted"): 2,
        ("events", "approve", "refused"): 2,
        ("refusals", "guard-said-no"): 2,
        ("commits",): 14,
        ("conflicts",): 4,
        ("deliveries", "failed"): 2,
    }
    sizes = tally.histograms["commit_group_size",]
    assert (sizes.total, sizes.counts[3], sum(sizes.counts)) == (14, 2, 2)


def test_where_nobody_counts_nothing_happens() -> None:
    counted(SILENT)


def test_a_value_at_a_bound_is_within_it_and_none_is_lost() -> None:
    tally = Tally()
    for size in (1, 2, 3, 1024, 1025):
        tally.committed(0, size)
    assert tally.histograms["commit_group_size",].counts == [1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 1, 1]


def test_what_nobody_knows_is_other() -> None:
    tally = Tally(["approve"])
    for number in range(100):
        tally.settled(f"rubbish-{number}", "refused")
        tally.answered(f"RUBBISH{number}", None, 404, 0.1)
    assert tally.counts == {
        ("events", OTHER, "refused"): 100,
        ("http_requests", OTHER, OTHER, "404"): 100,
    }


def test_the_types_of_procedures_become_known() -> None:
    tally = Tally()
    tally.know(CATALOG.types)
    for kind in ("approve", "register_buyer", "no_such_event"):
        tally.settled(kind, "accepted")
    kinds = [kind for _, kind, _ in tally.counts]
    assert kinds == ["approve", "register_buyer", OTHER]


def test_every_entry_that_the_law_makes_is_known() -> None:
    """Whatever is posted that no procedure names: the type stands where the event is made."""
    calls = [
        node
        for folder in ("api", "workflow")
        for path in (ROOT / folder).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in ("entry", "Event")
    ]
    types = [
        *(call.args[0] for call in calls if call.args),
        *(one.value for call in calls for one in call.keywords if one.arg == "type"),
    ]
    made = {one.value for one in types if isinstance(one, ast.Constant)}
    assert {"create", "register_buyer"} < made
    assert {*made, *RULES} <= ENTRIES


def test_what_is_written_adds_up_to_the_same() -> None:
    tally, both = Tally(["approve"]), Tally()
    counted(tally)
    written = orjson.loads(orjson.dumps(tally.written()))
    for _ in range(2):
        both.merge(written)
    assert both.counts == {key: 2 * number for key, number in tally.counts.items()}
    for key, one in tally.histograms.items():
        assert both.histograms[key].total == 2 * one.total
        assert both.histograms[key].counts == [2 * number for number in one.counts]


@pytest.mark.parametrize(
    ("counts", "histograms"),
    [
        ([["no-such-family", 1]], []),
        ([["events", "a-label-too-few", 1]], []),
        ([], [["no-such-family", 1.0, [1]]]),
        ([], [["commit_seconds", "a-label-too-many", 1.0, [0] * 14]]),
    ],
)
def test_what_another_version_has_counted_is_left_out(
    counts: list[list[object]], histograms: list[list[object]]
) -> None:
    tally = Tally()
    tally.merge({"counts": counts, "histograms": histograms})
    assert (tally.counts, tally.histograms) == ({}, {})


def test_buckets_of_another_version_do_not_mix() -> None:
    tally = Tally()
    tally.committed(0.1, 1)
    tally.merge({"counts": [], "histograms": [["commit_seconds", 5.0, [1, 1]]]})
    assert tally.histograms["commit_seconds",].total == 0.1


def test_families_are_sound() -> None:
    assert len(BY_NAME) == len(FAMILIES)
    for family in FAMILIES:
        assert bool(family.buckets) == (family.kind == "histogram")
        assert list(family.buckets) == sorted(set(family.buckets))
        assert family.told.endswith(".")
