"""Whether the database is the one that the log was made of.

The last signed checkpoint lies outside the database. A database that is behind it, or that differs
from it, was rolled back, or replaced, or changed behind the service.
"""

from collections.abc import Sequence
from typing import NamedTuple

import orjson

from workflow.log.directory import Damaged, LogDirectory
from workflow.log.intent import NOTHING, Intent, State
from workflow.log.tree import LogReader
from workflow.proof.paths import TiledTree
from workflow.proof.unsound import Unsound
from workflow.store import Store

LATEST = 1000
"""Entries of the log, the last ones, that are compared with the database when a service starts."""

UNEXPLAINED = (
    "the folder {} does not say how it came to its checkpoint: progress-*.json is missing, which "
    "`clearance log recover` writes anew"
)


RESTORING = "restoring "
"""What a database says of the log until a backup is put back whole, before the backup's digest."""


class Apart(Exception):
    """The database and the log do not belong together; the message says in what."""


class Unfinished(Apart):
    """A backup is being put back into the database, or was and did not come to its end."""


class Behind(Apart):
    """The folder of the log has less than was claimed for it, and nothing of how it went on: it is
    not the folder, or an older copy. Nobody may sign anything there: so many records would be
    `lost`, and others signed in their places.
    """

    def __init__(self, told: str, lost: int) -> None:
        super().__init__(told)
        self.lost = lost


class Standing(NamedTuple):
    """How far the checkpoint says that the log has come, and the last batch that was begun: it
    leads there, or beyond where it was not finished.
    """

    signed: State
    intent: Intent

    @property
    def finished(self) -> bool:
        """Whether the checkpoint covers all that was begun."""
        return self.intent.after == self.signed


async def standing(store: Store, directory: LogDirectory) -> Standing:
    """How far the log has come, as the folder and the database agree. Raises Apart, Damaged."""
    signed, published = directory.signed(), await _published(store)
    if published.size < signed.size:
        raise Apart(
            f"the database knows {published.size} records of the log, the last checkpoint "
            f"covers {signed.size}: it was rolled back, or is another one"
        )
    if published == NOTHING:
        return Standing(signed, Intent(NOTHING, NOTHING, [0] * store.feeds.partitions))
    if published.size == signed.size and published != signed:
        raise Apart(f"the database and the checkpoint name another root of {signed.size} records")
    intent = _intent(directory, signed, published)
    _check_beginning(directory, signed, intent)
    return Standing(signed, intent)


async def check_reach(store: Store, directory: LogDirectory) -> None:
    """Check that the folder has all of the log that the database knows of, but for a batch that
    was begun and not signed. Raises Apart, Damaged.
    """
    signed, published = directory.signed(), await _published(store)
    if published.size > signed.size:
        _intent(directory, signed, published)


async def compare(store: Store, directory: LogDirectory) -> None:
    """Check that the database holds what the last checkpoint covers: every feed as far as it has
    come, its last record there, and the latest entries of the log. Raises Apart, Damaged.
    """
    found = await standing(store, directory)
    if found.signed.size == 0:
        return
    covering = directory.intent(found.signed)
    if covering is None:
        raise Damaged(UNEXPLAINED.format(directory.path))
    await compare_ends(store, directory, covering.positions)
    await _compare_latest(store, LogReader(directory.path), found.signed.size)


async def compare_ends(store: Store, directory: LogDirectory, positions: Sequence[int]) -> None:
    """Check that every feed is as far as the log has come, and has the log's record there. Raises
    Apart, Damaged.
    """
    reader = LogReader(directory.path)
    await check_feeds(store, positions)
    for partition, position in enumerate(positions):
        if position:
            await _compare_last(store, reader, partition, position)


async def check_feeds(store: Store, positions: Sequence[int]) -> None:
    """Check that every feed goes as far as the log has come. Raises Apart."""
    both = zip(positions, await store.feeds.last(), strict=True)
    for partition, (position, last) in enumerate(both):
        if last < position:
            raise Apart(
                f"partition {partition} of the database has {last} records, and the log has "
                f"{position} of it: it was rolled back, or is another one"
            )


async def check_restored(store: Store) -> None:
    """Raises Unfinished."""
    _check_restored(await store.feeds.published())


def _check_restored(text: str) -> None:
    if text.startswith(RESTORING):
        raise Unfinished("a restore into the database was cut short, or is under way")


async def _published(store: Store) -> State:
    """How far the database says that the log has come. Raises Apart."""
    text = await store.feeds.published()
    _check_restored(text)
    try:
        return State.parse(text) if text else NOTHING
    except ValueError as error:
        raise Apart(f"the database says of the log {text!r}") from error


def _intent(directory: LogDirectory, signed: State, published: State) -> Intent:
    """What led to the state that the database knows. Raises Behind where the folder has less,
    Damaged.
    """
    intent = directory.intent(published)
    if intent is None and published.size == signed.size:
        raise Damaged(UNEXPLAINED.format(directory.path))
    if intent is None:
        lost = published.size - signed.size
        has = f"{signed.size} of them" if signed.size else "no checkpoint at all"
        raise Behind(
            f"the database knows {published.size} records of the log, and the folder "
            f"{directory.path} has {has}: {lost} are missing",
            lost,
        )
    return intent


async def _compare_last(store: Store, reader: LogReader, partition: int, position: int) -> None:
    """Compare the last record of a partition that the checkpoint covers with its entry."""
    run = await store.feeds.stretch(partition, position - 1, 1)
    if not run.records:
        raise Apart(f"the feed of partition {partition} has a gap before {position}")
    subject, seq = run.subjects[0].decode(), int(run.seqs[0])
    (place,) = await store.places(subject, seq, seq)
    entry = b"" if place is None or place >= reader.size else reader.entries([place])[0]
    (record,) = await store.records(subject, seq, seq) or [b""]
    if not entry or entry != record:
        raise Apart(f"record {seq} of {subject} is not the one in the log")


async def _compare_latest(store: Store, reader: LogReader, size: int) -> None:
    first = max(0, size - LATEST)
    entries = reader.entries(range(first, size))
    for index, entry in enumerate(entries, start=first):
        fields = orjson.loads(entry)
        subject, seq = fields["subject"], fields["seq"]
        if await store.records(subject, seq, seq) != [entry]:
            raise Apart(f"record {seq} of {subject} is not entry {index} of the log")


def _check_beginning(directory: LogDirectory, signed: State, intent: Intent) -> None:
    """Check that the checkpoint is of the tree that the last batch continues."""
    if signed in (NOTHING, intent.before, intent.after):
        return
    try:
        if TiledTree(intent.before.size, directory.find).root(signed.size) == signed.root:
            return
    except Unsound as error:
        raise Damaged(f"the tiles in {directory.path} are not those of the log: {error}") from error
    raise Apart(f"the checkpoint of {signed.size} records is not of the log in the database")
