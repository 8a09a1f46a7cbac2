"""Where records lie in the log: 6 bytes a record, so that any of a trail is found in one step.

A place is stored as the index in the log and one, big-endian: what SETRANGE fills a gap with then
says that there is none.
"""

from collections.abc import Iterable, Iterator, Sequence

from workflow.store.keys import Layout
from workflow.store.link import Argument, Links
from workflow.store.scripts import LOGGED, PLACE

WIDTH = 6  # bytes: more records than anybody will live to see

CALL_BYTES = 256 * 1024
RUN_COST = 64  # bytes that a run weighs beside its places
CALL_RUNS = 1024  # that are asked about at once: well below a millisecond of the server's time

Run = tuple[str, int, Sequence[int]]
"""A subject, the seq of one of its records, and where that one and those behind it lie."""


class Places:
    """What the sequencer notes, and whoever needs a record's place in the log reads."""

    def __init__(self, layout: Layout, lane_of: Sequence[int], links: Links) -> None:
        self._layout = layout
        self._lane_of = lane_of
        self._links = links

    async def note(self, runs: Sequence[Run]) -> None:
        """Note places; the same again changes nothing. Raises DurabilityUnknown when it is not
        known which of them are noted.
        """
        lanes = sorted(set(self._lane_of))
        for lane in lanes:
            own = runs if len(lanes) == 1 else [run for run in runs if self._lane(run) == lane]
            async with self._links.borrow() as link:
                for names, arguments in self._calls(own):
                    await link.write(PLACE, names, arguments)

    async def beyond(self, runs: Sequence[Run]) -> Run | None:
        """The first of these runs that does not follow what the log has of its trail; None where
        all do.
        """
        for lane in sorted(set(self._lane_of)):
            own = [run for run in runs if self._lane(run) == lane]
            async with self._links.borrow() as link:
                for at in range(0, len(own), CALL_RUNS):
                    asked = own[at : at + CALL_RUNS]
                    names = [self._layout.places(subject) for subject, _, _ in asked]
                    begins = [span(seq, seq)[0] for _, seq, _ in asked]
                    number: int = await link.read(LOGGED, names, begins)
                    if number:
                        return asked[number - 1]
        return None

    async def of(self, subject: str, first: int, last: int) -> list[int | None]:
        """The places of the records from seq `first` to `last`, both included; None where none is
        noted yet.
        """
        if first < 1 or last < first:
            return []
        name, (begin, end) = self._layout.places(subject), span(first, last)
        async with self._links.borrow() as link:
            found: bytes = await link.command("GETRANGE", name, begin, end)
        padded = found.ljust(end + 1 - begin, b"\0")
        return places_of(padded)

    def _lane(self, run: Run) -> int:
        return self._lane_of[self._layout.partition(run[0])]

    def _calls(self, runs: Sequence[Run]) -> Iterator[tuple[list[str], list[Argument]]]:
        """The keys and arguments of each call of the script."""
        names: list[str] = []
        arguments: list[Argument] = []
        weight = 0
        for subject, first, indexes in runs:
            content = packed(indexes)
            if names and weight + len(content) + RUN_COST > CALL_BYTES:
                yield names, arguments
                names, arguments, weight = [], [], 0
            names.append(self._layout.places(subject))
            arguments += (span(first, first)[0], content)
            weight += len(content) + RUN_COST
        if names:
            yield names, arguments


def packed(indexes: Iterable[int]) -> bytes:
    """Places as they are stored."""
    return b"".join((index + 1).to_bytes(WIDTH, "big") for index in indexes)


def span(first: int, last: int) -> tuple[int, int]:
    """Where the places of records are stored: the first byte and the last."""
    return WIDTH * (first - 1), WIDTH * last - 1


def places_of(stored_bytes: bytes) -> list[int | None]:
    """Places that are stored one after the other."""
    starts = range(0, len(stored_bytes), WIDTH)
    return [place_of(stored_bytes[at : at + WIDTH]) for at in starts]


def place_of(stored_bytes: bytes) -> int | None:
    """A place as it is stored; None where none is."""
    stored = int.from_bytes(stored_bytes, "big")
    return stored - 1 if stored else None
