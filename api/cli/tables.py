"""Tables that fit the terminal: where there is no room beside, columns stand below each other, so
that a narrow terminal shows what a wide one does.
"""

from collections.abc import Iterable
from typing import NamedTuple

from rich import box
from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderResult
from rich.table import Table
from rich.text import Text

READABLE = 22
"""Cells that a column of sentences needs beside others; a time to the minute takes as many."""


class Column(NamedTuple):
    """`whole`: a cell of it is not broken, since the next command is given it or the eye looks
    for it. `under`: the place of the column below whose cells its own stand when room is short.
    """

    title: str
    whole: bool = False
    under: int | None = None


class Grid:
    """A table whose last columns give way first; cells of wide characters stand in line."""

    def __init__(self, *columns: Column, title: str | None = None) -> None:
        self._columns, self._title = columns, title
        self._rows: list[tuple[str, ...]] = []

    def row(self, *cells: object) -> None:
        """One line, without anything that could command a terminal."""
        self._rows.append(tuple(map(shown, cells)))

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Draw it for the room that there is."""
        yield self._drawn(self._stacks(options.max_width))

    def _stacks(self, room: int) -> dict[int, list[int]]:
        """For each column that stands beside others, those that stand in it, itself first."""
        stacks = {place: [place] for place in range(len(self._columns))}
        if self._rows and self._needs(stacks) > room:
            stacks = {place: stack for place, stack in stacks.items() if self._said(place)}
        for place in reversed(range(len(self._columns))):
            under = self._columns[place].under
            if under in stacks and place in stacks and self._needs(stacks) > room:
                stacks[under][1:1] = stacks.pop(place)
        return stacks

    def _said(self, place: int) -> bool:
        """Whether anything stands in a column."""
        return any(row[place] for row in self._rows)

    def _needs(self, stacks: dict[int, list[int]]) -> int:
        """The cells that a line takes, with the frame."""
        return sum(map(self._least, stacks.values())) + 3 * len(stacks) + 1

    def _least(self, stack: list[int]) -> int:
        """The cells that a column needs to be read."""
        within = [
            self._widest(place)
            if self._columns[place].whole
            else min(self._widest(place), READABLE)
            for place in stack
        ]
        return max(within)

    def _widest(self, place: int) -> int:
        return _widest((self._columns[place].title, *(row[place] for row in self._rows)))

    def _drawn(self, stacks: dict[int, list[int]]) -> Table:
        deepest = max(map(len, stacks.values()))
        made = Table(
            box=box.ROUNDED, title=self._title, title_justify="left", show_lines=deepest > 1
        )
        for place, stack in stacks.items():
            titles = [self._columns[one].title for one in stack] + [""] * (deepest - len(stack))
            made.add_column(
                "\n".join(titles),
                overflow="fold",
                width=self._least(stack) if self._columns[place].whole else None,
            )
        for row in self._rows:
            cells = (filter(None, (row[one] for one in stack)) for stack in stacks.values())
            made.add_row(*(Text("\n".join(lines)) for lines in cells))
        return made


def card(pairs: Iterable[tuple[str, object]]) -> Table:
    """Names and values below each other; what is empty is left out."""
    made = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    made.add_column(no_wrap=True, style="bold")
    made.add_column(overflow="fold")
    for name, value in pairs:
        if value not in (None, "", []):
            made.add_row(Text(shown(name)), Text(shown(value)))
    return made


def shown(cell: object) -> str:
    """What stands in a cell."""
    return printable("" if cell is None else str(cell))


def printable(text: str) -> str:
    """A text in which control characters, escape sequences among them, have lost their power."""
    return "".join(sign if sign.isprintable() or sign == "\n" else "\ufffd" for sign in text)


def _widest(texts: Iterable[str]) -> int:
    return max((cell_len(line) for text in texts for line in text.split("\n")), default=0)
