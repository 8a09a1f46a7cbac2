"""The journal as CSV."""

from collections.abc import AsyncIterator, Mapping
from typing import Any

from api.journal.entries import FIELDS
from api.tables import MARK, separated

COLUMNS = ("id", "recorded_at", *FIELDS)


def head() -> bytes:
    """The first line."""
    return MARK + separated([COLUMNS])


def line(entry: Mapping[str, Any]) -> bytes:
    """An entry; several roles stand in one cell."""
    return separated([[_plain(entry[name]) for name in COLUMNS]])


async def lines(entries: AsyncIterator[Mapping[str, Any]]) -> AsyncIterator[bytes]:
    """A whole table."""
    yield head()
    async for entry in entries:
        yield line(entry)


def _plain(value: Any) -> str | int | None:
    return " ".join(value) if isinstance(value, list) else value
