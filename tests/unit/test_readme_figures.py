"""The READMEs' figures are those that `make bench` wrote; after a new run, copy its rows."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MEASURED = re.compile(
    r"^\| ([^|]+) \| ([^|]+) \| [^|]* \| [^|]* \| ([^|]*) \| ([^|]*) \|$", re.MULTILINE
)
COPIED = re.compile(r"^\| ([^|]+) \| ([^|]+) \| ([<>]=[^|]+) \| (met|MISSED) \|$", re.MULTILINE)


def rows(pattern: re.Pattern[str], file: str) -> set[tuple[str, ...]]:
    text = (ROOT / file).read_text(encoding="utf-8")
    return {tuple(cell.strip() for cell in row) for row in pattern.findall(text)}


@pytest.mark.parametrize("file", ["README.md", "README.zh-CN.md"])
def test_every_figure_to_hold_was_measured_and_none_is_left_out(file: str) -> None:
    measured = rows(MEASURED, "docs/benchmarks.md")
    judged = {row for row in measured if row[-1] in ("met", "MISSED")}
    assert len(judged) == 9
    assert rows(COPIED, file) == judged
