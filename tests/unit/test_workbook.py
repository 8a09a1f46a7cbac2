"""The workbook as it is written: what no cell and no sheet may hold."""

import io
import zipfile
from contextlib import closing
from random import Random
from xml.etree import ElementTree

import pytest

from api.exporting import workbook
from api.exporting.workbook import CELL, CUT, Workbook

SPACE = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def written(*rows: list[str | int | None]) -> zipfile.ZipFile:
    made = Workbook("en")
    content = made.begin() + b"".join(made.add([row]) for row in rows) + made.end()
    return zipfile.ZipFile(io.BytesIO(content))


def cells(archive: zipfile.ZipFile, sheet: int = 1) -> list[list[str]]:
    """All rows but the heads."""
    root = ElementTree.fromstring(archive.read(f"xl/worksheets/sheet{sheet}.xml"))  # noqa: S314
    rows = [["".join(cell.itertext()) for cell in row] for row in root.iter(f"{SPACE}row")]
    return rows[1:]


@pytest.mark.parametrize(
    ("text", "stored"),
    [
        ("=1+1", "=1+1"),
        (" <b>&\"'</b> \n", " <b>&\"'</b> \n"),
        ("a\x00b\x1bc\rd\ufffe", "a_x0000_b_x001B_c_x000D_d_xFFFE_"),
        ("_x0041_", "_x005F_x0041_"),
        ("示例 𠮷", "示例 𠮷"),
    ],
)
def test_a_text_is_stored_as_a_text(text: str, stored: str) -> None:
    with written([text, 7, None, ""]) as archive:
        assert cells(archive) == [[stored, "7", "", ""]]
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    assert "<v>7</v>" in sheet


@pytest.mark.parametrize("sign", ["x", "𠮷"])
def test_a_text_that_is_too_long_for_a_cell_is_cut(sign: str) -> None:
    with written([sign * 60_000]) as archive:
        ((told,),) = cells(archive)
    assert told.endswith(CUT.en)
    assert len(told.encode("utf-16-le")) // 2 in (CELL - 1, CELL)


@pytest.mark.parametrize(("bound", "value"), [("ROWS", 3), ("SHEET_BYTES", 4_000)])
def test_a_full_sheet_is_followed_by_another(
    monkeypatch: pytest.MonkeyPatch, bound: str, value: int
) -> None:
    monkeypatch.setattr(workbook, bound, value)
    rows: list[list[str | int | None]] = [[number, "x" * 300] for number in range(20)]
    with written(*rows) as archive:
        names = [name for name in archive.namelist() if "worksheets/" in name]
        assert len(names) > 1
        told = [row for sheet in range(1, len(names) + 1) for row in cells(archive, sheet)]
        assert [int(row[0]) for row in told] == list(range(20))
        book = archive.read("xl/workbook.xml").decode()
        assert book.count("<sheet ") == len(names)
        assert 'name="Records 2"' in book


def test_two_exports_of_the_same_are_the_same() -> None:
    with written(["a"]) as one, written(["a"]) as other:
        assert [part.date_time for part in one.infolist()] == [
            part.date_time for part in other.infolist()
        ]
        assert cells(one) == cells(other)


def test_nothing_is_held_back_for_long() -> None:
    """What was added has left: a workbook of any length takes no more memory."""
    noise = Random(1)
    with closing(Workbook("en")) as made:
        made.begin()
        for _ in range(9):
            rows = [[noise.randbytes(32).hex() for _ in range(20)] for _ in range(100)]
            assert 50_000 < len(made.add(rows)) < 150_000
        assert len(made.end()) < 100_000


def test_one_that_was_not_ended_is_let_go() -> None:
    made = Workbook("en")
    made.begin()
    made.close()
    made.close()
