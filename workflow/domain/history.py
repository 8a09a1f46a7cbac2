"""What was true at a time, and what was known at a time: a subject as its records tell it.

Known at K, alone: the records with `recorded_at` <= K folded as they were learned. That is the
subject as it was answered then.

As of T, perhaps known at K: the records that were known, corrections applied (a record that was
superseded counts as its correction restates it, or not at all), with `effective_at` <= T, folded
in the order of (`effective_at`, `seq`). Records may have been decided in another order. So that
what they say keeps its meaning, some changes wait for an earlier record that took effect later:

- what is changed within something, or takes its place with all that is in it, waits for that
  something (a condition is fixed once it is proposed, a licence reissued after its shipments);
- what takes something away waits until it is there, and what brings it back until it is gone;
- the states follow each other as decided, each from the time that its record says it was entered
  (`entered_at`: a quorum stands from the latest of its votes on), and never before what the same
  record sets beside it.

So every part of a change has its parent, and whoever says the same thing later in effect has the
last word. The sums of a licence's ledger are those of the shipments that count.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from workflow.domain.application import Changes, fold
from workflow.domain.record import Document

RESTATED = "restated"
"""In the data of a correction: how the trail counts from it on. The number of a record -> when it
takes effect and what it changes (None: it does not count), for every record for which that is
another than before, the correction itself among them.
"""

MOVE = frozenset(
    (
        *("/state", "/entered_at", "/entered_seq", "/entered_by", "/clocks"),
        *("/procedure_version", "/procedure_digest"),
    )
)
"""What a record changes by leading to another state."""


class Moment(NamedTuple):
    """What is asked about the past, as instants: what was true at one (None: whatever took effect),
    as it was known at the other (None: now).
    """

    as_of: str | None
    known_at: str | None


class Counted(NamedTuple):
    """How a record counts: when it takes effect, and what it changes."""

    effective_at: str
    changes: Changes


class Part(NamedTuple):
    """Changes that take effect together."""

    at: str
    seq: int
    changes: Changes


def at(records: Iterable[Mapping[str, Any]], moment: Moment) -> Document | None:
    """The subject as it was; None where there was nothing yet. The document ends with the last
    record that counts.
    """
    as_of, known_at = moment
    known = [one for one in records if known_at is None or one["recorded_at"] <= known_at]
    if as_of is None:
        parts = [Part(one["effective_at"], one["seq"], one["changes"]) for one in known]
    else:
        parts = [part for part in _parts(counted(known)) if part.at <= as_of]
    if not any(part.seq == 1 for part in parts):
        return None
    snapshot: dict[str, Any] = {}
    for part in parts:
        snapshot = fold(snapshot, _fitting(snapshot, part.changes))
    if as_of is not None:
        snapshot = _added_up(snapshot)
    last = known[max(part.seq for part in parts) - 1]
    return Document(last["seq"], last["hash"], last["recorded_at"], snapshot)


def counted(records: Sequence[Mapping[str, Any]]) -> dict[int, Counted]:
    """The records that count, by number, as the corrections among them restate them."""
    found: dict[int, Counted] = {}
    for record in records:
        found[record["seq"]] = Counted(record["effective_at"], record["changes"])
        for name, restated in record["data"].get(RESTATED, {}).items():
            if restated is None:
                found.pop(int(name), None)
            else:
                found[int(name)] = Counted(restated["effective_at"], restated["changes"])
    return dict(sorted(found.items()))


def _parts(records: Mapping[int, Counted]) -> list[Part]:
    """The changes of all records, each with the time from which it counts, in that order."""
    order, moved_at = _Order(), ""
    parts: list[Part] = []
    for seq, (effective_at, changes) in records.items():
        moving = MOVE if seq > 1 else frozenset()
        sets = {path: value for path, value in changes["set"].items() if path not in moving}
        beside = order.set(sets, effective_at)
        parts.append(Part(beside, seq, Changes(set=sets)))
        for path in changes.get("unset", ()):
            gone = order.unset(path, effective_at)
            parts.append(Part(gone, seq, Changes(set={}, unset=[path])))
        move = {path: value for path, value in changes["set"].items() if path in moving}
        if move:
            moved_at = max(beside, move.get("/entered_at", ""), moved_at)
            parts.append(Part(moved_at, seq, Changes(set=move)))
    return sorted(parts, key=lambda part: (part.at, part.seq))


class _Order:
    """Since when each place in a snapshot has been filled, emptied, and changed within."""

    def __init__(self) -> None:
        self._filled: dict[str, str] = {}
        self._emptied: dict[str, str] = {}
        self._within: dict[str, str] = {}

    def set(self, values: Mapping[str, Any], effective_at: str) -> str:
        """From when on these places can have these values, all at once."""
        since = max([effective_at, *(self._possible(path, values[path]) for path in values)])
        for path, value in values.items():
            _note(self._emptied if value is None else self._filled, path, since)
            self._changed(path, since)
        return since

    def unset(self, path: str, effective_at: str) -> str:
        """From when on a place can be empty."""
        since = max(effective_at, self._possible(path, None))
        _note(self._emptied, path, since)
        self._changed(path, since)
        return since

    def _possible(self, path: str, value: Any) -> str:
        opposite = self._filled if value is None else self._emptied
        above = (self._filled.get(parent, "") for parent in _above(path))
        return max([opposite.get(path, ""), self._within.get(path, ""), *above])

    def _changed(self, path: str, since: str) -> None:
        for parent in _above(path):
            _note(self._within, parent, since)


def _note(times: dict[str, str], path: str, since: str) -> None:
    times[path] = max(times.get(path, ""), since)


def _above(path: str) -> list[str]:
    """The places that hold a place."""
    steps = path.split("/")
    return ["/".join(steps[:length]) for length in range(2, len(steps))]


def _fitting(snapshot: Mapping[str, Any], changes: Changes) -> Changes:
    """The changes that find what they change; nothing else can be done about the others."""
    sets = {
        path: value for path, value in changes["set"].items() if _holder(snapshot, path) is not None
    }
    gone = [
        path
        for path in changes.get("unset", ())
        if path.rpartition("/")[2] in (_holder(snapshot, path) or ())
    ]
    return Changes(set=sets, unset=gone)


def _holder(snapshot: Mapping[str, Any], path: str) -> Mapping[str, Any] | None:
    node: Any = snapshot
    for key in path.split("/")[1:-1]:
        node = node.get(key) if isinstance(node, Mapping) else None
    return node if isinstance(node, Mapping) else None


def _added_up(snapshot: dict[str, Any]) -> dict[str, Any]:
    """The snapshot with every version of the licence added up: units = shipped + given up +
    carried + balance.
    """
    if not snapshot.get("licence"):
        return snapshot
    earlier = snapshot["earlier_licences"].items()
    return {
        **snapshot,
        "licence": _ledger(snapshot["licence"]),
        "earlier_licences": {version: _ledger(licence) for version, licence in earlier},
    }


def _ledger(licence: Mapping[str, Any]) -> dict[str, Any]:
    shipped = sum(licence["shipments"].values())
    balance = licence["units"] - shipped - licence["given_up"] - licence["carried"]
    return {**licence, "shipped": shipped, "balance": balance}
