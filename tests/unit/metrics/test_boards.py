"""The dashboard and the alerts ask for what there is, and for all of it."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from api.faults import FAULTS
from api.metrics.families import FAMILIES, Family, exposed
from api.readiness import STOPPED, TOLD, UNSAFE

ROOT = Path(__file__).parents[3]
BOARD = json.loads((ROOT / "docker/grafana/clearance.json").read_text(encoding="utf-8"))
ALERTS = yaml.safe_load((ROOT / "docker/prometheus/alerts.yml").read_text(encoding="utf-8"))
OPERATIONS = (ROOT / "docs/operations.md").read_text(encoding="utf-8")

SELECTOR = re.compile(r"(clearance_\w+)(?:\{([^}]*)\})?")
GROUPED = re.compile(r"by \(([^)]*)\)")
MATCHER = re.compile(r'(\w+)=~?"([^"]*)"')
LEGEND = re.compile(r"\{\{(\w+)\}\}")
ENDINGS = {"histogram": ("_bucket", "_sum", "_count")}
TARGET = {"job", "instance"}
FINDINGS = {*TOLD, STOPPED, UNSAFE}


def names(family: Family) -> list[str]:
    return [exposed(family) + ending for ending in ENDINGS.get(family.kind, ("",))]


LABELS = {name: {*family.labels} for family in FAMILIES for name in names(family)}
LABELS["clearance_build_info"] = {"version"}


def panels() -> Iterator[dict[str, Any]]:
    yield from (panel for panel in BOARD["panels"] if panel["type"] != "row")


def queries() -> Iterator[str]:
    for panel in panels():
        for target in panel["targets"]:
            yield target["expr"]
    for group in ALERTS["groups"]:
        for rule in group["rules"]:
            yield rule["expr"]


QUERIES = sorted(set(queries()))


@pytest.mark.parametrize("query", QUERIES)
def test_a_query_asks_for_metrics_and_labels_that_there_are(query: str) -> None:
    known = set(TARGET)
    for name, matchers in SELECTOR.findall(query):
        assert name in LABELS, name
        known |= LABELS[name] | ({"le"} if name.endswith("_bucket") else set())
        assert {label for label, _ in MATCHER.findall(matchers)} <= LABELS[name] | TARGET
        if name.endswith(("_total", "_bucket", "_sum", "_count")):
            assert re.search(rf"(?:rate|increase)\({name}\b", query), "a counter only ever grows"
    for grouped in GROUPED.findall(query):
        assert {label.strip() for label in grouped.split(",")} <= known
    assert query.count("(") == query.count(")")
    if "histogram_quantile" in query:
        assert "le" in GROUPED.findall(query)[0]


def test_values_of_labels_are_ones_that_there_are() -> None:
    values = {pair for query in QUERIES for pair in MATCHER.findall(query)}
    outcomes = {word for label, value in values if label == "outcome" for word in value.split("|")}
    assert outcomes <= {"accepted", "busy", "unknown", "unavailable", "failed", "dead"}
    assert {value for label, value in values if label == "finding"} <= FINDINGS


def test_every_metric_is_shown() -> None:
    asked = {name for query in queries() for name, _ in SELECTOR.findall(query)}
    shown = [family.name for family in FAMILIES if asked.isdisjoint(names(family))]
    assert shown == ["log_size"], "what is behind is shown instead"


def test_every_metric_and_finding_is_explained() -> None:
    for family in FAMILIES:
        assert f"`{exposed(family)}`" in OPERATIONS, family.name
    for finding in FINDINGS:
        assert f"`{finding}`" in OPERATIONS, finding
    assert {STOPPED, UNSAFE} <= FAULTS.keys()


def test_panels_do_not_overlap_and_say_what_they_show() -> None:
    taken: set[tuple[int, int]] = set()
    for panel in BOARD["panels"]:
        place = panel["gridPos"]
        cells = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert taken.isdisjoint(cells)
        assert max(x for x, _ in cells) < 24
        taken |= cells
    numbers = [panel["id"] for panel in BOARD["panels"]]
    assert len(set(numbers)) == len(numbers)
    for panel in panels():
        assert panel["title"]
        assert panel["description"].endswith(".")
        for target in panel["targets"]:
            grouped = {
                word for part in GROUPED.findall(target["expr"]) for word in part.split(", ")
            }
            assert {*LEGEND.findall(target["legendFormat"])} <= grouped


def test_alerts_say_what_to_do() -> None:
    rules = [rule for group in ALERTS["groups"] for rule in group["rules"]]
    assert len({rule["alert"] for rule in rules}) == len(rules)
    for rule in rules:
        assert rule["labels"]["severity"] in ("warning", "critical")
        assert rule["annotations"]["summary"].endswith(".")
    watched = {name for rule in rules for name, _ in SELECTOR.findall(rule["expr"])}
    assert watched >= {"clearance_webhook_deliveries_waiting", "clearance_processes"}
    found = {value for rule in rules for _, value in MATCHER.findall(rule["expr"])}
    assert found >= FINDINGS - {"timers-behind"}, "whose metric has an alert of its own"
