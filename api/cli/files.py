"""Files that a command reads and writes."""

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from api.stop import UNUSABLE, Stop
from workflow.domain import canonical


def content(file: str) -> bytes:
    """What a file holds, or standard input for `-`. Raises Stop."""
    try:
        return sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    except OSError as error:
        raise Stop(f"{file} cannot be read: {error.strerror}.", UNUSABLE) from error


def json_object(file: str) -> dict[str, Any]:
    """A JSON object, read strictly. Raises Stop."""
    try:
        found = canonical.decode(content(file))
    except canonical.Malformed as error:
        raise Stop(f"{file} cannot be read: {error}.", UNUSABLE) from error
    if not isinstance(found, dict):
        raise Stop(f"{file} holds no JSON object.", UNUSABLE)
    return found


@contextmanager
def written_at_once(path: Path) -> Iterator[BinaryIO]:
    """A file that is there whole and durable, or not at all. Raises Stop."""
    try:
        descriptor, draft = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    except OSError as error:
        raise Stop(f"{path} cannot be written: {error.strerror}.", UNUSABLE) from error
    try:
        with os.fdopen(descriptor, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        Path(draft).chmod(0o666 & ~_umask())
        Path(draft).replace(path)
    except OSError as error:
        raise Stop(f"{path} cannot be written: {error.strerror}.", UNUSABLE) from error
    finally:
        Path(draft).unlink(missing_ok=True)


def _umask() -> int:
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
