"""The composition root: the only place that knows every part and joins them."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from importlib.metadata import version

from fastapi import FastAPI, Request, Response
from starlette.types import ASGIApp

from api import answers, asyncapi, database, documentation, problems
from api.archive import reading
from api.bearers import Bearers
from api.code_flow import CodeFlow
from api.console import Console
from api.dossier import Typesetter
from api.entrance import Entrance
from api.first_start import first_start
from api.gate import Gate
from api.journal import Entry, NotingService, What, keeping
from api.lasting import Lasting
from api.limits import Attempts, Limits
from api.log_start import keys_of, prepare_log
from api.metrics import Metering
from api.parts import Parts
from api.problems import Problems
from api.readiness import Readiness
from api.routes import (
    applications,
    batch,
    buyers,
    deliveries,
    documentation_pages,
    dossier,
    events,
    health,
    keys,
    metrics,
    pool_trail,
    pools,
    problem_pages,
    procedures,
    proofs,
    records,
    streams,
    trail,
    webhooks,
)
from api.routes import journal as journal_pages
from api.routes import log as log_files
from api.sessions import Sessions
from api.settings import Settings
from api.sign_in import SignIn
from api.tokens import Tokens, TokenSettings
from api.tracing import Tracing, tracing_of
from api.webhooks.composing import sender_of
from api.webhooks.sending import HttpSender
from api.working import Working, beside
from workflow.catalog import Catalog
from workflow.credentials import Credentials
from workflow.following import Following
from workflow.identities import Identities
from workflow.lag import Lag
from workflow.log.tree import LogReader
from workflow.procedures import Written, load_written, served
from workflow.proofs import Proofs
from workflow.queries import Queries
from workflow.sight import Sight
from workflow.store import (
    Bell,
    JournalStore,
    SessionStore,
    Store,
    StoreFault,
    connect,
)
from workflow.webhooks import Webhooks

ROUTES = (
    events,
    applications,
    batch,
    trail,
    proofs,
    records,
    streams,
    dossier,
    buyers,
    pools,
    pool_trail,
    procedures,
    keys,
    webhooks,
    deliveries,
    journal_pages,
    log_files,
    health,
    metrics,
    problem_pages,
    documentation_pages,
)


NOTING = 30.0
"""Seconds between two notes of which credentials were used."""

HELD = 1.0
"""Seconds for which the metrics stay as they are, where everybody may read them."""


def create_app(settings: Settings, written: Sequence[Written] | None = None) -> FastAPI:
    """The service as an ASGI application; its parts are opened when it starts. `written`: the
    procedure files where somebody has read them already, else they are read then.

    Starting raises ProcedureError, UnsafeServer, LogUnfit, RulesMissing or StoreFault.
    """
    console = Console(settings.origin)
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
        routes=[
            *(route for module in ROUTES for route in module.router.routes),
            *console.routes(),
        ],
    )
    app.state.settings, app.state.written, app.state.console = settings, written, console
    app.state.tracing, app.state.metering = tracing_of(settings), _metering(settings)
    problems.install(app, Problems(settings.origin))

    @app.get("/openapi.json", include_in_schema=False)
    async def openapi(_request: Request) -> Response:
        return answers.written(documentation.describe(app))

    @app.get("/asyncapi.json", include_in_schema=False)
    async def asyncapi_json(_request: Request) -> Response:
        return answers.written(asyncapi.describe(documentation.describe(app), settings.origin))

    return app


def entrance_of(app: FastAPI) -> ASGIApp:
    """What a server is given: the service behind its front door."""
    tracing: Tracing = app.state.tracing
    return tracing.over(Entrance(app, app.state.settings))


def lasting_of(app: FastAPI) -> Lasting:
    """The requests that last, of a service that is running."""
    parts: Parts = app.state.parts
    return parts.lasting


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    settings: Settings = app.state.settings
    tracing: Tracing = app.state.tracing
    catalog = _catalog(app)
    log = LogReader(settings.log_directory)
    async with (
        tracing,
        database.server(settings) as (url, findings),
        keeping(
            JournalStore(connect(url, settings.redis_ca), settings.bounds.journal_entries),
            settings.bounds.workers,
        ) as journal,
        tracing.store(
            connect(url, settings.redis_ca),
            archived=reading(log),
            observer=app.state.metering.tally,
        ) as store,
        Bell(connect(url, settings.redis_ca)) as bell,
        sender_of(settings, tracing.sender) as sender,
        app.state.metering as metering,
    ):
        await prepare_log(settings, store)
        session_store = SessionStore(connect(url, settings.redis_ca))
        provider = settings.provider
        tokens = None if provider is None else Tokens(TokenSettings.of(provider))
        service = tracing.service(store, catalog, journal)
        parts = _parts(settings, store, service, catalog, log, findings, bell, sender)
        await parts.service.check_published()
        sessions, bearers = Sessions(session_store), Bearers(parts.identities, tokens)
        flow = CodeFlow.of(provider, tokens, settings.origin) if provider and tokens else None
        attempts = Attempts(settings.bounds)
        sign_in = SignIn(settings.origin, sessions, bearers, attempts, flow)
        app.state.parts, app.state.sign_in, app.state.sessions = parts, sign_in, sessions
        app.state.gate = Gate(bearers, sign_in, parts.limits, attempts)
        app.state.redis_url, app.state.journal = url, journal
        app.state.operator_key = await first_start(parts)
        app.state.readiness = readiness = _watched(metering, parts)
        working = Working(settings, store, catalog, service, log, sender, bell)
        looking = (parts.lag.run(), parts.following.run(), readiness.run())
        running = (*working.running(), *looking, _note_uses(parts.identities))
        try:
            async with beside(running, readiness.note_failure):
                journal.note(Entry(What.STARTED))
                yield
                journal.note(Entry(What.STOPPED))
        finally:
            await working.finish()
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
    service: NotingService,
    catalog: Catalog,
    log: LogReader,
    findings: tuple[str, ...],
    bell: Bell,
    sender: HttpSender,
) -> Parts:
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
        journal=service.journal,
        log=log,
        lag=Lag(store, log, bell=bell),
        proofs=Proofs(store, log, log_keys.public),
        log_keys=log_keys,
        typesetter=Typesetter(),
        findings=findings,
        bell=bell,
        following=Following(store, Sight(store, catalog), bell),
        lasting=Lasting(settings.bounds),
        webhooks=Webhooks(store, service, sender.unfit),
    )


def _metering(settings: Settings) -> Metering:
    return Metering(settings.data, held=HELD if settings.metrics.public else 0.0)


def _watched(metering: Metering, parts: Parts) -> Readiness:
    """Whoever says what is wrong, which the metrics tell as well."""
    readiness = Readiness(parts.store, parts.log, parts.lag, parts.findings, bell=parts.bell)
    metering.attend(parts.catalog, parts.service, parts.store)
    metering.answer_for(parts, readiness.names)
    return readiness


async def _note_uses(identities: Identities) -> None:
    """Write down, now and then, when which credential was last used."""
    while True:
        await asyncio.sleep(NOTING)
        with suppress(StoreFault):
            await identities.note_uses()
