"""What is to be delivered to webhooks, and what became of it.

Everything of one webhook lies in one slot. What is queued, and up to where the feeds have been
looked through for it, change in one script call: nothing is lost between the two, or queued twice.
A delivery is taken for a while, and then is somebody else's. The scripts change no subject.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal, NamedTuple, cast

from workflow.store import keys
from workflow.store.commits import Position
from workflow.store.keys import Layout
from workflow.store.link import Links
from workflow.store.listing import Listing
from workflow.store.scripts import (
    WEBHOOK_CLAIM,
    WEBHOOK_FILL,
    WEBHOOK_MEND,
    WEBHOOK_QUEUE,
    WEBHOOK_SETTLE,
)

KEPT = 1_000
"""Deliveries that were made, and as many that were given up, that are kept of a webhook."""

ACTIVE_PAGE = 500

Which = Literal["all", "delivered", "dead"]


class Place(NamedTuple):
    """A delivery by its application and the seq of the record that it tells of. `mark`: how that
    record's hash begins; where a database was restored, another record may come to have the seq.
    """

    application: str
    seq: int
    mark: str = ""

    @property
    def name(self) -> str:
        """What it is called, within its webhook and to the receiver."""
        return f"msg_{self.application}_{self.seq}{self._end}"

    @property
    def member(self) -> str:
        """What stands for it in the queue, where those of an application follow each other."""
        return f"{self.application}\0{self.seq:016}{self._end}"

    @property
    def _end(self) -> str:
        return f"_{self.mark}" if self.mark else ""


class Queued(NamedTuple):
    """A delivery, and what is known of it."""

    place: Place
    known: bytes


class Taken(NamedTuple):
    """A delivery that is to be tried now; it is one's own until `until` (Unix ms)."""

    place: Place
    until: int
    known: bytes


class Settled(NamedTuple):
    """What became of a delivery: when it is tried again (Unix ms; None: never), and what it
    counts as.
    """

    known: bytes
    again: int | None
    outcome: Literal["delivered", "failed", "dead", "dropped", "held"]


class Standing(NamedTuple):
    """Deliveries of a webhook that wait, and how many ended how; since when (Unix ms) none has
    been taken.
    """

    pending: int
    delivered: int
    dead: int
    dropped: int
    failing: int | None


class _Keys(NamedTuple):
    secrets: str
    standing: str
    pending: str
    due: str
    deliveries: str
    all: str
    delivered: str
    dead: str
    times: str


