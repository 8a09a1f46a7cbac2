"""A proxy before a server that cuts connections when the server has acted, before it is told."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from random import Random

from workflow.store.scripts import COMMIT

CHUNK = 1 << 16


class Proxy:
    """Passes bytes on both ways. With probability `loss`, the answer to a script is not passed
    on but the connection cut; `lost` counts the answers to commits that were lost so.
    """

    def __init__(self, upstream: Path, path: Path, seed: int) -> None:
        self.url = f"unix://{path}"
        self.loss = 0.0
        self.lost = 0
        self._upstream = upstream
        self._random = Random(seed)
        self._tasks: set[asyncio.Task[None]] = set()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, until either side ends it or an answer is lost."""
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        far_reader, far_writer = await asyncio.open_unix_connection(str(self._upstream))
        asked = bytearray()
        ways = [
            asyncio.ensure_future(self._forth(reader, far_writer, asked)),
            asyncio.ensure_future(self._back(far_reader, writer, asked)),
        ]
        try:
            with suppress(asyncio.CancelledError):  # by `close`, and nobody waits for it
                await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            for end in (writer, far_writer):
                end.transport.abort()
            self._tasks.discard(task)

    async def _forth(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, asked: bytearray
    ) -> None:
        with suppress(OSError):
            while request := await reader.read(CHUNK):
                asked += request
                writer.write(request)
                await writer.drain()

    async def _back(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, asked: bytearray
    ) -> None:
        with suppress(OSError):
            while answer := await reader.read(CHUNK):
                if b"EVALSHA" in asked and self._random.random() < self.loss:
                    if COMMIT.sha.encode() in asked and not answer.startswith(b"-"):
                        self.lost += 1
                    return
                asked.clear()
                writer.write(answer)
                await writer.drain()

    async def close(self) -> None:
        """Cut every connection."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


@asynccontextmanager
async def between(upstream: Path, path: Path, seed: int = 1) -> AsyncIterator[Proxy]:
    """A proxy for as long as the block lasts."""
    proxy = Proxy(upstream, path, seed)
    server = await asyncio.start_unix_server(proxy.serve, path)
    try:
        yield proxy
    finally:
        server.close()
        await proxy.close()
