"""The clock of the machine jumps an hour either way."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest

from tests.faults.rounds import rounds
from tests.integration.events import CATALOG, NAME, PROCEDURE, creation, event, note
from tests.unit.acting import BUYER, RECORDER, THE_BUYER, officer
from workflow.desk import Accepted
from workflow.domain import clock
from workflow.domain.canonical import decode
from workflow.queries import Queries
from workflow.service import Service
from workflow.store import EmbeddedServer, Store, connect
from workflow.trails import TrailFilter

HOUR = timedelta(hours=1)
NOTES = 10
"""Notes between two steps of an application's life."""

LIFE = [
    (officer("ndrc"), event("grant_in_principle", "grant")),
    (THE_BUYER, event("declare_order", "order", authority="buyer")),
    (officer("miit"), event("approve", "miit")),
    (officer("mofcom"), event("approve", "mofcom")),
    (officer("ndrc"), event("set_conditions", "set", {"none": True})),
]


class Jumping:
    """A clock that jumps: an hour ahead, an hour back, or not at all; all three in turn."""

    def __init__(self, seed: int) -> None:
        self._random = Random(seed)
        self.shown: list[str] = []

    def __call__(self) -> str:
        jump = HOUR * ((len(self.shown) % 3) - 1) * self._random.random()
        self.shown.append(clock.instant(datetime.now(UTC) + jump))
        return self.shown[-1]


@pytest.fixture
async def store(data: Path) -> AsyncIterator[Store]:
    """A store on an embedded server of its own."""
    server = EmbeddedServer(data)
    server.start()
    async with Store(connect(server.url)) as opened:
        yield opened
    server.stop()


async def test_recorded_at_never_runs_backwards(store: Store) -> None:
    queries = Queries(store, CATALOG)
    for number in rounds(5):
        jumping = Jumping(number)
        service = Service(store, CATALOG, clock=jumping)
        await service.register_buyer(RECORDER, BUYER, NAME, "0" * 64)
        name, made = await service.create(THE_BUYER, PROCEDURE, creation(f"create-{number}"))
        assert isinstance(made, Accepted)
        for step, (who, act) in enumerate(LIFE):
            for n in range(NOTES):
                key = f"{step}.{n}"
                assert isinstance(await service.post(RECORDER, name, note(key, key)), Accepted)
            assert isinstance(await service.post(who, name, act), Accepted)
        assert jumping.shown != sorted(jumping.shown), "the clock did not jump"
        page = await queries.trail(f"application/{name}", TrailFilter(), 1000, None, newest=False)
        records = [decode(text) for text in page.records]
        assert len(records) == 1 + len(LIFE) * (NOTES + 1)
        recorded = [record["recorded_at"] for record in records]
        assert recorded == sorted(recorded)
        entered = [r["effective_at"] for r in records if r["from"] != r["to"]]
        assert entered == sorted(entered)
        verdict = await queries.verify(name)
        assert verdict
        assert verdict.ok
        await service.finish()
