"""What lies in a log's folder is read only where it can be a file of a log."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from api.log_source import Folder, Unreachable
from workflow.log.directory import CHECKPOINT, LARGEST, Damaged, LogDirectory

BUNDLE = "tile/entries/000"


def huge(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(LARGEST + 1)


@pytest.mark.parametrize("path", [CHECKPOINT, BUNDLE])
@pytest.mark.parametrize(
    ("make", "told"),
    [
        (os.mkfifo, "is no regular file"),  # nobody writes to it: who opened it would wait
        (Path.mkdir, "is no regular file"),
        (huge, f"has {LARGEST + 1} bytes"),
    ],
)
def test_what_is_no_file_of_a_log_is_refused_by_its_name(
    tmp_path: Path, path: str, make: Callable[[Path], object], told: str
) -> None:
    (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
    make(tmp_path / path)
    with pytest.raises(Damaged, match=f"{tmp_path / path} {told}"):
        LogDirectory(tmp_path).find(path)
    with pytest.raises(Unreachable, match=f"{tmp_path / path} {told}"):
        Folder(tmp_path).read(path)


def test_the_largest_bundle_is_read(tmp_path: Path) -> None:
    with (tmp_path / CHECKPOINT).open("wb") as file:
        file.truncate(LARGEST)
    assert len(LogDirectory(tmp_path).checkpoint() or b"") == LARGEST
