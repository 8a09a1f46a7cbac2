"""Looking for secrets wherever a run of the service left anything, however they are spelt."""

import base64
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus

from redis import Redis


def spellings(secret: str) -> dict[str, bytes]:
    """How a secret may stand in something longer."""
    plain = secret.encode()
    found = {
        "as it is": plain,
        "in JSON": json.dumps(secret)[1:-1].encode(),
        "percent-encoded": quote(secret, safe="").encode(),
        "in a form": quote_plus(secret).encode(),
        "in hexadecimal": plain.hex().encode(),
    }
    for shift in range(3):
        coded = base64.b64encode(b"\0" * shift + plain)
        whole = coded[(0, 2, 3)[shift] : len(coded) - (0, 3, 2)[(shift + len(plain)) % 3]]
        found[f"in base64, shifted by {shift}"] = whole
        found[f"in base64url, shifted by {shift}"] = whole.translate(bytes.maketrans(b"+/", b"-_"))
    return found


def leaks(secrets: Mapping[str, str], places: Mapping[str, bytes]) -> list[str]:
    """Which secret stands where, and how."""
    return [
        f"{name}, {how}, in {place}"
        for name, secret in secrets.items()
        for how, spelt in spellings(secret).items()
        for place, content in places.items()
        if spelt in content
    ]


def stored(redis: Redis) -> Iterator[tuple[str, bytes]]:
    """Every key of a database, and all that is under it."""
    for key in redis.scan_iter(count=10_000):
        name = key.decode(errors="replace")
        yield f"database, a name: {name}", key
        yield f"database: {name}", b"\n".join(_parts(_value(redis, key)))


def files(folder: Path, *left_out: str) -> Iterator[tuple[str, bytes]]:
    """Every file below a folder, but for what is left out of it."""
    for path in folder.rglob("*"):
        name = path.relative_to(folder)
        if path.is_file() and name.parts[0] not in left_out:
            yield f"file: {name}", path.read_bytes()


def arguments(pid: int) -> Iterator[tuple[str, bytes]]:
    """What a process and all below it were called with (Linux, proc(5))."""
    yield f"arguments: of {pid}", Path(f"/proc/{pid}/cmdline").read_bytes()
    for task in Path(f"/proc/{pid}/task").iterdir():
        for child in (task / "children").read_text().split():
            yield from arguments(int(child))


def _value(redis: Redis, key: bytes) -> Any:
    match redis.type(key):
        case b"string":
            return redis.get(key)
        case b"list":
            return redis.lrange(key, 0, -1)
        case b"hash":
            return redis.hgetall(key)
        case b"zset":
            return redis.zrange(key, 0, -1)
        case b"stream":
            return redis.xrange(key)
        case kind:
            raise AssertionError(f"{key!r} is a {kind!r}")


def _parts(value: Any) -> Iterator[bytes]:
    if isinstance(value, bytes):
        yield value
    elif isinstance(value, dict):
        for pair in value.items():
            yield from _parts(pair)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _parts(one)
