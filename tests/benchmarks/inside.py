"""The service without HTTP: inside this process, on an embedded server of its own."""

from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from api.intake import creation_of, event_of
from api.routes.batch import STRETCH
from api.schemas import ApplicationIn, EventIn
from tests.benchmarks import story
from workflow.catalog import Catalog
from workflow.desk import Accepted
from workflow.domain import canonical
from workflow.domain.act import Event
from workflow.domain.principal import Principal
from workflow.procedures import load_packaged
from workflow.registry import application_id
from workflow.service import Item, Service
from workflow.store import EmbeddedServer, Store, connect

GROUP = 1000


@dataclass(frozen=True, slots=True)
class Inside:
    """The use cases, fed with the bodies that the HTTP rows send."""

    catalog: Catalog
    service: Service
    server: EmbeddedServer

    async def register_buyer(self) -> None:
        """Name the buyer of every application."""
        name, mark = story.BUYER_NAME, _fingerprint(story.BUYER_NAME)
        await self.service.register_buyer(story.RECORDER, story.BUYER, name, mark)

    async def submit(self, keys: Sequence[str]) -> tuple[list[str], int]:
        """Submit an application for each key; their ids, and the bytes of the records."""
        principal, total = story.OPENER.principal, 0
        for key in keys:
            body = story.opening(key)
            shaped = ApplicationIn.model_validate(body)
            event = creation_of(shaped, key, _fingerprint(body))
            _, outcome = await self.service.create(principal, story.PROCEDURE, event)
            total += len(_accepted(outcome).record)
        return [application_id(principal, key) for key in keys], total

    async def post(
        self, principal: Principal, items: Sequence[tuple[str, dict[str, Any], str]]
    ) -> int:
        """Post (application, event, key), a thousand at a time; the bytes of the records."""
        total = 0
        for first in range(0, len(items), GROUP):
            group = [
                Item(application, self._event(body, key), None)
                for application, body, key in items[first : first + GROUP]
            ]
            stretches = [group[begin : begin + STRETCH] for begin in range(0, len(group), STRETCH)]
            outcomes = await self.service.post_many(principal, stretches)
            total += sum(len(_accepted(outcome).record) for outcome in outcomes)
        return total

    def _event(self, body: dict[str, Any], key: str) -> Event:
        return event_of(self.catalog, EventIn.model_validate(body), key, _fingerprint(body))


def _fingerprint(body: dict[str, Any]) -> str:
    return canonical.sha256(canonical.encode(body))


def _accepted(outcome: object) -> Accepted:
    assert isinstance(outcome, Accepted), outcome
    return outcome


@asynccontextmanager
async def inside(server: EmbeddedServer) -> AsyncIterator[Inside]:
    """A service with a store of its own on a running server."""
    async with Store(connect(server.url)) as store:
        catalog = Catalog(load_packaged().values())
        service = Service(store, catalog)
        try:
            yield Inside(catalog, service, server)
        finally:
            await service.finish()


@contextmanager
def embedded(folder: Path) -> Iterator[EmbeddedServer]:
    """A running embedded server on a new folder."""
    server = EmbeddedServer(folder)
    server.start()
    try:
        yield server
    finally:
        server.stop()
