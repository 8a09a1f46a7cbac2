"""What a command prints: tables for people, JSON for programs; results to standard output, all
else to standard error.
"""

import json
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, tzinfo
from typing import Any, TextIO, TypeVar

from pydantic import BaseModel
from rich import box
from rich.console import Console, RenderableType
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeRemainingColumn,
)
from rich.table import Table
from rich.text import Text

from api.cli.options import Look
from api.cli.texts import Words
from api.client import Refused
from api.settings import language

WIDE = 160
"""Cells of a line where no terminal says how wide it is."""

T = TypeVar("T")


class Output:
    """Prints in one language, for people or for programs."""

    def __init__(self, look: Look) -> None:
        self.json, self.lang = look.json, look.lang or language()
        self.words = Words(self.lang)

    def show(self, found: T, draw: Callable[[T], RenderableType]) -> None:
        """A result."""
        if self.json:
            self.write(dumped(found))
        else:
            console(sys.stdout).print(draw(found))

    def say(self, name: str, /, **values: object) -> None:
        """A result in a sentence, for people."""
        if not self.json:
            console(sys.stdout).print(Text(printable(self.words(name, **values))))

    def write(self, value: Any) -> None:
        """One line of JSON."""
        print(json.dumps(value, ensure_ascii=False), flush=True)

    def line(self, text: str) -> None:
        """A result in a line, at once."""
        console(sys.stdout).print(Text(printable(text)))
        sys.stdout.flush()

    def note(self, name: str, /, **values: object) -> None:
        """Something beside the result."""
        console(sys.stderr).print(Text(printable(self.words(name, **values))))

    def label(self, texts: Any) -> str:
        """A text of both languages, in this one."""
        plain = texts.model_dump() if isinstance(texts, BaseModel) else texts
        return str(plain.get(self.lang) or plain["en"])

    def refusal(self, refused: Refused) -> None:
        """Why the service said no: JSON to standard output, sentences to standard error."""
        if self.json:
            self.write(refused.problem)
            return
        detail = refused.detail_zh if self.lang == "zh" else refused.detail
        self.note("refused", code=refused.code, detail=detail)
        for guard in refused.failed_guards:
            if guard.code != refused.code:
                self.note("reason", code=guard.code, detail=self.label(guard.detail))
        for error in refused.errors:
            self.note("reason", code=error.get("pointer", ""), detail=error.get("detail", ""))
        if refused.state is not None:
            possible = ", ".join(refused.allowed_events) or self.words("nothing")
            self.note("possible-now", state=refused.state, events=possible)

    @contextmanager
    def progress(self, name: str, total: int) -> Iterator[Callable[[int], None]]:
        """A bar on standard error, on a terminal alone; the value is called with each advance."""
        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
        )
        shown = sys.stderr.isatty()
        with Progress(*columns, console=console(sys.stderr), disable=not shown) as bar:
            task = bar.add_task(self.words(name), total=total)
            yield lambda steps: bar.advance(task, steps)


def console(stream: TextIO) -> Console:
    """A console without colours where nobody looks."""
    seen = stream.isatty()
    return Console(
        file=stream,
        width=None if seen else WIDE,
        force_terminal=None if seen else False,
        highlight=False,
        markup=False,
        emoji=False,
    )


def table(*columns: str, title: str | None = None) -> Table:
    """A table; cells of wide characters stand in line."""
    made = Table(box=box.ROUNDED, title=title, title_justify="left")
    for place, name in enumerate(columns):
        # What a line is about stands first, and is what the next command is given: never broken.
        made.add_column(name, overflow="fold", no_wrap=place == 0)
    return made


def row(made: Table, *cells: object) -> None:
    """One line of a table, without anything that could command a terminal."""
    made.add_row(*(Text(printable("" if cell is None else str(cell))) for cell in cells))


def card(pairs: Iterable[tuple[str, object]]) -> Table:
    """Names and values below each other; what is empty is left out."""
    made = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    made.add_column(no_wrap=True, style="bold")
    made.add_column(overflow="fold")
    for name, value in pairs:
        if value not in (None, "", []):
            row(made, name, value)
    return made


def printable(text: str) -> str:
    """A text in which control characters, escape sequences among them, have lost their power."""
    return "".join(sign if sign.isprintable() or sign == "\n" else "\ufffd" for sign in text)


def when(instant: str | None, zone: tzinfo = UTC) -> str:
    """A time to the minute, in the zone in which the procedure is lived."""
    if instant is None:
        return ""
    return f"{datetime.fromisoformat(instant).astimezone(zone):%Y-%m-%d %H:%M %z}"


def dumped(found: Any) -> Any:
    """A result as plain JSON values."""
    if isinstance(found, BaseModel):
        return found.model_dump(by_alias=True)
    if isinstance(found, list):
        return {"items": [dumped(one) for one in found]}
    if isinstance(found, dict):
        return {name: dumped(value) for name, value in found.items()}
    return found
