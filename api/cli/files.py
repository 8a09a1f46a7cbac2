"""Files that a command reads and writes."""

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from api.cli.faults import Failure, why
from api.stop import UNUSABLE
from workflow.domain import canonical


def content(file: str) -> bytes:
    """What a file holds, or standard input for `-`. Raises Failure."""
    try:
        return sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    except OSError as error:
        raise Failure("unreadable", UNUSABLE, file=file, why=why(error)) from error


def json_object(file: str) -> dict[str, Any]:
    """A JSON object, read strictly. Raises Failure."""
    try:
        found = canonical.decode(content(file))
    except canonical.Malformed as error:
        raise Failure("unreadable", UNUSABLE, file=file, why=why(error)) from error
    if not isinstance(found, dict):
        raise Failure("no-object", UNUSABLE, file=file)
    return found


@contextmanager
def written_at_once(path: Path, mode: int = 0o666) -> Iterator[BinaryIO]:
    """A file that is there whole and durable, or not at all. Nobody may do more with it than the
    mode and the umask say, at no time. Raises Failure.
    """
    try:
        descriptor, draft = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    except OSError as error:
        raise Failure("unwritable", UNUSABLE, file=path, why=why(error)) from error
    try:
        with os.fdopen(descriptor, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        Path(draft).chmod(mode & ~_umask())
        Path(draft).replace(path)
    except OSError as error:
        raise Failure("unwritable", UNUSABLE, file=path, why=why(error)) from error
    finally:
        Path(draft).unlink(missing_ok=True)


def _umask() -> int:
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
