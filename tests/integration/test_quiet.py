"""A service at rest asks its server for next to nothing, and misses nothing."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import pytest
from redis.asyncio import Redis

from api import key_files
from tests.integration.events import CATALOG
from tests.integration.store.acts import act
from tests.integration.store.test_bell import Ears, channels, listening
from tests.integration.webhooks.conftest import House, Post
from tests.unit.acting import BUYER, RECORDER
from workflow.domain.principal import Role
from workflow.lag import Lag
from workflow.log.directory import LogDirectory
from workflow.log.signing import LogKeys
from workflow.log.tree import LogReader
from workflow.sequencing import Sequencer
from workflow.store import Bell, EmbeddedServer, Store, bell
from workflow.webhooks import Deliveries, Letters
from workflow.worker import Worker

STANDS = 2
"""Where the log stands is asked by the sequencer, and by whoever sees whether it keeps up."""


class Works:
    """All that a process does unasked, one turn after the other, listening to a bell."""

    def __init__(self, house: House, post: Post, hung: Bell, folder: Path) -> None:
        store, keys = house.store, LogKeys(folder, key_files.read, key_files.write)
        keys.begin("example.org/log")
        self.directory = LogDirectory(folder / "log")
        self._house, self._post = house, post
        self._service = house.service
        self._sequencer = Sequencer(store, self.directory, keys, self._service, bell=hung)
        self._worker = Worker(store, CATALOG, self._service, clock=house.clock, bell=hung)
        self._pools = store.agenda("pool", store.changes(hung))
        self._lag = Lag(store, LogReader(self.directory.path), bell=hung)
        letters = Letters(lambda text: text, lambda *_: b"{}")
        self._deliveries = Deliveries(
            store, CATALOG, self._service, post, letters, clock=house.clock, bell=hung
        )

    async def turn(self) -> list[str]:
        """What was delivered in it."""
        before = len(self._post.got)
        await self._sequencer.turn()
        await self._worker.turn()
        await self._service.catch_up(self._pools)
        await self._lag.look()
        await self._deliveries.turn()
        await self._deliveries.finish(5)
        return self._post.ids[before:]


@pytest.fixture
async def house(store: Store) -> AsyncIterator[House]:
    made = House(store, Post())
    await made.service.register_buyer(RECORDER, BUYER, {"en": "Buyer", "zh": "买方"}, "0" * 64)
    yield made
    await made.service.finish()


async def commands(client: Redis) -> int:
    """How many the server has carried out, those of scripts among them, but for this question."""
    stats = await client.info("commandstats")
    return sum(one["calls"] for name, one in stats.items() if "info" not in name)


async def test_what_is_quiet_is_not_asked_and_what_rings_is_seen(
    house: House, client: Redis, server: EmbeddedServer, tmp_path: Path
) -> None:
    application = await house.opened()
    await house.webhook(await house.granted(Role.AUDITOR, "audit-office"))
    async with listening(server.url) as hung:
        works, ears = Works(house, house.post, hung, tmp_path), Ears()
        with hung.listening_everywhere(ears.ring_of):
            await ears.heard(64)
            await works.turn()
            await works.turn()
            before = await commands(client)
            assert await works.turn() == []
            assert await commands(client) - before <= STANDS
            size, rung = works.directory.signed().size, ears.rung
            await house.noted(application, "a")
            await ears.heard(rung + 1)
            assert await works.turn() == [f"msg_{application}_2"]
            assert works.directory.signed().size == size + 1


async def test_a_lost_bell_makes_everything_be_looked_at(
    client: Redis, store: Store, server: EmbeddedServer
) -> None:
    async with listening(server.url) as hung:
        changes, ears = hung.changes(), Ears()
        with changes.taken() as rung:
            assert len(rung) == 64, "nothing is heard yet"
        with hung.listening_everywhere(ears.ring_of):
            await ears.heard(64)
            for expected in (64, 0):
                with changes.taken() as rung:
                    assert len(rung) == expected
            await client.client_kill_filter(_type="pubsub")
            await store.commit([act("application/a", 0)])
            await ears.heard(128)
            with changes.taken() as rung:
                assert len(rung) == 64


async def test_what_fails_is_looked_at_again(store: Store) -> None:
    changes = store.changes()
    changes.ring_all()
    for _ in range(2):
        with suppress(LookupError), changes.taken() as rung:
            assert len(rung) == 64
            raise LookupError


async def test_nobody_listens_for_those_who_look_while_much_changes(
    client: Redis, store: Store, server: EmbeddedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Everything counts as changed then; when it is quieter, it is listened to again."""
    monkeypatch.setattr(bell, "PULSE", 0.02)
    monkeypatch.setattr(bell, "LOUD", 100)
    monkeypatch.setattr(bell, "DEAF", 5)
    async with listening(server.url) as hung:
        changes = hung.changes()
        await channels(client, 64)
        async with asyncio.timeout(20):
            version = 0
            while await client.pubsub_shardchannels():
                await store.commit([act("application/a", version + n) for n in range(50)])
                version += 50
        for _ in range(2):
            with changes.taken() as rung:
                assert len(rung) == 64
        await channels(client, 64)
