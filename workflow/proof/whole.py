"""A whole log, by its files and a checkpoint that was signed: every entry is a record that is
sound, follows those of its trail and stands where the tree has it, and the tree has the root that
was signed. Streaming: what is kept does not grow with the log but with the number of trails, and
that on the disk.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from typing import Any, NamedTuple, Protocol

import orjson

from workflow.domain import trail
from workflow.domain.record import Document
from workflow.proof.checkpoint import Checkpoint
from workflow.proof.growing import Growing, Parts, Read
from workflow.proof.merkle import leaf_hash
from workflow.proof.tiles import WIDTH
from workflow.proof.trails import Trails
from workflow.proof.unsound import Unsound


class Bad(Unsound):
    """The first thing that does not hold: of which entry of the log, and which record it says it
    is; None where it is none of a single entry.
    """

    def __init__(
        self,
        reason: str,
        index: int | None = None,
        subject: str | None = None,
        seq: int | None = None,
    ) -> None:
        super().__init__(reason)
        self.index, self.subject, self.seq = index, subject, seq


class Entry(NamedTuple):
    """An entry that is sound: where it stands, its exact text, the record, and where its trail
    stands after it.
    """

    place: int
    text: bytes
    record: Mapping[str, Any]
    document: Document


class Watch(Protocol):
    """Somebody who looks at every sound entry."""

    def take(self, entry: Entry) -> None:
        """The next entry. Raises Unsound."""

    def end(self) -> None:
        """There are no more. Raises Unsound."""


def check_log(
    read: Read,
    checkpoint: Checkpoint,
    since: Checkpoint | None = None,
    watches: Sequence[Watch] = (),
    advance: Callable[[int], None] = lambda _: None,
) -> int:
    """Check a log from its first entry on, and that it begins with an older tree; how many trails
    it holds. Raises Bad.
    """
    if since is not None:
        _check_growth(since, checkpoint)
    parts = Parts(read, checkpoint.size)
    growing = Growing(parts, None if since is None else since.size)
    with closing(Trails()) as trails:
        for index in range(-(-checkpoint.size // WIDTH)):
            advance(_take_bundle(index, parts, growing, trails, watches))
        root = _located(growing.root)
        if since is not None and growing.older_root != since.root:
            raise Bad(f"it does not begin with the {since.size} entries that were signed before")
        if root != checkpoint.root:
            raise Bad("the entries do not lead to the root that was signed")
        for watch in watches:
            _located(watch.end)
        return len(trails)


def _check_growth(since: Checkpoint, checkpoint: Checkpoint) -> None:
    if since.origin != checkpoint.origin:
        raise Bad(f"the older checkpoint is of another log: {since.origin}")
    if since.size > checkpoint.size:
        raise Bad(f"it has {checkpoint.size} entries and had {since.size}: it was rolled back")
    if since.size == checkpoint.size and since.root != checkpoint.root:
        raise Bad(f"two trees of {since.size} entries were signed: it was forked")


def _take_bundle(
    number: int, parts: Parts, growing: Growing, trails: Trails, watches: Sequence[Watch]
) -> int:
    """Check the entries of a bundle, each by itself and all by the tiles; how many there are."""
    first = number * WIDTH
    try:
        entries = parts.entries(number)
    except Unsound as error:
        raise Bad(str(error), first) from error
    leaves = [leaf_hash(entry) for entry in entries]
    differing = _located(lambda: growing.differing(number, leaves))
    for place, text in enumerate(entries):
        try:
            record = trail.read(text)
            document = trails.follow(record)
            if place == differing:
                raise Unsound("the entry is not the one that the log's tiles have here")
            for watch in watches:
                watch.take(Entry(first + place, text, record, document))
        except ValueError as error:
            raise Bad(str(error), first + place, *_named(text)) from error
    _located(lambda: growing.take(leaves))
    return len(entries)


def _located(check: Callable[[], Any]) -> Any:
    """What a check gives that is of no single entry."""
    try:
        return check()
    except Bad:
        raise
    except Unsound as error:
        raise Bad(str(error)) from error


def _named(text: bytes) -> tuple[str | None, int | None]:
    """Which record a text says it is, as far as that can be read."""
    try:
        record = orjson.loads(text)
        subject, seq = record["subject"], record["seq"]
    except (ValueError, KeyError, TypeError):
        return None, None
    return (
        subject if isinstance(subject, str) else None,
        seq if isinstance(seq, int) else None,
    )
