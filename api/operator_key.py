"""The operator's key of a data folder: made by the first start, read by the local command.

The file is written before the service grants the key, so that a crash in between leaves no
granted key that nobody holds; the next start grants the key that it finds.
"""

import re
from pathlib import Path

from api import key_files
from workflow.domain import apikey

NAME = "operator.key"

_KEY = re.compile(rf"{apikey.PREFIX}_{apikey.OPERATOR}_[A-Za-z0-9_-]{{43}}")


def kept_in(folder: Path) -> str | None:
    """The key in a data folder; None where there is none that this user may read, or something
    that is no operator's key.
    """
    key = key_files.read(folder / NAME)
    return key if key is not None and is_one(key) else None


def is_one(text: str) -> bool:
    """Whether a text can be the operator's key."""
    return _KEY.fullmatch(text) is not None


def keep(folder: Path, key: str) -> Path:
    """Write the key where only this user may read it (0600), in place of any other."""
    path = folder / NAME
    key_files.write(path, key)
    return path


def drop(folder: Path, key: str) -> None:
    """Remove a key that turned out to be nobody's, unless there is another by now."""
    if kept_in(folder) == key:
        (folder / NAME).unlink(missing_ok=True)
