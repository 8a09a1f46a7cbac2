"""What walks through records one by one, and from where another walk goes on."""

from typing import Any, NamedTuple, Protocol


class FeedPlace(NamedTuple):
    """The position to go on at in the feed of each partition; where nothing is left to walk, one
    outside of it.
    """

    positions: tuple[int, ...]


class TrailPlace(NamedTuple):
    """The record that was met last: when it was recorded (Unix ms), of which application it is,
    and its seq.
    """

    recorded_ms: int
    application: str
    seq: int


Place = FeedPlace | TrailPlace


class ForeignPlace(ValueError):
    """The place belongs to another question."""


class Met(NamedTuple):
    """A record as stored, and read."""

    text: bytes
    record: dict[str, Any]


class Walk(Protocol):
    """Records in the order of `recorded_at`, from either end."""

    looked: int
    """Entries that were passed so far: the place is so much further on."""

    @property
    def done(self) -> bool:
        """Whether there is nothing left."""

    async def step(self) -> Met | None:
        """The next record; None: it is not known yet, and another step finds out."""

    def place(self) -> Place:
        """Where another walk goes on."""
