"""The journal of access: no subject, no trail, and bounded; the oldest entries give way.

One stream for all processes: its order is then the order of everything, whoever writes, and the
bound is one number. It is written once a second, so no partition is worth its price in reading.
A batch has a number, because it may be sent twice: of the writer's last one a mark is kept.
"""

from collections.abc import Sequence
from typing import Any, Final, NamedTuple, cast

from redis.asyncio import Redis

from workflow.store import keys
from workflow.store.link import Links
from workflow.store.scripts import JOURNAL

LASTING = 24 * 60 * 60 * 1000
"""Milliseconds after which a batch that was in doubt is not sent again."""


class Stored(NamedTuple):
    """An entry as it lies in the journal. The id is its place; the first part of it is when it
    was written, in Unix milliseconds of the server's clock.
    """

    id: str
    content: bytes

    @property
    def written_ms(self) -> int:
        """When it was written."""
        return int(self.id.partition("-")[0])


class JournalStore:
    """Keeps so many entries, or a few more. Raises `Unavailable` and `DurabilityUnknown`."""

    def __init__(self, client: Redis, kept: int) -> None:
        self._links = Links(client)
        self.kept: Final = kept

    async def add(self, writer: str, number: int, entries: Sequence[bytes]) -> None:
        """Write a batch. The same number of the same writer again changes nothing."""
        names = [keys.JOURNAL, keys.mark(writer)]
        async with self._links.borrow() as link:
            await link.write(JOURNAL, names, (number, self.kept, LASTING, *entries))

    async def page(
        self, since: int | None, until: int | None, after: str | None, newest: bool, limit: int
    ) -> list[Stored]:
        """Entries that were written from `since` on and before `until` (Unix milliseconds), in
        the order asked for; those behind the place `after` alone.
        """
        if until is not None and until <= 0:
            return []  # no stream has an id before 0-0
        first = "-" if since is None or since < 0 else str(since)
        last = "+" if until is None else f"({until}-0"
        async with self._links.borrow() as link:
            if newest:
                begin = last if after is None else f"({after}"
                found = await link.command("XREVRANGE", keys.JOURNAL, begin, first, "COUNT", limit)
            else:
                begin = first if after is None else f"({after}"
                found = await link.command("XRANGE", keys.JOURNAL, begin, last, "COUNT", limit)
        return [Stored(name.decode(), fields[1]) for name, fields in cast(list[Any], found)]

    async def close(self) -> None:
        """Close its connections; the client is its maker's."""
        await self._links.close()
