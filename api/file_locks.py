"""Locks on files, by which processes of one host know of each other."""

import fcntl
import os
from pathlib import Path


def is_held(path: Path) -> bool:
    """Whether somebody has the lock on a file; False where there is none. To ask takes it for a
    moment, shared: whoever wants it for themselves just then does not get it.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False
