"""Whether the folder of a log holds, to the last byte, what was signed."""

from collections.abc import Callable, Sequence

from workflow.log.directory import Damaged, LogDirectory
from workflow.log.intent import State
from workflow.log.tree import LogReader
from workflow.proof.checkpoint import Checkpoint
from workflow.proof.merkle import leaf_hash
from workflow.proof.paths import Leaves, TiledTree
from workflow.proof.whole import Bad, Watch, check_log


def check_whole(
    directory: LogDirectory,
    signed: State,
    told: Callable[[int], None],
    watches: Sequence[Watch] = (),
) -> None:
    """Check every entry and every tile against the root that was signed; `told` is told how many
    entries were looked at. Raises Damaged, which names the first that differs.
    """
    looked = 0

    def advance(count: int) -> None:
        nonlocal looked
        looked += count
        told(looked)

    try:
        check_log(directory.find, Checkpoint("", *signed), watches=watches, advance=advance)
    except Bad as bad:
        raise Damaged(f"{_place(bad)}: {bad}") from bad


def check_newest(directory: LogDirectory, signed: State, count: int) -> int:
    """Check the newest entries, at most so many, against the root that was signed; how many there
    are. Raises Damaged, Unsound, OSError.
    """
    first = max(0, signed.size - count)
    leaves = Leaves(TiledTree(signed.size, directory.find), signed.root)
    entries = LogReader(directory.path).entries(range(first, signed.size))
    for index, entry in enumerate(entries, start=first):
        if leaf_hash(entry) != leaves.at(index):
            raise Damaged(f"entry {index} of the log is not the one that was signed")
    return len(entries)


def _place(bad: Bad) -> str:
    record = "" if bad.subject is None else f", record {bad.seq} of {bad.subject}"
    return "the log" if bad.index is None else f"entry {bad.index} of the log{record}"
