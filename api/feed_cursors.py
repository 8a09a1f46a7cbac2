"""Places in the feeds of all partitions, sealed: what the events of a stream are called.

A place counts records that whoever follows may not know of, so it shows nothing of them. It is good
for everybody and for every question: what one is shown is decided anew for each record.
"""

from collections.abc import Iterable
from typing import Final

from api.problems import Problem
from api.sealing import WIDTH, Foreign, Seal, packed, secret_of, unpacked
from workflow.store import Store

LONGEST = 8_000
"""Characters of a cursor, which may name a position in each of 1,024 partitions."""

PURPOSE = b"stream of records"


class Track:
    """A place that moves on; it is called the same until it does."""

    def __init__(self, seal: Seal, positions: Iterable[int]) -> None:
        self._seal: Final = seal
        self._places: Final = bytearray(b"".join(map(packed, positions)))
        self._cursor: bytes | None = None

    def move(self, partition: int, position: int) -> None:
        """In one partition."""
        own = slice(WIDTH * partition, WIDTH * (partition + 1))
        if self._places[own] != packed(position):
            self._places[own], self._cursor = packed(position), None

    @property
    def cursor(self) -> bytes:
        """The place as a cursor."""
        if self._cursor is None:
            self._cursor = self._seal.close(bytes(self._places)).encode()
        return self._cursor


def positions_of(seal: Seal, cursor: str, partitions: int) -> list[int]:
    """The place that a cursor means. Raises Problem: 422, and 410 for one that looks like a place
    and that another seal has closed, that of the database before it was restored.
    """
    try:
        found = unpacked(seal.open(cursor))
    except Foreign as error:
        if len(cursor) == len(Track(seal, [0] * partitions).cursor):
            raise gone() from error
        found = []
    if len(found) != partitions:
        errors = [{"pointer": "/query/after", "detail": "not the id of an event of this stream"}]
        raise Problem("invalid-request", "The place is not one of this stream.", errors)
    return found


def gone() -> Problem:
    """What follows a place is not here (410)."""
    return Problem("cursor-gone", "Begin anew, and find in the trails what came meanwhile.")


async def stream_seal(store: Store) -> Seal:
    """The seal of the places in this database."""
    return Seal(await secret_of(store), PURPOSE)
