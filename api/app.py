"""The composition root: the only place that knows every part and joins them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from importlib.metadata import version

from fastapi import FastAPI, Request, Response

from api import answers, documentation, problems
from api.entrance import Entrance
from api.parts import Parts
from api.problems import Problems
from api.routes import (
    applications,
    batch,
    buyers,
    documentation_pages,
    events,
    health,
    pools,
    problem_pages,
    procedures,
    trail,
)
from api.settings import Settings
from workflow.catalog import Catalog
from workflow.procedures import load_packaged
from workflow.queries import Queries
from workflow.service import Service
from workflow.store import EmbeddedServer, Store, check_server, connect

ROUTES = (
    events,
    applications,
    batch,
    trail,
    buyers,
    pools,
    procedures,
    health,
    problem_pages,
    documentation_pages,
)


class UnsafeServer(Exception):
    """The server may lose what the service acknowledges; one finding a line."""

    def __init__(self, findings: tuple[str, ...]) -> None:
        super().__init__("\n".join(findings))
        self.findings = findings


def create_app(settings: Settings) -> FastAPI:
    """The service as an ASGI application; its parts are opened when it starts.

    Starting raises UnsafeServer or StoreFault.
    """
    app = FastAPI(
        title="clearance",
        version=version("clearance"),
        summary="Licences that pass through several authorities, with trails that can be checked.",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        lifespan=_lifespan,
        redirect_slashes=False,
        telemetry={"tracing": False, "metrics": False, "logs": False},
        routes=[route for module in ROUTES for route in module.router.routes],
    )
    app.state.settings = settings
    problems.install(app, Problems(settings.origin))

    @app.get("/openapi.json", include_in_schema=False)
    async def openapi(_request: Request) -> Response:
        return answers.written(documentation.describe(app))

    return app


def entrance_of(app: FastAPI) -> Entrance:
    """What a server is given: the service behind its front door."""
    return Entrance(app, Problems(app.state.settings.origin))


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    settings: Settings = app.state.settings
    async with _server(settings) as (url, findings):
        store = Store(connect(url))
        await store.open()
        catalog = Catalog(load_packaged().values())
        service = Service(store, catalog)
        app.state.parts = Parts(
            settings=settings,
            problems=Problems(settings.origin),
            catalog=catalog,
            store=store,
            service=service,
            queries=Queries(store, catalog),
            findings=findings,
        )
        try:
            yield
        finally:
            await service.finish()
            await store.close()


@asynccontextmanager
async def _server(settings: Settings) -> AsyncIterator[tuple[str, tuple[str, ...]]]:
    """The address of the server to use, and what was found wrong with it."""
    if settings.redis_url is not None:
        yield settings.redis_url, await _checked(settings.redis_url, settings.durability)
        return
    embedded = EmbeddedServer(settings.data)
    embedded.start()
    watch = asyncio.create_task(embedded.supervise())
    try:
        yield embedded.url, ()
    finally:
        watch.cancel()
        with suppress(asyncio.CancelledError):
            await watch
        embedded.stop()


async def _checked(url: str, durability: str) -> tuple[str, ...]:
    client = connect(url)
    try:
        findings = tuple(str(finding) for finding in await check_server(client))
    finally:
        await client.aclose()
    if findings and durability == "strict":
        raise UnsafeServer(findings)
    return findings
