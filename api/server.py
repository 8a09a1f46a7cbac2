"""The HTTP server below the application, as the settings want it."""

import asyncio
import resource
import socket
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from ipaddress import ip_network
from typing import Any

import uvicorn
from starlette.types import ASGIApp

from api.connections import Connections
from api.headers import SecurityHeaders
from api.problems import Problems
from api.settings import Bounds, Settings

GRACE = 5
"""Seconds that answers under way are given at the end."""

OWN_FILES = 128
"""Files that the service has open beside its connections, at the most."""


class Server(uvicorn.Server):
    """Serves, and looks after the connections. It leaves signals alone: uvicorn's own way ends
    the process before the store is closed.
    """

    def __init__(
        self, application: ASGIApp, settings: Settings, ending: Callable[[], None] = lambda: None
    ) -> None:
        self._connections = Connections(
            with_room(settings.bounds), Problems(settings.origin), SecurityHeaders(settings).pairs
        )
        protocol: Any = self._connections  # called for each connection, as a class would be
        config = uvicorn.Config(
            application,
            http=protocol,
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=bool(settings.trusted_proxies),
            forwarded_allow_ips=both_ways(settings.trusted_proxies),
            timeout_graceful_shutdown=GRACE,
        )
        super().__init__(config)
        self.ready = asyncio.Event()
        self._ending = ending

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if not self.should_exit:
            self.ready.set()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """As below, once those who wait for something new have been told that it ends."""
        self._ending()
        await super().shutdown(sockets)

    async def on_tick(self, counter: int) -> bool:
        self._connections.look()
        return await super().on_tick(counter)


def both_ways(networks: Sequence[str]) -> list[str]:
    """Each IPv4 network also as it is written where one socket takes both versions (RFC 4291
    section 2.5.5.2).
    """
    found = []
    for network in map(ip_network, networks):
        found.append(str(network))
        if network.version == 4:
            found.append(f"::ffff:{network.network_address}/{96 + network.prefixlen}")
    return found


def with_room(bounds: Bounds) -> Bounds:
    """As many connections as the process may have files (getrlimit(2)), its own aside."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = bounds.connections + OWN_FILES
    if hard != resource.RLIM_INFINITY:
        wanted = min(wanted, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    return replace(bounds, connections=max(min(bounds.connections, wanted - OWN_FILES), 1))
