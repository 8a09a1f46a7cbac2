"""Trails as received: checked record by record against the chain and against what the
application said of itself before.
"""

from collections.abc import AsyncIterator, Mapping
from typing import Any

from api.client.faults import BrokenTrail
from api.client.outcomes import Refused, WasRefused
from api.client.wire import JSONL, Wire, get
from workflow.domain import canonical
from workflow.domain.record import hash_of
from workflow.domain.trail import Checker

PAGE = 200
"""Records of one page."""


async def paged(wire: Wire, path: str, params: Mapping[str, Any]) -> AsyncIterator[bytes]:
    """Records, each exactly as stored, page by page. Raises WasRefused, ClientFault."""
    following: str | None = path
    call = get(path, {"limit": PAGE, **params}, Accept=JSONL)
    while following is not None:
        answer = await wire.exchange(call)
        if isinstance(answer, Refused):
            raise WasRefused(answer)
        for line in answer.content.splitlines():
            yield line
        following = answer.links.get("next", {}).get("url")
        if following is not None:
            call = get(following, None, Accept=JSONL)


async def sound(records: AsyncIterator[bytes], version: int, head: str) -> AsyncIterator[bytes]:
    """The records of a whole trail, each checked before it is handed on; record `version` must
    be there and have the hash `head`. Raises BrokenTrail.
    """
    checker = Checker()
    async for text in records:
        sound_so_far = checker.take(text)
        verdict = checker.verdict()
        if not sound_so_far:
            raise BrokenTrail(verdict.checked + 1, verdict.reason or "", verdict.checked)
        if verdict.checked == version and verdict.head != head:
            told = "it is not the record that the application ends with"
            raise BrokenTrail(version, told, version - 1)
        yield text
    checked = checker.verdict().checked
    if checked < version:
        told = f"it is missing; the application has {version} records"
        raise BrokenTrail(checked + 1, told, checked)


def check_record(text: bytes, seq: int) -> None:
    """One record alone: its number and its hash. Raises BrokenTrail."""
    try:
        record = canonical.decode(text)
        if record["seq"] == seq and record["hash"] == hash_of(record):
            return
    except (ValueError, KeyError, TypeError):
        pass
    raise BrokenTrail(seq, "the hash does not fit the content", seq - 1)
