"""What a command prints: tables for people, JSON for programs; results to standard output, all
else to standard error.
"""

import json
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, tzinfo
from typing import Any, TextIO, TypeVar

from pydantic import BaseModel
from rich.console import Console, RenderableType
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from api.cli.options import Look
from api.cli.tables import printable
from api.cli.texts import Words
from api.client import Refused
from api.reasons import in_both
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
        """A text of both languages, in this one; in the other where this one has none."""
        plain = texts.model_dump() if isinstance(texts, BaseModel) else texts
        return str(plain.get(self.lang) or plain.get("en") or plain.get("zh"))

    def cited(self, piece: Mapping[str, Any]) -> str:
        """A piece of evidence: publisher, day, and whom it cites."""
        source = f"{piece['publisher']}, {piece['published_at'][:10]}"
        if not piece.get("attribution"):
            return source
        return self.words("citing", source=source, attribution=piece["attribution"])

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
        self.fields(refused.errors)
        near = refused.problem.get("did_you_mean")
        if near:
            self.note("did-you-mean", events=", ".join(near))
        if refused.state is not None:
            possible = ", ".join(refused.allowed_events) or self.words("nothing")
            self.note("possible-now", state=refused.state, events=possible)

    def fields(self, errors: Iterable[Mapping[str, str]]) -> None:
        """What is wrong with the fields of a request."""
        for error in errors:
            told = in_both(error.get("detail", ""))._asdict()
            detail = self.label(told | ({"zh": error["detail_zh"]} if "detail_zh" in error else {}))
            self.note("reason", code=error.get("pointer", ""), detail=detail)

    @contextmanager
    def progress(self, name: str, total: int | None) -> Iterator[Callable[[int], None]]:
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
        width=None if seen else shutil.get_terminal_size((WIDE, 25)).columns,
        force_terminal=None if seen else False,
        highlight=False,
        markup=False,
        emoji=False,
    )


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
