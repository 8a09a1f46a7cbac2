"""One worker in this process, beside the services that answer: it makes happen what time brings,
and adds to the log where no service of this host does.
"""

import asyncio
import signal
import socket
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import replace
from functools import partial
from pathlib import Path

from api import collector, lines
from api.archive import reading
from api.journal import keeping
from api.listening import listen
from api.log_start import LogUnfit, check_restored
from api.metrics import Metering
from api.readiness import Readiness
from api.settings import Settings
from api.stop import UNUSABLE, Departed, Stop
from api.tracing import tracing_of
from api.webhooks.composing import sender_of
from api.worker_health import WorkerHealth
from api.working import Working, beside
from workflow.catalog import Catalog
from workflow.lag import Lag
from workflow.log.tree import LogReader
from workflow.procedures import ProcedureError, load_served
from workflow.registry import RulesMissing
from workflow.store import Bell, JournalStore, Store, StoreFault, check_server, connect

READY = "clearance worker is ready"

HEALTH = "--health"
"""The option that has the port."""


def run(settings: Settings, health: int | None = None) -> None:
    """Work until SIGINT or SIGTERM; what was begun is finished. `health`: the port on which it says
    how it is. Raises Stop.
    """
    lines.begin(settings.observing)
    with nullcontext() if health is None else listen(replace(settings, port=health), HEALTH) as own:
        _run(settings, own)


def _run(settings: Settings, listener: socket.socket | None) -> None:
    url = settings.redis_url or _embedded(settings.data)
    try:
        connect(url, settings.redis_ca)
    except (ValueError, OSError) as error:
        raise Stop(f"--redis: {error}", UNUSABLE) from error
    try:
        catalog = Catalog(load_served(settings.procedures).values())
        asyncio.run(_work(url, settings, catalog, listener))
    except ProcedureError as error:
        raise Stop(f"the procedures cannot be used:\n{error}", UNUSABLE) from error
    except (LogUnfit, RulesMissing, StoreFault) as fault:
        raise Stop(str(fault)) from fault


def _embedded(folder: Path) -> str:
    """The address of the server that a running service keeps in its folder."""
    socket = folder.resolve() / "valkey.sock"
    if not socket.exists():
        told = f"no service runs on the data folder {folder}; name a server with --redis."
        raise Stop(told)
    return f"unix://{socket}"


async def check(url: str, settings: Settings) -> tuple[str, ...]:
    """What the server does that may lose what is posted, where that is accepted. Raises Stop where
    it is not; LogUnfit for data that are not all put back.
    """
    client = connect(url, settings.redis_ca)
    store = Store(client)
    try:
        findings = tuple(str(finding) for finding in await check_server(client))
        await check_restored(settings, store)
    finally:
        await store.close()
    if findings and settings.durability == "strict":
        raise Stop(
            "\n".join(["the server fails the checks that durability strict makes:", *findings])
        )
    return findings


async def _work(
    url: str, settings: Settings, catalog: Catalog, listener: socket.socket | None
) -> None:
    known = await check(url, settings)
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    log, reach = LogReader(settings.log_directory), partial(connect, url, settings.redis_ca)
    async with (
        tracing_of(settings) as tracing,
        Metering(settings.data if settings.data.is_dir() else None) as metering,
        keeping(JournalStore(reach(), settings.bounds.journal_entries)) as journal,
        tracing.store(reach(), archived=reading(log), observer=metering.tally) as store,
        Bell(reach()) as bell,
        sender_of(settings, tracing.sender) as sender,
    ):
        service = tracing.service(store, catalog, journal)
        metering.attend(catalog, service, store)
        await service.check_published()
        lag = Lag(store, log, bell=bell)
        readiness = Readiness(store, log, lag, known, bell=bell)
        working = Working(settings, store, catalog, service, log, sender, bell)
        health = WorkerHealth(settings, store, readiness, metering)
        running = (*working.running(), lag.run(), readiness.run())
        async with beside(running, readiness.note_failure), _answering(health, listener):
            collector.calm()
            print(READY, flush=True)
            ends = [asyncio.create_task(one.wait()) for one in (stopped, service.departed)]
            await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
            for end in ends:
                end.cancel()
        await working.finish()
        if service.departed.is_set():
            raise Departed


def _answering(
    health: WorkerHealth, listener: socket.socket | None
) -> AbstractAsyncContextManager[None]:
    return nullcontext() if listener is None else health.answering(listener)
