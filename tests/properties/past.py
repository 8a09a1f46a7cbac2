"""A naive model of what was true at a time: every single write, compared with every other.

It shares no code with the service. A write is one place of a snapshot that a record sets or
empties. Sets of one record happen together; so do the writes that lead to another state.
"""

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

MOVES = {"state", "entered_at", "entered_seq", "entered_by", "clocks"} | {
    "procedure_version",
    "procedure_digest",
}


@dataclass(eq=False)
class Write:
    """One place that one record sets or empties."""

    seq: int
    path: tuple[str, ...]
    value: Any
    removes: bool
    at: str = ""

    @property
    def empties(self) -> bool:
        return self.removes or self.value is None

    def waits_for(self, earlier: "Write") -> bool:
        """Whether it means nothing before the earlier one."""
        mine, theirs = self.path, earlier.path
        if mine == theirs:
            return self.empties != earlier.empties
        if mine[: len(theirs)] == theirs:
            return not earlier.empties
        return theirs[: len(mine)] == mine


def true_at(records: list[dict[str, Any]], at: str, known_at: str | None) -> dict[str, Any] | None:
    """The snapshot as of a time, as known at another."""
    known = [one for one in records if known_at is None or one["recorded_at"] <= known_at]
    writes: list[Write] = []
    moves: list[Write] = []
    for seq, effective, changes in counting(known):
        own = [Write(seq, split(path), value, False) for path, value in changes["set"].items()]
        gone = [Write(seq, split(path), None, True) for path in changes.get("unset", [])]
        leading = [one for one in own if seq > 1 and one.path[0] in MOVES and len(one.path) == 1]
        beside = [one for one in own if one not in leading]
        together = max([effective, *(latest(one, writes) for one in beside)])
        for one in beside:
            one.at = together
        for one in gone:
            one.at = max(effective, latest(one, writes))
        entered = [one.value for one in leading if one.path == ("entered_at",)]
        for one in leading:
            one.at = max([together, *entered, *(move.at for move in moves)])
        writes += [*beside, *gone]
        moves += leading
    order = {id(one): place for place, one in enumerate([*writes, *moves])}
    everything = sorted([*writes, *moves], key=lambda one: (one.at, one.seq, order[id(one)]))
    happened = [one for one in everything if one.at <= at]
    if not any(one.seq == 1 for one in happened):
        return None
    snapshot: dict[str, Any] = {}
    for one in happened:
        put(snapshot, one)
    return summed(snapshot)


def counting(known: list[dict[str, Any]]) -> list[tuple[int, str, Mapping[str, Any]]]:
    """The records that count, told by the latest correction that speaks of each."""
    found = []
    for record in known:
        said: Any = record
        for later in known:
            told = later["data"].get("restated", {})
            if str(record["seq"]) in told:
                said = told[str(record["seq"])]
        if said is not None:
            found.append((record["seq"], said["effective_at"], said["changes"]))
    return found


def latest(write: Write, writes: list[Write]) -> str:
    return max(
        (one.at for one in writes if one.seq < write.seq and write.waits_for(one)), default=""
    )


def split(path: str) -> tuple[str, ...]:
    return tuple(path.split("/")[1:])


def put(snapshot: dict[str, Any], write: Write) -> None:
    node = snapshot
    for key in write.path[:-1]:
        node = node[key]
    if write.removes:
        del node[write.path[-1]]
    else:
        node[write.path[-1]] = deepcopy(write.value)


def summed(snapshot: dict[str, Any]) -> dict[str, Any]:
    earlier = list(snapshot.get("earlier_licences", {}).values())
    for licence in [*earlier, *([snapshot["licence"]] if snapshot.get("licence") else [])]:
        licence["shipped"] = sum(licence["shipments"].values())
        used = licence["shipped"] + licence["given_up"] + licence["carried"]
        licence["balance"] = licence["units"] - used
    return snapshot
