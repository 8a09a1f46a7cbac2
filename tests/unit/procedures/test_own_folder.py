"""Procedures of the operator's own folder, beside those that are shipped."""

from pathlib import Path

import pytest

from tests.unit.automatic import AUTOMATIC, FILE
from workflow.procedures import (
    ProcedureError,
    load_packaged,
    load_served,
    load_written,
    served,
)
from workflow.procedures.loader import PACKAGED

H200 = PACKAGED / "h200_import.yaml"


def problems(folder: Path) -> list[str]:
    with pytest.raises(ProcedureError) as caught:
        load_served(folder)
    return [str(problem) for problem in caught.value.problems]


def test_they_stand_beside_the_shipped_ones(tmp_path: Path) -> None:
    (tmp_path / "anything.yaml").write_text(FILE, encoding="utf-8")
    (tmp_path / "notes.txt").write_text("no procedure", encoding="utf-8")
    assert load_served(tmp_path) == {**load_packaged(), ("automatic-import", 1): AUTOMATIC}
    assert load_served(None) == load_packaged()


def test_both_endings_of_a_name_are_read(tmp_path: Path) -> None:
    """A file that was passed over in silence would be a procedure that nobody can apply under."""
    (tmp_path / "a.yml").write_text(FILE, encoding="utf-8")
    assert ("automatic-import", 1) in load_served(tmp_path)
    (tmp_path / "b.yaml").write_text(FILE, encoding="utf-8")
    told = "another file is `automatic-import` version 1 already: a.yml"
    assert problems(tmp_path) == [f"{tmp_path}/b.yaml:1: {told}"]


def test_what_was_read_once_says_the_same_after_the_file_has_changed(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_text(FILE, encoding="utf-8")
    read = served(tmp_path)
    file.write_text(FILE.replace("max_uses: 6", "max_uses: 2"), encoding="utf-8")
    assert load_written(read)["automatic-import", 1] == AUTOMATIC
    assert load_served(tmp_path)["automatic-import", 1].digest != AUTOMATIC.digest


def test_a_shipped_one_may_be_repeated_but_not_changed(tmp_path: Path) -> None:
    copy = tmp_path / "mine.yaml"
    text = H200.read_text(encoding="utf-8")
    copy.write_text(f"# A comment changes nothing.\n{text}", encoding="utf-8")
    assert load_served(tmp_path) == load_packaged()
    copy.write_text(text.replace("    working_days: 20\n", "    working_days: 21\n"), "utf-8")
    told = "another file is `h200-import` version 1 already: h200_import.yaml"
    assert problems(tmp_path) == [f"{copy}:1: {told}"]


def test_one_may_follow_a_shipped_one(tmp_path: Path) -> None:
    text = H200.read_text(encoding="utf-8")
    later = text.replace("\nversion: 1\n", "\nversion: 2\nmigrates_from: {version: 1}\n")
    (tmp_path / "h200_import_2.yaml").write_text(later, encoding="utf-8")
    assert ("h200-import", 2) in load_served(tmp_path)
    (tmp_path / "h200_import_2.yaml").write_text(
        later.replace("procedure: us-export", "procedure: eu-export"), encoding="utf-8"
    )
    assert problems(tmp_path) == [
        f"{tmp_path}/h200_import_2.yaml:1: links.export: there is no procedure `eu-export`"
    ]


def test_every_problem_of_every_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(FILE.replace("max_uses: 6", "max_uses: 0"), encoding="utf-8")
    (tmp_path / "b.yaml").write_text("procedure: x\n\tversion: 1\n", encoding="utf-8")
    assert [found.rpartition("/")[2].split(":")[0] for found in problems(tmp_path)] == [
        "a.yaml",
        "b.yaml",
    ]


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    assert problems(tmp_path / "nowhere") == [f"{tmp_path}/nowhere:1: there is no such folder"]
