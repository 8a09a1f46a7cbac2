"""The forms of an export: what is written first, for some records, and at the end.

A form keeps nothing of what it has written, so an export takes as much memory as a few hundred
records do, however many it has.
"""

from collections.abc import Sequence
from typing import Protocol

from api.exporting.columns import Language, heads, row
from api.exporting.workbook import Workbook
from api.tables import MARK, separated

JSON, JSONL, CSV = "application/json", "application/jsonl", "text/csv"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PDF = "application/pdf"

OFFERED = (JSON, JSONL, CSV, XLSX)
"""Media types of records, the usual one first."""

ENDINGS = {JSON: "json", JSONL: "jsonl", CSV: "csv", XLSX: "xlsx", PDF: "pdf"}
"""How the name of a file ends."""


class Form(Protocol):
    """Writes records, in the order in which it is asked to."""

    def begin(self) -> bytes:
        """What stands before all records."""

    def rows(self, records: Sequence[bytes]) -> bytes:
        """Records as stored, in this form; it may hold some bytes back."""

    def end(self) -> bytes:
        """What stands behind all records."""

    def close(self) -> None:
        """Let go of what was begun, whether or not it was ended."""


class _Loose:
    """A form that ends with its last record and holds nothing."""

    def end(self) -> bytes:
        return b""

    def close(self) -> None:
        pass


class Lines(_Loose):
    """JSON Lines: each record exactly as stored."""

    def begin(self) -> bytes:
        return b""

    def rows(self, records: Sequence[bytes]) -> bytes:
        return b"".join(record + b"\n" for record in records)


class SeparatedValues(_Loose):
    """CSV."""

    def __init__(self, language: Language) -> None:
        self._heads = heads(language)

    def begin(self) -> bytes:
        return MARK + separated([self._heads])

    def rows(self, records: Sequence[bytes]) -> bytes:
        return separated([row(record) for record in records])


class Sheets:
    """An XLSX workbook."""

    def __init__(self, language: Language) -> None:
        self._workbook = Workbook(language)

    def begin(self) -> bytes:
        return self._workbook.begin()

    def rows(self, records: Sequence[bytes]) -> bytes:
        return self._workbook.add([row(record) for record in records])

    def end(self) -> bytes:
        return self._workbook.end()

    def close(self) -> None:
        self._workbook.close()


def form_of(media_type: str, language: Language) -> Form:
    """The form of a media type, but for JSON, which is written by the page."""
    if media_type == CSV:
        return SeparatedValues(language)
    return Sheets(language) if media_type == XLSX else Lines()
