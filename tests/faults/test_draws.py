"""The service is killed while many applications draw from a pool and give back: the pool is never
exceeded, nothing stays reserved, and the pool and its members tell the same.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from random import Random
from typing import Any

from tests.faults.acts import Act, official, opening, own, post, submit
from tests.faults.client import Answer, Client, Lost, clients
from tests.faults.keys import BUYER, BUYER_ACTOR
from tests.faults.processes import Service
from tests.faults.rounds import ROUNDS, rounds
from tests.integration.draws.quotas import within
from workflow.domain.reservations import LEFT
from workflow.store import Store, connect

MEMBERS = 40
UNITS = 1_000
CAP = UNITS * MEMBERS * 3 // 4

THOUSAND = 1_000 if ROUNDS else MEMBERS
"""Draws that go on through any number of kills: few in the short round."""

LIFE: tuple[Act, ...] = (
    official("ndrc", "grant_in_principle"),
    own("declare_order", units=UNITS),
    official("miit", "approve"),
    official("mofcom", "approve"),
    official("ndrc", "set_conditions", none=True),
    official("mofcom", "propose_licence", units=UNITS, valid_from="2020-01-01",
             valid_until="2099-12-31"),
)  # fmt: skip
ISSUE: Act = ("zhou;mofcom;officer;mofcom", official("mofcom", "issue_licence", licence="M-1")[1])
GIVE_UP: Act = own("give_up_balance")

PATIENCE = LEFT.total_seconds() + 10
"""Seconds until nothing may be under way any more."""


async def member(client: Client, pool: str, number: int) -> str:
    """An application in the pool whose licence is proposed."""
    key = f"{pool}-{number}"
    body = opening(key) | {"pool": pool}
    answer = await client.ask("POST", "/v1/applications", body, key=key, actor=BUYER_ACTOR)
    assert answer.status == 201, answer
    application: str = answer.json["application"]["id"]
    for step, act in enumerate(LIFE):
        answer = await post(client, application, act, f"{step}")
        assert answer.status == 201, answer
    return application


async def members(
    client: Client, crowd: list[Client], pool: str, each: int = 1, cap: int = CAP
) -> list[str]:
    """A new pool of so many units exactly, with applications that may draw from it: so many for
    each client.
    """
    assert (await submit(client, f"{pool}-buyer")).status == 201
    claim = {"units": cap, "bound": "exactly", "buyers": [BUYER], "evidence": []}
    body = {"id": pool, "title": {"en": "Joint", "zh": "联合"}, "claims": [claim]}
    assert (await client.ask("POST", "/v1/pools", body)).status == 201

    async def some(one: Client, number: int) -> list[str]:
        return [await member(one, pool, number * each + further) for further in range(each)]

    found = await asyncio.gather(*(some(one, number) for number, one in enumerate(crowd)))
    return [name for names in found for name in names]


async def draw(client: Client, application: str, gives_up: bool) -> None:
    """Draw, and perhaps give back, until the service is gone."""
    for act, key in ((ISSUE, "issue"), (GIVE_UP, "give-up"))[: 1 + gives_up]:
        try:
            answer = await post(client, application, act, key)
        except Lost:
            return
        assert answer.status == 201 or refused(answer), answer


def refused(answer: Answer) -> bool:
    return answer.status == 409 and answer.code in ("beyond-pool", "transition-not-allowed")


@asynccontextmanager
async def store_of(data: Path) -> AsyncIterator[Store]:
    async with Store(connect(f"unix://{data / 'valkey.sock'}")) as store:
        yield store


async def settled(client: Client, pool: str) -> dict[str, Any]:
    """The pool when nothing is under way in it any more."""
    async with asyncio.timeout(PATIENCE):
        while True:
            answer = await client.ask("GET", f"/v1/pools/{pool}")
            assert answer.status == 200, answer
            body: dict[str, Any] = answer.json
            if not body["reserved"] and body["drawn"] == sum(s["drawn"] for s in body["shares"]):
                return body
            await asyncio.sleep(0.05)


async def test_draws_of_a_killed_service_are_settled_or_released(
    data: Path, tmp_path: Path
) -> None:
    random = Random(7)
    service = Service(("--data", str(data)), tmp_path / "log")
    pools: list[str] = []
    try:
        service.start()
        for number in rounds(3):
            pools.append(f"pool-{number}")
            async with clients(MEMBERS, service.port) as crowd, clients(1, service.port) as (one,):
                names = await members(one, crowd, pools[-1])
                drawing = asyncio.gather(
                    *(draw(client, name, random.random() < 0.5)
                      for client, name in zip(crowd, names, strict=True))
                )  # fmt: skip
                await asyncio.sleep(0.1 * random.random())
                service.kill()
                await drawing
            service.start()
            async with clients(1, service.port) as (one,):
                for name in random.sample(names, MEMBERS // 4):  # the others never come back
                    answer = await post(one, name, ISSUE, "issue")
                    assert answer.status in (200, 201) or refused(answer), answer
        async with clients(1, service.port) as (one,), store_of(data) as store:
            for pool in pools:
                body = await settled(one, pool)
                assert await within(store, CAP, pool) == (body["drawn"], 0)
                assert body["free"] == CAP - body["drawn"]
                assert body["over_claimed"] == 0
        assert "Traceback" not in service.said()
    finally:
        service.kill()


async def drawn_until_killed(service: Service, waiting: set[str], told: dict[str, int]) -> None:
    """Draw for those who wait, each client the next when it has an answer."""
    queue = sorted(waiting)

    async def one(client: Client) -> None:
        while queue:
            name = queue.pop()
            try:
                answer = await post(client, name, ISSUE, "issue")
            except Lost:
                return
            if answer.status != 503:
                assert answer.status in (200, 201) or refused(answer), answer
                told[name] = answer.status
                waiting.discard(name)

    async with clients(MEMBERS, service.port) as crowd:
        await asyncio.gather(*map(one, crowd))


async def test_draws_go_on_through_kills_until_each_has_its_answer(
    data: Path, tmp_path: Path
) -> None:
    random = Random(11)
    cap = UNITS * THOUSAND * 3 // 4
    service = Service(("--data", str(data)), tmp_path / "log")
    told: dict[str, int] = {}
    kills = 0
    try:
        service.start()
        async with clients(MEMBERS, service.port) as crowd, clients(1, service.port) as (one,):
            names = await members(one, crowd, "joint", THOUSAND // MEMBERS, cap)
        waiting = set(names)
        while waiting:
            drawing = asyncio.create_task(drawn_until_killed(service, waiting, told))
            await asyncio.sleep(0.01 + 0.1 * random.random())
            service.kill()
            kills += 1
            await drawing
            service.start()
        async with clients(1, service.port) as (one,), store_of(data) as store:
            body = await settled(one, "joint")
            assert await within(store, cap, "joint") == (body["drawn"], 0)
        accepted = sum(status != 409 for status in told.values())
        assert kills > 0
        assert len(told) == THOUSAND
        assert body["drawn"] == accepted * UNITS
        assert "Traceback" not in service.said()
    finally:
        service.kill()
