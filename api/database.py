"""The server on which a service keeps its data: one of its own, or the operator's."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from api.settings import Settings
from workflow.store import EmbeddedServer, check_server, connect


class UnsafeServer(Exception):
    """The server may lose what the service acknowledges; one finding a line."""

    def __init__(self, findings: tuple[str, ...]) -> None:
        super().__init__("\n".join(findings))
        self.findings = findings


@asynccontextmanager
async def server(settings: Settings) -> AsyncIterator[tuple[str, tuple[str, ...]]]:
    """The address of the server to use, and what was found wrong with it. Raises
    UnsafeServer.
    """
    if settings.redis_url is not None:
        yield settings.redis_url, await _checked(settings.redis_url, settings)
        return
    embedded = EmbeddedServer(settings.data)
    embedded.start()
    watch = asyncio.create_task(embedded.supervise())
    try:
        yield embedded.url, ()
    finally:
        watch.cancel()
        with suppress(asyncio.CancelledError):
            await watch
        embedded.stop()


async def _checked(url: str, settings: Settings) -> tuple[str, ...]:
    client = connect(url, settings.redis_ca)
    try:
        findings = tuple(str(finding) for finding in await check_server(client))
    finally:
        await client.aclose()
    if findings and settings.durability == "strict":
        raise UnsafeServer(findings)
    return findings
