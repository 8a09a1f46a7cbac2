"""Operations: whether the service keeps up, and the ways to what an operator looks after."""

import asyncio
from pathlib import Path
from typing import NamedTuple

from fastapi import Response

from api.console.formats import ZONE
from api.console.log_standing import standing
from api.console.operating import operator_of, wrong
from api.console.routing import page
from api.console.visit import Visit
from api.parts import Parts
from workflow.domain import clock
from workflow.log.directory import CHECKPOINT, Damaged
from workflow.service import now

LATE_MS = 1_000
"""What is due is attended to twice a second; after this it is late."""

COUNTED = 1_000
"""Late applications that are counted at the most."""


class Load(NamedTuple):
    """How much there is and waits. `size`: records in the log (None: it cannot be read), `signed`:
    when that was signed last.
    """

    records: int
    size: int | None
    signed: str | None
    late: int
    deliveries: int
    dead: int
    entries: int

    @property
    def lag(self) -> int | None:
        """Records that are not in the log yet."""
        return None if self.size is None else max(self.records - self.size, 0)


async def show(visit: Visit) -> Response:
    """How things stand."""
    operator_of(visit)
    parts = visit.parts
    load, log = await asyncio.gather(_load(parts), standing(parts))
    return visit.page(
        "operations.html",
        wrong=wrong(visit, log),
        at=now(),
        load=load,
        log=log,
        most=COUNTED,
        settings=parts.settings,
        kept=parts.journal.store.kept,
        today=clock.day_in(now(), ZONE.key).isoformat(),
    )


ROUTES = (page("/operations", show),)


async def _load(parts: Parts) -> Load:
    """Raises StoreFault."""
    size, signed = await asyncio.to_thread(_log, parts)  # first, so that it is never more
    store = parts.store
    last, late, (deliveries, dead) = await asyncio.gather(
        store.feeds.last(),
        store.due("application", clock.milliseconds(now()) - LATE_MS, COUNTED),
        store.webhooks.waiting(),
    )
    entries = parts.journal.waiting
    return Load(sum(last), size, signed, len(late[:COUNTED]), deliveries, dead, entries)


def _log(parts: Parts) -> tuple[int | None, str | None]:
    """How many records are in the log, and when it was signed last."""
    checkpoint: Path = parts.settings.log_directory / CHECKPOINT
    try:
        size = parts.log.size
        signed = clock.of_milliseconds(int(checkpoint.stat().st_mtime * 1_000)) if size else None
    except (Damaged, OSError):
        return None, None
    return size, signed
