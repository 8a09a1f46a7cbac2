"""Connecting to a receiver: the name is resolved here, what it leads to is checked, and that very
address is connected to. So no name can lead elsewhere between the check and the connection.
"""

import asyncio
import ipaddress
import socket
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Final

import httpcore
from httpcore import AsyncNetworkBackend, AsyncNetworkStream

from api.webhooks.addresses import Address, Addresses

RESOLVERS = 8
"""Names that are looked up at once, in threads of their own: a slow one holds up no file."""

TRIED = 3
"""Addresses of one name that are tried at the most."""


class Unresolved(Exception):
    """A name leads nowhere."""


class NotAllowed(Exception):
    """A name leads to no address that may be connected to."""


class Checked(AsyncNetworkBackend):
    """A network in which only what is allowed can be reached; `plain`: without TLS."""

    def __init__(self, addresses: Addresses, *, plain: bool) -> None:
        self._addresses: Final = addresses
        self._plain: Final = plain
        self._inner: Final = httpcore.AnyIOBackend()
        self._threads: Final = ThreadPoolExecutor(RESOLVERS, "webhook-names")

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> AsyncNetworkStream:
        """Connect to one of the allowed addresses of a host. Raises Unresolved, NotAllowed, and
        what httpcore raises.
        """
        found = await self._resolved(host, port)
        allowed = [one for one in found if self._addresses.allows(one, plain=self._plain)]
        if not allowed:
            raise NotAllowed(host)
        *others, last = allowed[:TRIED]
        for address in others:
            try:
                return await self._to(address, port, timeout, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                continue
        return await self._to(last, port, timeout, socket_options)

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        await asyncio.sleep(seconds)

    def close(self) -> None:
        """Look up no more names."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _to(
        self,
        address: Address,
        port: int,
        timeout: float | None,
        options: Iterable[httpcore.SOCKET_OPTION] | None,
    ) -> AsyncNetworkStream:
        return await self._inner.connect_tcp(str(address), port, timeout, None, options)

    async def _resolved(self, host: str, port: int) -> list[Address]:
        """Every address of a host, each once, in the order of the resolver."""
        loop = asyncio.get_running_loop()
        try:
            found = await loop.run_in_executor(self._threads, _look_up, host, port)
        except (OSError, UnicodeError) as error:
            raise Unresolved(host) from error
        return [ipaddress.ip_address(text) for text in dict.fromkeys(found)]


def _look_up(host: str, port: int) -> list[str]:
    return [
        str(entry[4][0]).partition("%")[0]
        for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    ]
