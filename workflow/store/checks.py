"""What a server must be so that an acknowledged event is never lost; asked once, on start."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from redis.asyncio import Redis
from redis.exceptions import RedisError

from workflow.store.faults import StoreFault
from workflow.store.keys import META, Layout, bell
from workflow.store.link import Link
from workflow.store.scripts import PROBE

OLDEST_REDIS = 7  # scripts with flags, streams with `0-*`


@dataclass(frozen=True, slots=True)
class Finding:
    """Something about the server that may lose events or keeps the service from working."""

    check: str
    found: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.check}: {self.found}. {self.remedy}"


@dataclass(frozen=True, slots=True)
class Setting:
    """A parameter of the server and the only value that is safe."""

    name: str
    wanted: str
    why: str


SETTINGS = (
    Setting("maxmemory-policy", "noeviction", "any other policy deletes trails to save memory"),
    Setting("appendonly", "yes", "without the append-only file a restart loses events"),
    Setting("appendfsync", "always", "otherwise a power cut loses acknowledged events"),
    Setting("no-appendfsync-on-rewrite", "no", "otherwise a power cut during a rewrite loses them"),
)


async def server_clock(client: Redis) -> float | None:
    """What the server's clock says, in seconds since 1970; None where it does not tell."""
    try:
        found = (await client.info("server")).get("server_time_usec")
    except (RedisError, OSError):
        return None
    return None if found is None else int(found) / 1_000_000


async def check_server(client: Redis) -> list[Finding]:
    """What is wrong with the server; empty when everything is right. It leaves no trace."""
    found = await check_state(client)
    if any(finding.check in ("reachable", "version", "role") for finding in found):
        return found
    return found + await _scripts(client)


async def check_state(client: Redis) -> list[Finding]:
    """The same of what may change while it runs: nothing is tried out."""
    link = Link(client)
    try:
        await link.command("PING")
    except StoreFault as fault:
        remedy = (
            "Check the address, the user and password, with TLS the server's certificate, and that "
            "the server runs (redis-cli PING)."
        )
        return [Finding("reachable", fault.detail, remedy)]
    finally:
        await link.close()
    try:
        info = await client.info()
    except RedisError as error:
        found = [_unverified("role, version and state", "INFO", error)]
    else:
        found = [finding for finding in _from_info(info) if finding]
        if any(finding.check == "version" for finding in found):
            return found
    for setting in SETTINGS:
        found += await _setting(client, setting)
    return found


def _from_info(info: Mapping[str, Any]) -> list[Finding | None]:
    return [_version(info), _role(info), _mode(info), _append_only_file(info)]


def _version(info: Mapping[str, Any]) -> Finding | None:
    version = str(info.get("redis_version", "0"))
    if "valkey_version" in info or int(version.split(".", maxsplit=1)[0]) >= OLDEST_REDIS:
        return None
    remedy = f"Use Redis {OLDEST_REDIS}.0 or newer, or any Valkey."
    return Finding("version", f"Redis {version}", remedy)


def _role(info: Mapping[str, Any]) -> Finding | None:
    if info.get("role") == "master":
        return None
    source = f"{info.get('master_host')}:{info.get('master_port')}"
    return Finding("role", f"a replica of {source}", "Name the primary instead.")


def _mode(info: Mapping[str, Any]) -> Finding | None:
    if not info.get("cluster_enabled"):
        return None
    return Finding("mode", "a node of a cluster", "Use a server with cluster-enabled no.")


def _append_only_file(info: Mapping[str, Any]) -> Finding | None:
    status = info.get("aof_last_write_status", "ok")
    if status == "ok":
        return None
    remedy = "Make room on the disk of the server's data folder and see its log."
    return Finding("append-only file", f"its last write ended with {status}", remedy)


async def _setting(client: Redis, setting: Setting) -> list[Finding]:
    try:
        found = (await client.config_get(setting.name)).get(setting.name)
    except RedisError as error:
        return [_unverified(setting.name, "CONFIG GET", error, f" It must be {setting.wanted}.")]
    if found == setting.wanted:
        return []
    remedy = (
        f"It must be {setting.wanted}: {setting.why}. redis-cli CONFIG SET {setting.name} "
        f"{setting.wanted}, then redis-cli CONFIG REWRITE."
    )
    return [Finding(setting.name, f"it is {found}", remedy)]


async def _scripts(client: Redis) -> list[Finding]:
    """Whether scripts may run and do what ours do, tried on keys that are removed at once; and
    what is asked without one.
    """
    tag = Layout().tags[0]
    names = [f"{tag}probe:{number}" for number in range(5)]
    link = Link(client)
    try:
        await link.write(PROBE, names, ())
        await link.command("MGET", *names)
        await link.command("LRANGE", names[1], 0, 0)
        await link.command("GET", META)
        await link.command("HMGET", names[2], "probe")
        await link.command("HGETALL", names[2])
        await _listen(link, bell(tag))
    except StoreFault as fault:
        remedy = (
            "Let the user of this service run scripts, read and write all keys, and publish and "
            "listen to all channels: redis-cli ACL SETUSER <user> ~* &* +@all -@dangerous."
        )
        return [Finding("scripts", fault.detail, remedy)]
    finally:
        await link.close()
    return []


async def _listen(link: Link, channel: str) -> None:
    """Listen to a channel for a moment. Raises Unavailable."""
    await link.open()
    await link.tell("SSUBSCRIBE", channel)
    await link.hear()
    await link.tell("SUNSUBSCRIBE", channel)
    await link.hear()


def _unverified(check: str, command: str, error: Exception, wanted: str = "") -> Finding:
    permission = command.lower().replace(" ", "|")
    remedy = f"Allow {command}: redis-cli ACL SETUSER <user> +{permission}.{wanted}"
    return Finding(check, f"cannot be verified ({error})", remedy)
