"""Sessions of the console: 256 random bits in a cookie, and of those only a hash in the database.

A session ends at the latest LONGEST seconds after the sign-in, and IDLE seconds after its last
use (OWASP ASVS 5.0, 7.3).
"""

import hashlib
import re
import secrets
import time
from collections.abc import Callable, Iterable
from typing import NamedTuple

import orjson

from workflow.store import SessionStore

LONGEST = 8 * 3600
IDLE = 3600
LINK = 600
"""Seconds in which a sign-in link may be used."""

NOTED = 60
"""Seconds between two notes that a session is in use; a note is a write."""

SECRET_BYTES = 32

_SECRET = re.compile(r"[A-Za-z0-9_-]{43}")


class Presented(NamedTuple):
    """A credential, and the mark of the secret with which somebody came in."""

    credential: str
    mark: str


class Sessions:
    """Begins and ends sessions, and knows whose they are."""

    def __init__(self, store: SessionStore, clock: Callable[[], float] = time.time) -> None:
        self._store = store
        self._clock = clock

    async def begin(self, credential: str, mark: str = "") -> str:
        """A new session for whoever came in with this credential, and with the secret of this
        mark: what the cookie holds.
        """
        secret, now = new_secret(), int(self._clock())
        session = {"credential": credential, "mark": mark, "expires": now + LONGEST, "seen": now}
        await self._store.put(_digest(secret), orjson.dumps(session), IDLE * 1000)
        return secret

    async def find(self, secret: str, used: bool = True) -> Presented | None:
        """What a session rests on; None when there is no such session any more. `used`: somebody
        comes in with it.
        """
        if not _SECRET.fullmatch(secret):
            return None
        digest = _digest(secret)
        found = await self._store.find(digest)
        if found is None:
            return None
        session, now = orjson.loads(found), int(self._clock())
        left = min(session["expires"] - now, IDLE)
        if left <= 0:
            return None
        if used and now - session["seen"] >= NOTED:
            session["seen"] = now
            await self._store.extend(digest, orjson.dumps(session), left * 1000)
        return Presented(session["credential"], session["mark"])

    async def end(self, secret: str) -> None:
        """Nobody comes in with this cookie any more."""
        if _SECRET.fullmatch(secret):
            await self._store.end(_digest(secret))

    async def make_link(self, credential: str) -> str:
        """What stands at the end of a link with which one may sign in once."""
        secret = new_secret()
        await self._store.put_link(_digest(secret), credential.encode(), LINK * 1000)
        return secret

    async def redeem(self, secret: str) -> str | None:
        """The credential of a link that nobody has used before."""
        if not _SECRET.fullmatch(secret):
            return None
        found = await self._store.take_link(_digest(secret))
        return None if found is None else found.decode()


class Cookie:
    """A cookie that no script reads, and that comes from other sites on plain links only
    (RFC 6265bis section 4.1.2). Over https its name keeps neighbours from setting it.
    """

    def __init__(self, name: str, origin: str, lasting: int) -> None:
        secure = origin.startswith("https://")
        self.name = f"__Host-{name}" if secure else name
        self._lasting = lasting
        self._attributes = "Path=/; HttpOnly; SameSite=Lax" + ("; Secure" if secure else "")

    def holding(self, value: str) -> str:
        """What Set-Cookie says to keep it."""
        return f"{self.name}={value}; Max-Age={self._lasting}; {self._attributes}"

    def gone(self) -> str:
        """What Set-Cookie says to forget it."""
        return f"{self.name}=; Max-Age=0; {self._attributes}"

    def of(self, headers: Iterable[tuple[bytes, bytes]]) -> str | None:
        """Its value in a request. Two of one name are none: one of them is somebody else's."""
        wanted = f"{self.name}=".encode()
        found = [
            part.strip().removeprefix(wanted)
            for name, value in headers
            if name == b"cookie"
            for part in value.split(b";")
            if part.strip().startswith(wanted)
        ]
        return found[0].decode("latin-1") if len(found) == 1 else None


def new_secret() -> str:
    """256 random bits in base64url: 43 characters."""
    return secrets.token_urlsafe(SECRET_BYTES)


def _digest(secret: str) -> str:
    """There is nothing to guess in 256 random bits, so a plain hash will do."""
    return hashlib.sha256(secret.encode()).hexdigest()
