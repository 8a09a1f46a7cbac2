"""Sessions and sign-in links: no subjects, no trail, and gone when their time is up.

A reply says that they are written, not that they outlive a power cut: whoever loses a session
signs in again. They are named by a digest, so that the database holds nothing that signs in.
"""

from redis.asyncio import Redis

from workflow.store.keys import Layout
from workflow.store.link import Links


class SessionStore:
    """Keeps sessions and links for so many milliseconds. Raises `Unavailable`."""

    def __init__(self, client: Redis, partitions: int = 64) -> None:
        self._layout = Layout(partitions)
        self._links = Links(client)

    async def put(self, session: str, content: bytes, lasting: int) -> None:
        """Begin a session."""
        async with self._links.borrow() as link:
            await link.command("SET", self._layout.session(session), content, "PX", lasting)

    async def find(self, session: str) -> bytes | None:
        """A session that has not ended."""
        async with self._links.borrow() as link:
            found: bytes | None = await link.command("GET", self._layout.session(session))
        return found

    async def extend(self, session: str, content: bytes, lasting: int) -> None:
        """Change a session, unless it has ended meanwhile."""
        async with self._links.borrow() as link:
            await link.command("SET", self._layout.session(session), content, "XX", "PX", lasting)

    async def end(self, session: str) -> None:
        """End a session, if it is there."""
        async with self._links.borrow() as link:
            await link.command("DEL", self._layout.session(session))

    async def put_link(self, name: str, content: bytes, lasting: int) -> None:
        """Make a sign-in link."""
        async with self._links.borrow() as link:
            await link.command("SET", self._layout.link(name), content, "PX", lasting)

    async def take_link(self, name: str) -> bytes | None:
        """A sign-in link, for whoever asks first."""
        async with self._links.borrow() as link:
            found: bytes | None = await link.command("GETDEL", self._layout.link(name))
        return found

    async def close(self) -> None:
        """Close its connections; the client is its maker's."""
        await self._links.close()
