"""The keys of a log: files beside its folder, of which only the service may read the private ones.

`log.key` signs every checkpoint. `log.next.key` is there while a rotation is under way: a record
names both keys, and the checkpoint that covers it first is signed by both; then the next is the
present one. `log.pub` has the public keys, a line each, the oldest first; it says, too, that their
log was begun.
"""

from collections.abc import Callable
from pathlib import Path

from workflow.log.directory import sync
from workflow.log.intent import State
from workflow.proof.checkpoint import Checkpoint, open_checkpoint
from workflow.proof.keys import SignerKey, VerifierKey
from workflow.proof.note import signed
from workflow.proof.unsound import Unsound

KEY, NEXT, PUBLIC = "log.key", "log.next.key", "log.pub"

Read = Callable[[Path], str | None]
"""The text of a file that holds a key, if there is one that this user may read."""

Write = Callable[[Path, str], None]
"""Keeps a key where only this user may read it, whole, in place of any other."""


class LogKeys:
    """The keys in a folder. They are read anew whenever they are needed: another process may have
    begun a rotation, or ended one.
    """

    def __init__(self, folder: Path, read: Read, write: Write) -> None:
        self._folder = folder
        self._read = read
        self._write = write

    def present(self) -> SignerKey | None:
        """The key that signs; None on a host that does not."""
        return self._key(KEY)

    def signer(self) -> SignerKey | None:
        """The same, once it turned out to be the last of the public ones, or the one before where
        all but the last step of a rotation is done. Raises Unsound for a key of another log.
        """
        present, coming, public = self.present(), self.coming(), self.public()
        ended = coming is not None and public[-1:] == (coming.verifier,)
        if present is not None and present.verifier not in public[-2 if ended else -1 :]:
            raise Unsound(f"{KEY} is not the last of the keys that {PUBLIC} names")
        return present

    def check(self, checkpoint: bytes | None) -> None:
        """See that these are the keys of a log, which bears the name of the one that signs here.
        Raises Unsound.
        """
        signer = self.signer()
        if checkpoint is not None:
            open_checkpoint(checkpoint, self.public(), None if signer is None else signer.name)

    def coming(self) -> SignerKey | None:
        """The key of a rotation under way."""
        return self._key(NEXT)

    def public(self) -> tuple[VerifierKey, ...]:
        """Every key that has signed, the oldest first. Raises Unsound."""
        text = self._read(self._folder / PUBLIC)
        if text is None:
            present = self.present()
            return () if present is None else (present.verifier,)
        return tuple(map(VerifierKey.parse, text.split()))

    def begin(self, name: str) -> SignerKey:
        """Make the first key. It signs nothing before `settle`."""
        key = SignerKey.generate(name)
        self._write(self._folder / KEY, key.secret())
        return key

    @property
    def settled(self) -> bool:
        """Whether there is a log that these keys are of, or was."""
        return self._read(self._folder / PUBLIC) is not None

    def settle(self) -> None:
        """Note that the database has the log that the first key is of: there is no other."""
        present = self.present()
        if present is not None and not self.settled:
            self._note(present.verifier)

    def drop(self, key: SignerKey) -> None:
        """Remove a first key that turned out to be nobody's."""
        if self.present() == key:
            (self._folder / KEY).unlink(missing_ok=True)
            (self._folder / PUBLIC).unlink(missing_ok=True)

    def rotate(self) -> SignerKey | None:
        """Make the next key; None where the host has none at all, or a rotation is under way."""
        present = self.present()
        if present is None or self.coming() is not None:
            return None
        key = SignerKey.generate(present.name)
        self._write(self._folder / NEXT, key.secret())
        return key

    def sign(self, state: State, also: str) -> bytes:
        """The checkpoint of a state. `also`: the id of the next key, where that signs too. It is
        the present one where the rotation ended before a crash. Raises Unsound without a key, and
        with another's: under its name and by its hand this log would be another one.
        """
        present, coming = self.signer(), self.coming()
        if present is None:
            raise Unsound(f"{self._folder / KEY} is no key any more")
        signers = [present]
        if coming is not None and coming.verifier.id.hex() == also:
            signers.append(coming)
        text = Checkpoint(present.name, state.size, state.root).text()
        return signed(text, signers).encode()

    def end_rotation(self, checkpoint: bytes | None) -> None:
        """Where the next key has signed the last checkpoint, or some earlier one, it is the present
        one from now on. Raises OSError.
        """
        coming = self.coming()
        if coming is None:
            return
        if coming.verifier not in self.public():
            try:
                open_checkpoint(checkpoint or b"", [coming.verifier])
            except Unsound:
                return
            self._note(coming.verifier)
        (self._folder / NEXT).replace(self._folder / KEY)
        sync(self._folder)

    def _note(self, key: VerifierKey) -> None:
        lines = [str(one) for one in self.public() if one != key]
        self._write(self._folder / PUBLIC, "\n".join([*lines, str(key)]))

    def _key(self, name: str) -> SignerKey | None:
        text = self._read(self._folder / name)
        return None if text is None else SignerKey.parse(text)
