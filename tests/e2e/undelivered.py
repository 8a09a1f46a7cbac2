"""Messages of a webhook that nobody took, when the service is brought back from a backup."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import httpx

from tests.e2e.commands import Service
from tests.e2e.http.journey import Application, opened
from tests.e2e.http.people import actor
from tests.e2e.http.receiving import Receiver
from tests.integration.events import CATALOG
from tests.integration.webhooks.conftest import Post
from workflow import service
from workflow.domain import clock
from workflow.store import Store, connect
from workflow.webhooks import Answer, Deliveries, Letters

AGO = timedelta(hours=1)
NOTES = 2


@dataclass(frozen=True)
class Undelivered:
    """The applications whose messages wait, and the messages that were tried."""

    applications: Sequence[str]
    tried: Sequence[str]
    lost: str
    """What a message was called of a record that came after the backup."""


def client_of(running: Service) -> httpx.Client:
    return httpx.Client(base_url=running.url, auth=running.keyring, timeout=30)


def queue(running: Service, folder: Path, receiver: Receiver) -> tuple[list[str], list[str]]:
    """Let messages of two applications wait, the first of each tried once; which, and these. The
    service itself delivers nothing.
    """
    with client_of(running) as client:
        target = {"url": receiver.url}
        made = client.post("/v1/webhooks", json=target, headers=actor("auditor"))
        assert made.status_code == 201, made.text
        applications = [opened(client) for _ in range(2)]
        for one in applications:
            for _ in range(NOTES):
                one.accept("recorder", "note")
    return [one.id for one in applications], asyncio.run(_in_vain(folder))


def lose(running: Service, application: str) -> str:
    """What a message of a record would be called that no backup has."""
    with client_of(running) as client:
        record = Application(client, application).accept("recorder", "note")["record"]
    return f"msg_{application}_{record['seq']}_{record['hash'][:8]}"


def check_delivered(running: Service, receiver: Receiver, before: Undelivered) -> None:
    """All of them come, in order for each application and by the ids under which they were tried;
    what comes in the place of a lost record has an id of its own.
    """
    first, _ = before.applications
    with client_of(running) as client:
        Application(client, first).accept("recorder", "note")
    count = len(before.applications) * (1 + NOTES) + 1
    ids = [receiver.next().headers["webhook-id"] for _ in range(count)]
    for application in before.applications:
        seqs = [int(one.split("_")[2]) for one in ids if one.split("_")[1] == application]
        assert seqs == list(range(1, 2 + NOTES + (application == first)))
    assert len(before.tried) == len(before.applications)
    assert set(before.tried) < set(ids)
    assert before.lost not in ids


async def _in_vain(folder: Path) -> list[str]:
    """Try what is due as of an hour ago, so that the next try is due by now."""
    post, at = Post(always=Answer(503)), clock.later(service.now(), -AGO)
    async with Store(connect(f"unix://{folder}/valkey.sock")) as store:
        own = service.Service(store, CATALOG)
        letters = Letters(lambda text: text, lambda *_: b"{}")
        deliveries = Deliveries(store, CATALOG, own, post, letters, clock=lambda: at)
        await deliveries.turn()
        await deliveries.finish(5)
        await own.finish()
    return [message.id for message in post.got]
