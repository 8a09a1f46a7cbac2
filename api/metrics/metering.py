"""The metrics of one process: counted while it runs, and told with what the others counted."""

import asyncio
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple, Self

from api.metrics.families import OPEN_TYPE
from api.metrics.shared import Shared, Told
from api.metrics.standing import Samples, Standing
from api.metrics.tally import Tally
from api.parts import Parts
from workflow.catalog import Catalog
from workflow.service import Service
from workflow.store import Store


class _Text(NamedTuple):
    """A text with its media type, of which counts it was made, and until when it is good."""

    text: tuple[bytes, str]
    version: set[tuple[int, int]]
    until: float


class Metering:
    """Counts from the moment that it is made, shares while it is entered. `data`: the folder of
    all that are counted together; None: this one alone. `held`: seconds for which a text is good,
    as long as no process has written what it counted; where everybody may ask, to write and to make
    one for each would be a way to keep the service busy.
    """

    def __init__(self, data: Path | None, held: float = 0.0) -> None:
        self._held = held
        self._texts: dict[bool, _Text] = {}
        self.tally = Tally()
        self._shared = Shared(data, self.tally)
        self._standing: Standing | None = None
        self._sharing: asyncio.Task[None] | None = None
        self._telling = asyncio.Lock()

    async def __aenter__(self) -> Self:
        self._shared.begin()
        self._sharing = asyncio.create_task(self._shared.run())
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._sharing is not None:
            self._sharing.cancel()
            await asyncio.wait([self._sharing])
        await self._shared.end()

    def attend(self, catalog: Catalog, service: Service, store: Store) -> None:
        """Tell how much waits in these."""
        self.tally.know(catalog.types)
        self.tally.loads["events_waiting"] = lambda: {(): service.waiting}
        self.tally.loads["calls_waiting"] = lambda: {
            (call,): number for call, number in store.waiting().items()
        }

    def answer_for(self, parts: Parts, findings: Callable[[], Sequence[str]]) -> None:
        """Tell how things stand as well, with what is found wrong by its names."""
        loads, lasting = self.tally.loads, parts.lasting
        loads["journal_entries_waiting"] = lambda: {(): parts.journal.waiting}
        loads["held_polls"] = lambda: {(): lasting.polls.total}
        loads["streams"] = lambda: {(): lasting.streams.total}
        self._standing = Standing(parts.store, parts.log, findings)

    async def text(self, accept: str) -> tuple[bytes, str]:
        """All of it as text, and the media type, for whoever accepts this."""
        form = OPEN_TYPE in accept
        async with self._telling:
            if not self._held:
                return await self._made(await self._shared.write(), form)
            version, kept = self._shared.version(), self._texts.get(form)
            if kept is None or kept.version != version or kept.until < time.monotonic():
                text = await self._made(await asyncio.to_thread(self._shared.latest), form)
                kept = self._texts[form] = _Text(text, version, time.monotonic() + self._held)
            return kept.text

    async def _made(self, own: Told, form: bool) -> tuple[bytes, str]:
        standing = {} if self._standing is None else await self._standing.samples()
        return await asyncio.to_thread(self._text, own, standing, form)

    def _text(self, own: Told, standing: Samples, form: bool) -> tuple[bytes, str]:
        from api.metrics.exposition import text_of  # noqa: PLC0415  # 0.1 s of every start

        return text_of([own, *self._shared.others()], standing, openly=form)
