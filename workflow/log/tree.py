"""Reading a log from its folder, while it grows: what was published, and proofs of it."""

from collections import OrderedDict
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path
from threading import Lock

from workflow.log.directory import Damaged, LogDirectory
from workflow.log.intent import State
from workflow.proof.merkle import leaf_hash
from workflow.proof.paths import TiledTree
from workflow.proof.tiles import WIDTH, Tile, bundle_path, decode_bundle, width_of

KEPT = 64
"""Full bundles that are kept at hand: 16 MiB at 1 KiB an entry."""


class LogReader:
    """A log as it was last published, for any number of threads. Files are read where they are
    needed; raises Damaged where one is missing, and Unsound for a question that the tree has no
    answer to.
    """

    def __init__(self, path: Path) -> None:
        self._directory = LogDirectory(path)
        self._last = TiledTree(0, self._directory.find)
        self._bundles: OrderedDict[int, list[bytes]] = OrderedDict()
        self._lock = Lock()

    def checkpoint(self) -> bytes | None:
        """The last signed checkpoint; None where nothing was published yet."""
        return self._directory.checkpoint()

    def finding(self) -> str | None:
        """Why nothing is added to the log any more; None where nothing stands in the way."""
        return self._directory.finding()

    @property
    def state(self) -> State:
        """Size and root of the tree that was published last."""
        return self._directory.signed()

    @property
    def size(self) -> int:
        """How many entries were published."""
        return self.state.size

    def positions(self, state: State) -> Sequence[int] | None:
        """How far each partition's feed is in the log at a state, which is known of the last one
        alone. Raises Damaged.
        """
        intent = self._directory.intent(state)
        return None if intent is None else intent.positions

    def tile(self, tile: Tile) -> bytes | None:
        """A tile or bundle of the published tree, None where there is none of that width: a
        partial one has the widths alone that it had in some published tree. Of one that is full
        by now, the beginning.
        """
        width = width_of(tile.level or 0, tile.index, self.size)
        if tile.width > width:
            return None
        full = Tile(tile.level, tile.index).path
        found = self._directory.find(tile.path)
        if found is not None:
            return found
        # It may have become full since the size was read.
        whole = self._directory.find(full) if width < WIDTH else self._directory.read(full)
        if whole is None:
            return None
        if tile.level is None:
            return _first_entries(whole, tile.width)
        return whole[: 32 * tile.width]

    def root(self, size: int) -> bytes:
        """The root of the first `size` entries."""
        return self.tree().root(size)

    def inclusion(self, index: int, size: int) -> list[bytes]:
        """The proof that an entry is in the tree of that size (RFC 6962, section 2.1.1)."""
        return self.tree().inclusion(index, size)

    def consistency(self, first: int, second: int) -> list[bytes]:
        """The proof that one tree begins the other (RFC 6962, section 2.1.2)."""
        return self.tree().consistency(first, second)

    def entries(self, indexes: Sequence[int]) -> list[bytes]:
        """Entries by their places in the log, each of which its hash tile knows. Raises Damaged for
        one that it does not, or that was not published.
        """
        size, found = self.size, dict[int, bytes]()
        for index in indexes:
            if not 0 <= index < size:
                raise self._unpublished(index)
        for number, some in groupby(sorted(indexes), lambda index: index // WIDTH):
            bundle, leaves = self.bundle(number, size), self.tree(size).leaves(number)
            for index in some:
                found[index] = bundle[index % WIDTH]
                if leaf_hash(found[index]) != leaves[index % WIDTH]:
                    path = self._directory.path / bundle_path(number)
                    raise Damaged(f"{path}: entry {index} is not the one that the hash tile has")
        return [found[index] for index in indexes]

    def bundle(self, index: int, size: int) -> list[bytes]:
        """The entries of a bundle in a tree of that size."""
        width = width_of(0, index, size)
        with self._lock:
            kept = self._bundles.get(index)
            if kept is not None:
                self._bundles.move_to_end(index)
                return kept[:width]
        if not width:
            raise self._unpublished(index * WIDTH)
        raw = self.tile(Tile(None, index, width))
        if raw is None:
            raise Damaged(f"{self._directory.path / bundle_path(index, width)} is missing")
        found = decode_bundle(raw)
        if len(found) != width:
            raise Damaged(f"{bundle_path(index, width)} has {len(found)} entries")
        if width == WIDTH:
            with self._lock:
                self._bundles[index] = found
                while len(self._bundles) > KEPT:
                    self._bundles.popitem(last=False)
        return found

    def _unpublished(self, index: int) -> Damaged:
        return Damaged(f"the log in {self._directory.path} has no entry {index} yet")

    def tree(self, size: int | None = None) -> TiledTree:
        """The tree that was published last, or of a size; the latest with the tiles of it that
        are kept at hand.
        """
        size, last = self.size if size is None else size, self._last
        if last.size != size:
            self._last = last = TiledTree(size, self._directory.find)
        return last


def _first_entries(bundle: bytes, count: int) -> bytes:
    at = 0
    for _ in range(count):
        at += 2 + int.from_bytes(bundle[at : at + 2], "big")
    return bundle[:at]
