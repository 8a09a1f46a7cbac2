"""What streams tell of: the trail of one application, and the records of all that one may see."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

from api.event_stream import Ended, Form, event
from api.feed_cursors import Track
from api.parts import Parts
from api.sealing import Seal
from workflow.domain.principal import Principal
from workflow.following import Follower, Place, TooSlow
from workflow.trails import Wanted


class Trail:
    """The records of an application that follow one; an event is called by its seq."""

    def __init__(self, parts: Parts, application: str, after: int, form: Form = bytes) -> None:
        self._parts, self._application, self._seq = parts, application, after
        self._form = form

    @property
    def place(self) -> bytes:
        """The seq of the last record."""
        return b"%d" % self._seq

    def opened(self, ring: Callable[[], None]) -> AbstractContextManager[None]:
        """Listen for the application."""
        return self._parts.bell.listening(f"application/{self._application}", ring)

    async def more(self, principal: Principal) -> bytes:
        """Some of what there is. Raises Ended."""
        if await self._parts.queries.hides(principal, self._application):
            raise Ended("the application is not yours to see any more")
        events = []
        for text in await self._parts.following.trail(self._application, self._seq):
            self._seq += 1
            events.append(event(self.place, self._form(text)))
        return b"".join(events)


class Feed:
    """The records of all applications that one may see; an event is called by the place behind it
    in all feeds.
    """

    def __init__(
        self, parts: Parts, seal: Seal, place: Place, wanted: Wanted, form: Form = bytes
    ) -> None:
        self._form = form
        self._following, self._wanted, self._begins = parts.following, wanted, place
        self._track = Track(seal, place.positions)
        self._follower: Follower

    @property
    def place(self) -> bytes:
        """Behind all that was looked at."""
        return self._track.cursor

    @contextmanager
    def opened(self, ring: Callable[[], None]) -> Iterator[None]:
        """Follow the feeds."""
        with self._following.follow(self._begins, ring) as self._follower:
            yield

    async def more(self, principal: Principal) -> bytes:
        """Some of what there is. Raises Ended."""
        try:
            stretches = await self._follower.take()
        except TooSlow as error:
            raise Ended("too slow; come again, and go on behind the last event") from error
        events = []
        for stretch in stretches:
            for record in stretch.records:
                if self._following.shows(principal, self._wanted, record):
                    self._track.move(stretch.partition, record.position)
                    events.append(event(self.place, self._form(record.text)))
            self._track.move(stretch.partition, stretch.reached)
        return b"".join(events)
