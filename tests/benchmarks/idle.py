"""`python -m tests.benchmarks.idle`: what a service that nobody uses asks of its own server.

It has applications with timers ahead of them. When it has been left alone for a while, the commands
that Valkey carries out are counted by their names, those inside of scripts among them: over a
minute and a few seconds, in which everything is looked at once, whatever rang.
"""

import argparse
import asyncio
import tempfile
from collections import Counter
from pathlib import Path

from redis.asyncio import Redis

from tests.benchmarks.load import Generator
from tests.benchmarks.polling import polls
from tests.benchmarks.posting import prepare
from tests.benchmarks.servers import CLEARANCE, service

SETTLE, REST = 20.0, 65.0
"""Seconds until counting begins, and for which it goes on."""

OURS = ("info", "client")
"""What this measurement asks itself."""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.idle")
    parser.add_argument("--command", type=Path, default=CLEARANCE, help="another `clearance`")
    chosen = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as name,
        Generator() as generator,
        service(Path(name), chosen.command) as server,
    ):
        prepare(server, generator)
        polls(server, generator, "idle")
        counted = asyncio.run(_counted(Path(name) / "service" / "valkey.sock"))
    print(f"commands a second: {counted.total() / REST:.1f}")
    for command, count in counted.most_common(8):
        print(f"  {command}: {count / REST:.2f}")


async def _counted(socket: Path) -> Counter[str]:
    async with Redis(unix_socket_path=str(socket)) as redis:
        await asyncio.sleep(SETTLE)
        before = await _calls(redis)
        await asyncio.sleep(REST)
        return await _calls(redis) - before


async def _calls(redis: "Redis") -> Counter[str]:
    stats = await redis.info("commandstats")
    names = ((name.removeprefix("cmdstat_"), one["calls"]) for name, one in stats.items())
    return Counter({name: calls for name, calls in names if not name.startswith(OURS)})


if __name__ == "__main__":
    main()
