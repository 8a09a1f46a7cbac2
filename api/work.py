"""One worker in this process, beside the services that answer: it makes happen what time brings,
and adds to the log where no service of this host does.
"""

import asyncio
import signal
from functools import partial
from pathlib import Path

from api import collector, lines
from api.archive import reading
from api.log_start import LogUnfit, check_restored
from api.metrics import Metering
from api.settings import Settings
from api.stop import UNUSABLE, Departed, Stop
from api.webhooks.composing import sender_of
from api.working import Working, beside
from workflow.catalog import Catalog
from workflow.log.tree import LogReader
from workflow.procedures import ProcedureError, load_served
from workflow.registry import RulesMissing
from workflow.service import Service
from workflow.store import Bell, Store, StoreFault, check_server, connect

READY = "clearance worker is ready"


def run(settings: Settings) -> None:
    """Work until SIGINT or SIGTERM; what was begun is finished. Raises Stop."""
    lines.begin(settings.observing)
    url = settings.redis_url or _embedded(settings.data)
    try:
        connect(url, settings.redis_ca)
    except (ValueError, OSError) as error:
        raise Stop(f"--redis: {error}", UNUSABLE) from error
    try:
        catalog = Catalog(load_served(settings.procedures).values())
        asyncio.run(_work(url, settings, catalog))
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


async def check(url: str, settings: Settings) -> None:
    """Raises Stop for a server that may lose what is posted, unless that is accepted; LogUnfit for
    data that are not all put back.
    """
    client = connect(url, settings.redis_ca)
    store = Store(client)
    try:
        findings = [str(finding) for finding in await check_server(client)]
        await check_restored(settings, store)
    finally:
        await store.close()
    if findings and settings.durability == "strict":
        raise Stop(
            "\n".join(["the server fails the checks that durability strict makes:", *findings])
        )


async def _work(url: str, settings: Settings, catalog: Catalog) -> None:
    await check(url, settings)
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    log, reach = LogReader(settings.log_directory), partial(connect, url, settings.redis_ca)
    async with (
        Metering(settings.data if settings.data.is_dir() else None) as metering,
        Store(reach(), archived=reading(log), observer=metering.tally) as store,
        Bell(reach()) as bell,
        sender_of(settings) as sender,
    ):
        service = Service(store, catalog)
        metering.attend(catalog, service, store)
        await service.check_published()
        working = Working(settings, store, catalog, service, log, sender, bell)
        async with beside(working.running()):
            collector.calm()
            print(READY, flush=True)
            ends = [asyncio.create_task(one.wait()) for one in (stopped, service.departed)]
            await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
            for end in ends:
                end.cancel()
        await working.finish()
        if service.departed.is_set():
            raise Departed
