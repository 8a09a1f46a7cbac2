"""Roots and proofs of a tree, computed from its hash tiles (C2SP tlog-tiles).

Whoever has the tiles needs nobody to prove anything to them: the writer, the verifier and a
witness compute the same paths here, each from tiles that they read in their own way. A path that
was made of wrong tiles does not lead to a signed root, so the tiles need not be trusted.
"""

from collections.abc import Callable
from functools import lru_cache

from workflow.proof.merkle import EMPTY_ROOT, HASH_SIZE, check_inclusion, complete_root, node_hash
from workflow.proof.tiles import HEIGHT, WIDTH, hash_tile_path, split, width_of
from workflow.proof.unsound import Unsound

KEPT = 256
"""Tiles that a tree keeps at hand: 2 MiB."""

ReadTile = Callable[[str], bytes | None]
"""The bytes of a tile by its path, `tile/0/x001/067.p/5`, None where there is none; it raises what
it likes.
"""


class TiledTree:
    """A tree of `size` entries behind its tiles. Only tiles that this size has are asked for."""

    def __init__(self, size: int, read: ReadTile) -> None:
        self.size = size
        self._read = read
        self._tile = lru_cache(maxsize=KEPT)(self._fetched)

    def root(self, size: int | None = None) -> bytes:
        """The root of the first `size` entries, at most all of them. Raises Unsound."""
        size = self._within(size)
        return self.subtree(0, size) if size else EMPTY_ROOT

    def subtree(self, begin: int, end: int) -> bytes:
        """MTH(D[begin:end]) of RFC 6962 section 2.1 for a range that is a part of the tree, as
        they occur in proofs. Raises Unsound.
        """
        count = end - begin
        if count & (count - 1) == 0:
            height = count.bit_length() - 1
            return self._complete(height, begin >> height)
        half = _split(count)
        return node_hash(self.subtree(begin, begin + half), self.subtree(begin + half, end))

    def inclusion(self, index: int, size: int | None = None) -> list[bytes]:
        """PATH(index, D[size]) of RFC 6962 section 2.1.1, the leaf's sibling first. Raises
        Unsound.
        """
        begin, end = 0, self._within(size)
        if not 0 <= index < end:
            raise Unsound(f"a tree of {end} entries has no entry {index}")
        beside: list[tuple[int, int]] = []
        while end - begin > 1:
            middle = begin + _split(end - begin)
            left = index < middle
            beside.append((middle, end) if left else (begin, middle))
            begin, end = (begin, middle) if left else (middle, end)
        return [self.subtree(*part) for part in reversed(beside)]

    def consistency(self, first: int, second: int | None = None) -> list[bytes]:
        """PROOF(first, D[second]) of RFC 6962 section 2.1.2; empty where there is nothing to
        prove: of the empty tree, and of a tree with itself. Raises Unsound.
        """
        begin, end = 0, self._within(second)
        if not 0 <= first <= end:
            raise Unsound(f"a tree of {end} entries does not contain one of {first}")
        if first in (0, end):
            return []
        beside: list[tuple[int, int]] = []
        while first != end:
            middle = begin + _split(end - begin)
            left = first <= middle
            beside.append((middle, end) if left else (begin, middle))
            begin, end = (begin, middle) if left else (middle, end)
        if begin:  # else it is the whole first tree, whose root the caller has
            beside.append((begin, end))
        return [self.subtree(*part) for part in reversed(beside)]

    def leaves(self, number: int) -> list[bytes]:
        """The hashes of the entries of a bundle. Raises Unsound."""
        return self._tile(0, number)

    def _within(self, size: int | None) -> int:
        size = self.size if size is None else size
        if not 0 <= size <= self.size:
            raise Unsound(f"a tree of {self.size} entries is none of {size}")
        return size

    def _complete(self, height: int, index: int) -> bytes:
        """The root of the `index`-th complete subtree of 2**height entries."""
        level, above = divmod(height, HEIGHT)
        first, count = index << above, 1 << above
        at = first % WIDTH
        return complete_root(self._tile(level, first // WIDTH)[at : at + count])

    def _fetched(self, level: int, index: int) -> list[bytes]:
        width = width_of(level, index, self.size)
        path, length = hash_tile_path(level, index, width), width * HASH_SIZE
        tile = self._read(path)
        if tile is None and width < WIDTH:  # it may be gone once the full one is there
            tile = (self._read(hash_tile_path(level, index)) or b"")[:length]
        if tile is None or len(tile) != length:
            raise Unsound(f"{path} has {len(tile or b'')} bytes, not {length}")
        return split(tile)


class Leaves:
    """The leaves of a tree whose root is known, each shown to be in it. One tile is kept, so
    rising places cost one path for each tile.
    """

    def __init__(self, tree: TiledTree, root: bytes) -> None:
        self._tree, self._root = tree, root
        self._number, self._hashes = -1, list[bytes]()

    def at(self, index: int) -> bytes:
        """The hash of the entry at a place. Raises Unsound."""
        number, within = divmod(index, WIDTH)
        if number != self._number:
            hashes, path = self._tree.leaves(number), self._tree.inclusion(index)
            # The path is made of all the other leaves of the tile: this one check is for all.
            check_inclusion(index, self._tree.size, hashes[within], path, self._root)
            self._number, self._hashes = number, hashes
        return self._hashes[within]


def _split(count: int) -> int:
    """The largest power of two below the count, from 2 on."""
    return 1 << (count - 1).bit_length() - 1
