"""A log on paper: every tile and checkpoint straight from the definitions, for tests of those who
read logs.
"""

from collections.abc import Sequence
from pathlib import Path

from workflow.proof.checkpoint import Checkpoint
from workflow.proof.keys import SignerKey
from workflow.proof.merkle import leaf_hash, node_hash
from workflow.proof.note import signed
from workflow.proof.tiles import Tile, encode_bundle, parse_path, tiles_between

EMPTY = bytes.fromhex("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")


def mth(leaves: Sequence[bytes]) -> bytes:
    """MTH of RFC 6962 section 2.1, as it is defined there, over the hashes of leaves."""
    if len(leaves) < 2:
        return leaves[0] if leaves else EMPTY
    half = halves(len(leaves))
    return node_hash(mth(leaves[:half]), mth(leaves[half:]))


def halves(count: int) -> int:
    """The largest power of two below a number."""
    half = 1
    while half * 2 < count:
        half *= 2
    return half


class PaperLog:
    """Entries, and whoever signs for them."""

    def __init__(self, entries: Sequence[bytes], signer: SignerKey) -> None:
        self.entries, self.signer = list(entries), signer
        self.leaves = [leaf_hash(entry) for entry in entries]

    def checkpoint(self, size: int) -> bytes:
        """The signed checkpoint of a size."""
        text = Checkpoint(self.signer.name, size, mth(self.leaves[:size])).text()
        return signed(text, [self.signer]).encode()

    def read(self, path: str) -> bytes | None:
        """A tile or bundle of any width that the entries are enough for."""
        tile = parse_path(path)
        span, begin = 256 ** (tile.level or 0), tile.index * 256
        parts = range(begin, begin + tile.width)
        if parts.stop > len(self.entries) // span:
            return None
        if tile.level is None:
            return encode_bundle(self.entries[begin : parts.stop])
        return b"".join(mth(self.leaves[part * span : (part + 1) * span]) for part in parts)

    def publish(self, folder: Path, size: int, before: int = 0) -> None:
        """Write what a log of this size serves, with a checkpoint."""
        for tile in tiles_between(before, size):
            bundle = [Tile(None, tile.index, tile.width)] if tile.level == 0 else []
            for one in (tile, *bundle):
                content = self.read(one.path)
                assert content is not None
                file = folder / one.path
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(content)
        (folder / "checkpoint").write_bytes(self.checkpoint(size))
