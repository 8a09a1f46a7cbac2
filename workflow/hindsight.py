"""What was true and what was known, read from the trails as they are stored.

A trail is read once, from its beginning, and of each record is kept what the answer needs; what was
not known yet is not read.
"""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any, Final

import orjson

from workflow.domain import history
from workflow.domain.application import Changes
from workflow.domain.history import RESTATED, Moment
from workflow.domain.record import Document
from workflow.domain.refusals import Refusal, Refused
from workflow.store import Store

READ = 50_000
"""Records of one trail that are read for one answer, at the most."""

STRETCH = 500
"""Records that are read from the store at a time."""

NOTHING = Changes(set={})


class Hindsight:
    """Reads subjects as they were."""

    def __init__(self, store: Store) -> None:
        self._store: Final = store

    async def at(
        self, subject: str, moment: Moment, wanted: Callable[[Changes], bool] | None = None
    ) -> Document | Refused | None:
        """A subject as it was; None where there was nothing yet, refused where the trail is longer
        than is read. Of records whose changes are not `wanted`, only that they were there counts.
        """
        records: list[dict[str, Any]] = []
        while texts := await self._stretch(subject, len(records)):
            for text in texts:
                record = orjson.loads(text)
                if moment.known_at is not None and record["recorded_at"] > moment.known_at:
                    return await asyncio.to_thread(history.at, records, moment)
                records.append(_needed(record, wanted))
            if len(records) > READ:
                return Refused((Refusal("past-too-long", {"limit": READ}),))
        return await asyncio.to_thread(history.at, records, moment)

    async def _stretch(self, subject: str, read: int) -> list[bytes]:
        return await self._store.records(subject, read + 1, read + STRETCH)


def _needed(record: Mapping[str, Any], wanted: Callable[[Changes], bool] | None) -> dict[str, Any]:
    """A record without what says nothing of the past of its subject."""
    changes, restated = record["changes"], record["data"].get(RESTATED)
    return {
        "seq": record["seq"],
        "effective_at": record["effective_at"],
        "recorded_at": record["recorded_at"],
        "changes": changes if wanted is None or wanted(changes) else NOTHING,
        "data": {} if restated is None else {RESTATED: restated},
        "hash": record["hash"],
    }
