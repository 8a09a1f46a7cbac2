"""A proxy before a server that loses replies after the server has acted on the request."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from urllib.parse import unquote

from workflow.store.scripts import COMMIT


class Proxy:
    """Cuts the connection instead of passing on the answer to a commit (or to another
    script), `losing` times."""

    def __init__(self, upstream: str, path: Path) -> None:
        self.upstream = unquote(upstream.removeprefix("unix://"))
        self.url = f"unix://{path}"
        self.script = COMMIT
        self.losing = 0
        self.lost = 0
        self._open: set[asyncio.StreamWriter] = set()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_unix_connection(self.upstream)
        self._open |= {writer, far_writer}
        with suppress(OSError):
            while request := await reader.read(1 << 24):
                far_writer.write(request)
                answer = await far_reader.read(1 << 24)
                ours = self.script.sha.encode() in request and b"NOSCRIPT" not in answer
                if self.losing and ours:
                    self.losing -= 1
                    self.lost += 1
                    break
                writer.write(answer)
        for each in (writer, far_writer):
            each.close()
            with suppress(OSError):
                await each.wait_closed()


@asynccontextmanager
async def proxy(upstream: str, path: Path) -> AsyncIterator[Proxy]:
    """A proxy for as long as the block lasts; close the clients within it."""
    between = Proxy(upstream, path)
    server = await asyncio.start_unix_server(between.serve, path)
    yield between
    server.close()
    await asyncio.sleep(0.05)
