"""A tree of more than two levels of tiles is grown again and compared, each tile of it."""

import pytest

from workflow.log.growth import Growth
from workflow.proof.growing import Growing, Parts
from workflow.proof.merkle import Frontier, leaf_hash
from workflow.proof.tiles import WIDTH, parse_path
from workflow.proof.unsound import Unsound

SIZE = WIDTH**2 + WIDTH + 7
ENTRIES = [b"%d" % number for number in range(SIZE)]
LEAVES = [leaf_hash(entry) for entry in ENTRIES]


def unread(path: str) -> bytes:
    raise AssertionError(path)


@pytest.fixture(scope="module")
def written() -> Growth:
    growth = Growth(0, unread)
    growth.extend(ENTRIES)
    return growth


def grow(files: dict[str, bytes], older: int | None = None) -> Growing:
    growing = Growing(Parts(files.get, SIZE), older)
    for first in range(0, SIZE, WIDTH):
        growing.take(LEAVES[first : first + WIDTH])
    return growing


def test_the_root_is_that_of_the_writer(written: Growth) -> None:
    root = written.finish()
    older = Frontier()
    for leaf in LEAVES[:65_600]:
        older.append(leaf)
    growing = grow(written.files, older=65_600)
    assert growing.root() == root
    assert growing.older_root == older.root()


@pytest.mark.parametrize("path", ["tile/1/000", "tile/1/001.p/1", "tile/2/000.p/1"])
def test_each_tile_above_the_leaves_is_compared(path: str, written: Growth) -> None:
    written.finish()
    assert parse_path(path).path in written.files
    changed = written.files | {path: written.files[path][:-1] + b"?"}
    with pytest.raises(Unsound, match=f"^{path} is not what the entries below it give"):
        grow(changed).root()
