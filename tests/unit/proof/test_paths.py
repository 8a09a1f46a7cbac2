"""Paths made of tiles: each is what RFC 6962 defines, and what RFC 9162 verifies."""

import pytest

from tests.paper_log import PaperLog, halves, mth
from workflow.proof.keys import SignerKey
from workflow.proof.merkle import EMPTY_ROOT, check_consistency, check_inclusion
from workflow.proof.paths import TiledTree
from workflow.proof.tiles import parse_path, width_of
from workflow.proof.unsound import Unsound

LOG = PaperLog([b"%d" % number for number in range(65_800)], SignerKey.generate("paths"))
LEAVES = LOG.leaves
SIZES = [*range(1, 20), 255, 256, 257, 300, 511, 512, 513, 700]


def path(index: int, leaves: list[bytes]) -> list[bytes]:
    """PATH of section 2.1.1."""
    if len(leaves) == 1:
        return []
    half = halves(len(leaves))
    if index < half:
        return [*path(index, leaves[:half]), mth(leaves[half:])]
    return [*path(index - half, leaves[half:]), mth(leaves[:half])]


def proof(first: int, leaves: list[bytes], whole: bool = True) -> list[bytes]:
    """PROOF and SUBPROOF of section 2.1.2."""
    if first == len(leaves):
        return [] if whole else [mth(leaves)]
    half = halves(len(leaves))
    if first <= half:
        return [*proof(first, leaves[:half], whole), mth(leaves[half:])]
    return [*proof(first - half, leaves[half:], False), mth(leaves[:half])]


class Shelf:
    """The tiles of a tree of one size, and which of them were asked for."""

    def __init__(self, size: int) -> None:
        self.size, self.asked = size, list[str]()

    def __call__(self, asked: str) -> bytes | None:
        self.asked.append(asked)
        tile = parse_path(asked)
        assert tile.level is not None
        assert tile.width == width_of(tile.level, tile.index, self.size) > 0
        return LOG.read(asked)


@pytest.mark.parametrize("size", SIZES)
def test_the_root_is_that_of_the_leaves(size: int) -> None:
    shelf = Shelf(size)
    assert TiledTree(size, shelf).root() == mth(LEAVES[:size])
    assert len(shelf.asked) <= 2


def test_the_root_of_nothing_asks_for_nothing() -> None:
    shelf = Shelf(0)
    assert TiledTree(0, shelf).root() == EMPTY_ROOT
    assert TiledTree(0, shelf).consistency(0) == []
    assert shelf.asked == []


@pytest.mark.parametrize("size", SIZES)
def test_every_inclusion_is_as_defined(size: int) -> None:
    tree = TiledTree(size, Shelf(size))
    for within in {size, size - size // 3}:
        root = mth(LEAVES[:within])
        for index in {*range(0, within, 1 + within // 20), within - 1}:
            found = tree.inclusion(index, within)
            assert found == path(index, LEAVES[:within])
            check_inclusion(index, within, LEAVES[index], found, root)


@pytest.mark.parametrize("size", SIZES)
def test_every_consistency_is_as_defined(size: int) -> None:
    tree = TiledTree(size, Shelf(size))
    root = mth(LEAVES[:size])
    for first in {*range(1, size, 1 + size // 30), *(one for one in SIZES if one <= size)}:
        found = tree.consistency(first)
        assert found == proof(first, LEAVES[:size])
        check_consistency(first, size, mth(LEAVES[:first]), root, found)
    assert tree.consistency(0) == tree.consistency(size) == []


def test_a_large_tree_takes_few_tiles() -> None:
    shelf = Shelf(65_800)
    tree = TiledTree(65_800, shelf)
    root = tree.root()
    check_inclusion(40_000, 65_800, LEAVES[40_000], tree.inclusion(40_000), root)
    check_consistency(300, 65_800, mth(LEAVES[:300]), root, tree.consistency(300))
    assert len(shelf.asked) == len(set(shelf.asked)) < 14


def test_what_lies_beyond_is_refused() -> None:
    tree = TiledTree(10, Shelf(10))
    for ask in (
        lambda: tree.root(11),
        lambda: tree.inclusion(10),
        lambda: tree.inclusion(-1),
        lambda: tree.inclusion(3, 3),
        lambda: tree.consistency(11),
        lambda: tree.consistency(3, 11),
    ):
        with pytest.raises(Unsound):
            ask()


def test_a_partial_tile_that_is_gone_is_cut_from_the_full_one() -> None:
    asked = list[str]()

    def read(path: str) -> bytes | None:
        asked.append(path)
        return None if ".p/" in path else LOG.read(path)

    assert TiledTree(10, read).root() == mth(LEAVES[:10])
    assert asked == ["tile/0/000.p/10", "tile/0/000"]
    with pytest.raises(Unsound, match=r"tile/0/000\.p/10 has 0 bytes, not 320"):
        TiledTree(10, lambda _: None).root()
    with pytest.raises(Unsound, match=r"tile/0/000 has 0 bytes, not 8192"):
        TiledTree(257, lambda _: None).consistency(4)


def test_a_tile_of_another_width_is_refused() -> None:
    tree = TiledTree(10, lambda _: b"\x00" * 32 * 9)
    with pytest.raises(Unsound, match=r"tile/0/000\.p/10 has 288 bytes, not 320"):
        tree.root()
