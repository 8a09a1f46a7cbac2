"""The folder of a log: tiles, bundles and the checkpoint as C2SP tlog-tiles has them, so that any
web server can serve it; and beside them the lock and what its holder is about to add.

A file appears whole or not at all, and outlives a power cut as soon as that is said.
"""

import fcntl
import os
import stat
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import BinaryIO

from workflow.log.intent import NOTHING, Intent, State, name_of, size_in
from workflow.proof.checkpoint import Checkpoint
from workflow.proof.note import Note
from workflow.proof.tiles import MAX_ENTRY, WIDTH
from workflow.proof.unsound import Unsound

CHECKPOINT = "checkpoint"
LOCK = "lock"
FINDING = "finding"
DRAFT = ".draft-"

READING = os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC
"""Nobody waits for whoever may write to a pipe that lies where a file should."""

LARGEST = WIDTH * (2 + MAX_ENTRY)
"""Bytes of the largest bundle (C2SP tlog-tiles); nothing else comes near it."""


class Damaged(ValueError):
    """The folder of the log does not hold what it should; the message says what."""


class LogDirectory:
    """A folder of a log. Whoever holds it is the only one that adds to it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock: int | None = None

    def hold(self) -> bool:
        """Hold the folder from now on, until `release` or the end of the process; False where
        somebody else does, also where the lock was taken away. Raises OSError.
        """
        if self._lock is not None:
            if self._is_ours(self._lock):
                return True
            self.release()
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(self.path / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            held = self._is_ours(descriptor)
        except BlockingIOError:
            held = False
        except OSError:
            os.close(descriptor)
            raise
        if held:
            self._lock = descriptor
            for draft in self.path.glob(f"{DRAFT}*"):  # of a holder that ended while it wrote
                draft.unlink(missing_ok=True)
        else:
            os.close(descriptor)
        return held

    def release(self) -> None:
        """Let somebody else hold it."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def find(self, path: str) -> bytes | None:
        """A file by its path below the folder; None where it is not there. Raises Damaged for
        what is none, or larger than any that a log has, OSError.
        """
        try:
            descriptor = os.open(self.path / path, READING)
        except FileNotFoundError:
            return None
        try:
            found = os.fstat(descriptor)
            if not stat.S_ISREG(found.st_mode):
                raise Damaged(f"{self.path / path} is no regular file")
            if found.st_size > LARGEST:
                raise Damaged(f"{self.path / path} has {found.st_size} bytes, more than any may")
            with open(descriptor, "rb", buffering=0, closefd=False) as file:
                return file.readall()
        finally:
            os.close(descriptor)

    def read(self, path: str) -> bytes:
        """The same. Raises Damaged where it is not there."""
        found = self.find(path)
        if found is None:
            raise Damaged(f"{self.path / path} is missing")
        return found

    def checkpoint(self) -> bytes | None:
        """The last signed checkpoint; None where there is none yet."""
        return self.find(CHECKPOINT)

    def finding(self) -> str | None:
        """Why nothing is added to the log any more, as its last holder left it."""
        found = self.find(FINDING)
        return None if found is None else found.decode(errors="replace").strip()

    def note(self, finding: str | None) -> None:
        """Say why nothing is added any more, to every process that reads here; None: it is."""
        if finding is not None:
            self.write({FINDING: f"{finding}\n".encode()})
        else:
            (self.path / FINDING).unlink(missing_ok=True)

    def signed(self) -> State:
        """What the last checkpoint says, whose signature is not looked at. Raises Damaged."""
        raw = self.checkpoint()
        if raw is None:
            return NOTHING
        try:
            checkpoint = Checkpoint.parse(Note.parse(raw).text)
        except Unsound as error:
            raise Damaged(f"{self.path / CHECKPOINT} is no checkpoint: {error}") from error
        return State(checkpoint.size, checkpoint.root)

    def intent(self, state: State) -> Intent | None:
        """The intent that leads to a state, if there is one. Raises Damaged."""
        path = self.path / name_of(state)
        try:
            stored = self.find(path.name)
            if stored is None:
                return None
            intent = Intent.decode(stored)
        except Damaged:
            raise
        except (ValueError, KeyError, TypeError) as error:
            raise Damaged(f"{path} cannot be read: {error}") from error
        if intent.after != state:
            raise Damaged(f"{path} is of another state of the log")
        return intent

    def intend(self, intent: Intent) -> None:
        """Write down what is about to be added."""
        self.write({intent.name: intent.encode()})

    def write(self, files: Mapping[str, bytes]) -> None:
        """Write files, each whole, in place of any other; they are durable then. All are written
        before the first is waited for: the disk then has them done in few strokes.
        """
        folders: dict[Path, None] = {}
        drafts: list[tuple[Path, Path]] = []
        with ExitStack() as stack:
            opened: list[BinaryIO] = []
            for number, (name, content) in enumerate(files.items()):
                path, draft = self.path / name, self.path / f"{DRAFT}{os.getpid()}-{number}"
                self._make(path.parent, folders)
                folders[path.parent] = None
                drafts.append((draft, path))
                opened.append(stack.enter_context(draft.open("wb")))
                opened[-1].write(content)
            for file in opened:
                file.flush()
                os.fsync(file.fileno())
        for draft, path in drafts:
            _replace(draft, path)
        for folder in folders:
            sync(folder)

    def publish(self, raw: bytes, state: State) -> None:
        """Put a checkpoint in place of an older one. What led to earlier states is not needed any
        more, nor are the partial tiles that have become full.
        """
        if self.signed().size > state.size:  # somebody whom this process does not know was quicker
            return
        self.write({CHECKPOINT: raw})
        for path in self.path.glob("progress-*.json"):
            size = size_in(path.name)
            if size is not None and size < state.size:
                path.unlink(missing_ok=True)

    def drop_partial(self, files: Mapping[str, bytes]) -> None:
        """Remove the partial tiles of which these files are the full ones (C2SP tlog-tiles)."""
        for name in files:
            partial = self.path / f"{name}.p"
            if ".p/" not in name and partial.is_dir():
                for path in partial.iterdir():
                    path.unlink(missing_ok=True)
                partial.rmdir()

    def _is_ours(self, descriptor: int) -> bool:
        """Whether the lock is on the file that others would find."""
        try:
            return os.path.samestat(os.fstat(descriptor), (self.path / LOCK).stat())
        except FileNotFoundError:
            return False

    def _make(self, folder: Path, folders: dict[Path, None]) -> None:
        """Make a folder and those above it; whatever got a new one is to be synced."""
        if folder not in folders and not folder.is_dir():
            self._make(folder.parent, folders)
            folder.mkdir(mode=0o755 if folder != self.path else 0o700, exist_ok=True)
            folders[folder.parent] = None


def _replace(draft: Path, path: Path) -> None:
    draft.replace(path)


def sync(folder: Path) -> None:
    """Make durable which files a folder has. Raises OSError."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
