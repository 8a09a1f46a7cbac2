"""Where the service of a data folder answers: a file in it, true for as long as it is locked.

The lock (flock(2)) goes with the process, also after kill -9, so a file left behind misleads
nobody.
"""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

NAME = "address"


@contextmanager
def published(folder: Path, url: str) -> Iterator[None]:
    """Hold the address in the folder while inside. A folder that is not there, or in which
    another service has its address, is left alone.
    """
    if not folder.is_dir() or found_in(folder) is not None:
        yield
        return
    path, draft = folder / NAME, folder / f".{NAME}.new"
    with draft.open("w", encoding="ascii") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.write(f"{url}\n")
        file.flush()
        draft.replace(path)  # at once, and locked already
        try:
            yield
        finally:
            path.unlink(missing_ok=True)


def found_in(folder: Path) -> str | None:
    """The address of the service that runs on the folder; None when none does."""
    try:
        with (folder / NAME).open(encoding="ascii") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                return file.read().strip()
    except (OSError, UnicodeDecodeError):
        pass
    return None
