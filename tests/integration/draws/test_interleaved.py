"""Whatever order the steps of several draws come in: the pool stands as a tiny model says."""

import asyncio
from dataclasses import dataclass, replace
from hashlib import sha256
from itertools import count
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.integration.draws.quotas import CATALOG, claim, open_pool, within
from tests.integration.store.acts import act
from workflow.desk import Accepted
from workflow.domain.record import Document
from workflow.drawing import Drawing, ticket_of
from workflow.service import Service, now, salt
from workflow.store import Buried, Committed, EmbeddedServer, Repeated, Store, connect

CAP = 10
ACTORS = 4
STEPS = ("begin", "commit", "end", "close")

_numbers = count()

Plan = list[tuple[str, int]]


@dataclass(slots=True)
class Try:
    """One draw as the model knows it. `fate`: spent, buried, or open."""

    units: int
    under_way: bool = False
    begun: bool = False
    fate: str = "open"


class House:
    """A pool with one application for each actor, on a real store; and the model beside it."""

    def __init__(self, store: Store, sizes: list[int]) -> None:
        self.store = store
        self.pool = f"p{next(_numbers)}"
        self.service = Service(store, CATALOG)
        self.drawing = Drawing(store, CATALOG, self.service._desk, now, salt)
        self.tries = [Try(units) for units in sizes]

    async def open(self) -> None:
        await open_pool(self.service, claim(CAP), pool=self.pool)
        await self.store.commit([act(self.subject(actor), 0) for actor in range(ACTORS)])

    def subject(self, actor: int) -> str:
        return f"application/{self.pool}-{actor}"

    def moves(self, actor: int) -> dict[str, int]:
        return {self.pool: self.tries[actor].units}

    def ticket(self, actor: int) -> bytes:
        event = sha256(self.subject(actor).encode()).digest()[:16]
        return ticket_of(self.subject(actor), event, self.moves(actor), 1)

    async def step(self, step: str, actor: int) -> None:
        await getattr(self, step)(actor, self.tries[actor])
        stored = await self.store.read(f"pool/{self.pool}")
        assert stored is not None
        pool = Document.decode(stored).snapshot
        assert (pool["drawn"], pool["reserved"]) == (self.drawn, self.reserved), (step, actor)
        assert pool["reservations"].keys() == {
            self.ticket(actor).hex() for actor, one in enumerate(self.tries) if one.under_way
        }
        assert sum(one.units for one in self.tries if one.fate == "spent") <= CAP

    @property
    def drawn(self) -> int:
        ended = [one for one in self.tries if one.fate == "spent" and not one.under_way]
        return sum(one.units for one in ended)

    @property
    def reserved(self) -> int:
        return sum(one.units for one in self.tries if one.under_way)

    async def begin(self, actor: int, one: Try) -> None:
        data = {"application": f"{self.pool}-{actor}", "event": "e", "units": one.units}
        answer = await self.enter("reserve", actor, data)
        fits = one.begun or self.drawn + self.reserved + one.units <= CAP
        assert isinstance(answer, Accepted) is fits
        one.under_way |= fits and not one.begun
        one.begun |= fits

    async def commit(self, actor: int, one: Try) -> None:
        """Whoever commits has seen that the draw is reserved, however long ago."""
        if not one.begun:
            return
        wanted = replace(act(self.subject(actor), 1), ticket=self.ticket(actor))
        (outcome,) = await self.store.commit([wanted])
        kinds: dict[str, Any] = {"open": Committed, "spent": Committed, "buried": Buried}
        assert isinstance(outcome, kinds[one.fate] | Repeated)
        one.fate = "spent" if one.fate == "open" else one.fate

    async def end(self, actor: int, one: Try) -> None:
        """Who settles has seen that the ticket was spent; who releases, that it was buried."""
        if one.fate != "open":
            done = "settle" if one.fate == "spent" else "release"
            answer = await self.enter(done, actor, {})
            assert isinstance(answer, Accepted) is one.begun
            one.under_way = False

    async def close(self, actor: int, one: Try) -> None:
        if one.begun:
            await self.drawing._close(self.ticket(actor), self.subject(actor), self.moves(actor))
            one.fate = "buried" if one.fate == "open" else one.fate
            one.under_way = False

    async def enter(self, kind: str, actor: int, data: dict[str, Any]) -> Any:
        return await self.drawing._enter(self.pool, kind, self.ticket(actor), data)


async def run(url: str, sizes: list[int], plan: Plan) -> None:
    async with Store(connect(url)) as store:
        house = House(store, sizes)
        await house.open()
        for step, actor in plan:
            await house.step(step, actor)
        for actor in range(ACTORS):
            await house.step("close", actor)
        assert await within(store, CAP, house.pool) == (house.drawn, 0)
        await house.service.finish()


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    sizes=st.lists(st.integers(1, 6), min_size=ACTORS, max_size=ACTORS),
    plan=st.lists(st.tuples(st.sampled_from(STEPS), st.integers(0, ACTORS - 1)), max_size=40),
)
def test_steps_in_any_order_keep_to_the_model(
    server: EmbeddedServer, sizes: list[int], plan: Plan
) -> None:
    asyncio.run(run(server.url, sizes, plan))
