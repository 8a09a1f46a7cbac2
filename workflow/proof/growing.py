"""The tree of a log grown again from its entries, bundle by bundle, against what the log says."""

from collections.abc import Callable, Sequence
from typing import TypeAlias

from workflow.proof.merkle import Frontier, complete_root
from workflow.proof.tiles import WIDTH, Tile, decode_bundle, split, width_of
from workflow.proof.unsound import Unsound

Read: TypeAlias = Callable[[str], bytes | None]
"""A path below the log's prefix -> what lies there; None: nothing."""


class Parts:
    """The parts of a log of one size."""

    def __init__(self, read: Read, size: int) -> None:
        self._read, self.size = read, size

    def entries(self, index: int) -> list[bytes]:
        """The entries of a bundle. Raises Unsound for one that is missing or has another number."""
        tile = Tile(None, index, width_of(0, index, self.size))
        return self._cut(tile, decode_bundle(self._part(tile)))

    def hashes(self, level: int, index: int) -> list[bytes]:
        """The hashes of a tile. Raises Unsound for one that is missing or has another size."""
        tile = Tile(level, index, width_of(level, index, self.size))
        return self._cut(tile, split(self._part(tile)))

    def _cut(self, tile: Tile, found: list[bytes]) -> list[bytes]:
        """Where a partial part is gone, the full one holds more than counts."""
        if len(found) < tile.width or len(found) not in (tile.width, WIDTH):
            raise Unsound(f"{tile.path} holds {len(found)} and not {tile.width}")
        return found[: tile.width]

    def _part(self, tile: Tile) -> bytes:
        content = self._read(tile.path)
        if content is None and tile.width < WIDTH:
            content = self._read(Tile(tile.level, tile.index).path)
        if content is None:
            raise Unsound(f"{tile.path} is missing")
        return content


class Growing:
    """Takes the hashes of all leaves, compares each tile, and tells the roots."""

    def __init__(self, parts: Parts, older: int | None = None) -> None:
        self._parts, self._older = parts, older
        self._tree = Frontier()
        self._levels: list[list[bytes]] = [[]]
        self._places: list[int] = [0]
        self.older_root = self._tree.root() if older == 0 else None

    def differing(self, index: int, leaves: Sequence[bytes]) -> int | None:
        """Which leaf of a bundle is the first that differs from the log's tile; None: all are the
        same. Raises Unsound.
        """
        told = self._parts.hashes(0, index)
        if told == leaves:
            return None
        pairs = zip(leaves, told, strict=True)
        return next(place for place, (leaf, hash_) in enumerate(pairs) if leaf != hash_)

    def take(self, leaves: Sequence[bytes]) -> None:
        """Grow by the leaves of a bundle, a full one unless it is the last. Raises Unsound for a
        tile above them that differs.
        """
        size, end = self._tree.size, self._tree.size + len(leaves)
        if self._older is not None and size < self._older <= end:
            self._note_older(leaves[: self._older - size])
        if len(leaves) == WIDTH:
            root = complete_root(leaves)
            self._tree.append(root, 8)
            self._above(1, root)
        else:
            for leaf in leaves:
                self._tree.append(leaf)

    def root(self) -> bytes:
        """The root of what was taken, once the last tiles are compared too. Raises Unsound."""
        for level, hashes in enumerate(self._levels):
            if level and hashes:
                self._compare(level, hashes)
        return self._tree.root()

    def _note_older(self, leaves: Sequence[bytes]) -> None:
        tree = self._tree.copy()
        for leaf in leaves:
            tree.append(leaf)
        self.older_root = tree.root()

    def _above(self, level: int, node: bytes) -> None:
        if level == len(self._levels):
            self._levels.append([])
            self._places.append(0)
        hashes = self._levels[level]
        hashes.append(node)
        if len(hashes) == WIDTH:
            self._compare(level, hashes)
            self._places[level] += 1
            self._levels[level] = []
            self._above(level + 1, complete_root(hashes))

    def _compare(self, level: int, hashes: Sequence[bytes]) -> None:
        index = self._places[level]
        if self._parts.hashes(level, index) != hashes:
            path = Tile(level, index, len(hashes)).path
            raise Unsound(f"{path} is not what the entries below it give")
