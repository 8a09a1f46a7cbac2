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
def test_every_figure_was_measured(file: str) -> None:
    copied = rows(COPIED, file)
    assert len(copied) == 5
    assert copied <= rows(MEASURED, "docs/benchmarks.md")
