"""Applications that draw from pools under a short procedure, and what a pool's trail must show."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.integration.events import NAME, mark
from tests.unit.acting import BUYER, RECORDER, THE_BUYER, officer
from workflow.catalog import Catalog
from workflow.desk import Accepted
from workflow.domain import canonical
from workflow.domain.act import Event
from workflow.domain.record import Document
from workflow.domain.trail import Checker
from workflow.procedures.loader import load
from workflow.service import Item, Service, now
from workflow.store import Commit, DurabilityUnknown, Outcome, Store, Unavailable

CATALOG = Catalog([load(Path(__file__).with_name("quota.yaml"))])
OFFICE = officer("office")
POOL = "joint"


class Clock:
    """The real time, until it is put somewhere else."""

    def __init__(self) -> None:
        self.fixed: str | None = None

    def __call__(self) -> str:
        return self.fixed or now()


class Failing(Store):
    """A store that fails at the first commit that spends a ticket: before it, or after it."""

    fails: type[Unavailable] | type[DurabilityUnknown] | None = None

    def commit(self, commits: Sequence[Commit]) -> Any:
        if self.fails is None or not commits[0].ticket:
            return super().commit(commits)
        return self._failed(commits)

    async def _failed(self, commits: Sequence[Commit]) -> list[Outcome]:
        fails, self.fails = self.fails, None
        if fails is DurabilityUnknown:
            await super().commit(commits)
        assert fails is not None
        raise fails("as the test wants it")


def act(kind: str, key: str, data: dict[str, Any] | None = None) -> Event:
    """An event of the procedure `quota`."""
    payload, whole = CATALOG.shape(kind, data or {})
    return Event(kind, key, mark(kind, whole), None, None, None, (), payload, whole)


def proposal(units: int, key: str = "propose") -> Event:
    """The proposal of a licence for so many units."""
    data = {"units": units, "valid_from": "2026-01-01", "valid_until": "2026-12-31"}
    return act("propose", key, data)


GRANT = act("grant", "grant", {"licence": "Q-1"})
GIVE_UP = act("give_up", "give-up")


def claim(units: int | None, bound: str = "exactly") -> dict[str, Any]:
    """What one source says of the pool."""
    return {"units": units, "bound": bound, "buyers": [BUYER], "evidence": [], "supersedes": None}


async def open_pool(service: Service, *claims: dict[str, Any], pool: str = POOL) -> None:
    """A pool with these claims, and one buyer in the registry."""
    await service.register_buyer(RECORDER, BUYER, NAME, "0" * 64)
    data = {"title": {"en": "Joint", "zh": "联合"}, "claims": list(claims)}
    outcome = await service.open_pool(RECORDER, pool, data, "open", "1" * 64)
    assert isinstance(outcome, Accepted)


async def proposed(service: Service, key: str, units: int, pool: str | None = POOL) -> str:
    """An application in the pool with a licence proposed."""
    data = {"buyer": BUYER, "reference": None, "goods": {"item": "H200", "units": 1}, "pool": pool}
    creation = Event("create", key, mark("create", data), "buyer", None, None, (), "creation", data)
    name, outcome = await service.create(THE_BUYER, "quota", creation)
    assert isinstance(outcome, Accepted), outcome
    assert isinstance(await service.post(OFFICE, name, proposal(units)), Accepted)
    return name


def granting(names: Sequence[str]) -> list[Item]:
    """A grant for each of the applications."""
    return [Item(name, GRANT, None) for name in names]


async def records(store: Store, subject: str) -> list[dict[str, Any]]:
    """A trail, which must be sound and lead to the stored document. It is read as far as the
    document had come, for workers may be writing.
    """
    stored = await store.read(subject)
    assert stored is not None
    texts = await store.records(subject, 1, Document.decode(stored).version)
    checker = Checker()
    assert all(checker.take(text) for text in texts), checker.verdict()
    assert stored == checker.document().encode()
    return [canonical.decode(text) for text in texts]


async def types(store: Store, pool: str = POOL) -> list[str]:
    """What happened in a pool since it was opened."""
    return [record["type"] for record in await records(store, f"pool/{pool}")][1:]


async def within(store: Store, cap: int, pool: str = POOL) -> tuple[int, int]:
    """What a pool has drawn and reserved at the end; never more than the cap in between."""
    drawn = reserved = 0
    for record in await records(store, f"pool/{pool}"):
        gained = record["changes"]["set"]
        drawn, reserved = gained.get("/drawn", drawn), gained.get("/reserved", reserved)
        assert drawn >= 0
        assert reserved >= 0
        assert drawn + reserved <= cap, record
    return drawn, reserved
