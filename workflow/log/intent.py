"""What is about to be added to the log, written down before anything of it is."""

from collections.abc import Sequence
from typing import NamedTuple

import orjson

from workflow.proof.merkle import EMPTY_ROOT

Span = tuple[int, int]
"""A partition, and how many of the records that follow in it."""


class State(NamedTuple):
    """How far a log has come."""

    size: int
    root: bytes

    def __str__(self) -> str:
        return f"{self.size} {self.root.hex()}"

    @classmethod
    def parse(cls, text: str) -> "State":
        """Read what `str` wrote. Raises ValueError."""
        size, root = text.split(" ")
        return cls(int(size), bytes.fromhex(root))


NOTHING = State(0, EMPTY_ROOT)
"""A log without entries."""


class Intent(NamedTuple):
    """A batch: where the log stands and will stand, the position in each partition's feed that it
    has come to then, and the spans of the feeds that lead there, in the order of the log.

    Feeds only grow, so whoever finds an intent adds the same entries. `also` is the id of a key
    that signs this once beside the present one, because the batch names it as the next.
    """

    before: State
    after: State
    positions: Sequence[int]
    spans: Sequence[Span] = ()
    also: str = ""

    @property
    def name(self) -> str:
        """Its file: of two that are tried at once, each has its own."""
        return name_of(self.after)

    def begun_at(self) -> list[int]:
        """The positions before the batch."""
        found = list(self.positions)
        for partition, count in self.spans:
            found[partition] -= count
        return found

    def encode(self) -> bytes:
        """As it is written down."""
        fields = {"before": str(self.before), "after": str(self.after)}
        lists = {"positions": self.positions, "spans": self.spans}
        return orjson.dumps({**fields, **lists, "also": self.also})

    @classmethod
    def decode(cls, stored: bytes) -> "Intent":
        """Read it. Raises ValueError, KeyError or TypeError for what is none."""
        fields = orjson.loads(stored)
        spans = [(int(partition), int(count)) for partition, count in fields["spans"]]
        before, after = State.parse(fields["before"]), State.parse(fields["after"])
        positions = list(map(int, fields["positions"]))
        if sum(positions) != after.size:
            raise ValueError(f"its positions are those of {sum(positions)} records")
        return cls(before, after, positions, spans, str(fields["also"]))


def name_of(state: State) -> str:
    """The file of the intent that leads to a state."""
    return f"progress-{state.size}-{state.root.hex()[:32]}.json"


def size_in(name: str) -> int | None:
    """The size in the name of such a file; None for another file."""
    parts = name.removesuffix(".json").split("-")
    fits = len(parts) == 3 and parts[0] == "progress" and parts[1].isdecimal()
    return int(parts[1]) if fits else None
