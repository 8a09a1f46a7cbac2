"""What is found of a server, its log, and how the two go together."""

import time
from collections.abc import AsyncIterator

import pytest
from redis.asyncio import Redis

from api.doctor import database
from api.doctor.finding import Finding, Level
from api.settings import Log, Settings
from tests.integration.events import PROCEDURE
from tests.integration.log.conftest import Begin
from tests.integration.log.test_recovery import lives, nothing_more
from tests.integration.store.servers import ask
from tests.unit.acting import RECORDER
from workflow.log.directory import LogDirectory
from workflow.log.signing import KEY, PUBLIC
from workflow.proof.keys import SignerKey
from workflow.service import Service
from workflow.store import EmbeddedServer


@pytest.fixture
def settings(server: EmbeddedServer, directory: LogDirectory) -> Settings:
    folder = directory.path.parent
    return Settings(data=folder, redis_url=server.url, log=Log(directory=directory.path))


async def bad(findings: AsyncIterator[Finding]) -> dict[str, dict[str, str]]:
    """What is not well."""
    return {one.name: one.values async for one in findings if one.level is not Level.WELL}


async def test_a_server_is_looked_at(
    settings: Settings, client: Redis, directory: LogDirectory, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert await bad(database.of_server(settings)) == {}
    await ask(client, "CONFIG", "SET", "appendfsync", "everysec")
    try:
        found = await bad(database.of_server(settings))
    finally:
        await ask(client, "CONFIG", "SET", "appendfsync", "always")
    assert found["server"]["check"] == "appendfsync"
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 60)
    assert await bad(database.of_server(settings)) == {"clock-skew": {"seconds": "60"}}
    assert (await bad(database.of_both(settings, runs=True))).keys() == set()
    assert await ask(client, "DBSIZE") == 0
    alone = Settings(data=directory.path.parent)
    assert (await bad(database.of_server(alone))).keys() == {"server-not-running"}
    assert await bad(database.of_both(alone, runs=True)) == {}
    wrong = Settings(data=directory.path.parent, redis_url="http://127.0.0.1")
    assert (await bad(database.of_server(wrong))).keys() == {"server-address"}


async def test_a_log_is_looked_at(
    settings: Settings, begin: Begin, service: Service, directory: LogDirectory
) -> None:
    folder = directory.path.parent
    assert (await bad(database.of_log(settings))).keys() == {"log-not-begun"}
    await nothing_more(begin())
    assert await bad(database.of_log(settings)) == {}
    directory.note("it was changed")
    assert (await bad(database.of_log(settings)))["log-stopped"] == {"why": "it was changed"}
    directory.note(None)
    key, public = (folder / KEY).read_text(), (folder / PUBLIC).read_text()
    (folder / KEY).write_text(SignerKey.generate("localhost/other").secret())
    assert (await bad(database.of_log(settings))).keys() == {"log-key-foreign"}
    (folder / KEY).unlink()
    assert (await bad(database.of_log(settings))).keys() == {"log-key-missing"}
    (folder / PUBLIC).write_text(str(SignerKey.generate("example.org/log").verifier))
    assert (await bad(database.of_log(settings))).keys() == {"log-key-foreign"}
    (folder / KEY).write_text(key)
    (folder / PUBLIC).write_text(public)
    for bundle in directory.path.glob("tile/entries/*.p/*"):
        bundle.write_bytes(bundle.read_bytes()[:-1] + b"]")
    assert (await bad(database.of_log(settings)))["log-damaged"]["why"].count("entry 0")
    (directory.path / "checkpoint").unlink()
    (directory.path / "checkpoint").mkdir()
    assert (await bad(database.of_log(settings))).keys() == {"log-damaged"}


async def test_database_and_log_are_compared(
    settings: Settings,
    begin: Begin,
    service: Service,
    client: Redis,
    directory: LogDirectory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(database, "PAUSE", 0.0)
    await lives(service)
    await nothing_more(begin())
    assert await bad(database.of_both(settings, runs=True)) == {}
    later = time.time() + 10**8
    monkeypatch.setattr(time, "time", lambda: later)
    assert (await bad(database.of_both(settings, runs=True))).keys() == {"timers-late"}
    assert await bad(database.of_both(settings, runs=False)) == {}
    monkeypatch.undo()
    monkeypatch.setattr(database, "load_served", lambda _: {})
    departed = await bad(database.of_both(settings, runs=False))
    assert departed == {"rules-departed": {"why": f"{PROCEDURE} version 1 is missing"}}
    monkeypatch.undo()
    monkeypatch.setattr(database, "PAUSE", 0.0)
    await service.register_buyer(RECORDER, "later", {"en": "Later", "zh": None}, "0" * 64)
    found = await bad(database.of_both(settings, runs=True))
    size = directory.signed().size
    told = {"covered": str(size), "committed": str(size + 1)}
    assert found == {"log-behind": told}
    published = await ask(client, "GET", "clearance:log")
    await ask(client, "SET", "clearance:log", f"{size + 9} {'ab' * 32}")
    assert (await bad(database.of_both(settings, runs=False))).keys() == {"log-behind-database"}
    await ask(client, "SET", "clearance:log", f"1 {'ab' * 32}")
    assert (await bad(database.of_both(settings, runs=False))).keys() == {"log-apart"}
    await ask(client, "SET", "clearance:log", published)
    for bundle in directory.path.glob("tile/entries/*.p/*"):
        bundle.unlink()
    assert (await bad(database.of_both(settings, runs=False))).keys() == {"log-damaged"}
