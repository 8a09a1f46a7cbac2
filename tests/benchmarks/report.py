"""Prints the figures and writes `docs/benchmarks.md`; nobody else writes that page."""

from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests.benchmarks.figures import Figure, Section, shown

PAGE = Path(__file__).parents[2] / "docs" / "benchmarks.md"

INTRODUCTION = """\
# Benchmarks

Written by `{command}`, which measured everything below in one run of {minutes:.1f} minutes; not
edited by hand. Each figure is the median of {rounds} rounds, in which the two sides were
measured in turn on the same machine, with the least and the greatest round as its spread. A
figure that is missed is reported as missed.
"""


def show(sections: Sequence[Section]) -> None:
    """Print every figure."""
    table = Table(title="Figures to hold", title_justify="left")
    for column in ("figure", "median", "spread", "sides", "hold", ""):
        table.add_column(column, no_wrap=True)
    for section in sections:
        for figure in section.figures:
            table.add_row(*_cells(figure))
        table.add_section()
    Console(width=160).print(table)


def write(
    sections: Sequence[Section],
    surroundings: Sequence[tuple[str, str]],
    command: str,
    rounds: int,
    minutes: float,
) -> Path:
    """Write the page and return where."""
    parts = [INTRODUCTION.format(command=command, rounds=rounds, minutes=minutes)]
    parts.append(_table(sections))
    parts.append("## How\n")
    parts += [f"**{section.title}.** {section.method}\n" for section in sections]
    parts.append("## Where\n")
    parts.append("| | |\n|---|---|")
    parts += [f"| {name} | {value} |" for name, value in surroundings]
    PAGE.write_text("\n".join(parts) + "\n", encoding="utf-8")
    return PAGE


def _table(sections: Sequence[Section]) -> str:
    lines = ["| figure | median | spread | sides | hold | |", "|---|---|---|---|---|---|"]
    for section in sections:
        lines += [f"| {' | '.join(_cells(figure))} |" for figure in section.figures]
    return "\n".join(lines) + "\n"


def _cells(figure: Figure) -> tuple[str, ...]:
    middle = shown(figure.middle, figure.unit)
    hold = "" if figure.hold is None else str(figure.hold)
    return figure.name, middle, figure.spread, figure.sides, hold, figure.verdict
