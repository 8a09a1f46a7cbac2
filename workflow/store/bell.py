"""The doorbell: whoever waits for a subject is woken when a commit has changed it.

Each partition has a channel, on which commit.lua tells the subject. A process has one connection
for all of them, and listens where somebody waits: elsewhere the server finds nobody to tell. What
is told may be lost with the connection, so the bell only wakes. Whenever listening to a channel
begins, for the first time or again, all who wait there are woken once: they read, and nothing is
missed between their last look and the beginning (docs/decisions/0029-a-doorbell-and-the-feed.md).

Those who look again and again, for what is due or new, listen at all of them while there is little
to hear, and look at nothing that has not rung.
"""

import asyncio
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, Self

from redis.asyncio import Redis

from workflow.store import keys
from workflow.store.changes import Changes
from workflow.store.faults import Unavailable
from workflow.store.keys import Layout
from workflow.store.link import Link

PULSE = 5.0
"""Seconds between two signs of life; a channel at which nobody waited for as long is left."""

SILENCE = 12.0
"""Seconds without any answer, after which the connection counts as broken."""

LOUD = 200
"""Changes a second, above which hearing of each costs more than to look at everything."""

DEAF = 12
"""Pulses for which nobody listens then for those who would look in any case."""

FIRST_PAUSE, LONGEST_PAUSE = 0.05, 1.0
"""Seconds before another connection."""

Ring = Callable[[], None]

logger = logging.getLogger(__name__)


class Bell:
    """What a process hears of commits, its own among them. `run` it beside the service."""

    def __init__(self, client: Redis, partitions: int = 64) -> None:
        self._client = client
        self._layout = Layout(partitions)
        self._channels = [keys.bell(tag) for tag in self._layout.tags]
        self._partitions = {name.encode(): place for place, name in enumerate(self._channels)}
        self._waiting: list[dict[bytes, set[Ring]]] = [{} for _ in self._channels]
        self._everywhere: set[Callable[[int], None]] = set()
        self._looking: list[Changes] = []
        self._heard: set[int] = set()
        self._rung = self._deaf = 0
        self._told: set[int] = set()
        self._idle: set[int] = set()
        self._changed = asyncio.Event()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._client.aclose()

    @contextmanager
    def listening(self, subject: str, ring: Ring) -> Iterator[None]:
        """`ring` is called when the subject may have changed; read after this has begun."""
        partition, name = self._layout.partition(subject), subject.encode()
        waiting = self._waiting[partition]
        waiting.setdefault(name, set()).add(ring)
        if partition not in self._told:
            self._changed.set()
        try:
            yield
        finally:
            waiting[name].discard(ring)
            if not waiting[name]:
                del waiting[name]

    @contextmanager
    def listening_everywhere(self, ring: Callable[[int], None]) -> Iterator[None]:
        """`ring` is called with a partition when any subject there may have changed."""
        self._everywhere.add(ring)
        self._changed.set()
        try:
            yield
        finally:
            self._everywhere.discard(ring)

    def changes(self) -> Changes:
        """What has changed, for one who looks again and again for as long as the process lives."""
        looking = Changes(self._layout.partitions, self._hears_everything)
        self._looking.append(looking)
        self._changed.set()
        return looking

    async def run(self) -> None:
        """Listen for as long as the process lives."""
        pause = FIRST_PAUSE
        while True:
            link = Link(self._client)
            try:
                await link.open()
                pause = FIRST_PAUSE
                await self._listen(link)
            except (Unavailable, TimeoutError) as fault:
                logger.info("the doorbell is not heard: %s", fault)
            except Exception:
                logger.exception("the doorbell is not heard")
            finally:
                await link.close()
            await asyncio.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE)

    async def _listen(self, link: Link) -> None:
        """Hear what is told. Raises Unavailable, and TimeoutError after too long a silence."""
        self._told, self._idle, self._heard = set(), set(), set()
        self._changed.set()
        clock = asyncio.get_running_loop().time
        speaking = asyncio.create_task(self._speak(link))
        try:
            async with asyncio.timeout(SILENCE) as silence:
                while not speaking.done():
                    self._hear(await link.hear())
                    silence.reschedule(clock() + SILENCE)
        finally:
            self._heard = set()
            speaking.cancel()
            await asyncio.wait([speaking])
        speaking.result()

    async def _speak(self, link: Link) -> None:
        """Say where somebody waits, and now and then that we are still there."""
        clock = asyncio.get_running_loop().time
        pulse = clock() + PULSE
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout_at(pulse):
                    await self._changed.wait()
            self._changed.clear()
            if clock() >= pulse:
                pulse = clock() + PULSE
                await link.tell("PING")
                self._mind_noise()
                await self._leave(link)
            new = self._wanted() - self._told
            if new:
                self._told |= new
                await link.tell("SSUBSCRIBE", *(self._channels[place] for place in sorted(new)))

    async def _leave(self, link: Link) -> None:
        """Leave the channels at which nobody waits, and nobody did at the last look."""
        idle = self._told - self._wanted()
        left, self._idle = idle & self._idle, idle - self._idle
        if left:
            self._told -= left
            self._heard -= left
            await link.tell("SUNSUBSCRIBE", *(self._channels[place] for place in sorted(left)))

    def _mind_noise(self) -> None:
        """Listen for those who look only while there is little to hear."""
        self._deaf = DEAF if self._rung > LOUD * PULSE else max(self._deaf - 1, 0)
        self._rung = 0

    def _hears_everything(self) -> bool:
        return len(self._heard) == self._layout.partitions

    def _wanted(self) -> set[int]:
        """The partitions in which somebody waits."""
        if self._everywhere or (self._looking and not self._deaf):
            return set(range(self._layout.partitions))
        return {place for place, waiting in enumerate(self._waiting) if waiting}

    def _hear(self, message: Any) -> None:
        """A subject has changed; or listening has begun, and anything may have changed before."""
        kind = message[0] if isinstance(message, list) else None
        if kind not in (b"smessage", b"ssubscribe"):
            return
        partition = self._partitions[message[1]]
        waiting = self._waiting[partition]
        if kind == b"smessage":
            self._rung += 1
            woken = [waiting.get(message[2], ())]
        else:
            self._heard.add(partition)
            woken = [*waiting.values()]
        for looking in self._looking:
            looking.ring(partition)
        for ring in [one for rings in woken for one in rings]:
            ring()
        for everywhere in tuple(self._everywhere):
            everywhere(partition)
