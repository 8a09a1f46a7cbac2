"""What a process does unasked: what time brings, the log, the deliveries."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable
from contextlib import asynccontextmanager
from functools import partial
from typing import Any, Final

from api.archive import retention_of, trimming_of
from api.log_start import sequencer_of
from api.settings import Settings
from api.webhooks.composing import deliver
from api.webhooks.sending import HttpSender
from workflow.catalog import Catalog
from workflow.log.tree import LogReader
from workflow.service import Service
from workflow.store import Bell, Store
from workflow.worker import Worker

Running = Coroutine[Any, Any, None]

logger = logging.getLogger(__name__)


class Working:
    """All of it in one process, which answers or is a worker alone."""

    def __init__(
        self,
        settings: Settings,
        store: Store,
        catalog: Catalog,
        service: Service,
        log: LogReader,
        sender: HttpSender,
        bell: Bell,
    ) -> None:
        retention, trimming = retention_of(settings, store, log), trimming_of(store, log)
        self._service: Final = service
        self._worker: Final = Worker(
            store, catalog, service, retention=retention, trimming=trimming, bell=bell
        )
        self._sequencer: Final = sequencer_of(settings, store, service, bell)
        self._deliver: Final = partial(deliver, settings, store, catalog, service, sender, bell)
        self._bell: Final = bell

    def running(self) -> tuple[Running, ...]:
        """What is to run until the end."""
        return (
            *(self._worker.run(), self._sequencer.run()),
            *(self._deliver(), self._bell.run()),
        )

    async def finish(self) -> None:
        """Finish what was begun, once nothing of it runs."""
        await self._service.finish()
        await self._sequencer.finish()


@asynccontextmanager
async def beside(
    running: Iterable[Running], failed: Callable[[], None] = lambda: None
) -> AsyncIterator[None]:
    """Let it run for as long as there is something else to do. Where some of it fails, the rest
    goes on, and an error says so at once; `failed` is called.
    """

    def ended(task: asyncio.Task[None]) -> None:
        if not task.cancelled() and task.exception() is not None:
            name = getattr(task.get_coro(), "__qualname__", task.get_name())
            logger.error("%s has ended, restart this process", name, exc_info=task.exception())
            failed()

    tasks = [asyncio.create_task(one) for one in running]
    for task in tasks:
        task.add_done_callback(ended)
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
