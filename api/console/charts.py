"""Charts of figures that stand in a table beside them, each a picture of its own (SVG).

A picture's address holds what is drawn, sealed for whoever the page was made for: so it shows what
the table says, whichever process draws it, and nobody makes one of figures that never were.
"""

import sys
from collections.abc import Sequence
from functools import cache
from typing import Any, Final, Literal, NamedTuple
from unicodedata import east_asian_width
from urllib.parse import urlencode

import orjson

from api.sealing import Seal, secret_of
from workflow.domain.principal import Principal
from workflow.store import Store

PATH = "/statistics/chart.svg"
WIDTH, HEIGHT, TEXT = 560, 260, 14
"""Units of the drawing; of `TEXT` a letter is high."""

ROW, FRAME = 34, 60
"""Height of a bar that lies, and of what is above and below all of them."""

LABELS = 8
"""Labels that fit below standing bars."""

FONTS = 'system-ui, "Noto Sans", "Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", sans-serif'

Tones = Literal["standing", "length", "plain"]
"""What the colours of its series mean."""

COLOURS: dict[Tones, tuple[Sequence[str], Sequence[str]]] = {
    "standing": (("#17603a", "#b7791f", "#8b939c"), ("#5fb98a", "#e5bd6b", "#6b737c")),
    "length": (
        ("#c6dbef", "#8fbbdc", "#5693c4", "#2c6ba3", "#0f3f6e"),
        ("#27415c", "#35618c", "#4d86bb", "#82b4e0", "#c9e1f7"),
    ),
    "plain": (("#2c6ba3",), ("#82b4e0",)),
}
"""In light and in darkness; they stand for the classes `tone-0`, ... of the tables, too."""

LOOK = """
.background { fill: transparent; }
text { fill: #565d66; }
.axis path.line { stroke: #d5d9de !important; stroke-dasharray: none !important; fill: none; }
.bar rect { stroke: #ffffff; stroke-width: 1; }
@media (prefers-color-scheme: dark) {
  text { fill: #a3abb4; }
  .axis path.line { stroke: #363c43 !important; }
  .bar rect { stroke: #1b1f23; }
}
"""


class Chart(NamedTuple):
    """Bars that stand one behind the other, or lie (`lying`) one below the other. A bar has a
    label and is piled up of a count of each series.
    """

    tones: Tones
    lying: bool
    labels: Sequence[str]
    series: Sequence[Sequence[int]]


class Charts:
    """The pictures of one person's pages."""

    def __init__(self, secret: bytes, principal: Principal) -> None:
        self._seal: Final = Seal(secret, orjson.dumps(["chart", principal.identity]))

    def address(self, chart: Chart) -> str:
        """Where a chart is drawn."""
        return f"{PATH}?{urlencode({'of': self._seal.close(orjson.dumps([*chart]))})}"

    def of(self, sealed: str) -> Chart:
        """What an address says. Raises Foreign."""
        return Chart(*orjson.loads(self._seal.open(sealed)))


async def charts_of(store: Store, principal: Principal) -> Charts:
    """The pictures of somebody who asks the service of this database."""
    return Charts(await secret_of(store), principal)


def draw(chart: Chart) -> str:
    """A chart as SVG, in the colours of whoever looks at it."""
    pygal = _pygal()
    kind = pygal.HorizontalStackedBar if chart.lying else pygal.StackedBar
    wide = max((_width(label) - len(label) for label in chart.labels), default=0)
    drawn = kind(
        no_prefix=True,
        js=(),
        css=("file://graph.css", f"inline:{LOOK}{_colours(chart)}"),
        style=pygal.style.Style(
            font_family=FONTS, label_font_size=TEXT, major_label_font_size=TEXT
        ),
        width=WIDTH,
        height=FRAME + ROW * len(chart.labels) if chart.lying else HEIGHT,
        margin_left=10 + round(TEXT * 0.6 * wide) if chart.lying else 20,
        show_legend=False,
        truncate_label=-1,
        order_min=0,
        max_scale=6,
        value_formatter=lambda count: f"{count:,.0f}",
    )
    # What lies is drawn from below.
    turn = -1 if chart.lying else 1
    drawn.x_labels = chart.labels[::turn]
    if not chart.lying:
        drawn.x_labels_major_every = -(-len(chart.labels) // LABELS)
        drawn.show_minor_x_labels = False
    for counts in chart.series:
        drawn.add("", counts[::turn])
    drawn.add_xml_filter(_bare)
    text: str = drawn.render(is_unicode=True)
    return text


@cache
def _pygal() -> Any:
    """What draws, imported when something is to be drawn: no start waits for it."""
    import pygal  # noqa: PLC0415

    # It leaves behind an importer of the kind that Python 3.12 knows no more, and 3.11 warns of.
    sys.meta_path[:] = [
        one for one in sys.meta_path if not isinstance(one, pygal.PluginImportFixer)
    ]
    return pygal


def _colours(chart: Chart) -> str:
    light, dark = map(_filled, COLOURS[chart.tones])
    return f"{light}@media (prefers-color-scheme: dark) {{{dark}}}"


def _filled(colours: Sequence[str]) -> str:
    found = enumerate(colours)
    return "".join(f".color-{place} rect {{ fill: {colour}; }}" for place, colour in found)


def _width(label: str) -> float:
    """In letters, of which a Chinese character takes nearly two."""
    return sum(1.7 if east_asian_width(letter) in "WF" else 1 for letter in label)


def _bare(root: Any) -> Any:
    """The picture without what only scripts would need, and without a word on how it was made."""
    for parent in list(root.iter()):
        for child in list(parent):
            if not isinstance(child.tag, str) or child.tag in ("script", "desc", "title"):
                parent.remove(child)
    return root
