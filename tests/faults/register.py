"""Whether a history of one application is linearizable: as a register that every event writes
anew, and whose values are told apart by their version.

Versions make the check simple. Let the order be that of the versions, a write before the reads
of its version. It is a linearization exactly when no operation that began after another had
ended comes before it: a read may not show less than was seen before it began, and a write must
come to more (Herlihy and Wing 1990, section 2.3).
"""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Operation:
    """A write or a read of one application: when it began and ended, as a number of its place
    among all such moments, and the version and head that it was answered with.
    """

    began: int
    ended: int
    version: int
    head: str
    writes: bool


def violations(history: Iterable[Operation]) -> list[str]:
    """What is wrong with a history; empty: it is linearizable."""
    operations = list(history)
    return [*_two_values(operations), *_out_of_order(operations)]


def _two_values(operations: list[Operation]) -> list[str]:
    """A version has one head, and was written once."""
    found: list[str] = []
    heads: dict[int, str] = {}
    written: set[int] = set()
    for operation in operations:
        if heads.setdefault(operation.version, operation.head) != operation.head:
            found.append(f"version {operation.version} has two heads")
        if operation.writes:
            if operation.version in written:
                found.append(f"version {operation.version} was written twice")
            written.add(operation.version)
    return found


def _out_of_order(operations: list[Operation]) -> list[str]:
    """Sweep over the moments, with the highest version that was seen so far."""
    found: list[str] = []
    moments = sorted(
        [(each.began, False, each) for each in operations]
        + [(each.ended, True, each) for each in operations],
        key=lambda moment: moment[0],
    )
    highest, floor = 0, {}
    for _, over, operation in moments:
        if not over:
            floor[id(operation)] = highest
            continue
        least = floor[id(operation)] + operation.writes
        if operation.version < least:
            kind = "write" if operation.writes else "read"
            found.append(f"a {kind} came to version {operation.version} after {least} was due")
        highest = max(highest, operation.version)
    return found
