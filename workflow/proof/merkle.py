"""The Merkle tree of RFC 6962, section 2.1, over SHA-256: its hashes, its proofs, its frontier.

A complete node of level L covers 2^L leaves. Proofs are checked as RFC 9162 says; they are made in
`paths.py`.
"""

from collections.abc import Sequence
from hashlib import sha256

from workflow.proof.unsound import Unsound

HASH_SIZE = 32  # bytes

EMPTY_ROOT = sha256(b"").digest()
"""The root of a tree without leaves."""


def leaf_hash(entry: bytes) -> bytes:
    """The hash of an entry as a leaf."""
    return sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of a node by those of its children."""
    return sha256(b"\x01" + left + right).digest()


def complete_root(hashes: Sequence[bytes]) -> bytes:
    """The node above 2^n neighbours."""
    digest = sha256
    while len(hashes) > 1:
        pairs = zip(hashes[::2], hashes[1::2], strict=True)
        hashes = [digest(b"\x01" + left + right).digest() for left, right in pairs]
    return hashes[0]


class Frontier:
    """A tree that only grows, by the complete nodes along its right edge: all that is needed to
    know its root.
    """

    def __init__(self) -> None:
        self.size = 0
        self._edge: list[bytes] = []

    def append(self, node: bytes, level: int = 0) -> None:
        """Add a leaf, by its hash, or 2^level leaves at once, by that of their node; only where
        such a node may stand. Raises ValueError.
        """
        if self.size & ((1 << level) - 1):
            raise ValueError(f"no node of level {level} stands at leaf {self.size}")
        carried = self.size >> level
        while carried & 1:
            node = node_hash(self._edge.pop(), node)
            carried >>= 1
        self._edge.append(node)
        self.size += 1 << level

    def copy(self) -> "Frontier":
        """A tree that is the same, and grows apart."""
        twin = Frontier()
        twin.size, twin._edge = self.size, list(self._edge)
        return twin

    def root(self) -> bytes:
        """The root of the tree as it is."""
        found: bytes | None = None
        for node in reversed(self._edge):
            found = node if found is None else node_hash(node, found)
        return EMPTY_ROOT if found is None else found


def check_inclusion(index: int, size: int, leaf: bytes, path: Sequence[bytes], root: bytes) -> None:
    """Check that a leaf, by its hash, stands at this place of the tree (RFC 9162, section
    2.1.3.2). Raises Unsound.
    """
    if not 0 <= index < size:
        raise Unsound(f"a tree of {size} entries has none with the index {index}")
    place, last, found = index, size - 1, leaf
    for neighbour in path:
        if last == 0:
            raise Unsound("the inclusion proof is longer than the tree is high")
        if place & 1 or place == last:
            found = node_hash(neighbour, found)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            found = node_hash(found, neighbour)
        place, last = place >> 1, last >> 1
    if last:
        raise Unsound("the inclusion proof is shorter than the tree is high")
    if found != root:
        raise Unsound(f"the entry is not the one with the index {index} in this tree")


def check_consistency(
    first: int, second: int, first_root: bytes, second_root: bytes, path: Sequence[bytes]
) -> None:
    """Check that the one tree begins the other (RFC 9162, section 2.1.4.2). Raises Unsound."""
    if not 0 <= first <= second:
        raise Unsound(f"a tree of {second} entries is no growth of one of {first}")
    if first in (0, second):
        known = second_root if first == second else EMPTY_ROOT
        if path or first_root != known:
            raise Unsound(f"the trees of {first} entries differ")
        return
    hashes = [first_root, *path] if first & (first - 1) == 0 else list(path)
    if not hashes:
        raise Unsound("the consistency proof is empty")
    roots = _grown(first, second, hashes)
    if roots != (first_root, second_root):
        raise Unsound(f"the tree of {second} entries does not begin with the one of {first}")


def _grown(first: int, second: int, hashes: Sequence[bytes]) -> tuple[bytes, bytes]:
    """The roots of both trees, as a consistency proof has them. Raises Unsound."""
    place, last = first - 1, second - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    older = newer = hashes[0]
    for neighbour in hashes[1:]:
        if last == 0:
            raise Unsound("the consistency proof is longer than the tree is high")
        if place & 1 or place == last:
            older, newer = node_hash(neighbour, older), node_hash(neighbour, newer)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            newer = node_hash(newer, neighbour)
        place, last = place >> 1, last >> 1
    if last:
        raise Unsound("the consistency proof is shorter than the tree is high")
    return older, newer
