"""Making a PDF of the values of a dossier: in a process of its own, with bounds.

A paragraph may take the typesetter long, and it cannot be stopped in the midst of one; nor does it
give back what memory it took. So each dossier has a process, which is ended when its time is over,
and there are few at once.
"""

import asyncio
import logging
import sys
from collections.abc import Mapping
from typing import Any, Final

import orjson

AT_ONCE = 2
"""Processes at the same time; who comes later waits."""

PATIENCE = 60.0
"""Seconds for one dossier, and for waiting to be made."""

BESIDE = {"LANG": "C.UTF-8", "RAYON_NUM_THREADS": "2"}
"""All that the process knows of the environment, in which there may be secrets; and that it may
use two threads.
"""

logger = logging.getLogger(__name__)


class Overloaded(Exception):
    """The dossier was not made in time."""


class Typesetter:
    """Makes the dossiers of a service."""

    def __init__(self, at_once: int = AT_ONCE, patience: float = PATIENCE) -> None:
        self._room: Final = asyncio.Semaphore(at_once)
        self._patience: Final = patience

    async def pdf(self, values: Mapping[str, Any]) -> bytes:
        """The pages. Raises Overloaded; and RuntimeError where the template or its fonts are not
        as they should be.
        """
        try:
            async with asyncio.timeout(self._patience):
                await self._room.acquire()
        except TimeoutError as error:
            raise Overloaded from error
        try:
            return await self._made(orjson.dumps(values))
        finally:
            self._room.release()

    async def _made(self, values: bytes) -> bytes:
        pipe = asyncio.subprocess.PIPE
        command = (sys.executable, "-I", "-m", "api.dossier.press", f"{self._patience:.0f}")
        process = await asyncio.create_subprocess_exec(
            *command, stdin=pipe, stdout=pipe, stderr=pipe, env=BESIDE
        )
        try:
            async with asyncio.timeout(self._patience):
                made, told = await process.communicate(values)
        except TimeoutError as error:
            raise Overloaded from error
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        if process.returncode:
            why = told.decode(errors="replace").strip()
            raise RuntimeError(f"no dossier was made (status {process.returncode}): {why}")
        return made
