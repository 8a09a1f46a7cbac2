"""The log's files, as bytes: what they prove is for `workflow.proof` to say."""

from api.client.asking import Asking
from api.client.outcomes import Refused
from api.client.wire import get


class LogFiles(Asking):
    """The routes of the log."""

    async def checkpoint(self) -> bytes | Refused:
        """The last signed checkpoint."""
        return await self._bytes(get("/log/checkpoint"))

    async def log_key(self) -> str | Refused:
        """The log's verifier keys, a line each, the oldest first. Who wants to be sure has one
        from elsewhere.
        """
        return await self._text(get("/log/key"))

    async def tile(self, path: str) -> bytes | Refused:
        """A hash tile by its path, `0/x001/234.p/56`."""
        return await self._bytes(get(f"/log/tile/{path}"))

    async def entries(self, path: str) -> bytes | Refused:
        """A bundle of entries by its path, `x001/234.p/56`; an auditor and an operator may."""
        return await self._bytes(get(f"/log/tile/entries/{path}"))
