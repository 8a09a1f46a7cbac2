"""The journal of access, for auditors and operators."""

from collections.abc import AsyncIterator
from typing import TypedDict, Unpack

from api.client.asking import Asking
from api.schemas import JournalEntryOut, JournalOut


class JournalFilter(TypedDict, total=False):
    """Which entries; times are RFC 3339, and of writing; `until` is exclusive."""

    what: str
    actor: str
    since: str
    until: str


class AccessJournal(Asking):
    """The route of the journal."""

    async def journal(
        self, *, newest_first: bool = True, page: int = 200, **filters: Unpack[JournalFilter]
    ) -> AsyncIterator[JournalEntryOut]:
        """Who tried, read, exported and changed what, beside the trails. Raises WasRefused."""
        params = {"order": "desc" if newest_first else "asc", "limit": page, **filters}
        async for answer in self._pages(JournalOut, "/v1/journal", params):
            for item in answer.items:
                yield item
