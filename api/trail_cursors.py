"""Cursors of a search over all trails: sealed, and good for one question of one principal.

A place in the feeds counts records that whoever asks may not know of, so a cursor shows nothing of
it, its length neither.
"""

from typing import Final

import orjson

from api.answers import unknown_cursor
from api.sealing import Foreign, Seal, packed, secret_of, unpacked
from workflow.domain.principal import Principal
from workflow.store import Store
from workflow.trails import FeedPlace, Place, TrailPlace, Wanted

LONGEST = 7_000
"""Characters of a cursor, which may name a position in each of 1,024 partitions."""

_FEEDS, _TRAIL = b"f", b"t"


class TrailCursors:
    """Those of one question: who asks, for which records, and in which order."""

    def __init__(self, secret: bytes, principal: Principal, wanted: Wanted, newest: bool) -> None:
        question = orjson.dumps(["search of trails", principal.identity, wanted, newest])
        self._seal: Final = Seal(secret, question)

    def of(self, place: Place | None) -> str | None:
        """A place as a cursor."""
        return None if place is None else self._seal.close(_written(place))

    def place(self, cursor: str | None) -> Place | None:
        """The place that a cursor means. Raises Problem (422)."""
        if cursor is None:
            return None
        try:
            return _read(self._seal.open(cursor))
        except Foreign as error:
            raise unknown_cursor() from error


async def cursors_of(
    store: Store, principal: Principal, wanted: Wanted, newest: bool
) -> TrailCursors:
    """The cursors of a question to the service of this database."""
    return TrailCursors(await secret_of(store), principal, wanted, newest)


def _written(place: Place) -> bytes:
    if isinstance(place, FeedPlace):
        return _FEEDS + b"".join(map(packed, place.positions))
    return _TRAIL + orjson.dumps([*place])


def _read(text: bytes) -> Place:
    """What `_written` wrote; nobody else can seal."""
    kind, rest = text[:1], text[1:]
    if kind == _TRAIL:
        return TrailPlace(*orjson.loads(rest))
    return FeedPlace(tuple(unpacked(rest)))
