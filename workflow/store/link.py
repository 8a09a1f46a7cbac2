"""One connection to the server, and what happens when it breaks.

redis-py repeats any command on a lost reply, a write too. Its own repeats are off; a request is
sent again here, where it is known whether that is safe: every request is, because reads change
nothing and a commit is idempotent by its event.
"""

import asyncio
import logging
import ssl
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from hiredis import pack_command
from redis.asyncio import Redis
from redis.asyncio.connection import AbstractConnection
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import (
    AuthenticationError,
    BusyLoadingError,
    NoScriptError,
    OutOfMemoryError,
    ReadOnlyError,
    RedisError,
    ResponseError,
)

from workflow.store.faults import DurabilityUnknown, StoreFault, Unavailable
from workflow.store.scripts import Script

PATIENCE = 3.0  # seconds in which a request is sent again
FIRST_PAUSE, LONGEST_PAUSE = 0.01, 0.2  # seconds between two tries
FSYNC_WAIT = 2000  # ms that the server is given to write its file

_UNCHECKED = {"ssl_cert_reqs", "ssl_check_hostname"}

Argument = str | bytes | int

logger = logging.getLogger(__name__)


def connect(url: str, authority: Path | None = None) -> Redis:
    """A client for a server: `unix:///path`, `redis://host:port/db`, or with TLS
    `rediss://user:password@host:port/db`, whose certificate must name the host and be vouched for
    by an authority that the system knows, or by one in this file (PEM).

    Raises ValueError for an address that is none, and OSError for a file that is none.
    """
    options: dict[str, Any] = {}
    _check_port(url)
    if urlsplit(url).scheme == "rediss":
        if _UNCHECKED & parse_qs(urlsplit(url).query).keys():
            raise ValueError("the server's certificate is always checked")
        ssl.create_default_context(cafile=authority)  # what is wrong with the file is told now
        options = {"ssl_ca_certs": authority, "ssl_min_version": ssl.TLSVersion.TLSv1_2}
    return Redis.from_url(
        url,
        protocol=2,
        retry=Retry(NoBackoff(), 0),
        socket_timeout=None,
        socket_connect_timeout=2,
        **options,
    )


def _check_port(url: str) -> None:
    """Raises ValueError. What urllib says of an address repeats a part of the password, where
    that holds a sign that ends or brackets a host.
    """
    try:
        _ = urlsplit(url).port
    except ValueError:
        told = "its port is no number; in a password / ? # @ [ and ] are written as %2F and so on"
        raise ValueError(told) from None


