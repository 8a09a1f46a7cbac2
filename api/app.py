"""The composition root: the only place that knows every part and joins them."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from importlib.metadata import version

from fastapi import FastAPI, Request, Response

from api import answers, documentation, problems
from api.archive import reading, retention_of
from api.bearers import Bearers
from api.code_flow import CodeFlow
from api.dossier import Typesetter
from api.entrance import Entrance
from api.first_start import first_start
from api.gate import Gate
from api.journal import Entry, Journal, NotingService, What, keeping
from api.limits import Attempts, Limits
from api.log_start import keys_of, prepare_log, sequencer_of
from api.parts import Parts
from api.problems import Problems
from api.routes import (
    applications,
    batch,
    buyers,
    documentation_pages,
    dossier,
    events,
    health,
    keys,
    pool_trail,
    pools,
    problem_pages,
    procedures,
    proofs,
    records,
    trail,
)
from api.routes import journal as journal_pages
from api.routes import log as log_files
from api.routes import sign_in as sign_in_pages
from api.sessions import Sessions
from api.settings import Settings
from api.sign_in import SignIn
from api.tokens import Tokens, TokenSettings
from workflow.catalog import Catalog
from workflow.credentials import Credentials
from workflow.identities import Identities
from workflow.lag import Lag
from workflow.log.tree import LogReader
from workflow.procedures import Written, load_written, served
from workflow.proofs import Proofs
from workflow.queries import Queries
from workflow.store import (
    EmbeddedServer,
    JournalStore,
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
    proofs,
    records,
    dossier,
    buyers,
    pools,
    pool_trail,
    procedures,
    keys,
    journal_pages,
    log_files,
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


def create_app(settings: Settings, written: Sequence[Written] | None = None) -> FastAPI:
    """The service as an ASGI application; its parts are opened when it starts. `written`: the
    procedure files where somebody has read them already, else they are read then.

    Starting raises ProcedureError, UnsafeServer, LogUnfit, RulesMissing or StoreFault.
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
    app.state.settings, app.state.written = settings, written
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
    catalog = _catalog(app)
    log = LogReader(settings.log_directory)
    async with (
        _server(settings) as (url, findings),
        keeping(
            JournalStore(connect(url, settings.redis_ca), settings.bounds.journal_entries),
            settings.bounds.workers,
        ) as journal,
        Store(connect(url, settings.redis_ca), archived=reading(log)) as store,
    ):
        await prepare_log(settings, store)
        session_store = SessionStore(connect(url, settings.redis_ca))
        provider = settings.provider
        tokens = None if provider is None else Tokens(TokenSettings.of(provider))
        parts = _parts(settings, store, catalog, journal, log, findings)
        await parts.service.check_published()
        sessions, bearers = Sessions(session_store), Bearers(parts.identities, tokens)
        flow = None
        if provider is not None and tokens is not None:
            flow = CodeFlow.of(provider, tokens, settings.origin)
        attempts = Attempts(settings.bounds)
        sign_in = SignIn(settings.origin, sessions, bearers, attempts, flow)
        app.state.parts, app.state.sign_in, app.state.sessions = parts, sign_in, sessions
        app.state.gate = Gate(bearers, sign_in, parts.limits, attempts)
        app.state.redis_url, app.state.journal = url, journal
        app.state.operator_key = await first_start(parts)
        retention = retention_of(settings, store, log)
        worker = Worker(store, parts.catalog, parts.service, retention=retention)
        sequencer = sequencer_of(settings, store, parts.service)
        running = (worker.run(), _note_uses(parts.identities), sequencer.run(), parts.lag.run())
        beside = [asyncio.create_task(one) for one in running]
        journal.note(Entry(What.STARTED))
        try:
            yield
        finally:
            journal.note(Entry(What.STOPPED))
            for task in beside:
                task.cancel()
            await asyncio.wait(beside)
            await parts.service.finish()
            await sequencer.finish()
            with suppress(StoreFault):
                await parts.identities.note_uses()
            if tokens is not None:
                await tokens.close()
            await session_store.close()


def _catalog(app: FastAPI) -> Catalog:
    """The procedures; their files are kept for whoever is to have the same. Raises
    ProcedureError.
    """
    if app.state.written is None:
        app.state.written = served(app.state.settings.procedures)
    return Catalog(load_written(app.state.written).values())


def _parts(
    settings: Settings,
    store: Store,
    catalog: Catalog,
    journal: Journal,
    log: LogReader,
    findings: tuple[str, ...],
) -> Parts:
    service = NotingService(store, catalog, journal)
    identities = Identities(store, service, catalog)
    log_keys = keys_of(settings)
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
        journal=journal,
        log=log,
        lag=Lag(store, log),
        proofs=Proofs(store, log, log_keys.public),
        log_keys=log_keys,
        typesetter=Typesetter(),
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
