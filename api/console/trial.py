"""A candidate for a change of law, tried on the applications that there are. Nothing is written.

It takes as long as somebody else's rules make it take, so each trial is a process of its own, one
at a time, which is ended when its time is over.
"""

import asyncio
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import orjson

from workflow.simulation import Limits

PATIENCE = 20.0
"""Seconds in which a trial ends."""

LONGEST_LINE = 64 * 1024 * 1024
"""Bytes of an answer of the process."""

BESIDE = {"LANG": "C.UTF-8"}
"""All that the process knows of the environment, in which there may be secrets."""

_turn = asyncio.Lock()


class Life(NamedTuple):
    """A trail, with the time limits that run for its application by an instant (None: nobody
    knows).
    """

    texts: Sequence[bytes]
    now: str
    running: Limits | None


Trails = Callable[[str], AsyncIterator[Life]]
"""The trails to try the rules on, by the name of their procedure."""


class Ended(Exception):
    """The process is no more: its rules take more memory than it has."""


@dataclass
class Trial:
    """What came of a candidate. `problems`: why it is no procedure, each with its line; `named`:
    its name, version and digest; `found`: of each trail what it would come to; `unsound`: trails
    that do not hold; `stopped`: it was ended before it was through.
    """

    problems: list[tuple[int, str]] = field(default_factory=list)
    named: dict[str, Any] = field(default_factory=dict)
    facts: dict[str, Any] = field(default_factory=dict)
    found: list[dict[str, Any]] = field(default_factory=list)
    unsound: int = 0
    stopped: bool = False

    @property
    def different(self) -> list[dict[str, Any]]:
        """The applications of which anything would be other than it is."""
        return [one for one in self.found if one["differs"]]


async def tried(text: str, trails: Trails, patience: float = PATIENCE) -> Trial:
    """Read the rules, and replay the trails under them."""
    trial = Trial()
    try:
        async with asyncio.timeout(patience), _turn, _process() as process:
            await _try(process, text, trails, trial)
    except (TimeoutError, Ended):
        trial.stopped = True
    return trial


async def _try(process: Process, text: str, trails: Trails, trial: Trial) -> None:
    rules = await _asked(process, text)
    if "problems" in rules:
        trial.problems = [(line, message) for line, message in rules["problems"]]
        return
    trial.facts = rules.pop("facts")
    trial.named = rules
    async for texts, now, running in trails(rules["name"]):
        limits = None if running is None else [*running]
        found = await _asked(process, [[text.decode() for text in texts], now, limits])
        if found is None:
            trial.unsound += 1
        else:
            trial.found.append(found)


async def _asked(process: Process, value: Any) -> Any:
    """A line for a line. Raises Ended."""
    given, answers = process.stdin, process.stdout
    if given is None or answers is None:
        raise Ended
    with suppress(BrokenPipeError, ConnectionResetError):
        given.write(orjson.dumps(value) + b"\n")
        await given.drain()
    line = await answers.readline()
    if not line:
        raise Ended
    return orjson.loads(line)


@asynccontextmanager
async def _process() -> AsyncIterator[Process]:
    command = (sys.executable, "-I", "-m", "api.console.trial_process")
    process = await asyncio.create_subprocess_exec(
        *command, stdin=PIPE, stdout=PIPE, stderr=DEVNULL, env=BESIDE, limit=LONGEST_LINE
    )
    try:
        yield process
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.communicate()
