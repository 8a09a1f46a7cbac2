"""Where a backup ends: at a signed checkpoint that covers all that was acknowledged before."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from workflow.batch import BATCH
from workflow.log.directory import LogDirectory
from workflow.log.intent import NOTHING, State
from workflow.store import Store

PAUSE = 0.1
"""Seconds between two looks at the log, which signs about once a second."""

Files = Callable[[], Mapping[str, str]]
"""The files of keys as they are now, by their names."""


class NotCovered(Exception):
    """The log does not come to what is to be backed up: nobody adds to it, or not fast enough."""


class Cut(NamedTuple):
    """A checkpoint with its signatures, what it says, and the keys that were there with it."""

    checkpoint: bytes
    state: State
    keys: Mapping[str, str]


async def cut(store: Store, directory: LogDirectory, files: Files, patience: float) -> Cut:
    """The next checkpoint that covers every record which the database has now. It is one instant
    of all partitions, for a batch ends with a call that is given everything there is; one that
    was cut off by its size may lack a draw's reservation, and is taken only when `patience`
    (seconds) has passed and no other came. Raises NotCovered, Damaged, StoreFault.
    """
    ends = await store.feeds.last()
    clock = asyncio.get_running_loop().time
    until = clock() + patience
    while True:
        keys = files()
        found, whole = _covering(directory, ends)
        late = clock() >= until
        if found is not None and (whole or late) and files() == keys:
            return Cut(*found, keys)
        if late:
            covered = directory.signed().size
            raise NotCovered(f"its checkpoint covers {covered} records, and not yet {sum(ends)}")
        await asyncio.sleep(PAUSE)


def _covering(
    directory: LogDirectory, ends: Sequence[int]
) -> tuple[tuple[bytes, State] | None, bool]:
    """The last checkpoint where it covers the ends of the feeds, and whether its batch was not cut
    off. None also where another took its place while it was read.
    """
    raw, state = directory.checkpoint(), directory.signed()
    intent = directory.intent(state)
    if raw is None or state == NOTHING or intent is None or directory.checkpoint() != raw:
        return None, False
    if any(position < end for position, end in zip(intent.positions, ends, strict=True)):
        return None, False
    return (raw, state), sum(count for _, count in intent.spans) < BATCH
