"""Whether the folder of a log holds, to the last byte, what was signed."""

from collections.abc import Callable, Sequence

from workflow.log.directory import Damaged, LogDirectory
from workflow.log.intent import State
from workflow.proof.checkpoint import Checkpoint
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


def _place(bad: Bad) -> str:
    record = "" if bad.subject is None else f", record {bad.seq} of {bad.subject}"
    return "the log" if bad.index is None else f"entry {bad.index} of the log{record}"
