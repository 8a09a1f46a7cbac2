"""Start-up checks of a server that somebody else runs."""

from pathlib import Path

import pytest
from redis.asyncio import Redis

from tests.integration.store.servers import REDIS, VALKEY, ask, running
from workflow.store import EmbeddedServer, check_server, connect, link

MAKES = [pytest.param(VALKEY, id="valkey")]
if REDIS:
    MAKES.append(pytest.param(REDIS, id="redis"))


async def findings(url: str) -> dict[str, str]:
    client = connect(url)
    found = await check_server(client)
    await client.aclose()
    return {finding.check: str(finding) for finding in found}


async def test_the_embedded_server_passes(server: EmbeddedServer) -> None:
    assert await findings(server.url) == {}


@pytest.mark.parametrize("make", MAKES)
async def test_a_good_server_passes_and_no_trace_is_left(make: str, folder: Path) -> None:
    with running(make, folder) as url:
        assert await findings(url) == {}
        client = connect(url)
        assert await client.dbsize() == 0
        await client.aclose()


@pytest.mark.parametrize("make", MAKES)
@pytest.mark.parametrize(
    ("name", "value", "wanted"),
    [
        ("maxmemory-policy", "allkeys-lru", "noeviction"),
        ("appendonly", "no", "yes"),
        ("appendfsync", "everysec", "always"),
        ("no-appendfsync-on-rewrite", "yes", "no"),
    ],
)
async def test_an_unsafe_setting_is_named_with_the_command_that_mends_it(
    make: str, folder: Path, name: str, value: str, wanted: str
) -> None:
    with running(make, folder, **{name: value}) as url:
        found = await findings(url)
        assert list(found) == [name]
        assert f"it is {value}" in found[name]
        assert f"redis-cli CONFIG SET {name} {wanted}" in found[name]
        client = connect(url)
        await ask(client, "CONFIG", "SET", name, wanted)
        await client.aclose()
        assert await findings(url) == {}


async def test_a_server_that_is_not_there(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(link, "PATIENCE", 0.1)
    found = await findings(f"unix://{folder}/none.sock")
    assert list(found) == ["reachable"]
    assert "none.sock" in found["reachable"]


async def test_a_wrong_password(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(link, "PATIENCE", 0.1)
    with running(VALKEY, folder) as url:
        client = connect(url)
        await ask(client, "ACL", "SETUSER", "default", "resetpass", ">secret")
        await client.aclose()
        assert list(await findings(url)) == ["reachable"]
        assert list(await findings(url.replace("unix://", "unix://:secret@"))) == []


async def test_a_replica(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(link, "PATIENCE", 0.1)
    with running(VALKEY, folder) as url:
        client = connect(url)
        await ask(client, "REPLICAOF", "127.0.0.1", "1")
        await client.aclose()
        found = await findings(url)
        assert set(found) == {"role"}, "what a replica refuses is no matter of rights"
        assert "127.0.0.1:1" in found["role"]


async def test_a_node_of_a_cluster(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(link, "PATIENCE", 0.1)
    with running(VALKEY, folder, cluster_enabled="yes") as url:
        assert "mode" in await findings(url)


@pytest.mark.parametrize("make", MAKES)
@pytest.mark.parametrize(
    ("rules", "unverified", "command"),
    [
        ("-config", "appendfsync", "+config|get"),
        ("-info", "role, version and state", "+info"),
        ("-evalsha", "scripts", "+@all"),
        ("-script", "scripts", "+@all"),
        ("-xadd", "scripts", "+@all"),
        ("-zrangebylex", "scripts", "+@all"),
        ("-mget", "scripts", "+@all"),
        ("-hmget", "scripts", "+@all"),
        ("-getdel", "scripts", "+@all"),
        ("-ssubscribe", "scripts", "listen"),
        ("resetkeys ~other:*", "scripts", "~*"),
        ("resetchannels &other", "scripts", "&*"),
    ],
)
async def test_what_a_user_may_not_do_is_found(
    make: str, folder: Path, rules: str, unverified: str, command: str
) -> None:
    with running(make, folder) as url:
        client = connect(url)
        grants = f"ACL SETUSER narrow on >secret ~* &* +@all {rules}"
        await ask(client, *grants.split())
        await client.aclose()
        found = await findings(url.replace("unix://", "unix://narrow:secret@"))
        assert unverified in found
        assert command in found[unverified]
        assert all(
            "cannot be verified" in text for name, text in found.items() if name != "scripts"
        )


async def test_redis_before_7_is_refused(client: Redis, monkeypatch: pytest.MonkeyPatch) -> None:
    """No such server is at hand, so its INFO is told to an otherwise real check."""
    told = {"redis_version": "6.2.14", "role": "master", "cluster_enabled": 0}

    async def info(self: Redis) -> dict[str, object]:
        return told

    monkeypatch.setattr(type(client), "info", info)
    assert [finding.check for finding in await check_server(client)] == ["version"]
    told |= {"aof_last_write_status": "err", "redis_version": "7.0.0"}
    assert [finding.check for finding in await check_server(client)] == ["append-only file"]
