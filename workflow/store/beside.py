"""What is kept beside the records and in none of them: read as a whole, and put back.

Sessions and sign-in links are not among it: they lapse, and whoever has lost one signs in again.
Nor is the seal of cursors: what it sealed are places that may come to mean others.
"""

import re
from collections.abc import AsyncIterator, Mapping, Sequence
from itertools import chain
from types import MappingProxyType
from typing import Final, NamedTuple

from workflow.store import keys
from workflow.store.commits import Position
from workflow.store.keys import Layout
from workflow.store.link import Links
from workflow.store.listing import Listing
from workflow.store.scripts import KEEP

PAGE = 500
"""Entries of a stream, or words of anything else, that are put back at once."""

KEPT: Mapping[str, str] = MappingProxyType(
    {keys.BEGUN: "string", keys.USES: "hash", keys.JOURNAL: "stream"}
)
"""Each key that there is one of, and its type."""

HASHES = "ksr"
"""What of a webhook is a hash; the rest are sorted sets."""


class Piece(NamedTuple):
    """A part of what lies in a key; the first one takes the place of all that was there."""

    key: str
    type: str
    first: bool
    words: list[bytes]


def check(layout: Layout, piece: Piece) -> None:
    """Raises ValueError for a piece of nothing that is kept, or that cannot be put back."""
    if type_of(layout, piece.key) != piece.type:
        raise ValueError(f"nothing is kept in {piece.key!r} as a {piece.type}")
    words = piece.words
    if piece.type == "string":
        sound = piece.first and len(words) == 1
    elif piece.type == "stream":
        sound = _are_entries(words)
    else:
        sound = len(words) % 2 == 0 and (
            piece.type == "hash" or all(map(_SCORE.fullmatch, words[1::2]))
        )
    if not words or not sound:
        raise ValueError(f"what is said to be kept in {piece.key!r} is no {piece.type}")


def type_of(layout: Layout, key: str) -> str:
    """The type of what is kept in a key; empty where nothing is."""
    name, _, identifier = key.partition(":")
    if key in KEPT or key not in layout.of_webhook(identifier):
        return KEPT.get(key, "")
    return "hash" if name[-1] in HASHES else "zset"


_ID = re.compile(rb"(\d{1,18})-(\d{1,18})")
_SCORE = re.compile(rb"-?\d+(\.\d+)?(e[+-]?\d{1,2})?")


def _are_entries(words: Sequence[bytes]) -> bool:
    """Whether these are entries of a stream, each later than the one before it."""
    at, last = 0, (0, 0)
    while at < len(words):
        found, count = _ID.fullmatch(words[at]), b"".join(words[at + 1 : at + 2])
        if found is None or not count.isdigit() or not int(count) or int(count) % 2:
            return False
        place = int(found[1]), int(found[2])
        at += 2 + int(count)
        if place <= last or at > len(words):
            return False
        last = place
    return True


class Beside:
    """What is kept beside the records of one database. Raises `Unavailable`, and on writing
    `DurabilityUnknown`.
    """

    def __init__(self, layout: Layout, links: Links, listing: Listing) -> None:
        self._layout: Final = layout
        self._links: Final = links
        self._listing: Final = listing

    async def read(self) -> AsyncIterator[Piece]:
        """Everything, each key at some moment after the call; a stream while it grows. Where a
        webhook stands is read before what it has queued: so what was queued in between is queued
        again, and not lost.
        """
        async for key, type_ in self._keys():
            first = True
            async for words in self._pages(key, type_):
                yield Piece(key, type_, first, words)
                first = False

    async def secrets(self) -> AsyncIterator[Piece]:
        """The secrets of webhooks as they are now, beside those that were read before."""
        async for identifier in self._webhooks():
            key = self._layout.of_webhook(identifier)[0]
            async for words in self._pages(key, "hash"):
                yield Piece(key, "hash", first=False, words=words)

    async def put(self, piece: Piece) -> None:
        """Put a piece back. Raises ValueError for what is none."""
        check(self._layout, piece)
        async with self._links.borrow() as link:
            await link.write(KEEP, [piece.key], (piece.type, int(piece.first), *piece.words))

    async def _keys(self) -> AsyncIterator[tuple[str, str]]:
        """Each key, and its type."""
        async for identifier in self._webhooks():
            for key in self._layout.of_webhook(identifier):
                yield key, type_of(self._layout, key)
        for key, type_ in KEPT.items():
            yield key, type_

    async def _webhooks(self) -> AsyncIterator[str]:
        before: Position | None = None
        while True:
            positions, before = await self._listing.page("webhook", (), PAGE, before)
            for position in positions:
                yield position.id
            if before is None:
                return

    async def _pages(self, key: str, type_: str) -> AsyncIterator[list[bytes]]:
        if type_ == "stream":
            async for page in self._entries(key):
                yield page
            return
        words = await self._words(key, type_)
        for at in range(0, len(words), PAGE):
            yield words[at : at + PAGE]

    async def _words(self, key: str, type_: str) -> list[bytes]:
        async with self._links.borrow() as link:
            if type_ == "hash":
                return list(await link.command("HGETALL", key))
            if type_ == "zset":
                return list(await link.command("ZRANGEBYSCORE", key, "-inf", "+inf", "WITHSCORES"))
            found = await link.command("GET", key)
        return [] if found is None else [found]

    async def _entries(self, key: str) -> AsyncIterator[list[bytes]]:
        after = "-"
        while True:
            async with self._links.borrow() as link:
                found = await link.command("XRANGE", key, after, "+", "COUNT", PAGE)
            if not found:
                return
            yield list(
                chain.from_iterable((name, b"%d" % len(said), *said) for name, said in found)
            )
            after = f"({found[-1][0].decode()}"
