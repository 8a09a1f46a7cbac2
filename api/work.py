"""One worker in this process, beside the services that answer: it makes happen what time brings,
and adds to the log where no service of this host does.
"""

import asyncio
import logging
import signal
from pathlib import Path

from api.archive import reading, retention_of
from api.log_start import sequencer_of
from api.settings import Settings
from api.stop import UNUSABLE, Departed, Stop
from workflow.catalog import Catalog
from workflow.log.tree import LogReader
from workflow.procedures import ProcedureError, load_served
from workflow.registry import RulesMissing
from workflow.service import Service
from workflow.store import Store, StoreFault, check_server, connect
from workflow.worker import Worker

READY = "clearance worker is ready"


def run(settings: Settings) -> None:
    """Work until SIGINT or SIGTERM; what was begun is finished. Raises Stop."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(message)s")
    url = settings.redis_url or _embedded(settings.data)
    try:
        connect(url)
    except ValueError as error:
        raise Stop(f"--redis: {error}", UNUSABLE) from error
    try:
        catalog = Catalog(load_served(settings.procedures).values())
        asyncio.run(_work(url, settings, catalog))
    except ProcedureError as error:
        raise Stop(f"the procedures cannot be used:\n{error}", UNUSABLE) from error
    except (RulesMissing, StoreFault) as fault:
        raise Stop(str(fault)) from fault


def _embedded(folder: Path) -> str:
    """The address of the server that a running service keeps in its folder."""
    socket = folder.resolve() / "valkey.sock"
    if not socket.exists():
        told = f"no service runs on the data folder {folder}; name a server with --redis."
        raise Stop(told)
    return f"unix://{socket}"


async def _check(url: str, durability: str) -> None:
    """Raises Stop for a server that may lose what is posted, unless that is accepted."""
    client = connect(url)
    try:
        findings = [str(finding) for finding in await check_server(client)]
    finally:
        await client.aclose()
    if findings and durability == "strict":
        raise Stop(
            "\n".join(["the server fails the checks that durability strict makes:", *findings])
        )


async def _work(url: str, settings: Settings, catalog: Catalog) -> None:
    await _check(url, settings.durability)
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    log = LogReader(settings.log_directory)
    async with Store(connect(url), archived=reading(log)) as store:
        service = Service(store, catalog)
        await service.check_published()
        worker = Worker(store, catalog, service, retention=retention_of(settings, store, log))
        sequencer = sequencer_of(settings, store, service)
        working = [asyncio.create_task(one) for one in (worker.run(), sequencer.run())]
        print(READY, flush=True)
        ends = [asyncio.create_task(one.wait()) for one in (stopped, service.departed)]
        await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        for task in (*ends, *working):
            task.cancel()
        await asyncio.wait((*ends, *working))
        await service.finish()
        await sequencer.finish()
        if service.departed.is_set():
            raise Departed
