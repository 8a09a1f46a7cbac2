"""A tree of tiles that grows in memory, and the files that come of it.

Nothing is read again but the right edge: at each level the hashes of the tile that is not full,
and the entries of the bundle that is not.
"""

from collections.abc import Callable, Sequence
from hashlib import sha256

from workflow.proof.merkle import Frontier, complete_root
from workflow.proof.tiles import (
    HEIGHT,
    MAX_ENTRY,
    WIDTH,
    bundle_path,
    decode_bundle,
    encode_bundle,
    hash_tile_path,
    split,
)


class Growth:
    """A tree of some size, and what is added to it. `files` is what has to be written so that the
    folder holds the tree: the content of each by its path below the log's prefix.
    """

    def __init__(self, size: int, read: Callable[[str], bytes]) -> None:
        """Take up a tree by its right edge; `read` gives a tile or bundle by its path."""
        self.size = size
        self.files: dict[str, bytes] = {}
        self._began = size
        self._levels: list[list[bytes]] = []
        self._bundle: list[bytes] = []
        level, above = 0, size
        while above:
            index, width = divmod(above, WIDTH)
            tile = read(hash_tile_path(level, index, width)) if width else b""
            self._levels.append(split(tile))
            level, above = level + 1, index
        if size % WIDTH:
            self._bundle = decode_bundle(read(bundle_path(size // WIDTH, size % WIDTH)))
        self._levels = self._levels or [[]]

    def begin(self) -> None:
        """Forget the files, which are written by now."""
        self.files = {}
        self._began = self.size

    def extend(self, entries: Sequence[bytes]) -> None:
        """Add entries. Raises ValueError for one that is too long for a bundle."""
        if max(map(len, entries), default=0) > MAX_ENTRY:
            raise ValueError(f"an entry of the log has at the most {MAX_ENTRY} bytes")
        at = 0
        while at < len(entries):
            part = entries[at : at + WIDTH - len(self._bundle)]
            self._bundle += part
            self._levels[0] += [sha256(b"\x00" + entry).digest() for entry in part]
            self.size += len(part)
            at += len(part)
            if len(self._bundle) == WIDTH:
                self.files[bundle_path(self.size // WIDTH - 1)] = encode_bundle(self._bundle)
                self._bundle = []
                self._carry()

    def finish(self) -> bytes:
        """Add the files of what is not full; the root."""
        edge = Frontier()
        for level in reversed(range(len(self._levels))):
            hashes, index = self._levels[level], self.size >> HEIGHT * (level + 1)
            grown = self.size >> HEIGHT * level > self._began >> HEIGHT * level
            if hashes and grown:
                self.files[hash_tile_path(level, index, len(hashes))] = b"".join(hashes)
            for node in hashes:
                edge.append(node, HEIGHT * level)
        if self._bundle and self.size > self._began:
            path = bundle_path(self.size // WIDTH, len(self._bundle))
            self.files[path] = encode_bundle(self._bundle)
        return edge.root()

    def _carry(self) -> None:
        """Make the tile of the lowest level full, and what becomes full above it."""
        for level in range(len(self._levels)):
            hashes = self._levels[level]
            if len(hashes) < WIDTH:
                return
            index = (self.size >> HEIGHT * (level + 1)) - 1
            self.files[hash_tile_path(level, index)] = b"".join(hashes)
            if level + 1 == len(self._levels):
                self._levels.append([])
            self._levels[level + 1].append(complete_root(hashes))
            self._levels[level] = []
