"""A whole database as a value, to be compared to the byte."""

from typing import Any

from redis.asyncio import Redis

from tests.integration.store.servers import ask

BESIDE = (
    b"clearance:uses",
    b"clearance:seal",
    b"clearance:log:begun",
    b"clearance:journal",
    b"{clearance:journal}",
    b"}s:",
    b"}l:",
)
"""What is in no trail, and therefore in no log: notes of use, the journal, who is signed in."""


async def dump(client: Redis) -> dict[bytes, tuple[str, Any]]:
    """Every key with its type and its content."""
    names = [name for name in await ask(client, "KEYS", "*") if not any(b in name for b in BESIDE)]
    return {name: await _content(client, name) for name in names}


async def _content(client: Redis, name: bytes) -> tuple[str, Any]:
    kind = (await ask(client, "TYPE", name)).decode()
    if kind == "string":
        return kind, await ask(client, "GET", name)
    if kind == "list":
        return kind, await ask(client, "LRANGE", name, "0", "-1")
    if kind == "hash":
        flat = await ask(client, "HGETALL", name)
        pairs = flat.items() if isinstance(flat, dict) else zip(flat[::2], flat[1::2], strict=True)
        return kind, dict(pairs)
    if kind == "zset":
        return kind, await ask(client, "ZRANGE", name, "0", "-1", "WITHSCORES")
    entries = await ask(client, "XRANGE", name, "-", "+")
    return kind, [(number, list(fields)) for number, fields in entries]
