"""Files that a command reads and writes."""

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from api.cli.faults import Failure, why
from api.stop import UNUSABLE
from workflow.domain import canonical

if TYPE_CHECKING:
    from api.exports import Export


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


def exported(file: str, found: bytes) -> "Export":
    """The records of an exported trail. Raises Failure."""
    from api import exports  # noqa: PLC0415

    try:
        return exports.read(found)
    except exports.Unreadable as unreadable:
        told = {"file": file, "why": why(unreadable)}
        raise Failure("not-a-trail", UNUSABLE, **told) from unreadable


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
        _sync(path.parent)
    except OSError as error:
        raise Failure("unwritable", UNUSABLE, file=path, why=why(error)) from error
    finally:
        Path(draft).unlink(missing_ok=True)


def _sync(folder: Path) -> None:
    """A name is durable when its folder is."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _umask() -> int:
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