class WebhookStore:
    """Queues of webhooks, by their ids. Raises `Unavailable` and `DurabilityUnknown`."""

    def __init__(self, layout: Layout, links: Links, listing: Listing) -> None:
        self._layout: Final = layout
        self._links: Final = links
        self._listing: Final = listing

    async def put_secret(self, webhook: str, mark: str, secret: str) -> None:
        """Keep a secret."""
        async with self._links.borrow() as link:
            await link.command("HSET", self._keys(webhook).secrets, mark, secret)

    async def secrets(self, webhook: str, marks: Sequence[str]) -> list[str]:
        """The secrets with these marks, those that there are."""
        async with self._links.borrow() as link:
            found = await link.command("HMGET", self._keys(webhook).secrets, *marks)
        return [secret.decode() for secret in found if secret is not None]

    async def forget_secret(self, webhook: str, mark: str) -> None:
        """Keep a secret no longer."""
        async with self._links.borrow() as link:
            await link.command("HDEL", self._keys(webhook).secrets, mark)

    async def positions(self, webhook: str) -> list[int] | None:
        """Up to where each partition's feed was looked through; None: it has not begun."""
        names = [f"p{partition}" for partition in range(self._layout.partitions)]
        async with self._links.borrow() as link:
            found = await link.command("HMGET", self._keys(webhook).standing, *names)
        return None if None in found else [int(position) for position in found]

    async def least(self) -> dict[int, int]:
        """Up to where every active webhook has looked through each partition's feed; empty where
        there is none.
        """
        least: dict[int, int] = {}
        for webhook in await self._active():
            for partition, position in enumerate(await self.positions(webhook) or ()):
                least[partition] = min(position, least.get(partition, position))
        return least

    async def waiting(self) -> tuple[int, int]:
        """Deliveries of all active webhooks that wait, and those kept of them that were given
        up.
        """
        pending = dead = 0
        async with self._links.borrow() as link:
            for own in map(self._keys, await self._active()):
                pending += await link.command("ZCARD", own.pending)
                dead += await link.command("ZCARD", own.dead)
        return pending, dead

    async def forgive(self, webhook: str) -> None:
        """Forget since when nothing has been taken."""
        async with self._links.borrow() as link:
            await link.command("HDEL", self._keys(webhook).standing, "failing")

    async def fill(
        self,
        webhook: str,
        moved: Mapping[int, tuple[int | None, int]],
        queued: Sequence[Queued],
        now: int,
    ) -> bool:
        """Queue deliveries, and move positions from where they must be (None: nowhere yet); False
        where somebody has been quicker.
        """
        own = self._keys(webhook)
        arguments: list[str | bytes | int] = [webhook, now, len(moved)]
        for partition, (before, after) in moved.items():
            arguments += (f"p{partition}", "" if before is None else before, after)
        for place, known in queued:
            arguments += (place.application, place.member, place.name, known)
        names = (own.standing, own.pending, own.due, own.deliveries, own.all, own.times)
        async with self._links.borrow() as link:
            return bool(await link.write(WEBHOOK_FILL, names, arguments))

    async def claim(self, webhook: str, now: int, until: int, limit: int) -> list[Taken]:
        """Take what is to be tried, the first of each application."""
        own = self._keys(webhook)
        names = (own.pending, own.due, own.deliveries, own.times)
        async with self._links.borrow() as link:
            found = await link.write(WEBHOOK_CLAIM, names, (webhook, now, until, limit))
        return [
            Taken(_place(member), until, known)
            for member, known in zip(found[1::3], found[2::3], strict=True)
        ]

    async def mend(self, webhook: str, now: int) -> int:
        """Make due what waits and is not; of how many applications that is."""
        own = self._keys(webhook)
        async with self._links.borrow() as link:
            names = (own.pending, own.due, own.times)
            return int(await link.write(WEBHOOK_MEND, names, (webhook, now)))

    async def settle(self, webhook: str, taken: Taken, settled: Settled, now: int) -> bool:
        """Note what became of a delivery; False where it was no longer one's own."""
        own, place = self._keys(webhook), taken.place
        ended = own.delivered if settled.outcome == "delivered" else own.dead
        names = (
            own.standing, own.pending, own.due, own.deliveries, own.all, ended, own.times,
        )  # fmt: skip
        again = "" if settled.again is None else settled.again
        arguments = (
            webhook, place.application, place.member, taken.until, place.name, settled.known,
            again, settled.outcome, now, KEPT,
        )  # fmt: skip
        async with self._links.borrow() as link:
            return bool(await link.write(WEBHOOK_SETTLE, names, arguments))

    async def queue(self, webhook: str, queued: Queued, now: int, *, new: bool) -> bool:
        """Queue one delivery to be tried at once; False where nothing is known of it any more."""
        own, (place, known) = self._keys(webhook), queued
        names = (
            own.pending, own.due, own.deliveries, own.all, own.delivered, own.dead, own.times,
        )  # fmt: skip
        arguments = (webhook, place.application, place.member, place.name, known, now, int(new))
        async with self._links.borrow() as link:
            return bool(await link.write(WEBHOOK_QUEUE, names, arguments))

    async def standing(self, webhook: str) -> Standing:
        """How many deliveries there are, and since when none has been taken."""
        own = self._keys(webhook)
        async with self._links.borrow() as link:
            pending = await link.command("ZCARD", own.pending)
            found = await link.command(
                "HMGET", own.standing, "delivered", "dead", "dropped", "failing"
            )
        *ended, failing = found
        made, dead, dropped = (int(count or 0) for count in ended)
        return Standing(pending, made, dead, dropped, None if failing is None else int(failing))

    async def known(self, webhook: str, deliveries: Sequence[str]) -> list[bytes | None]:
        """What is known of deliveries."""
        if not deliveries:
            return []
        async with self._links.borrow() as link:
            found = await link.command("HMGET", self._keys(webhook).deliveries, *deliveries)
        return cast(list[bytes | None], found)

    async def page(
        self, webhook: str, which: Which, limit: int, before: Position | None
    ) -> list[Position]:
        """The newest deliveries behind a place in their list: all by when they were queued, or
        those that ended so by when they did.
        """
        name = getattr(self._keys(webhook), which)
        newest = "+inf" if before is None else before.created_ms
        found: list[Position] = []
        offset = 0
        async with self._links.borrow() as link:
            while len(found) < limit:
                some = await link.command(
                    "ZREVRANGEBYSCORE", name, newest, "-inf", "WITHSCORES", "LIMIT", offset, limit
                )
                places = [
                    Position(int(time), one.decode())
                    for one, time in zip(some[::2], some[1::2], strict=True)
                ]
                found += [place for place in places if before is None or place < before]
                offset += limit
                if len(places) < limit:
                    break
        return found[:limit]

    async def rest(self, webhook: str) -> None:
        """Nothing of it is due any more, until somebody takes some."""
        own = self._keys(webhook)
        async with self._links.borrow() as link:
            await link.command("ZREM", own.times, webhook)

    async def discard(self, webhook: str) -> None:
        """Keep nothing of a webhook but its document and trail."""
        own = self._layout.of_webhook(webhook)
        async with self._links.borrow() as link:
            await link.command("DEL", *own)
        await self.rest(webhook)

    async def _active(self) -> list[str]:
        found: list[str] = []
        before: Position | None = None
        while True:
            some, before = await self._listing.page("webhook", ("active",), ACTIVE_PAGE, before)
            found += [one.id for one in some]
            if before is None:
                return found

    def _keys(self, webhook: str) -> _Keys:
        times = keys.due(self._layout.tag(f"webhook/{webhook}"), "webhook")
        return _Keys._make((*self._layout.of_webhook(webhook), times))


def _place(member: Any) -> Place:
    application, _, rest = member.decode().partition("\0")
    seq, _, mark = rest.partition("_")
    return Place(application, int(seq), mark)
