"""The process that checks a whole log once, and keeps what it found (api/log_checks.py)."""

import os
import sys
from datetime import UTC, datetime
from pathlib import Path

from api import key_files
from api.log_checks import Verdict, keep
from workflow.domain import clock
from workflow.log.directory import Damaged, LogDirectory
from workflow.log.signing import LogKeys
from workflow.proof.checkpoint import open_checkpoint
from workflow.proof.merkle import EMPTY_ROOT
from workflow.proof.unsound import Unsound
from workflow.proof.whole import Bad, check_log

GIVING_WAY = 10
"""How much further back than the service it stands in line for a core (nice)."""


def main() -> None:
    """Check the log in the second folder with the keys in the first, and keep the verdict there."""
    data, log = map(Path, sys.argv[1:])
    os.nice(GIVING_WAY)
    keep(data, checked(data, log, clock.instant(datetime.now(UTC))))


def checked(data: Path, log: Path, at: str) -> Verdict:
    """What is found: by the same rules as `clearance verify` finds it."""
    directory, sound, size, root = LogDirectory(log), 0, 0, EMPTY_ROOT

    def advance(count: int) -> None:
        nonlocal sound
        sound += count

    def bad(
        reason: str, place: int | None = None, subject: str | None = None, seq: int | None = None
    ) -> Verdict:
        return Verdict(at, size, root.hex(), sound, reason, place, subject, seq)

    try:
        raw = directory.checkpoint()
        if raw is None:
            return bad("there is no checkpoint in it")
        keys = LogKeys(data, key_files.read, key_files.write).public()
        checkpoint, _ = open_checkpoint(raw, keys)
        size, root = checkpoint.size, checkpoint.root
        check_log(directory.find, checkpoint, advance=advance)
    except Bad as found:
        return bad(str(found), found.index, found.subject, found.seq)
    except (Unsound, Damaged) as found:
        return bad(str(found))
    except OSError as error:
        return bad(f"{error.filename}: {error.strerror}")
    return Verdict(at, size, root.hex(), size)


if __name__ == "__main__":
    main()
