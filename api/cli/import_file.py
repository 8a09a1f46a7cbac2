"""The lines of a file to import: creations and events, each with the key that it always has.

JSON Lines: `{"application", "event", "idempotency_key"?, "if_match"?}` is an event, the shape of
a batch's item; `{"create": {...}, "ref"?, "idempotency_key"?}` opens an application, which later
lines may call `"@<ref>"`. CSV: a line of names, then an event a line; a column is `application`,
`idempotency_key`, `if_match`, a field of the event, `evidence.<field>` or `data.<field>`.

A line without a key gets one from its content, and from how often the same content came before
it: so the same file again repeats nothing, and neither does one in which lines were added or
other lines mended.
"""

import csv
import io
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from api.cli.faults import Wrong, why
from api.cli.pairs import put
from workflow.domain import canonical
from workflow.domain.procedure import Label

KEYS = "import:"
SHOWN = 20
"""Lines that are told one by one."""
EVENT = frozenset({"application", "event", "idempotency_key", "if_match"})
CREATION = frozenset({"create", "ref", "idempotency_key"})
FIELDS = frozenset({"type", "authority", "effective_at", "reason"})


class Unreadable(Exception):
    """Lines that are neither a creation nor an event; the message names the first of them."""

    def __init__(self, problems: list[Label]) -> None:
        more = len(problems) - SHOWN
        told = problems[:SHOWN] + ([Wrong("more-lines", count=more).label] if more > 0 else [])
        self.label = Label("\n".join(one.en for one in told), "\n".join(one.zh for one in told))
        super().__init__(self.label.en)


@dataclass(frozen=True, slots=True)
class Line:
    """One line: the body of a creation, or an item of a batch without its key."""

    number: int
    key: str
    creation: bool
    body: dict[str, Any]
    ref: str | None = None


def read(content: bytes, as_csv: bool) -> list[Line]:
    """Every line, before anything of it is sent. Raises Unreadable."""
    found, problems, seen, refs = list[Line](), list[Label](), Counter[str](), set[str]()
    for number, raw in _csv(content) if as_csv else _json(content):
        try:
            line = _line(number, _shaped(raw), seen)
            _refer(line, refs)
        except ValueError as error:
            problems.append(Wrong("line", number=number, why=why(error)).label)
        else:
            found.append(line)
    if problems:
        raise Unreadable(problems)
    return found


def _shaped(raw: dict[str, Any] | ValueError) -> dict[str, Any]:
    if isinstance(raw, ValueError):
        raise raw
    known = CREATION if "create" in raw else EVENT
    unknown = raw.keys() - known
    if unknown:
        raise Wrong("unknown-field", fields=", ".join(sorted(unknown)))
    parts = ("create",) if "create" in raw else ("event",)
    if not all(isinstance(raw.get(part), dict) for part in parts):
        raise Wrong("neither")
    if "create" not in raw and not isinstance(raw.get("application"), str):
        raise Wrong("no-application")
    for name in ("idempotency_key", "ref", "if_match"):
        if not isinstance(raw.get(name), str | None):
            raise Wrong("not-a-text", name=name)
    return raw


def _line(number: int, raw: dict[str, Any], seen: Counter[str]) -> Line:
    body = {name: value for name, value in raw.items() if name not in ("idempotency_key", "ref")}
    digest = canonical.sha256(canonical.encode(raw))
    seen[digest] += 1
    key = raw.get("idempotency_key") or f"{KEYS}{digest[:40]}:{seen[digest]}"
    if "create" in raw:
        return Line(number, key, True, body["create"], raw.get("ref"))
    return Line(number, key, False, body)


def _refer(line: Line, refs: set[str]) -> None:
    """A name is given once, and before it is used."""
    if line.ref is not None:
        if line.ref in refs:
            raise Wrong("given-twice", name=f"ref {line.ref}")
        refs.add(line.ref)
    named = "" if line.creation else line.body["application"]
    if named.startswith("@") and named[1:] not in refs:
        raise Wrong("no-ref", ref=named[1:])


def _json(content: bytes) -> Iterator[tuple[int, dict[str, Any] | ValueError]]:
    for number, text in enumerate(content.split(b"\n"), 1):
        if text.strip():
            try:
                raw = canonical.decode(text)
            except canonical.Malformed as error:
                yield number, error
            else:
                yield number, raw if isinstance(raw, dict) else Wrong("not-an-object")


def _csv(content: bytes) -> Iterator[tuple[int, dict[str, Any] | ValueError]]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        yield 1, Wrong("not-utf-8", byte=error.start)
        return
    rows = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    try:
        for row in rows:
            yield rows.line_num, _told(row)
    except csv.Error as error:
        yield rows.line_num, ValueError(str(error))


def _told(row: dict[str, str]) -> dict[str, Any] | ValueError:
    if None in row or None in row.values():
        return Wrong("cells")
    try:
        return _item(row)
    except ValueError as error:
        return error


def _item(row: dict[str, str]) -> dict[str, Any]:
    """An item of a batch from the cells that are not empty. Raises ValueError."""
    item: dict[str, Any] = {"event": {}}
    for name, cell in row.items():
        outer, _, inner = name.partition(".")
        if not cell:
            continue
        if name in EVENT - {"event"}:
            item[name] = cell
        elif name in FIELDS:
            item["event"][name] = cell
        elif outer == "evidence" and inner:
            item["event"].setdefault("evidence", [{}])[0][inner] = cell
        elif outer == "data":
            put(item["event"].setdefault("data", {}), inner, cell)
        else:
            raise Wrong("unknown-column", name=name)
    return item
