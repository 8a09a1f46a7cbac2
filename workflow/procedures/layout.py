"""Where the boxes of a picture go and how the lines between them run.

The only module that knows the layout engine (docs/decisions/0006): a layered layout from top to
bottom with right-angled lines, the same for the same input everywhere.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import graphlay

OPTIONS = {
    "direction": "topbottom",
    "spacing": {"layer_gap": 34.0, "node_gap": 40.0},
    "routing": {"style": "orthogonal", "port_sides": "facing_only"},
}

FIRST_RATE, SECOND_RATE = 9.0, 1.0
"""How strongly a line pulls its ends into one column."""


class Point(NamedTuple):
    """A place in the picture, in pixels from its upper left corner."""

    x: float
    y: float


class Box(NamedTuple):
    """What takes up room, in pixels."""

    id: str
    width: float
    height: float


class Line(NamedTuple):
    """A connection of two boxes; `straight` lines keep their ends in one column if they can."""

    source: str
    target: str
    straight: bool


@dataclass(frozen=True, slots=True)
class Plan:
    """The centre of every box, and the corners of every line in the order given."""

    centres: dict[str, Point]
    lines: list[list[Point]]
    width: float
    height: float


def plan(boxes: Sequence[Box], lines: Sequence[Line]) -> Plan:
    """Place boxes and lines; ids are unique, and a line names two of them."""
    graph = graphlay.Graph()
    for box in boxes:
        graph.node(box.id, width=box.width, height=box.height)
    for line in lines:
        weight = FIRST_RATE if line.straight else SECOND_RATE
        graph.edge(line.source, line.target, weight=weight)
    found = graphlay.layout(graph, preset="layered", options=OPTIONS)
    start, end = _point(found.bounds["min"]), _point(found.bounds["max"])

    def moved(point: dict[str, Any]) -> Point:
        return Point(point["x"] - start.x, point["y"] - start.y)

    return Plan(
        centres={
            box.id: moved(node["center"]) for box, node in zip(boxes, found.nodes, strict=True)
        },
        lines=[[moved(point) for point in edge["points"]] for edge in found.edges],
        width=end.x - start.x,
        height=end.y - start.y,
    )


def _point(written: dict[str, Any]) -> Point:
    return Point(written["x"], written["y"])