class Link:
    """One connection of its own, for one request at a time; opened when needed, and anew."""

    def __init__(self, client: Redis) -> None:
        self._connection: AbstractConnection = (
            client.connection_pool.make_connection()  # type: ignore[no-untyped-call]
        )
        self._in_doubt = False

    async def command(self, *arguments: Argument) -> Any:
        """The answer to a command that reads."""
        return await self._ask(_packed(arguments), None, Unavailable)

    async def read(self, script: Script, keys: Sequence[str], arguments: Iterable[Argument]) -> Any:
        """The answer of a script that reads."""
        return await self._ask(_evaluate(script, keys, arguments), script, Unavailable)

    async def write(
        self, script: Script, keys: Sequence[str], arguments: Iterable[Argument]
    ) -> Any:
        """The answer of a script that writes, and that may run twice."""
        return await self._ask(_evaluate(script, keys, arguments), script, DurabilityUnknown)

    async def durable(
        self, script: Script, keys: Sequence[str], arguments: Iterable[Argument]
    ) -> tuple[Any, int | None]:
        """The answer of a script that writes and may run twice; and how many files, 1 or 0, hold
        by then what this connection and all before it wrote, None where the server cannot tell.
        """
        request = _evaluate(script, keys, arguments)
        waited = self._ask(
            request, script, DurabilityUnknown, _packed(("WAITAOF", 1, 0, FSYNC_WAIT))
        )
        answer, written = await waited
        return answer, None if isinstance(written, ResponseError) else int(written[0])

    async def open(self) -> None:
        """Connect anew, to `tell` and to `hear`. Raises Unavailable, as they do."""
        try:
            await self._connection.disconnect(nowait=True)
            await self._connection.connect()  # type: ignore[no-untyped-call]
        except (RedisError, OSError) as error:
            raise Unavailable(str(error)) from error

    async def tell(self, *arguments: Argument) -> None:
        """Send a command whose answer is among what is heard."""
        try:
            await self._connection.send_packed_command([_packed(arguments)], check_health=False)
        except (RedisError, OSError) as error:
            raise Unavailable(str(error)) from error

    async def hear(self) -> Any:
        """What the server says next."""
        try:
            return await self._connection.read_response()
        except (RedisError, OSError) as error:
            raise Unavailable(str(error)) from error

    async def close(self) -> None:
        await self._connection.disconnect()

    async def _ask(
        self,
        request: bytes,
        script: Script | None,
        when_lost: type[StoreFault],
        behind: bytes = b"",
    ) -> Any:
        """Send a request until it is answered, `PATIENCE` at most; with another `behind` it, the
        pair of their answers, the second of which may be an error.

        Raises `when_lost` when a reply was lost and none came later, else `Unavailable`.
        """
        self._in_doubt = False
        clock = asyncio.get_running_loop().time
        deadline, pause = clock() + PATIENCE, FIRST_PAUSE
        missing = None
        while True:
            try:
                async with asyncio.timeout_at(deadline):
                    if missing:
                        await self._exchange(_packed(("SCRIPT", "LOAD", missing.text)))
                    return await self._exchange(request, behind)
            except NoScriptError:
                missing = script
                continue
            except (RedisError, OSError) as error:
                fault = when_lost if self._in_doubt else Unavailable
                if not _worth_another_try(error):
                    logger.error("the server refuses: %s", error)
                    raise (when_lost if _in_the_midst(error) else fault)(str(error)) from error
                if isinstance(error, ReadOnlyError):
                    await self.close()  # the primary may be another server by now
                if clock() + pause >= deadline:
                    raise fault(str(error)) from error
            await asyncio.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE)

    async def _exchange(self, request: bytes, behind: bytes = b"") -> Any:
        """Send once and read what is answered. Unless all of that came, the connection is not
        used again.
        """
        connection = self._connection
        sent = answered = False
        try:
            if connection.is_connected and await connection.can_read():
                await connection.disconnect(nowait=True)  # closed while idle
            if not connection.is_connected:
                await connection.connect()  # type: ignore[no-untyped-call]
            sent = True
            await connection.send_packed_command([request + behind], check_health=False)
            reply = await connection.read_response()
            if behind:
                reply = reply, await _answer_or_error(connection)
        except (BusyLoadingError, ResponseError):
            answered = not behind
            raise
        else:
            answered = True
            return reply
        finally:
            if not answered:
                self._in_doubt |= sent
                await connection.disconnect(nowait=True)


class Links:
    """The links that are idle; there are as many as were ever needed at once."""

    def __init__(self, client: Redis) -> None:
        self._client = client
        self._idle: list[Link] = []

    @asynccontextmanager
    async def borrow(self) -> AsyncIterator[Link]:
        """A link of one's own for as long as the block lasts."""
        link = self._idle.pop() if self._idle else Link(self._client)
        try:
            yield link
        finally:
            self._idle.append(link)

    async def close(self) -> None:
        while self._idle:
            await self._idle.pop().close()


async def _answer_or_error(connection: AbstractConnection) -> Any:
    try:
        return await connection.read_response()
    except ResponseError as error:
        return error


def _evaluate(script: Script, keys: Sequence[str], arguments: Iterable[Argument]) -> bytes:
    return _packed(("EVALSHA", script.sha, len(keys), *keys, *arguments))


def _packed(command: tuple[Argument, ...]) -> bytes:
    """The command on the wire. hiredis does it in C, the asyncio connection of redis-py not."""
    packed: bytes = pack_command(command)  # type: ignore[arg-type]  # declared for one argument
    return packed


def _worth_another_try(error: Exception) -> bool:
    """Whether the state that the server answers of may pass within moments."""
    if isinstance(error, OutOfMemoryError):
        return False
    if isinstance(error, AuthenticationError) or isinstance(error.__cause__, AuthenticationError):
        return False
    if isinstance(error.__context__, ssl.SSLCertVerificationError):
        return False
    return not isinstance(error, ResponseError) or isinstance(error, ReadOnlyError)


def _in_the_midst(error: Exception) -> bool:
    """Whether a script had begun when it failed: the server then names the line."""
    return "@user_script" in str(error)
