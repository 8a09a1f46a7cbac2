"""A journal that does not fit is as good as none."""

import json
from pathlib import Path

import pytest

from api.cli.journal import Journal, Progress

TEXTS = [b"one", b"two", b"three"]
DONE = Progress(lines=2, new=2, refs={"a": "b"}, last=("app", 7, "hash"))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """An imported file, with its journal."""
    path = tmp_path / "events.jsonl"
    Journal(path, TEXTS, "ann").write(DONE)
    return path


def test_what_was_written_is_read_again(file: Path) -> None:
    found = Journal(file, TEXTS, "ann").read()
    assert found is not None
    assert (found.lines, found.new, found.refs) == (2, 2, {"a": "b"})
    assert found.last is not None
    assert tuple(found.last) == DONE.last
    assert Journal(file, [*TEXTS[:2], b"other", b"more"], "ann").read() is not None


def test_another_beginning_or_holder_is_another_import(file: Path) -> None:
    assert Journal(file, [b"ONE", *TEXTS[1:]], "ann").read() is None
    assert Journal(file, TEXTS[:1], "ann").read() is None
    assert Journal(file, TEXTS, None).read() is None
    assert Journal(None, TEXTS, "ann").read() is None


def test_it_is_removed(file: Path) -> None:
    journal = Journal(file, TEXTS, "ann")
    journal.remove()
    journal.remove()
    assert journal.read() is None
    assert not list(file.parent.iterdir())


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"holder": "ann"}'])
def test_what_cannot_be_read_is_not_believed(file: Path, text: str) -> None:
    file.with_name("events.jsonl.progress").write_text(text)
    assert Journal(file, TEXTS, "ann").read() is None


def test_progress_without_a_record_is_not_believed(file: Path) -> None:
    path = file.with_name("events.jsonl.progress")
    told = json.loads(path.read_text())
    told["progress"]["last"] = None
    path.write_text(json.dumps(told))
    assert Journal(file, TEXTS, "ann").read() is None


def test_a_folder_that_cannot_be_written_to_costs_only_the_journal(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "missing" / "events.jsonl", TEXTS, "ann")
    journal.write(DONE)
    assert journal.read() is None
