"""Exported trails that are read again, from the bytes of a file to the text of each record.

A line of JSON Lines is a record's exact stored text. In a JSON array the text may have been
laid out anew on the way, so each element is written canonically again before it is checked;
an element that cannot be read in one way only is left as it is, for the check to refuse.
"""

import json
import re
from typing import NamedTuple

from workflow.domain import canonical

_ARRAY = re.compile(r'\s*(?:\{\s*"items"\s*:\s*)?\[')
_SPACE = re.compile(r"[ \t\r\n]*")


class Unreadable(Exception):
    """The file is no export of a trail; the message says why."""


class Export(NamedTuple):
    """The records of an export, as texts. `exact`: as exported, not written again. `partial`:
    the export itself says that it is a page and that more records follow.
    """

    records: list[bytes]
    exact: bool
    partial: bool = False


def read(content: bytes) -> Export:
    """An array, an object with `items`, or JSON Lines. Raises Unreadable."""
    text = content.decode("utf-8", "surrogateescape")  # a broken character is its record's fault
    begin = _ARRAY.match(text)
    if begin is not None:
        export = _array(text, begin.end())
    elif text.lstrip().startswith("{"):
        export = _page(content) or Export(content.rstrip(b"\n").split(b"\n"), exact=True)
    else:
        raise Unreadable("it is neither JSON nor JSON Lines")
    if not export.records:
        raise Unreadable("there are no records in it")
    return export


def _array(text: str, begin: int) -> Export:
    """Element by element, so that a broken file still tells which record is broken."""
    decoder, records, at = json.JSONDecoder(), list[bytes](), _skip(text, begin)
    while not text.startswith("]", at):
        try:
            _, end = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            return Export([*records, _bytes(text[at:])], exact=False)
        records.append(_rewritten(_bytes(text[at:end])))
        at = _skip(text, end)
        if text.startswith(",", at):
            at = _skip(text, at + 1)
        elif not text.startswith("]", at):
            return Export([*records, _bytes(text[at:])], exact=False)
    try:
        frame = json.loads(text[:begin] + text[at:])
    except ValueError as error:
        raise Unreadable("what stands around its records is not JSON") from error
    return Export(records, exact=False, partial=_continued(frame))


def _page(content: bytes) -> Export | None:
    """An object that names other things before its `items`."""
    try:
        page = canonical.decode(content)
    except canonical.Malformed:
        return None
    if not isinstance(page.get("items"), list):
        return None
    records = [canonical.encode(record) for record in page["items"]]
    return Export(records, exact=False, partial=_continued(page))


def _continued(frame: object) -> bool:
    return isinstance(frame, dict) and frame.get("next") is not None


def _rewritten(record: bytes) -> bytes:
    try:
        return canonical.encode(canonical.decode(record))
    except canonical.Malformed:
        return record


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def _skip(text: str, at: int) -> int:
    space = _SPACE.match(text, at)
    return space.end() if space else at
