"""The service is killed, its server is killed, it is asked to end: always under load."""

import asyncio
import time
from pathlib import Path
from random import Random

from tests.faults.client import Client, clients
from tests.faults.ledger import PASSING, Ledger, progress
from tests.faults.loading import CROWD, settled, some, tries, under_load
from tests.faults.processes import (
    PATIENCE,
    Server,
    Service,
    alive,
    eventually,
    kill,
    outside,
    serving,
)
from tests.faults.rounds import rounds
from workflow.store.embedded import binary

LOADED = 0.4
"""Seconds of load before something is killed, at the most."""

BACK = 2.0
"""Seconds after which a server that is back must be used again."""

AWAY = 4.0
"""Seconds that a server stays away so that the service must say so: longer than it tries."""

KILLS = 4
"""Kills of the server before the service is started anew; it restarts its server more and more
slowly.
"""


async def test_a_killed_service_loses_nothing_acknowledged(data: Path, tmp_path: Path) -> None:
    random = Random(1)
    service = Service(("--data", str(data)), tmp_path / "log")
    acknowledged = 0
    try:
        service.start()
        for number in rounds(3):
            ledger, server = Ledger(), service.server
            async with clients(1, service.port) as (client,):
                applications = await some(client, f"round-{number}")
            async with under_load(service.port, ledger, tries(applications, "k")):
                await asyncio.sleep(LOADED * (0.3 + random.random()))
                service.kill()
            assert eventually(lambda pid=server: not alive(pid))  # type: ignore[misc]
            service.start()
            await settled(service.port, ledger, applications)
            acknowledged += len(ledger.acknowledged)
    finally:
        service.kill()
    assert acknowledged > CROWD


async def test_a_killed_embedded_server_loses_nothing_acknowledged(
    data: Path, tmp_path: Path
) -> None:
    """The service starts it again; most callers notice a delay at the most."""
    random = Random(2)
    for turn in range(-(-len(rounds(3)) // KILLS)):
        with serving(tmp_path / "log", "--data", data) as service:
            async with clients(1, service.port) as (client,):
                applications = await some(client, f"turn-{turn}")
            ledger = Ledger()
            async with under_load(service.port, ledger, tries(applications, "k")):
                for _ in range(min(KILLS, len(rounds(3)))):
                    await asyncio.sleep(LOADED * random.random())
                    server = service.server
                    kill(server)
                    await progress(ledger, CROWD, PATIENCE)
                    assert service.server != server
            assert len(ledger.acknowledged) > CROWD
            await settled(service.port, ledger, applications)
            assert service.terminate() == 0
            assert "Traceback" not in service.said()


async def test_a_server_that_is_away_is_told_and_used_again_when_it_is_back(
    tmp_path: Path,
) -> None:
    with (
        outside(str(binary()), tmp_path / "server") as server,
        serving(tmp_path / "log", "--redis", server.url, "--data", tmp_path / "own") as service,
    ):
        for number in rounds(1):
            async with clients(2, service.port) as (client, asking):
                applications = await some(client, f"away-{number}")
                ledger = Ledger()
                async with under_load(service.port, ledger, tries(applications, "k")):
                    await asyncio.sleep(LOADED)
                    await away(server, asking)
                    await progress(ledger, CROWD, BACK)
                assert set(ledger.codes) <= PASSING
                assert "unavailable" in ledger.codes
                await settled(service.port, ledger, applications)
        assert service.terminate() == 0
        assert "Traceback" not in service.said()


async def away(server: Server, client: Client) -> None:
    """Kill the server, see that the service tells so, and start the server again."""
    server.kill()
    gone = time.monotonic()
    for path in ("/readyz", "/v1/applications/some", "/v1/buyers"):
        answer = await client.ask("GET", path)
        assert (answer.status, answer.code) == (503, "unavailable"), answer
        assert answer.headers["retry-after"]
    assert (await client.ask("GET", "/healthz")).status == 200
    await asyncio.sleep(max(0.0, gone + AWAY - time.monotonic()))
    await asyncio.to_thread(server.start)


async def test_a_service_that_is_asked_to_end_finishes_what_it_took_in(
    data: Path, tmp_path: Path
) -> None:
    service = Service(("--data", str(data)), tmp_path / "log")
    try:
        service.start()
        for number in rounds(1):
            ledger, server = Ledger(), service.server
            async with clients(1, service.port) as (client,):
                applications = await some(client, f"end-{number}")
            async with under_load(service.port, ledger, tries(applications, "k")):
                await asyncio.sleep(LOADED)
                since = time.monotonic()
                assert await asyncio.to_thread(service.terminate) == 0
                assert time.monotonic() - since < 5, "longer than answers under way are given"
            assert not alive(server)
            assert not ledger.codes, "an answer that was under way was not given"
            assert len(ledger.acknowledged) > CROWD
            service.start()
            await settled(service.port, ledger, applications)
        assert "Traceback" not in service.said()
    finally:
        service.kill()
