"""Several processes that answer on one socket; this one keeps them, and serves nothing itself.

Each child inherits the listening socket, so a connection that waits outlives the child that might
have taken it. The settings and the procedures, as this process read them, reach it on its standard
input, which nobody else can read; that stays open, and its end tells a child that this process is
gone, also after kill -9.
"""

import asyncio
import logging
import socket
import sys
from asyncio.subprocess import PIPE, Process
from contextlib import suppress
from dataclasses import replace
from types import FrameType
from typing import NamedTuple

from fastapi import FastAPI
from pydantic import TypeAdapter
from starlette.datastructures import State

from api.settings import Settings
from api.stop import Stop
from workflow.procedures import Written

END_WAIT = 30.0
"""Seconds between SIGTERM and SIGKILL."""

CALM = 30.0
"""Seconds after which an end is a new one, not the last one again."""

FIRST_PAUSE, LONGEST_PAUSE = 0.1, 5.0
"""Seconds before a child that ended is started again."""

DEPARTED = 64
"""The status of a child whose rules are others than those that were published: another child would
have the same.
"""


class Handed(NamedTuple):
    """What a child is given. It reads no procedure itself: a file may be another one by then."""

    settings: Settings
    written: tuple[Written, ...]


HANDED = TypeAdapter(Handed)
"""The same as it is written and read."""

logger = logging.getLogger(__name__)


class Workers:
    """Stands where a Server would: ready when every child answers, ended when all have."""

    def __init__(self, app: FastAPI) -> None:
        self.ready = asyncio.Event()
        self._told = asyncio.Event()
        self._app = app
        self._awaited: int = app.state.settings.bounds.workers

    @property
    def should_exit(self) -> bool:
        return self._told.is_set()

    @should_exit.setter
    def should_exit(self, _true: bool) -> None:
        self._told.set()

    def handle_exit(self, _number: int, _frame: FrameType | None) -> None:
        self.should_exit = True

    async def serve(self, sockets: list[socket.socket]) -> None:
        """Keep the children running until told to end. Raises Stop where one does not start."""
        (listener,) = sockets
        keepers = [asyncio.create_task(self._keep(listener)) for _ in range(self._awaited)]
        told = asyncio.create_task(self._told.wait())
        try:
            await asyncio.wait((told, *keepers), return_when=asyncio.FIRST_COMPLETED)
        finally:
            self.should_exit = True
            listener.close()  # else it takes connections when no child answers them any more
            for task in (told, *keepers):
                task.cancel()
            await asyncio.wait((told, *keepers))
        for keeper in keepers:
            if not keeper.cancelled():
                keeper.result()

    async def _keep(self, listener: socket.socket) -> None:
        """One child, and another in its place whenever it ends. Cancelled, it ends the child."""
        now = asyncio.get_running_loop().time
        answered, pause = asyncio.Event(), FIRST_PAUSE
        while True:
            since = now()
            try:
                status = await self._life(listener, answered)
                told = f"ended with status {status}"
                if status == DEPARTED:
                    raise Stop("this service has not the rules that were published.")
            except OSError as error:
                told = f"cannot be started: {error.strerror}"
            if not answered.is_set():
                raise Stop(f"a worker process {told} before it answered.")
            pause = FIRST_PAUSE if now() - since > CALM else min(2 * pause, LONGEST_PAUSE)
            logger.error("a worker process %s, another in %.1f s", told, pause)
            await asyncio.sleep(pause)

    async def _life(self, listener: socket.socket, answered: asyncio.Event) -> int:
        """The status with which a child ended."""
        child = await self._begin(listener)
        try:
            if await _answers(child) and not answered.is_set():
                answered.set()
                self._awaited -= 1
                if not self._awaited:
                    self.ready.set()
            return await child.wait()
        finally:
            await _end(child)

    async def _begin(self, listener: socket.socket) -> Process:
        state = self._app.state
        child = await asyncio.create_subprocess_exec(
            *(sys.executable, "-P", "-m", "api.worker_process", str(listener.fileno())),
            stdin=PIPE,
            stdout=PIPE,
            pass_fds=(listener.fileno(),),
            start_new_session=True,  # Ctrl-C is for this process, which then ends its children
        )
        assert child.stdin is not None  # noqa: S101 - it was asked for
        handed = Handed(_settings_of_child(state), tuple(state.written))
        child.stdin.write(HANDED.dump_json(handed))
        child.stdin.write(b"\n")
        return child


def _settings_of_child(state: State) -> Settings:
    """As this process has them; the log is its own business."""
    log = replace(state.settings.log, sequence=False)
    settings: Settings = replace(state.settings, redis_url=state.redis_url, log=log)
    return settings


async def _answers(child: Process) -> bool:
    """Wait until the child says that it answers; False where it ends instead."""
    assert child.stdout is not None  # noqa: S101 - it was asked for
    return bool(await child.stdout.readline())


async def _end(child: Process) -> None:
    """Let a child finish what it has taken in; one that has ended already is no matter."""
    with suppress(ProcessLookupError):
        child.terminate()
    try:
        await asyncio.wait_for(child.wait(), END_WAIT)
    except TimeoutError:
        child.kill()
        await child.wait()
