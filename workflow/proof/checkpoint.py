"""Checkpoints (C2SP tlog-checkpoint): what a log signs, the size of its tree and the root."""

from collections.abc import Iterable
from typing import NamedTuple

from workflow.proof.keys import ED25519, VerifierKey
from workflow.proof.note import Note
from workflow.proof.text import base64, hash_from, number
from workflow.proof.unsound import Unsound


class Checkpoint(NamedTuple):
    """A tree of a log, by the name of the log, the number of its entries and its root."""

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    def text(self) -> str:
        """The text that is signed."""
        lines = (self.origin, str(self.size), base64(self.root), *self.extensions)
        return "".join(f"{line}\n" for line in lines)

    @classmethod
    def parse(cls, text: str) -> "Checkpoint":
        """Read the text of a note. Raises Unsound."""
        lines = text.split("\n")
        if len(lines) < 4 or lines.pop() or not all(lines):
            raise Unsound("a checkpoint has three lines or more, none of them empty")
        origin, size, root, *extensions = lines
        return cls(origin, number(size), hash_from(root), tuple(extensions))


def open_checkpoint(
    raw: bytes, keys: Iterable[VerifierKey], origin: str | None = None
) -> tuple[Checkpoint, Note]:
    """Read a checkpoint that a log signed, with a key that bears the name of its origin; that of
    another log or of a witness alone does not do. Raises Unsound.
    """
    note = Note.parse(raw)
    signed = note.verified(keys)
    checkpoint = Checkpoint.parse(note.text)
    if not any(key.type == ED25519 and key.name == checkpoint.origin for key in signed):
        raise Unsound(f"no key of {checkpoint.origin!r} signed the checkpoint")
    if origin not in (None, checkpoint.origin):
        raise Unsound(f"the checkpoint is of {checkpoint.origin!r}, another log")
    return checkpoint, note
