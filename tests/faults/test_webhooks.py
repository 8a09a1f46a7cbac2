"""The worker that delivers is killed again and again while there is something to deliver."""

import asyncio
import os
from collections import defaultdict
from functools import partial
from pathlib import Path
from random import Random

import orjson

from api.cloud_events import of_ping, of_record
from api.webhooks.addresses import Addresses
from api.webhooks.sending import HttpSender
from tests.e2e.warm import Run
from tests.faults.processes import eventually
from tests.faults.rounds import rounds
from tests.integration.events import CATALOG, NAME, PROCEDURE, creation, note
from tests.unit.acting import BUYER, OPERATOR, RECORDER, THE_BUYER
from tests.unit.webhooks.receiver import Receiver, receiving
from workflow.credentials import Credentials, Granted
from workflow.desk import Accepted
from workflow.domain.credential import Rights
from workflow.domain.principal import Role
from workflow.identities import Identities
from workflow.service import Service
from workflow.store import EmbeddedServer, Store, connect
from workflow.webhooks import Deliveries, Letters, Made, Target, Webhooks

APPLICATIONS, NOTES = 24, 3  # more than a worker has under way at once
LATER = "2099-01-01T00:00:00.000Z"
"""When nothing that a killed worker had taken is its own any more."""

NETWORKS = "127.0.0.0/8"


def seen(receiver: Receiver) -> dict[str, list[int]]:
    """The seqs of what was delivered of each application, in the order of arrival."""
    found: dict[str, list[int]] = defaultdict(list)
    for _, body in receiver.asked:
        event = orjson.loads(body)
        found[event["subject"]].append(event["data"]["seq"])
    return found


def taken(receiver: Receiver, wanted: int) -> bool:
    return len(receiver.asked) >= wanted


async def subscribed(store: Store, service: Service, url: str) -> Made:
    identities = Identities(store, service, CATALOG)
    rights = Rights("auditor", "audit-office", frozenset({Role.AUDITOR}))
    granted = await Credentials(service, CATALOG, identities).grant(
        OPERATOR, rights, None, None, "0" * 64
    )
    assert isinstance(granted, Granted)
    assert granted.key is not None
    auditor = await identities.principal_of_key(granted.key)
    assert auditor is not None
    webhooks = Webhooks(store, service, lambda _: None)
    made = await webhooks.create(auditor, Target(url, ""), None, "0" * 64)
    assert isinstance(made, Made)
    return made


async def post(service: Service, application: str, number: int) -> None:
    for key in range(NOTES):
        outcome = await service.post(RECORDER, application, note("x", f"{number}-{key}"))
        assert isinstance(outcome, Accepted)
        await asyncio.sleep(0.01)


async def test_a_killed_worker_loses_and_reorders_nothing(tmp_path: Path) -> None:
    random, total = Random(1), 0
    server = EmbeddedServer(tmp_path / "valkey")
    server.start()
    environment = os.environ | {"CLEARANCE_WEBHOOK_NETWORKS": NETWORKS}
    command = ["worker", "--redis", server.url, "--data", str(tmp_path / "data")]
    try:
        async with Store(connect(server.url)) as store, receiving() as receiver:
            service = Service(store, CATALOG)
            await service.register_buyer(RECORDER, BUYER, NAME, "0" * 64)
            made = await subscribed(store, service, f"http://127.0.0.1:{receiver.port}/")
            names = []
            for key in range(APPLICATIONS):
                name, _ = await service.create(THE_BUYER, PROCEDURE, creation(str(key)))
                names.append(name)
            total += APPLICATIONS
            for number in rounds(2):
                worker = Run(command, environment=environment)
                assert worker.stdout is not None
                await asyncio.to_thread(worker.stdout.readline)
                wanted = len(receiver.asked) + random.randint(1, 2 * APPLICATIONS)
                posting = [asyncio.create_task(post(service, name, number)) for name in names]
                enough = partial(taken, receiver, wanted)
                assert await asyncio.to_thread(eventually, enough)
                worker.kill()
                await asyncio.to_thread(worker.communicate)
                await asyncio.gather(*posting)
                total += APPLICATIONS * NOTES
            assert (await store.webhooks.standing(made.id)).delivered < total
            await finish(store, service, made.id)
            standing = await store.webhooks.standing(made.id)
            assert (standing.pending, standing.delivered, standing.dead) == (0, total, 0)
            await service.finish()
    finally:
        server.stop()
    for seqs in (found := seen(receiver)).values():
        assert seqs == sorted(seqs)
    assert sum(len(set(seqs)) for seqs in found.values()) == total


async def finish(store: Store, service: Service, webhook: str) -> None:
    """Deliver what is left, at a time at which nobody else has taken anything."""
    letters = Letters(partial(of_record, "http://here"), partial(of_ping, "http://here"))
    async with HttpSender(Addresses((NETWORKS,))) as sender:
        deliveries = Deliveries(store, CATALOG, service, sender, letters, clock=lambda: LATER)
        while await deliveries.turn() or (await store.webhooks.standing(webhook)).pending:
            await deliveries.finish(10)
