"""Files that hold a key, a file each, which none but their owner may read."""

import os
from pathlib import Path


class Unwritable(Exception):
    """A key cannot be kept where it should be."""


def read(path: Path) -> str | None:
    """The key in a file; None where there is none that this user may read."""
    try:
        return path.read_text("ascii").strip() or None
    except (OSError, UnicodeDecodeError):
        return None


def write(path: Path, key: str) -> None:
    """Write a key (0600), whole or not at all, in place of any other, durably; a folder that is
    made for it is private too. Raises Unwritable.
    """
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft.unlink(missing_ok=True)
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(f"{key}\n")
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
        _sync(path.parent)
    except OSError as error:
        raise Unwritable(f"{path} cannot be written: {error.strerror}.") from error


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
