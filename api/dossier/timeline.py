"""The timeline of a dossier, and what the records tell of conditions and shipments."""

from collections import deque
from collections.abc import Mapping
from typing import Any

import orjson

from api.dossier.data import details
from api.dossier.wording import Names, coded, fit
from workflow.domain.history import RESTATED
from workflow.domain.procedure import Procedure
from workflow.domain.record import Document

SHOWN = 2_000
"""Records that a timeline shows, the latest."""

ROOM = 1_600_000
"""Bytes of the records in a timeline as data, likewise: 2,000 that say little, 500 that say much.
With so many it takes 3 s and 400 MB to make the pages.
"""

LIFE = 12
"""Events that are shown of a condition, the latest."""

Values = dict[str, Any]


class Timeline:
    """The records of an application, of which the latest are kept, and what they tell of its
    conditions and shipments: of those that were corrected, what stands in their place.
    """

    def __init__(self, procedure: Procedure, document: Document) -> None:
        self._names = Names(procedure)
        self._corrections: Mapping[str, int] = document.snapshot["corrections"]
        self._first = document.version - SHOWN + 1
        self._kept: list[Values] = []
        self.lives: dict[str, deque[Values]] = {}
        self.shipped: dict[str, str | None] = {}

    def take(self, text: bytes) -> None:
        """The next record, as stored."""
        record = orjson.loads(text)
        if record["seq"] >= self._first:
            self._kept.append(self._entry(record))
        if RESTATED not in record["data"]:
            self._acted(record, record, record["seq"], None)
        elif (event := record["data"]["with"]) is not None:
            counted = record["data"][RESTATED][str(record["data"]["seq"])]
            self._acted(event, counted, record["seq"], record["data"]["seq"])

    def shown(self) -> list[Values]:
        """The latest records that there is room for, the earliest of them first."""
        found: deque[Values] = deque()
        taken = 0
        for entry in reversed(self._kept):
            taken += len(orjson.dumps(entry))
            if found and taken > ROOM:
                break
            found.appendleft(entry)
        return list(found)

    def _acted(self, event: Values, counted: Values, seq: int, instead_of: int | None) -> None:
        """What an act means for a condition or a shipment: one of its own (`event` is the record),
        or one that a correction puts in the place of a record.
        """
        data, by = event["data"], self._corrections.get(str(instead_of or seq))
        stands = by is None or by == seq
        if "condition" in data:
            self.lives.setdefault(data["condition"], deque(maxlen=LIFE)).append(
                {
                    "seq": seq,
                    "at": self._names.time(counted["effective_at"]),
                    "event": self._names.event(event["type"]),
                    "body": self._names.body(counted["authority"]),
                    "instead_of": instead_of,
                    "corrected_by": None if stands else by,
                }
            )
        if stands and "shipment" in data and "units" in data:
            self.shipped[data["shipment"]] = self._names.time(counted["effective_at"])

    def _entry(self, record: Values) -> Values:
        names, corrects = self._names, RESTATED in record["data"]
        moved = record["from"] != record["to"]
        plain = not corrects and record["type"] != "create"
        return {
            "seq": record["seq"],
            "effective": names.time(record["effective_at"]),
            "recorded": names.time(record["recorded_at"]),
            "event": names.event(record["type"]),
            "body": names.body(record["authority"]),
            "who": fit(f"{record['principal']} · {record['organisation']}"),
            "role": coded(record["role"]),
            "before": names.state(record["from"]) if moved else None,
            "after": names.state(record["to"]) if moved else None,
            "standing": record["standing"],
            "reason": _reason(record),
            "details": details(record["data"], names) if plain else [],
            "evidence": [_evidence(piece) for piece in record["evidence"]],
            "corrects": self._corrects(record["data"]) if corrects else None,
            "corrected_by": self._corrections.get(str(record["seq"])),
            "hash": record["hash"],
        }

    def _corrects(self, data: Values) -> Values:
        """Which record is corrected, and the event that stands in its place (None: nothing does);
        how the others count from then on is no act, and in the trail alone.
        """
        event, names = data["with"], self._names
        if event is None:
            return {"seq": data["seq"], "event": None}
        counted = data[RESTATED][str(data["seq"])]
        return {
            "seq": data["seq"],
            "event": names.event(event["type"]),
            "effective": names.time(counted["effective_at"]),
            "body": names.body(counted["authority"]),
            "standing": counted["standing"],
            "reason": _reason(event),
            "details": details(event["data"], names),
            "evidence": [_evidence(piece) for piece in event["evidence"]],
        }


def _reason(event: Values) -> str | None:
    return event["reason"] and fit(event["reason"])


def _evidence(piece: Values) -> Values:
    return {
        "grade": coded(piece["grade"]),
        "title": fit(piece["title"]),
        "publisher": fit(piece["publisher"]),
        "cites": piece["attribution"] and fit(piece["attribution"]),
        "day": piece["published_at"][:10],
        "url": piece["url"] and fit(piece["url"]),
        "sha256": piece["sha256"],
    }
