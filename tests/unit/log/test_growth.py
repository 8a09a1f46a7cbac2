"""The writer's tree against the definitions: every file and every root, however it grew."""

import random
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.paper_log import PaperLog, mth
from workflow.log.directory import LogDirectory
from workflow.log.growth import Growth
from workflow.log.tree import LogReader
from workflow.proof.keys import SignerKey
from workflow.proof.merkle import EMPTY_ROOT
from workflow.proof.tiles import MAX_ENTRY, bundle_path, hash_tile_path, parse_path

STEPS = [(1,), (255, 1, 1), (256, 256), (3, 253, 44), (700,), (100, 500, 1, 511, 88)]
SIGNER = SignerKey.generate("example.org/log")


def entries(count: int) -> list[bytes]:
    dice = random.Random(count)
    return [b"%d" % number + bytes(dice.randrange(90)) for number in range(count)]


def nowhere(path: str) -> bytes:
    raise AssertionError(path)


def reader(files: dict[str, bytes]) -> Callable[[str], bytes]:
    return files.__getitem__


@pytest.mark.parametrize("again", [False, True], ids=["kept", "taken-up-each-time"])
@pytest.mark.parametrize("steps", STEPS)
def test_every_file_is_what_the_definitions_say(steps: tuple[int, ...], again: bool) -> None:
    paper = PaperLog(entries(sum(steps)), SIGNER)
    files: dict[str, bytes] = {}
    growth, size = Growth(0, nowhere), 0
    assert growth.finish() == EMPTY_ROOT
    for step in steps:
        if again:
            growth = Growth(size, reader(files))
        growth.begin()
        growth.extend(paper.entries[size : size + step // 2])
        growth.extend(paper.entries[size + step // 2 : size + step])
        size += step
        assert growth.finish() == mth(paper.leaves[:size])
        assert growth.size == size
        assert growth.files
        for path, content in growth.files.items():
            assert content == paper.read(path), path
        files |= growth.files
        assert Growth(size, reader(files)).finish() == mth(paper.leaves[:size])


def test_a_tree_of_three_levels_is_taken_up_at_its_edge(tmp_path: Path) -> None:
    """Of 65,536 entries and some, without making them: their hashes stand in full tiles."""
    asked: list[str] = []

    def read(path: str) -> bytes:
        asked.append(path)
        tile = parse_path(path)
        return bytes(32 * tile.width) if tile.level is not None else b"\0\1x" * tile.width

    growth = Growth(65_536 + 300, read)
    assert asked == [
        hash_tile_path(0, 257, 44),
        hash_tile_path(1, 1, 1),
        hash_tile_path(2, 0, 1),
        bundle_path(257, 44),
    ]
    growth.begin()
    growth.extend([b"y"])
    growth.finish()
    assert set(growth.files) == {hash_tile_path(0, 257, 45), bundle_path(257, 45)}


def test_an_entry_that_no_bundle_can_hold_is_refused_before_anything_is_added() -> None:
    growth = Growth(0, nowhere)
    with pytest.raises(ValueError, match="65535 bytes"):
        growth.extend([b"x", b"x" * (MAX_ENTRY + 1)])
    assert growth.size == 0
    growth.extend([b"x" * MAX_ENTRY])
    growth.finish()
    assert growth.files[bundle_path(0, 1)] == b"\xff\xff" + b"x" * MAX_ENTRY


def test_a_reader_finds_what_was_published_also_where_the_partial_files_are_gone(
    tmp_path: Path,
) -> None:
    paper = PaperLog(entries(600), SIGNER)
    paper.publish(tmp_path, 600)
    log = LogReader(tmp_path)
    assert (log.size, log.root(600)) == (600, mth(paper.leaves))
    assert log.entries([599, 0, 255, 256]) == [paper.entries[at] for at in (599, 0, 255, 256)]
    for size in (7, 300):
        assert log.root(size) == mth(paper.leaves[:size])
    for path in (bundle_path(0, 9), hash_tile_path(0, 1, 200), bundle_path(2, 88)):
        assert log.tile(parse_path(path)) == paper.read(path)
    for path in (bundle_path(2, 89), hash_tile_path(0, 3, 1), hash_tile_path(1, 0, 3)):
        assert log.tile(parse_path(path)) is None


def test_the_partial_files_of_a_full_tile_go_and_no_others(tmp_path: Path) -> None:
    directory = LogDirectory(tmp_path)
    partial = {f"tile/0/00{n}.p/5": b"x" for n in range(2)} | {"tile/entries/000.p/7": b"x"}
    directory.write({**partial, "tile/0/000": b"y"})
    directory.drop_partial({"tile/0/000": b"y", "tile/0/001.p/6": b""})
    left = sorted(str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file())
    assert left == ["tile/0/000", "tile/0/001.p/5", "tile/entries/000.p/7"]
