"""The elements of a picture as SVG: boxes, texts, lines, and the colours for day and night."""

from collections.abc import Iterator, Sequence
from html import escape
from typing import NamedTuple

from workflow.procedures.layout import Box, Point

LEADING = 1.35
"""The height of a line of text, in sizes of it."""
CORNER = 8.0
"""The radius of a line's corners, in pixels."""

NO_CHARACTERS = {0xFFFE: "\N{REPLACEMENT CHARACTER}", 0xFFFF: "\N{REPLACEMENT CHARACTER}"}
"""What a procedure's text may hold and XML may not (XML 1.0, section 2.2)."""

STYLE = """
text{font-family:system-ui,"Noto Sans","Noto Sans CJK SC","PingFang SC","Microsoft YaHei",
sans-serif;text-anchor:middle;fill:#1a2433}
.left{text-anchor:start}
.muted{fill:#56637a}
.strong{font-weight:600}
.paper,.event rect{fill:#fff}
.state rect{fill:#eaf1fb;stroke:#2f5597;stroke-width:1.5}
.side rect{fill:#f7f5f1;stroke:#7a6a4f;stroke-dasharray:5 4}
.state.current rect{fill:#fff0c2;stroke:#a85f00;stroke-width:3.5;stroke-dasharray:none}
.state.been rect{fill:#dcefe1;stroke:#2e6b45}
.state.next rect{stroke:#a85f00;stroke-width:2.5;stroke-dasharray:2 3}
.state rect.inner{fill:none;stroke-width:1.2}
.halo{fill:none;stroke:#fff;stroke-width:6}
.line{fill:none;stroke:#4a5568;stroke-width:1.6}
.bar{fill:none;stroke:#4a5568;stroke-width:3;stroke-linecap:round}
.head{fill:#4a5568}
@media (prefers-color-scheme:dark){
text{fill:#e8edf5}
.muted{fill:#a3b0c4}
.paper,.event rect{fill:#14181f}
.state rect{fill:#1d2a40;stroke:#7fa6e8}
.side rect{fill:#26231d;stroke:#b5a37f}
.state.current rect{fill:#4a3500;stroke:#ffb84d}
.state.been rect{fill:#17301f;stroke:#86d3a6}
.state.next rect{stroke:#ffb84d}
.halo{stroke:#14181f}
.line,.bar{stroke:#a3b0c4}
.head{fill:#a3b0c4}
}
"""


class Text(NamedTuple):
    """A line of text, its size in pixels, and its classes."""

    words: str
    size: float
    look: str = ""


def height(texts: Sequence[Text]) -> float:
    """Of lines of text, one below the other, in pixels."""
    return sum(text.size * LEADING for text in texts)


def element(name: str, words: str, **attributes: str) -> str:
    """An element that holds a text."""
    written = "".join(f' {key}="{plain(value)}"' for key, value in attributes.items())
    return f"<{name}{written}>{plain(words)}</{name}>"


def plain(words: str) -> str:
    """A text that means nothing to XML."""
    return escape(words.translate(NO_CHARACTERS))


def text(words: Text, x: float, y: float) -> str:
    """A line of text on this base line; it is centred unless its look says otherwise."""
    look = f' class="{words.look}"' if words.look else ""
    place = f'x="{x:.1f}" y="{y:.1f}" font-size="{words.size:g}"'
    return f"<text {place}{look}>{plain(words.words)}</text>"


def rectangle(centre: Point, width: float, depth: float, radius: float, look: str = "") -> str:
    """A rectangle with round corners."""
    x, y = centre.x - width / 2, centre.y - depth / 2
    return (
        f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{depth:.1f}" '
        f'rx="{radius:g}"{f" class={chr(34)}{look}{chr(34)}" if look else ""}/>'
    )


def sign(
    box: Box, texts: Sequence[Text], centre: Point, *, look: str, radius: float, doubled: bool
) -> Iterator[str]:
    """A box with its texts, one below the other; a second rectangle inside where `doubled`."""
    yield f'<g class="{look}">'
    yield rectangle(centre, box.width, box.height, radius)
    if doubled:
        yield rectangle(centre, box.width - 8, box.height - 8, radius - 2, "inner")
    y = centre.y - height(texts) / 2
    for words in texts:
        yield text(words, centre.x, y + words.size * 1.02)
        y += words.size * LEADING
    yield "</g>"


def line(corners: Sequence[Point], *, arrow: bool) -> Iterator[str]:
    """A line with rounded corners, over a halo that parts it from those it crosses."""
    path = _path(corners)
    yield f'<path class="halo" d="{path}"/>'
    yield f'<path class="line" d="{path}"/>'
    if arrow:
        x, y = corners[-1]
        yield f'<path class="head" d="M{x - 5:.1f} {y - 10:.1f}L{x:.1f} {y:.1f}l5 -10Z"/>'


def bar(ends: Sequence[Point]) -> str:
    """A bar on which several lines end, to go on as one."""
    left, right = min(end.x for end in ends), max(end.x for end in ends)
    return f'<path class="bar" d="M{left:.1f} {ends[0].y:.1f}H{right:.1f}"/>'


def _path(corners: Sequence[Point]) -> str:
    drawn = f"M{corners[0].x:.1f} {corners[0].y:.1f}"
    for before, corner, after in zip(corners, corners[1:], corners[2:], strict=False):
        enter, leave = _towards(corner, before), _towards(corner, after)
        drawn += f"L{enter.x:.1f} {enter.y:.1f}Q{corner.x:.1f} {corner.y:.1f} "
        drawn += f"{leave.x:.1f} {leave.y:.1f}"
    return drawn + f"L{corners[-1].x:.1f} {corners[-1].y:.1f}"


def _towards(corner: Point, other: Point) -> Point:
    """Where the rounding of a corner begins on the way to its neighbour."""
    across, down = other.x - corner.x, other.y - corner.y
    length = abs(across) + abs(down)
    share = min(CORNER, length / 2) / length if length else 0.0
    return Point(corner.x + across * share, corner.y + down * share)
