"""What a witness holds a log to: that it only ever grew, by everything that it has shown.

A witness remembers the last checkpoint that it vouched for, and goes on to none that does not
contain it. What it computes, it computes itself, from hash tiles; nobody's word is taken for it.
"""

from collections.abc import Iterable
from typing import NamedTuple

from workflow.proof.checkpoint import Checkpoint, open_checkpoint
from workflow.proof.keys import SignerKey, VerifierKey
from workflow.proof.merkle import check_consistency
from workflow.proof.note import Note
from workflow.proof.paths import ReadTile, TiledTree
from workflow.proof.unsound import Unsound


class Forked(Unsound):
    """The log signed two checkpoints of which neither begins with the other."""


class Stale(Unsound):
    """The log shows fewer entries than it has shown before, and those are its beginning: an older
    checkpoint out of a cache or a mirror, or a log that was taken back. That is no contradiction.
    """


class Vouched(NamedTuple):
    """A checkpoint, and the note that its witness keeps: signed by the log and the witness."""

    checkpoint: Checkpoint
    raw: bytes


class Witness:
    """Vouches for one log, with a key of the type COSIGNATURE."""

    def __init__(self, keys: Iterable[VerifierKey], signer: SignerKey) -> None:
        self._keys, self._signer = tuple(keys), signer

    def remembered(self, raw: bytes) -> Checkpoint:
        """A checkpoint that this witness kept. Raises Unsound when it is not one that it vouched
        for: somebody has changed what was kept.
        """
        note = Note.parse(raw)
        note.verified([self._signer.verifier])
        return Checkpoint.parse(note.text)

    def vouch(self, last: Checkpoint | None, shown: bytes, read: ReadTile, moment: int) -> Vouched:
        """Vouch for what the log shows at this moment, in seconds since the epoch. Raises Unsound
        for what the log did not sign and for a root that the tiles do not lead to; Stale; Forked.
        """
        checkpoint, note = open_checkpoint(shown, self._keys, last and last.origin)
        if last is None:
            check_root(checkpoint, read)
        elif checkpoint.size < last.size:
            check_growth(checkpoint, last, read)
            raise Stale(f"the log shows {checkpoint.size} entries; it had {last.size} before")
        else:
            check_growth(last, checkpoint, read)
        known = {(key.name, key.id) for key in self._keys}
        own = tuple(one for one in note.signatures if (one.name, one.id) in known)
        cosigned = Note(note.text, own).signed(self._signer, moment=moment)
        return Vouched(checkpoint, cosigned.encode())


def check_root(checkpoint: Checkpoint, read: ReadTile) -> TiledTree:
    """Check that the tiles of the log lead to a checkpoint; the tree behind them. Raises
    Unsound.
    """
    tree = TiledTree(checkpoint.size, read)
    if tree.root() != checkpoint.root:
        raise Unsound(f"the tiles do not lead to the root of the {checkpoint.size} entries")
    return tree


def check_growth(first: Checkpoint, second: Checkpoint, read: ReadTile) -> None:
    """Check that a signed checkpoint grew out of another, which is not larger. The tiles are
    those of the second one. Raises Forked, Unsound.
    """
    if first.size == second.size:
        if first.root != second.root:
            raise Forked(f"two checkpoints of {first.size} entries have different roots")
        return
    path = check_root(second, read).consistency(first.size)
    try:
        check_consistency(first.size, second.size, first.root, second.root, path)
    except Unsound as error:
        raise Forked(
            f"the {second.size} entries do not begin with the {first.size} that were shown before"
        ) from error


def check_same_log(one: bytes, other: bytes, keys: Iterable[VerifierKey], read: ReadTile) -> None:
    """Check that two checkpoints which two people hold are of one log: that the larger one grew
    out of the smaller one. Tiles are read for checkpoints of different sizes alone. Raises
    Forked, Unsound.
    """
    known = tuple(keys)
    first, _ = open_checkpoint(one, known)
    second, _ = open_checkpoint(other, known, first.origin)
    if first.size > second.size:
        first, second = second, first
    check_growth(first, second, read)
