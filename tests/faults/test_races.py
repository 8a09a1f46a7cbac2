"""Many clients at one application at one moment, over HTTP."""

import asyncio
from collections import Counter

import pytest

from tests.faults.acts import note, official, opened, opening, own, post, seen
from tests.faults.client import Answer, Client, clients
from tests.faults.keys import BUYER_ACTOR
from tests.faults.ledger import Ledger, Try, trail
from tests.faults.processes import Service
from tests.faults.rounds import rounds

CROWD = 64
RACES = 5
"""Races in a round."""


def statuses(answers: list[Answer]) -> Counter[int]:
    return Counter(answer.status for answer in answers)


async def test_everybody_is_served_and_no_version_is_missing(service: Service) -> None:
    async with clients(CROWD, service.port) as crowd:
        for number in rounds(8):
            application = await opened(crowd[0], f"all-{number}")
            ledger = Ledger()
            tries = [Try(application, note(f"{n}"), f"n{n}") for n in range(CROWD)]
            answers = await asyncio.gather(*map(ledger.send, crowd, tries))
            assert [answer and answer.status for answer in answers] == [201] * CROWD
            versions = sorted(record["seq"] for record in ledger.acknowledged.values())
            assert versions == list(range(2, CROWD + 2))
            await ledger.check(crowd[0], [application])


@pytest.mark.parametrize(
    ("act", "state"),
    [(own("withdraw"), "withdrawn"), (official("ndrc", "grant_in_principle"), "in_principle")],
    ids=["withdraw", "grant_in_principle"],
)
async def test_what_only_one_can_do_one_does(
    service: Service, act: tuple[str, dict[str, object]], state: str
) -> None:
    async with clients(CROWD, service.port) as crowd:
        for number in range(RACES * len(rounds(8))):
            application = await opened(crowd[0], f"{state}-{number}")
            race = [post(client, application, act, f"k{n}") for n, client in enumerate(crowd)]
            answers = await asyncio.gather(*race)
            assert statuses(answers) == {201: 1, 409: CROWD - 1}
            for answer in answers:
                if answer.status == 409:
                    assert answer.code == "transition-not-allowed"
                    assert answer.json["state"] == state
            records = await trail(crowd[0], application)
            assert [record["type"] for record in records] == ["create", act[1]["type"]]


async def test_the_same_request_sent_at_once_makes_one_record(service: Service) -> None:
    async with clients(CROWD, service.port) as crowd:
        for number in rounds(8):
            application = await opened(crowd[0], f"same-{number}")
            for copies in (2, CROWD):
                act, key = note(f"{copies} times"), f"{copies}"
                sent = [post(client, application, act, key) for client in crowd[:copies]]
                answers = await asyncio.gather(*sent)
                assert statuses(answers) == {201: 1, 200: copies - 1}
                assert all(answer.replayed == (answer.status == 200) for answer in answers)
                first = answers[0].json["record"]
                assert all(answer.json["record"] == first for answer in answers)
            assert len(await trail(crowd[0], application)) == 3


async def test_one_key_with_two_bodies_at_once_makes_one_record(service: Service) -> None:
    async with clients(CROWD, service.port) as crowd:
        for number in rounds(8):
            application = await opened(crowd[0], f"two-{number}")
            for turn in range(RACES):
                bodies = [note("one"), note("other")]
                sent = [
                    post(client, application, bodies[n % 2], f"{turn}")
                    for n, client in enumerate(crowd[:8])
                ]
                answers = await asyncio.gather(*sent)
                assert statuses(answers) == {201: 1, 200: 3, 422: 4}
                for answer in answers:
                    if answer.status == 422:
                        assert answer.code == "idempotency-key-reused"
            assert len(await trail(crowd[0], application)) == RACES + 1


async def test_creating_at_once_with_one_key_makes_one_application(service: Service) -> None:
    async with clients(CROWD, service.port) as crowd:
        await opened(crowd[0], "register the buyer")
        before = await count(crowd[0])
        made = rounds(8)
        for number in made:
            body, key = opening(f"ref-{number}"), f"create-{number}"
            answers = await asyncio.gather(
                *(
                    client.ask("POST", "/v1/applications", body, key=key, actor=BUYER_ACTOR)
                    for client in crowd
                )
            )
            assert statuses(answers) == {201: 1, 200: CROWD - 1}
            (application,) = {answer.json["application"]["id"] for answer in answers}
            assert len({answer.headers["etag"] for answer in answers}) == 1
            assert len(await trail(crowd[0], application)) == 1
            other = await crowd[0].ask(
                "POST", "/v1/applications", opening("another"), key=key, actor=BUYER_ACTOR
            )
            assert (other.status, other.code) == (422, "idempotency-key-reused")
        assert await count(crowd[0]) == before + len(made)


async def test_a_precondition_that_many_hold_lets_one_pass(service: Service) -> None:
    """Only who sent `If-Match` is told of a lost race."""
    async with clients(CROWD, service.port) as crowd:
        for number in rounds(8):
            application = await opened(crowd[0], f"match-{number}")
            tag = (await crowd[0].ask("GET", f"/v1/applications/{application}")).headers["etag"]
            sent = [
                post(
                    client,
                    application,
                    note(f"{n}"),
                    f"{n}",
                    **({"if_match": tag} if n % 2 else {}),
                )
                for n, client in enumerate(crowd)
            ]
            answers = await asyncio.gather(*sent)
            free, bound = answers[::2], answers[1::2]
            assert statuses(free) == {201: CROWD // 2}
            won = sum(answer.status == 201 for answer in bound)
            assert won <= 1
            assert statuses(bound)[412] == CROWD // 2 - won
            assert (await seen(crowd[0], application))["version"] == 1 + CROWD // 2 + won


async def count(client: Client) -> int:
    """How many applications there are."""
    total, cursor = 0, ""
    while True:
        page = (await client.ask("GET", f"/v1/applications?limit=200{cursor}")).json
        total += len(page["items"])
        if page["next"] is None:
            return total
        cursor = f"&cursor={page['next']}"
