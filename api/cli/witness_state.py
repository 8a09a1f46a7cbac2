"""What a witness keeps in its folder: its key, the last checkpoint that it vouched for, and the
evidence against a log.
"""

import fcntl
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from api import key_files
from api.cli.faults import Failure, why
from api.cli.files import written_at_once
from api.stop import NO, UNUSABLE
from workflow.proof.keys import COSIGNATURE, SignerKey
from workflow.proof.unsound import Unsound

KEY, PUBLIC, CHECKPOINT = "key", "key.pub", "checkpoint"
EVIDENCE, LOCK = "evidence", ".lock"


class Evidence(NamedTuple):
    """The files with two checkpoints that a log cannot both stand by."""

    kept: Path
    shown: Path


class WitnessState:
    """The folder of one witness of one log, locked for as long as it runs."""

    def __init__(self, folder: Path, signer: SignerKey) -> None:
        self.folder, self.signer = folder, signer

    @property
    def public(self) -> Path:
        """The file with the key that verifies what this witness signs."""
        return self.folder / PUBLIC

    @property
    def checkpoint(self) -> Path:
        """The file with the last checkpoint."""
        return self.folder / CHECKPOINT

    def last(self) -> bytes | None:
        """The last checkpoint; None before the first one. Raises Failure."""
        try:
            return self.checkpoint.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise Failure("unreadable", UNUSABLE, file=self.checkpoint, why=why(error)) from error

    def keep(self, raw: bytes) -> None:
        """Put another checkpoint in its place, durably and at once. Raises Failure."""
        with written_at_once(self.checkpoint) as file:
            file.write(raw)

    def accuse(self, kept: bytes, shown: bytes) -> Evidence:
        """Keep two checkpoints that contradict each other; the same again are the same files.
        Raises Failure.
        """
        folder = self.folder / EVIDENCE
        folder.mkdir(exist_ok=True)
        names = (f"{sha256(kept).hexdigest()[:16]}-kept", f"{sha256(shown).hexdigest()[:16]}-shown")
        evidence = Evidence(*(folder / name for name in names))
        for path, content in zip(evidence, (kept, shown), strict=True):
            with written_at_once(path) as file:
                file.write(content)
        return evidence


@contextmanager
def opened(folder: Path, name: str | None) -> Iterator[WitnessState]:
    """The state in a folder, which is made with a key at the first time; `name` is then what the
    witness is called. Raises Failure: another witness runs on it, it has another name.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = (folder / LOCK).open("w", encoding="ascii")
    except OSError as error:
        raise Failure("unwritable", UNUSABLE, file=folder, why=why(error)) from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise Failure("witness-runs", NO, folder=folder) from error
        signer = _signer(folder, name)
        if not (folder / PUBLIC).exists():
            with written_at_once(folder / PUBLIC) as file:
                file.write(f"{signer.verifier}\n".encode())
        yield WitnessState(folder, signer)


def _signer(folder: Path, name: str | None) -> SignerKey:
    path = folder / KEY
    text = key_files.read(path)
    try:
        if text is None:
            if path.exists() or (folder / CHECKPOINT).exists():
                raise Failure("witness-key-lost", UNUSABLE, file=path)
            signer = SignerKey.generate(name or f"{socket.gethostname()}/witness", COSIGNATURE)
            key_files.write(path, signer.secret())
            return signer
        signer = SignerKey.parse(text)
    except Unsound as error:
        raise Failure("not-a-key", UNUSABLE, file=path, why=why(error)) from error
    except key_files.Unwritable as error:
        raise Failure("unfit", UNUSABLE, why=why(error)) from error
    if name not in (None, signer.name):
        raise Failure("witness-name", UNUSABLE, folder=folder, name=signer.name)
    return signer
