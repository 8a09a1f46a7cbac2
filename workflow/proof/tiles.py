"""Tiles: how a log lies in files (C2SP tlog-tiles).

A tile of level L holds up to 256 hashes, each of a complete node over 256^L leaves; a bundle
holds the entries below a tile of level 0. One that is not full is a partial tile: a file of its
own for each width.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from workflow.proof.merkle import HASH_SIZE
from workflow.proof.unsound import Unsound

WIDTH = 256
"""Hashes of a full tile, entries of a full bundle."""

HEIGHT = 8
"""Levels of the tree that a tile spans."""

MAX_ENTRY = 2**16 - 1
"""Bytes of an entry, at the most."""

MAX_LEVEL = 63

_PATH = re.compile(
    r"tile/(?P<level>entries|0|[1-9][0-9]?)/(?P<groups>(?:x[0-9]{3}/)*[0-9]{3})"
    r"(?:\.p/(?P<width>[1-9][0-9]{0,2}))?"
)


@dataclass(frozen=True, slots=True)
class Tile:
    """One file of a log: a tile of hashes, or the bundle of entries with no level."""

    level: int | None
    index: int
    width: int = WIDTH

    @property
    def path(self) -> str:
        """Where it lies below the log's prefix."""
        first, *others = f"{self.index:,}".split(",")
        groups = [first.zfill(3), *others]
        level = "entries" if self.level is None else str(self.level)
        place = "/".join([*(f"x{group}" for group in groups[:-1]), groups[-1]])
        return f"tile/{level}/{place}" + ("" if self.width == WIDTH else f".p/{self.width}")


def hash_tile_path(level: int, index: int, width: int = WIDTH) -> str:
    """The path of a tile of hashes: `tile/1/x001/x234/067`, `tile/0/273.p/112`."""
    return Tile(level, index, width).path


def bundle_path(index: int, width: int = WIDTH) -> str:
    """The path of a bundle of entries: `tile/entries/273.p/112`."""
    return Tile(None, index, width).path


def parse_path(path: str) -> Tile:
    """Read a path, in its one spelling. Raises Unsound."""
    found = _PATH.fullmatch(path)
    if found is None:
        raise Unsound(f"{path!r} is no path of a tile")
    level = None if found["level"] == "entries" else int(found["level"])
    index = int(found["groups"].replace("x", "").replace("/", ""))
    tile = Tile(level, index, int(found["width"] or WIDTH))
    if (level or 0) > MAX_LEVEL or tile.path != path:
        raise Unsound(f"{path!r} is no path of a tile")
    return tile


def width_of(level: int, index: int, size: int) -> int:
    """How many hashes a tile has in a tree of this size; 0: it has none."""
    return max(0, min(WIDTH, (size >> (HEIGHT * level)) - index * WIDTH))


def tiles_between(old: int, new: int) -> Iterator[Tile]:
    """The tiles of hashes that a tree writes when it grows, the lowest level first; each of level
    0 stands for its bundle too.
    """
    level = 0
    while new:
        if new > old:
            for index in range(old // WIDTH, -(-new // WIDTH)):
                yield Tile(level, index, min(WIDTH, new - index * WIDTH))
        level, old, new = level + 1, old // WIDTH, new // WIDTH


def split(tile: bytes) -> list[bytes]:
    """The hashes of a tile. Raises Unsound."""
    if len(tile) % HASH_SIZE:
        raise Unsound("a tile holds a part of a hash")
    return [tile[at : at + HASH_SIZE] for at in range(0, len(tile), HASH_SIZE)]


def encode_bundle(entries: Iterable[bytes]) -> bytes:
    """Entries, each behind its length. Raises ValueError for one that is too long."""
    pieces = list[bytes]()
    for entry in entries:
        if len(entry) > MAX_ENTRY:
            raise ValueError(f"an entry has {len(entry)} bytes, at the most {MAX_ENTRY}")
        pieces += (len(entry).to_bytes(2, "big"), entry)
    return b"".join(pieces)


def decode_bundle(bundle: bytes) -> list[bytes]:
    """The entries of a bundle. Raises Unsound."""
    entries, at, end = list[bytes](), 0, len(bundle)
    while at < end:
        begin = at + 2
        at = begin + int.from_bytes(bundle[at:begin], "big")
        if begin > end or at > end:
            raise Unsound("a bundle ends within an entry")
        entries.append(bundle[begin:at])
    return entries
