"""Answers that are lost, between the service and its server and between it and its clients."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from random import Random

import pytest

from tests.faults.acts import clearing, note, opened, post
from tests.faults.client import clients, request
from tests.faults.keys import bearer
from tests.faults.ledger import Ledger, Try, trail
from tests.faults.processes import Service, outside
from tests.faults.proxy import Proxy, between
from tests.faults.rounds import rounds
from workflow.store.embedded import binary

LOST = 50
"""Answers that are lost in a round."""

CROWD = 16
LOSS = 0.4
"""Share of the answers of the server that are lost."""

CUT_WITHIN = 0.01
"""Seconds in which a client goes away."""


@pytest.fixture
async def lossy(tmp_path: Path) -> AsyncIterator[tuple[Service, Proxy]]:
    """A service, and the proxy between it and its server."""
    service = Service((), tmp_path / "log")
    with outside(str(binary()), tmp_path / "server") as server:
        async with between(server.socket, tmp_path / "p.sock") as proxy:
            service.arguments = ("--redis", proxy.url, "--data", str(tmp_path / "own"))
            try:
                await asyncio.to_thread(service.start)  # this loop runs the proxy
                yield service, proxy
                proxy.loss = 0.0
                assert await asyncio.to_thread(service.terminate) == 0
            finally:
                service.kill()


async def test_a_lost_answer_of_the_server_makes_one_record(lossy: tuple[Service, Proxy]) -> None:
    """The service sends its commit again; nobody outside sees anything of it."""
    service, proxy = lossy
    async with clients(CROWD, service.port) as crowd:
        for _ in rounds(2):
            wanted = proxy.lost + LOST
            application = await opened(crowd[0], f"lost-{wanted}")
            proxy.loss = LOSS
            ledger, number = Ledger(), 0
            while proxy.lost < wanted:
                tries = [
                    Try(application, clearing(f"r{n}"), f"k{n}")
                    for n in range(number, number + CROWD)
                ]
                answers = await asyncio.gather(*map(ledger.send, crowd, tries))
                assert [answer and answer.status for answer in answers] == [201] * CROWD
                number += CROWD
            proxy.loss = 0.0
            await ledger.check(crowd[0], [application])
            assert len(await trail(crowd[0], application)) == number + 1


async def test_a_lost_answer_to_a_client_makes_one_record(service: Service) -> None:
    """A client goes away before it is answered, and asks again with the same key; so do those
    whose events are decided in the same chain.
    """
    random = Random(1)
    async with clients(CROWD, service.port) as crowd:
        first, again, shown = 0, 0, bearer(service.port)
        for number in rounds(2):
            application = await opened(crowd[0], f"cut-{number}")
            path = f"/v1/applications/{application}/events"
            for turn in range(LOST // (CROWD // 2) + 1):
                tries = [
                    Try(application, note(f"{turn} {n}"), f"k{turn}.{n}") for n in range(CROWD)
                ]
                ledger = Ledger()
                leaving, staying = crowd[::2], crowd[1::2]
                cuts = [
                    client.send_and_cut(
                        request("POST", path, one.act[1], key=one.key, authorization=shown),
                        random.random() * CUT_WITHIN,
                    )
                    for client, one in zip(leaving, tries[::2], strict=True)
                ]
                stays = [ledger.send(*pair) for pair in zip(staying, tries[1::2], strict=True)]
                _, answers = await asyncio.gather(asyncio.gather(*cuts), asyncio.gather(*stays))
                assert [answer and answer.status for answer in answers] == [201] * len(staying)
                for client, one in zip(leaving, tries[::2], strict=True):
                    answer = await post(client, application, one.act, one.key)
                    assert (answer.status, answer.replayed) in ((201, False), (200, True))
                    first, again = first + (not answer.replayed), again + answer.replayed
                    ledger.remember(one, answer)
                assert len(ledger.acknowledged) == CROWD
            assert len(await trail(crowd[0], application)) == (turn + 1) * CROWD + 1
        assert again, "no request got through before its client left"


async def test_half_a_request_leaves_no_trace(service: Service) -> None:
    async with clients(2, service.port) as (leaving, staying):
        application = await opened(staying, "half")
        path = f"/v1/applications/{application}/events"
        body, shown = note("never complete")[1], bearer(service.port)
        whole = request("POST", path, body, key="half", authorization=shown)
        for length in range(1, len(whole), 7):
            await leaving.send_and_cut(whole[:length], 0.001)
        assert len(await trail(staying, application)) == 1
        assert (await post(staying, application, note("whole"), "half")).status == 201
