"""Signed notes (C2SP signed-note): a text, and who signed it."""

from collections.abc import Iterable
from typing import NamedTuple

from workflow.proof.keys import SignerKey, VerifierKey, check_name
from workflow.proof.text import base64, from_base64
from workflow.proof.unsound import Unsound

MAX_SIGNATURES = 100
"""As in Go's `sumdb/note`; at least 16 have to be taken."""

MAX_SIZE = 1_000_000
"""Bytes of a note, at the most."""

_BEGIN = "\N{EM DASH} "


class Signature(NamedTuple):
    """A line below a note: who is said to have signed, with which key (its id, 4 bytes)."""

    name: str
    id: bytes
    content: bytes

    @property
    def line(self) -> str:
        """As it stands below the note."""
        return f"{_BEGIN}{self.name} {base64(self.id + self.content)}\n"


class Note(NamedTuple):
    """A text that ends with a newline, and its signatures, which are not yet believed."""

    text: str
    signatures: tuple[Signature, ...]

    @classmethod
    def parse(cls, raw: bytes) -> "Note":
        """Read a note. Raises Unsound."""
        if len(raw) > MAX_SIZE:
            raise Unsound("a note is too long")
        try:
            whole = raw.decode()
        except UnicodeDecodeError as error:
            raise Unsound("a note is not UTF-8") from error
        if any(char < " " and char != "\n" for char in whole):
            raise Unsound("a note has a control character")
        text, parted, below = whole.rpartition("\n\n")
        if not parted or not below.endswith("\n"):
            raise Unsound("a note ends with signatures below an empty line, each in a line")
        lines = below[:-1].split("\n")
        if len(lines) > MAX_SIGNATURES:
            raise Unsound(f"a note has more than {MAX_SIGNATURES} signatures")
        return cls(text + "\n", tuple(map(parse_signature, lines)))

    def encode(self) -> bytes:
        """The note as it is sent and stored."""
        return f"{self.text}\n{''.join(one.line for one in self.signatures)}".encode()

    def verified(self, keys: Iterable[VerifierKey]) -> tuple[VerifierKey, ...]:
        """Which of these keys signed it; signatures of others count for nothing. Raises Unsound
        when one of these keys did not make the signature that bears its name, or none signed.
        """
        known = {(key.name, key.id): key for key in keys}
        found = dict[VerifierKey, None]()
        for one in self.signatures:
            key = known.get((one.name, one.id))
            if key is not None:
                key.check(self.text, one.content)
                found[key] = None
        if not found:
            raise Unsound("no key that is known signed it")
        return tuple(found)

    def signed(self, *signers: SignerKey, moment: int = 0) -> "Note":
        """With more signatures below those that are there, those of the same keys replaced."""
        added = tuple(signature(self.text, key, moment) for key in signers)
        again = {(one.name, one.id) for one in added}
        kept = (one for one in self.signatures if (one.name, one.id) not in again)
        return self._replace(signatures=(*kept, *added))


def signed(text: str, signers: Iterable[SignerKey]) -> Note:
    """A note with signatures. Raises ValueError for a text that no note can have."""
    if not text.endswith("\n") or any(char < " " and char != "\n" for char in text):
        raise ValueError("the text of a note ends with a newline and has no control characters")
    return Note(text, ()).signed(*signers)


def signature(text: str, key: SignerKey, moment: int = 0) -> Signature:
    """A signature of a note's text; a witness says when, in seconds since the epoch."""
    return Signature(key.name, key.verifier.id, key.sign(text, moment))


def parse_signature(line: str) -> Signature:
    """Read the line of a signature, without its newline. Raises Unsound."""
    name, _, content = line.removeprefix(_BEGIN).partition(" ")
    if not line.startswith(_BEGIN):
        raise Unsound("a signature begins with an em dash and a space")
    signed_by = from_base64(content)
    if len(signed_by) <= 4:
        raise Unsound(f"the signature of {name[:80]!r} is empty")
    return Signature(check_name(name), signed_by[:4], signed_by[4:])
