"""What a record changed, field by field: what stood there before, and what stands there since."""

from collections.abc import AsyncIterator, Iterator, Mapping
from typing import Any, NamedTuple

import orjson

from workflow.domain.application import fold

FOLDED = 5_000
"""Records that are folded to know what stood there before; behind that many it is not told."""

MISSING = object()


class Change(NamedTuple):
    """One field. `before` and `after` are JSON; None where there was, or is, nothing."""

    pointer: str
    before: str | None
    after: str | None


async def snapshot_of(texts: AsyncIterator[bytes]) -> Mapping[str, Any]:
    """What records, from the first on, lead to."""
    snapshot: Mapping[str, Any] = {}
    async for text in texts:
        snapshot = fold(snapshot, orjson.loads(text)["changes"])
    return snapshot


def changes_of(record: Mapping[str, Any], before: Mapping[str, Any] | None) -> Iterator[Change]:
    """The fields of a record's changes, in order, down to those that have no fields of their own;
    without `before`, what stood there is left out.
    """
    made: Mapping[str, Any] = record["changes"]
    values = made["set"] | dict.fromkeys(made.get("unset", ()), MISSING)
    for pointer in sorted(made["set"]) + sorted(made.get("unset", ())):
        old = dict(_leaves(pointer, _at(before, pointer)))
        new = dict(_leaves(pointer, values[pointer]))
        for place in sorted(old.keys() | new.keys()) or [pointer]:
            yield Change(place, _told(old.get(place, MISSING)), _told(new.get(place, MISSING)))


def _at(snapshot: Mapping[str, Any] | None, pointer: str) -> Any:
    """What stands at a JSON Pointer (RFC 6901); MISSING where nothing does."""
    value: Any = MISSING if snapshot is None else snapshot
    for step in pointer.split("/")[1:]:
        value = value.get(step, MISSING) if isinstance(value, dict) else MISSING
    return value


def _leaves(pointer: str, value: Any) -> Iterator[tuple[str, Any]]:
    """What stands at a place and within it, by its own pointer."""
    if isinstance(value, dict) and value:
        for name, part in value.items():
            yield from _leaves(f"{pointer}/{name}", part)
    elif value is not MISSING:
        yield pointer, value


def _told(value: Any) -> str | None:
    if value is MISSING:
        return None
    return (
        value
        if isinstance(value, str)
        else orjson.dumps(value, option=orjson.OPT_INDENT_2).decode()
    )
