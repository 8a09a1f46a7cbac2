"""Tables that fit: what a wide terminal shows, a narrow one shows as well."""

from io import StringIO

import pytest
from rich.cells import cell_len
from rich.console import Console

from api.cli.tables import Column, Grid

CELLS = {
    "en": ("1", "Grant clearance in principle", "2026-01-30 00:00 +0800", "Reuters, citing two"),
    "zh": ("1", "作出原则同意", "2026-01-30 00:00 +0800", "路透社，援引两名知情人士"),
}


def drawn(room: int, *rows: tuple[str, ...]) -> list[str]:
    made = Grid(
        Column("No.", whole=True),
        Column("Event", whole=True),
        Column("Effective", under=1),
        Column("Source", under=1),
    )
    for row in rows:
        made.row(*row)
    screen = StringIO()
    Console(file=screen, width=room).print(made)
    return screen.getvalue().splitlines()


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("room", [50, 64, 80, 120])
def test_no_cell_is_lost_and_no_line_is_too_long(room: int, lang: str) -> None:
    lines = drawn(room, CELLS[lang], CELLS["en"])
    assert {cell_len(line) for line in lines} == {cell_len(lines[0])}
    assert cell_len(lines[0]) <= room
    shown = " ".join(" ".join(lines).replace("│", " ").split())
    for word in " ".join(CELLS[lang]).split():
        assert word in shown
    assert any(CELLS[lang][1] in line for line in lines)


def test_columns_stand_beside_each_other_where_there_is_room() -> None:
    assert len(drawn(120, CELLS["en"])) == 5
    narrow = drawn(50, CELLS["en"])
    titles = [line.strip("│").split("│")[1].strip() for line in narrow[1:4]]
    assert titles == ["Event", "Effective", "Source"]


def test_a_column_in_which_nothing_stands_gives_way_first() -> None:
    silent = ("1", "Grant clearance in principle", "", "Reuters, citing two")
    assert "Effective" not in "".join(drawn(64, silent))
    assert "Effective" in "".join(drawn(120, silent))


def test_a_table_without_lines_is_drawn_as_well() -> None:
    assert "Event" in "".join(drawn(20))
