"""Counts that several processes share by files."""

import asyncio
import logging
import threading
from pathlib import Path
from typing import Any

import orjson
import pytest

from api.metrics.shared import FOLDER, Shared
from api.metrics.tally import Tally


def process(folder: Path) -> Shared:
    """Another one; locks are of open files, so it need not be a process."""
    made = Shared(folder, Tally(["approve"]))
    made.begin()
    return made


def accepted(shared: Shared, times: int = 1) -> None:
    for _ in range(times):
        shared.tally.settled("approve", "accepted")


def number(shared: Shared) -> int:
    return shared.tally.counts.get(("events", "approve", "accepted"), 0)


async def test_each_tells_what_all_have_counted(tmp_path: Path) -> None:
    first, second = process(tmp_path), process(tmp_path)
    accepted(first, 3)
    accepted(second, 4)
    await second.write()
    (told,) = first.others()
    assert told.alive
    assert ["events", "approve", "accepted", 4] in told.written["counts"]
    own = await first.write()
    assert ["events", "approve", "accepted", 3] in own.written["counts"]
    assert [one.written for one in second.others()] == [own.written]
    await first.end()
    await second.end()


async def test_who_takes_a_place_goes_on_from_what_was_counted_there(tmp_path: Path) -> None:
    first, second = process(tmp_path), process(tmp_path)
    accepted(first, 5)
    await first.end()
    (told,) = second.others()
    assert not told.alive
    third = process(tmp_path)
    assert number(third) == 5
    accepted(third)
    await third.write()
    (told,) = second.others()
    assert told.alive
    assert ["events", "approve", "accepted", 6] in told.written["counts"]
    assert sorted(path.name for path in (tmp_path / FOLDER).glob("*.lock")) == ["0.lock", "1.lock"]
    await third.end()
    await second.end()


async def test_what_a_power_cut_left_of_a_file_counts_for_nothing(tmp_path: Path) -> None:
    (tmp_path / FOLDER).mkdir()
    for name, left in (("0", b""), ("1", b'{"counts": [['), ("2", b"[]"), ("3", b"{}")):
        (tmp_path / FOLDER / f"{name}.json").write_bytes(left)
    made = process(tmp_path)
    assert number(made) == 0
    assert list(made.others()) == []
    await made.end()


async def test_without_a_folder_a_process_is_counted_alone() -> None:
    made = Shared(None, Tally(["approve"]))
    made.begin()
    accepted(made)
    assert (await made.write()).written["counts"] == [["events", "approve", "accepted", 1]]
    assert list(made.others()) == []
    await made.end()


async def test_the_folder_is_made_and_nobody_else_reads_it(tmp_path: Path) -> None:
    await process(tmp_path / "new" / "data").end()
    for path in (tmp_path / "new" / "data", tmp_path / "new" / "data" / FOLDER):
        assert path.stat().st_mode & 0o777 == 0o700


async def test_a_folder_that_cannot_be_made_is_told_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / FOLDER).write_bytes(b"")
    made = process(tmp_path)
    accepted(made)
    await made.end()
    assert len(caplog.records) == 1


async def test_a_folder_that_goes_away_is_told_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    made = process(tmp_path)
    (tmp_path / FOLDER).rename(tmp_path / "elsewhere")
    with caplog.at_level(logging.WARNING):
        for _ in range(3):
            accepted(made)
            assert (await made.write()).alive
    (record,) = caplog.records
    assert record.getMessage() == "what is counted is not shared: No such file or directory"
    await made.end()


def written(folder: Path) -> dict[str, Any]:
    """What the first process has let the others know."""
    found: dict[str, Any] = orjson.loads((folder / FOLDER / "0.json").read_bytes())
    return found


async def test_what_is_counted_after_the_writing_is_not_told(tmp_path: Path) -> None:
    """Else the next one who is asked would tell of less."""
    made = process(tmp_path)
    made.tally.committed(0.1, 1)
    told = await made.write()
    accepted(made)
    made.tally.committed(0.2, 1)
    assert orjson.loads(orjson.dumps(told.written)) == written(tmp_path) == made.latest().written
    await made.end()


async def test_what_cannot_be_written_is_not_told(tmp_path: Path) -> None:
    """But what waits is, since that is nothing that only grows."""
    made, held = process(tmp_path), 1
    made.tally.loads["streams"] = lambda: {(): held}
    accepted(made)
    await made.write()
    (tmp_path / FOLDER / ".0").mkdir()  # stands where the file is drafted
    held = 2
    accepted(made)
    told = (await made.write()).written
    assert told["counts"] == written(tmp_path)["counts"] == [["events", "approve", "accepted", 1]]
    assert ["streams", 2] in told["loads"]
    (tmp_path / FOLDER / ".0").rmdir()
    assert (await made.write()).written["counts"] == [["events", "approve", "accepted", 2]]
    await made.end()


async def test_the_end_waits_for_a_writing_whose_caller_is_gone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, begun, go = process(tmp_path), threading.Event(), threading.Event()
    replace = Path.replace

    def slow(draft: Path, target: Path) -> Path:
        begun.set()
        assert go.wait(10)
        return replace(draft, target)

    monkeypatch.setattr(Path, "replace", slow)
    accepted(made)
    writing = asyncio.create_task(made.write())
    await asyncio.to_thread(begun.wait)
    writing.cancel()
    accepted(made)
    ending = asyncio.create_task(made.end())
    await asyncio.wait([writing, ending], return_when=asyncio.FIRST_COMPLETED)
    assert (writing.cancelled(), ending.done()) == (True, False)
    go.set()
    await ending
    assert written(tmp_path)["counts"] == [["events", "approve", "accepted", 2]]
