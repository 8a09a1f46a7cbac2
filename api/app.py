"""The composition root: the only place that knows every part and joins them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from importlib.metadata import version

from fastapi import FastAPI, Request, Response

from api import answers, documentation, problems
from api.bearers import Bearers
from api.code_flow import CodeFlow
from api.entrance import Entrance
from api.first_start import first_start
from api.gate import Gate
from api.limits import Attempts, Limits
from api.parts import Parts
from api.problems import Problems
from api.routes import (
    applications,
    batch,
    buyers,
    documentation_pages,
    events,
    health,
    keys,
    pools,
    problem_pages,
    procedures,
    trail,
)
from api.routes import sign_in as sign_in_pages
from api.sessions import Sessions
from api.settings import Settings
from api.sign_in import SignIn
from api.tokens import Tokens, TokenSettings
from workflow.catalog import Catalog
from workflow.credentials import Credentials
from workflow.identities import Identities
from workflow.procedures import load_served
from workflow.queries import Queries
from workflow.service import Service
from workflow.store import (
    EmbeddedServer,
    SessionStore,
    Store,
    StoreFault,
    check_server,
    connect,
)
from workflow.worker import Worker

ROUTES = (
    events,
    applications,
    batch,
    trail,
    buyers,
    pools,
    procedures,
    keys,
    health,
    problem_pages,
    documentation_pages,
    sign_in_pages,
)


NOTING = 30.0
"""Seconds between two notes of which credentials were used."""


class UnsafeServer(Exception):
    """The server may lose what the service acknowledges; one finding a line."""

    def __init__(self, findings: tuple[str, ...]) -> None:
        super().__init__("\n".join(findings))
        self.findings = findings


def create_app(settings: Settings) -> FastAPI:
    """The service as an ASGI application; its parts are opened when it starts.

    Starting raises ProcedureError, UnsafeServer, RulesMissing or StoreFault.
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
    return Entrance(app, app.state.settings)


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    settings: Settings = app.state.settings
    catalog = Catalog(load_served(settings.procedures).values())
    async with _server(settings) as (url, findings):
        store = Store(connect(url, settings.redis_ca))
        await store.open()
        session_store = SessionStore(connect(url, settings.redis_ca))
        provider = settings.provider
        tokens = None if provider is None else Tokens(TokenSettings.of(provider))
        parts = _parts(settings, store, catalog, findings)
        await parts.service.check_published()
        sessions, bearers = Sessions(session_store), Bearers(parts.identities, tokens)
        flow = None
        if provider is not None and tokens is not None:
            flow = CodeFlow.of(provider, tokens, settings.origin)
        attempts = Attempts(settings.bounds)
        sign_in = SignIn(settings.origin, sessions, bearers, attempts, flow)
        app.state.parts, app.state.sign_in, app.state.sessions = parts, sign_in, sessions
        app.state.gate = Gate(bearers, sign_in, parts.limits, attempts)
        app.state.redis_url = url
        app.state.operator_key = await first_start(parts)
        worker = Worker(store, parts.catalog, parts.service)
        beside = [
            asyncio.create_task(worker.run()),
            asyncio.create_task(_note_uses(parts.identities)),
        ]
        try:
            yield
        finally:
            for task in beside:
                task.cancel()
            await asyncio.wait(beside)
            await parts.service.finish()
            with suppress(StoreFault):
                await parts.identities.note_uses()
            if tokens is not None:
                await tokens.close()
            await session_store.close()
            await store.close()


def _parts(settings: Settings, store: Store, catalog: Catalog, findings: tuple[str, ...]) -> Parts:
    service = Service(store, catalog)
    identities = Identities(store, service, catalog)
    return Parts(
        settings=settings,
        problems=Problems(settings.origin),
        catalog=catalog,
        store=store,
        service=service,
        queries=Queries(store, catalog),
        credentials=Credentials(service, catalog, identities),
        identities=identities,
        limits=Limits(settings.bounds),
        findings=findings,
    )


async def _note_uses(identities: Identities) -> None:
    """Write down, now and then, when which credential was last used."""
    while True:
        await asyncio.sleep(NOTING)
        with suppress(StoreFault):
            await identities.note_uses()


@asynccontextmanager
async def _server(settings: Settings) -> AsyncIterator[tuple[str, tuple[str, ...]]]:
    """The address of the server to use, and what was found wrong with it."""
    if settings.redis_url is not None:
        yield settings.redis_url, await _checked(settings.redis_url, settings)
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


async def _checked(url: str, settings: Settings) -> tuple[str, ...]:
    client = connect(url, settings.redis_ca)
    try:
        findings = tuple(str(finding) for finding in await check_server(client))
    finally:
        await client.aclose()
    if findings and settings.durability == "strict":
        raise UnsafeServer(findings)
    return findings
