"""Proofs in a file of their own (C2SP tlog-proof): that an entry is in a log that was signed."""

from collections.abc import Iterable
from dataclasses import dataclass

from workflow.proof.checkpoint import Checkpoint, open_checkpoint
from workflow.proof.keys import VerifierKey
from workflow.proof.merkle import check_inclusion, leaf_hash
from workflow.proof.text import base64, from_base64, hash_from, number
from workflow.proof.unsound import Unsound

BEGIN = "c2sp.org/tlog-proof@v1"

MAX_PATH = 63
"""Hashes of a path, at the most: a tree has fewer than 2^63 entries."""


@dataclass(frozen=True, slots=True)
class InclusionProof:
    """Where an entry stands in the log, the path to the root, and the checkpoint with the root,
    as signed. `extra` is beside the proof and not proved.
    """

    index: int
    path: tuple[bytes, ...]
    checkpoint: bytes
    extra: bytes | None = None

    def encode(self) -> bytes:
        """The proof as it is sent and stored."""
        extra = [] if self.extra is None else [f"extra {base64(self.extra)}"]
        lines = [BEGIN, *extra, f"index {self.index}", *map(base64, self.path), "", ""]
        return "\n".join(lines).encode() + self.checkpoint

    @classmethod
    def parse(cls, raw: bytes) -> "InclusionProof":
        """Read a proof. Raises Unsound."""
        above, parted, checkpoint = raw.partition(b"\n\n")
        try:
            begin, *lines = above.decode("ascii").split("\n")
        except UnicodeDecodeError as error:
            raise Unsound("the proof has other characters than a proof has") from error
        if begin != BEGIN or not parted:
            raise Unsound(f"a proof begins with {BEGIN}")
        extra = None
        if lines and lines[0].startswith("extra "):
            extra = from_base64(lines.pop(0).removeprefix("extra "))
        if not lines or not lines[0].startswith("index ") or len(lines) > MAX_PATH + 1:
            raise Unsound("a proof has an index, and a path below it")
        index = number(lines.pop(0).removeprefix("index "))
        return cls(index, tuple(map(hash_from, lines)), checkpoint, extra)

    def check(
        self, entry: bytes, keys: Iterable[VerifierKey], origin: str | None = None
    ) -> Checkpoint:
        """Check that this is the entry at that place of the log, by the log's signature; the
        checkpoint that says so. Raises Unsound.
        """
        checkpoint, _ = open_checkpoint(self.checkpoint, keys, origin)
        check_inclusion(self.index, checkpoint.size, leaf_hash(entry), self.path, checkpoint.root)
        return checkpoint
