"""What falls due among the subjects of a kind, for one who asks for it again and again.

The first time of each partition is remembered. It comes sooner by what the bell tells of alone, so
a partition is asked when that time has come, or when something there has changed.
"""

from collections.abc import Sequence
from typing import Final

from workflow.store.changes import Changes
from workflow.store.commits import Due
from workflow.store.listing import Listing


class Agenda:
    """Begins with another partition than others do, if it is told so by `first`."""

    def __init__(self, listing: Listing, kind: str, changes: Changes, first: int = 0) -> None:
        self._listing: Final = listing
        self._kind: Final = kind
        self._changes: Final = changes
        every = range(changes.partitions)
        begin = first % changes.partitions
        self._order: Final[Sequence[int]] = (*every[begin:], *every[:begin])
        self._times: dict[int, int | None] = {}

    async def due(self, now: int, limit: int) -> list[Due]:
        """Subjects whose time has come by `now` (Unix ms), `limit` in each lane at the most."""
        with self._changes.taken() as rung:
            for partition in rung:
                self._times.pop(partition, None)
        asked = [one for one in self._order if self._may_have_come(one, now)]
        found, times = await self._listing.due(self._kind, now, limit, asked)
        self._times |= times
        return found

    def forget(self) -> None:
        """Ask everywhere the next time: something was made due sooner here."""
        self._changes.ring_all()

    @property
    def next(self) -> int | None:
        """The first time (Unix ms) of all that was seen; None: there is none."""
        return min((time for time in self._times.values() if time is not None), default=None)

    def _may_have_come(self, partition: int, now: int) -> bool:
        time = self._times.get(partition, now)
        return time is not None and time <= now
