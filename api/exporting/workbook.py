"""An XLSX workbook (ECMA-376), written as it is sent: nothing is kept, in memory or in a file.

Every text is an inline string of a cell that is formatted as text and quoted: none becomes a
formula, an address to click or a number, also when somebody edits it. A sheet that is full is
followed by another one. No part is larger than 2 GiB: Excel takes ZIP64 parts for damage.
"""

import re
import zipfile
from collections.abc import Sequence
from typing import IO
from xml.sax.saxutils import escape

from api.exporting.columns import COLUMNS, Language, Value, heads
from workflow.domain.procedure import Label

ROWS = 1_048_576
"""Rows of a sheet, its heads included (the limit of the format)."""

SHEET_BYTES = 1024**3
CELL = 32_767
"""Characters of a cell, as UTF-16 counts them (the limit of the format)."""

CUT = Label(" [cut here: see the JSON export]", " [此处截断：全文见 JSON 导出]")
NAME = Label("Records", "记录")

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
SPREADSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml"

RELATIONS = "application/vnd.openxmlformats-package.relationships"

HEAD, TEXT = 1, 2
"""Styles of cells: their places in `cellXfs`."""

XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
TYPES = (
    f'{XML}<Types xmlns="{PACKAGE}/content-types">'
    f'<Default Extension="rels" ContentType="{RELATIONS}+xml"/>'
    f'<Default Extension="xml" ContentType="{SPREADSHEET}.worksheet+xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{SPREADSHEET}.sheet.main+xml"/>'
    f'<Override PartName="/xl/styles.xml" ContentType="{SPREADSHEET}.styles+xml"/></Types>'
)
ROOT = (
    f'{XML}<Relationships xmlns="{PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/>'
    "</Relationships>"
)
STYLES = (
    f'{XML}<styleSheet xmlns="{MAIN}"><fonts count="2"><font><sz val="11"/><name val="Calibri"/>'
    '</font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill>'
    '<fill><patternFill patternType="gray125"/></fill></fills>'
    '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="3"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    '<xf numFmtId="49" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/>'
    '<xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" quotePrefix="1"'
    ' applyNumberFormat="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>'
    "</styleSheet>"
)
EPOCH = (1980, 1, 1, 0, 0, 0)

_UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\r\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
"""What XML cannot hold or would change, and what looks like the escape of such a character."""


class _Sink:
    """What a ZIP archive is written to; it is taken away piece by piece."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def write(self, piece: bytes) -> int:
        self._pieces.append(bytes(piece))
        return len(piece)

    def flush(self) -> None:
        pass

    def close(self) -> None:
        pass

    def taken(self) -> bytes:
        whole = b"".join(self._pieces)
        self._pieces.clear()
        return whole


class Workbook:
    """Begin it, add rows, end it; each gives the bytes that are ready."""

    def __init__(self, language: Language) -> None:
        self._language = language
        self._sink = _Sink()
        self._archive = zipfile.ZipFile(self._sink, "w", zipfile.ZIP_DEFLATED)
        self._sheet: IO[bytes] | None = None
        self._sheets = self._rows = self._bytes = 0

    def begin(self) -> bytes:
        self._part("[Content_Types].xml", TYPES)
        self._part("_rels/.rels", ROOT)
        self._part("xl/styles.xml", STYLES)
        self._open()
        return self._sink.taken()

    def add(self, rows: Sequence[Sequence[Value]]) -> bytes:
        for values in rows:
            if self._rows >= ROWS or self._bytes > SHEET_BYTES:
                self._close()
                self._open()
            self._write(values, TEXT)
        return self._sink.taken()

    def end(self) -> bytes:
        self._close()
        numbers = range(1, self._sheets + 1)
        name = getattr(NAME, self._language)
        sheets = "".join(
            f'<sheet name="{name}{"" if number == 1 else f" {number}"}" sheetId="{number}"'
            f' r:id="rId{number}"/>'
            for number in numbers
        )
        spaces = f'xmlns="{MAIN}" xmlns:r="{OFFICE}"'
        text = f"{XML}<workbook {spaces}><sheets>{sheets}</sheets></workbook>"
        self._part("xl/workbook.xml", text)
        parts = "".join(
            f'<Relationship Id="rId{number}" Type="{OFFICE}/worksheet"'
            f' Target="worksheets/sheet{number}.xml"/>'
            for number in numbers
        )
        styles = f'<Relationship Id="rId0" Type="{OFFICE}/styles" Target="styles.xml"/>'
        self._part(
            "xl/_rels/workbook.xml.rels",
            f'{XML}<Relationships xmlns="{PACKAGE}/relationships">{styles}{parts}</Relationships>',
        )
        self.close()
        return self._sink.taken()

    def close(self) -> None:
        """Let go of it, also where it was not ended; the archive would complain when it dies."""
        self._close()
        self._archive.close()

    def _part(self, name: str, text: str) -> None:
        self._archive.writestr(_entry(name), text, zipfile.ZIP_DEFLATED)

    def _open(self) -> None:
        """The next sheet, with its heads, which stay in sight."""
        self._sheets += 1
        self._rows = self._bytes = 0
        self._sheet = self._archive.open(_entry(f"xl/worksheets/sheet{self._sheets}.xml"), "w")
        widths = "".join(
            f'<col min="{place}" max="{place}" width="{column.width}" customWidth="1"/>'
            for place, column in enumerate(COLUMNS, 1)
        )
        self._put(
            f'{XML}<worksheet xmlns="{MAIN}"><sheetViews><sheetView workbookViewId="0">'
            '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>'
            f"</sheetView></sheetViews><cols>{widths}</cols><sheetData>"
        )
        self._write(heads(self._language), HEAD)

    def _close(self) -> None:
        if self._sheet is not None:
            last = f"{_letters(len(COLUMNS))}{self._rows}"
            self._put(f'</sheetData><autoFilter ref="A1:{last}"/></worksheet>')
            self._sheet.close()
            self._sheet = None

    def _write(self, values: Sequence[Value], style: int) -> None:
        cut = getattr(CUT, self._language)
        self._rows += 1
        self._put(f"<row>{''.join(_cell(value, style, cut) for value in values)}</row>")

    def _put(self, text: str) -> None:
        if self._sheet is not None:
            self._bytes += self._sheet.write(text.encode())


def _entry(name: str) -> zipfile.ZipInfo:
    """A part of the archive; no two exports differ by the hour alone."""
    entry = zipfile.ZipInfo(name, EPOCH)
    entry.compress_type = zipfile.ZIP_DEFLATED
    return entry


def _cell(value: Value, style: int, cut: str) -> str:
    if value is None or value == "":
        return "<c/>"
    if isinstance(value, int):
        return f"<c><v>{value}</v></c>"
    fit = escape(_UNFIT.sub(_escaped, _bounded(value, cut)))
    return f'<c s="{style}" t="inlineStr"><is><t xml:space="preserve">{fit}</t></is></c>'


def _bounded(text: str, cut: str) -> str:
    """A text that a cell can hold, whose characters are those of UTF-16."""
    if len(text) <= CELL // 2 or len(units := text.encode("utf-16-le")) <= 2 * CELL:
        return text
    return units[: 2 * (CELL - len(cut))].decode("utf-16-le", "ignore") + cut


def _escaped(unfit: re.Match[str]) -> str:
    return f"_x{ord(unfit.group()):04X}_"


def _letters(number: int) -> str:
    """The name of a column: A to Z, then AA and so on."""
    name = ""
    while number:
        number, place = divmod(number - 1, 26)
        name = chr(ord("A") + place) + name
    return name
