"""What a worker says of itself over HTTP: that it lives, whether it does its work, its metrics."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from api.metrics import PATH, Metering, Scrapers
from api.readiness import FAILED, STOPPED, UNSAFE, Readiness
from api.server import Server
from api.settings import Settings
from workflow.store import Store, StoreFault

UNAVAILABLE: Final = "unavailable"


class WorkerHealth:
    """Answers for one worker. It is not ready where it cannot work, or some of its work has ended:
    another start may mend that.
    """

    def __init__(
        self, settings: Settings, store: Store, readiness: Readiness, metering: Metering
    ) -> None:
        self._store: Final = store
        self._readiness: Final = readiness
        self._metering: Final = metering
        self._scrapers: Final = Scrapers(settings.metrics)
        strict = settings.durability == "strict"
        self._stops: Final = {FAILED, STOPPED, UNAVAILABLE, *([UNSAFE] if strict else ())}
        self._settings: Final = settings

    @asynccontextmanager
    async def answering(self, listener: socket.socket) -> AsyncIterator[None]:
        """Answer on this socket meanwhile."""
        routes = [
            Route("/healthz", self._alive),
            Route("/readyz", self._ready),
            Route(PATH, self._metrics),
        ]
        server = Server(Starlette(routes=routes), self._settings)
        serving = asyncio.create_task(server.serve([listener]))
        try:
            yield
        finally:
            server.should_exit = True
            await asyncio.wait({serving})

    async def _alive(self, _request: Request) -> Response:
        return JSONResponse({"status": "alive"})

    async def _ready(self, _request: Request) -> Response:
        findings = self._readiness.names()
        try:
            await self._store.read("application/readyz")
        except StoreFault:
            findings.append(UNAVAILABLE)
        if self._stops.isdisjoint(findings):
            return JSONResponse({"status": "ready", "findings": findings})
        return JSONResponse({"status": "not-ready", "findings": findings}, 503)

    async def _metrics(self, request: Request) -> Response:
        if not self._scrapers.lets_in(request.scope):
            return PlainTextResponse("The token of the metrics is asked for.\n", 401)
        text, media_type = await self._metering.text(request.headers.get("accept", ""))
        return Response(text, media_type=media_type)
