"""Servers that are not embedded: with any settings, or of another make."""

import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from redis import Redis
from redis.asyncio import Redis as Client
from redis.exceptions import RedisError

from workflow.store.embedded import SETTINGS, binary

VALKEY = str(binary())
REDIS = shutil.which("redis-server")


@contextmanager
def running(program: str, folder: Path, **settings: str) -> Iterator[str]:
    """The URL of a server that differs from the embedded one by these settings."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "s.sock"
    wanted = {**SETTINGS, "dir": str(folder), "unixsocket": str(path)}
    wanted |= {name.replace("_", "-"): value for name, value in settings.items()}
    command = [program, *(part for name in wanted for part in (f"--{name}", wanted[name]))]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)
    try:
        _wait(path)
        yield f"unix://{path}"
    finally:
        process.kill()
        process.wait()


async def ask(client: Client, *command: str | bytes) -> Any:
    """The answer to any command."""
    return await client.execute_command(*command)  # type: ignore[no-untyped-call]


def _wait(path: Path) -> None:
    deadline = time.monotonic() + 10
    with Redis(unix_socket_path=str(path)) as client:
        while True:
            try:
                client.ping()
            except RedisError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.01)
            else:
                return
