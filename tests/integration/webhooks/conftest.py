"""A service with webhooks on the tests' server, whose receivers answer as they are told."""

import re
from collections import deque
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import orjson
import pytest

from tests.integration.events import CATALOG, NAME, PROCEDURE, creation, note
from tests.unit.acting import BUYER, OPERATOR, RECORDER, person
from workflow.credentials import Credentials, Granted
from workflow.desk import Accepted
from workflow.domain import clock
from workflow.domain.credential import Rights
from workflow.domain.principal import Principal, Role, Scope
from workflow.domain.procedure import Label
from workflow.identities import Identities
from workflow.service import Service
from workflow.store import Store
from workflow.webhooks import Answer, Deliveries, Letters, Made, Message, Target, Webhooks

URL = "https://receiver.example/hook"
TAKEN = Answer(204)


@dataclass
class Post:
    """Receivers: what they got, and what they answer next; nothing told: they take it."""

    got: list[Message] = field(default_factory=list)
    answers: deque[Answer] = field(default_factory=deque)
    always: Answer = TAKEN

    def unfit(self, url: str) -> Label | None:
        return (
            None if url.startswith("https:") else Label("it is no https address", "不是 https 地址")
        )

    async def send(self, message: Message) -> Answer:
        self.got.append(message)
        return self.answers.popleft() if self.answers else self.always

    @property
    def ids(self) -> list[str]:
        """The ids of what they got, without what is of the record's hash."""
        return [re.sub(r"_[0-9a-f]{8}$", "", message.id) for message in self.got]


class House:
    """One process with a clock of its own; `beside` makes another on the same store."""

    def __init__(self, store: Store, post: Post, now: str = "2026-02-02T04:00:00.000Z") -> None:
        self.store, self.post, self.now = store, post, now
        self.service = Service(store, CATALOG, clock=self.clock)
        self.identities = Identities(store, self.service, CATALOG, self.clock)
        self.credentials = Credentials(self.service, CATALOG, self.identities, self.clock)
        self.webhooks = Webhooks(store, self.service, post.unfit, self.clock)
        self.deliveries = self.process(post)

    def clock(self) -> str:
        return self.now

    def process(self, post: Post) -> Deliveries:
        letters = Letters(lambda text: text, lambda *words: orjson.dumps(words))
        return Deliveries(
            self.store, CATALOG, self.service, post, letters, clock=self.clock, chance=lambda: 0.0
        )

    async def granted(self, role: Role, organisation: str, *scopes: Scope) -> Principal:
        """Somebody with a credential."""
        rights = Rights(f"{role}-{organisation}", organisation, frozenset({role}))
        if scopes:
            rights = rights._replace(scopes=frozenset(scopes))
        made = await self.credentials.grant(OPERATOR, rights, None, None, "0" * 64)
        assert isinstance(made, Granted)
        assert made.key is not None
        principal = await self.identities.principal_of_key(made.key)
        assert principal is not None
        return principal

    async def webhook(self, principal: Principal, **filters: tuple[str, ...]) -> Made:
        made = await self.webhooks.create(principal, Target(URL, "", **filters), None, "0" * 64)
        assert isinstance(made, Made)
        return made

    async def opened(self, key: str = "one", buyer: str = BUYER) -> str:
        who = person(Role.BUYER, buyer)
        name, outcome = await self.service.create(who, PROCEDURE, creation(key, buyer))
        assert isinstance(outcome, Accepted)
        return name

    async def noted(self, application: str, *keys: str) -> None:
        for key in keys:
            outcome = await self.service.post(RECORDER, application, note(key, key))
            assert isinstance(outcome, Accepted)

    async def turn(self, seconds: float = 0) -> list[str]:
        """Let time pass, deliver what is due, and tell what was sent."""
        self.now = clock.later(self.now, timedelta(seconds=seconds))
        before = len(self.post.got)
        await self.deliveries.turn()
        await self.deliveries.finish(5)
        return self.post.ids[before:]

    async def state(self, webhook: str) -> dict[str, Any]:
        stored = await self.store.read(f"webhook/{webhook}")
        assert stored is not None
        found: dict[str, Any] = orjson.loads(stored.split(b" ", 3)[3])
        return found


@pytest.fixture
def post() -> Post:
    return Post()


@pytest.fixture
async def house(store: Store, post: Post) -> AsyncIterator[House]:
    made = House(store, post)
    for buyer in (BUYER, "other-cloud"):
        await made.service.register_buyer(RECORDER, buyer, NAME, "0" * 64)
    yield made
    await made.deliveries.finish(5)
    await made.service.finish()


@pytest.fixture
async def auditor(house: House) -> Principal:
    """Somebody who sees everything."""
    return await house.granted(Role.AUDITOR, "audit-office")
