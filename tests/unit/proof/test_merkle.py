"""The tree against RFC 6962 as it is written there, and proofs that were tampered with."""

from collections.abc import Callable, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.paper_log import mth
from tests.properties.effort import tried
from workflow.proof.merkle import (
    EMPTY_ROOT,
    Frontier,
    check_consistency,
    check_inclusion,
    complete_root,
    leaf_hash,
    node_hash,
)
from workflow.proof.paths import TiledTree
from workflow.proof.tiles import WIDTH, parse_path
from workflow.proof.unsound import Unsound

MOST = 600
LEAVES = [leaf_hash(b"%d" % number) for number in range(MOST)]
ROOTS = [mth(LEAVES[:size]) for size in range(MOST + 1)]
SIZES = st.integers(1, MOST)


def tree(size: int) -> TiledTree:
    """Its nodes straight from the definition."""

    def tile(path: str) -> bytes:
        found = parse_path(path)
        span = WIDTH ** (found.level or 0)
        places = range(found.index * WIDTH, found.index * WIDTH + found.width)
        return b"".join(mth(LEAVES[one * span : (one + 1) * span]) for one in places)

    return TiledTree(size, tile)


def test_the_hashes_are_those_of_the_standard() -> None:
    """RFC 6962 section 2.1: the prefixes tell a leaf from a node."""
    assert EMPTY_ROOT.hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    empty = "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
    assert leaf_hash(b"").hex() == empty
    pair = "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"
    two = [b"", b"\x00"]  # the first leaves of the test vectors of Certificate Transparency
    assert node_hash(*map(leaf_hash, two)).hex() == pair


def test_the_frontier_has_every_root() -> None:
    frontier = Frontier()
    assert frontier.root() == EMPTY_ROOT
    for size, leaf in enumerate(LEAVES, 1):
        frontier.append(leaf)
        assert (frontier.size, frontier.root()) == (size, ROOTS[size])


@tried(60)
@given(st.lists(st.sampled_from([0, 1, 3, 5, 8]), max_size=12))
def test_the_frontier_takes_whole_nodes(levels: list[int]) -> None:
    frontier, size = Frontier(), 0
    for level in levels:
        span = 1 << level
        if size % span:
            with pytest.raises(ValueError, match="no node"):
                frontier.append(bytes(32), level)
        if size % span or size + span > MOST:
            continue
        frontier.append(complete_root(LEAVES[size : size + span]), level)
        size += span
        assert frontier.root() == ROOTS[size]


def test_a_copy_grows_apart() -> None:
    frontier = Frontier()
    frontier.append(LEAVES[0])
    frontier.copy().append(LEAVES[1])
    assert frontier.root() == ROOTS[1]


@tried(150)
@given(st.data())
def test_inclusion_proofs_hold_and_no_other(data: st.DataObject) -> None:
    size = data.draw(SIZES)
    index = data.draw(st.integers(0, size - 1))
    path = tree(size).inclusion(index)
    check_inclusion(index, size, LEAVES[index], path, ROOTS[size])

    def check(path: Sequence[bytes]) -> None:
        check_inclusion(index, size, LEAVES[index], path, ROOTS[size])

    other = data.draw(st.integers(0, MOST).filter(lambda one: one != index))
    for place, leaf, root in (
        (other, LEAVES[index], ROOTS[size]),
        (index, LEAVES[index], ROOTS[size - 1]),
        (index, bytes(32), ROOTS[size]),
    ):
        with pytest.raises(Unsound):
            check_inclusion(place, size, leaf, path, root)
    refuses_every_other(path, check, data)


@tried(150)
@given(st.data())
def test_consistency_proofs_hold_and_no_other(data: st.DataObject) -> None:
    second = data.draw(SIZES)
    first = data.draw(st.integers(0, second))
    path = tree(second).consistency(first)
    check_consistency(first, second, ROOTS[first], ROOTS[second], path)

    def check(path: Sequence[bytes]) -> None:
        check_consistency(first, second, ROOTS[first], ROOTS[second], path)

    for one, two in ((bytes(32), ROOTS[second]), (ROOTS[first], bytes(32))):
        if first or one != ROOTS[0]:
            with pytest.raises(Unsound):
                check_consistency(first or second, second, one, two, path)
    refuses_every_other(path, check, data)


def refuses_every_other(
    path: list[bytes], check: Callable[[Sequence[bytes]], None], data: st.DataObject
) -> None:
    """A path with a hash more, less, or another."""
    wrong = [[*path, bytes(32)], [bytes(32), *path]]
    if path:
        place = data.draw(st.integers(0, len(path) - 1))
        wrong += [path[:-1], path[1:], [*path[:place], bytes(32), *path[place + 1 :]]]
    for one in wrong:
        with pytest.raises(Unsound):
            check(one)


@pytest.mark.parametrize(("first", "second"), [(3, 2), (-1, 2)])
def test_a_tree_does_not_shrink(first: int, second: int) -> None:
    with pytest.raises(Unsound, match="no growth"):
        check_consistency(first, second, ROOTS[3], ROOTS[2], [])


def test_nothing_is_in_an_empty_tree() -> None:
    for index, size in ((0, 0), (-1, 1), (1, 1)):
        with pytest.raises(Unsound, match="has none"):
            check_inclusion(index, size, LEAVES[0], [], EMPTY_ROOT)
    check_consistency(0, 7, EMPTY_ROOT, ROOTS[7], [])
    with pytest.raises(Unsound, match="differ"):
        check_consistency(0, 7, ROOTS[1], ROOTS[7], [])


def test_what_has_to_be_proved_is_not_proved_by_nothing() -> None:
    with pytest.raises(Unsound, match="is empty"):
        check_consistency(3, 5, ROOTS[3], ROOTS[5], [])
    with pytest.raises(Unsound, match="differ"):
        check_consistency(0, 0, EMPTY_ROOT, ROOTS[1], [])
