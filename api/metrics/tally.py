"""What one process has counted: numbers in dictionaries, since every event passes here."""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from api.metrics.families import BY_NAME, OTHER

METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})

ENTRIES: Final = frozenset(
    {
        "create",
        "publish",
        "register_buyer",
        "open_pool",
        "claim",
        "grant",
        "revoke",
        "rotate",
        "reset",
        "rotate_log_key",
        "subscribe",
        "change",
        "disable",
        "remove",
        "reserve",
        "expect",
        "settle",
        "return",
        "release",
    }
)
"""Types of events that no procedure names."""

Labels = tuple[str, ...]
Load = Callable[[], Mapping[Labels, int]]


class Histogram:
    """How many values there were up to each bound, and beyond; and their sum."""

    __slots__ = ("_bounds", "counts", "total")

    def __init__(self, bounds: tuple[float, ...]) -> None:
        self._bounds = bounds
        self.counts = [0] * (len(bounds) + 1)
        self.total = 0.0

    def add(self, value: float) -> None:
        self.counts[bisect_left(self._bounds, value)] += 1
        self.total += value

    def merge(self, total: float, counts: Iterable[int]) -> None:
        """Add what another one has; one with other bounds is of another version, and not added."""
        other = list(counts)
        if len(other) == len(self.counts):
            self.total += total
            self.counts = [mine + theirs for mine, theirs in zip(self.counts, other, strict=True)]


class Tally:
    """An Observer that counts, and the counts. A key is the name of a family and its labels."""

    def __init__(self, kinds: Iterable[str] = ()) -> None:
        self.counts: dict[Labels, int] = {}
        self.histograms: dict[Labels, Histogram] = {}
        self.loads: dict[str, Load] = {"processes": lambda: {(): 1}}
        """By the name of a family, who knows how much there is now."""
        self._kinds = ENTRIES.union(kinds)
        self._answers: dict[tuple[str, str, int], tuple[Labels, Histogram]] = {}

    def know(self, kinds: Iterable[str]) -> None:
        """The types of events that are told apart, beside those of the registry."""
        self._kinds = ENTRIES.union(kinds)

    def settled(self, kind: str, outcome: str, code: str | None = None) -> None:
        """As Observer has it."""
        self._count(("events", kind if kind in self._kinds else OTHER, outcome))
        if code is not None:
            self._count(("refusals", code))

    def committed(self, seconds: float, commits: int) -> None:
        """As Observer has it."""
        self._count(("commits",), commits)
        self._observe(("commit_seconds",), seconds)
        self._observe(("commit_group_size",), commits)

    def stale(self, events: int) -> None:
        """As Observer has it."""
        self._count(("conflicts",), events)

    def delivered(self, outcome: str, seconds: float) -> None:
        """As Observer has it."""
        self._count(("deliveries", outcome))
        self._observe(("delivery_seconds",), seconds)

    def answered(self, method: str, route: str | None, status: int, seconds: float) -> None:
        """A request of this method to an address of this template (None: of none) is answered."""
        ask = method if method in METHODS else OTHER, route or OTHER, status
        found = self._answers.get(ask)
        if found is None:
            method, route, _ = ask
            key = ("http_requests", method, route, str(status))
            one = self._histogram(("http_request_seconds", method, route))
            found = self._answers[ask] = key, one
        self._count(found[0])
        found[1].add(seconds)

    def written(self) -> dict[str, Any]:
        """All of it as it is now, as JSON can hold it."""
        return {
            "counts": [[*key, number] for key, number in self.counts.items()],
            "histograms": [
                [*key, one.total, [*one.counts]] for key, one in self.histograms.items()
            ],
            "loads": [
                [name, *labels, number]
                for name, load in self.loads.items()
                for labels, number in load().items()
            ],
        }

    def merge(self, written: Mapping[str, Any]) -> None:
        """Add what another process has counted. What this program does not count is left out."""
        for *key, number in written["counts"]:
            if _is_sample(key):
                self._count(tuple(key), number)
        for *key, total, counts in written["histograms"]:
            if _is_sample(key):
                self._histogram(tuple(key)).merge(total, counts)

    def _count(self, key: Labels, number: int = 1) -> None:
        self.counts[key] = self.counts.get(key, 0) + number

    def _observe(self, key: Labels, value: float) -> None:
        found = self.histograms.get(key)
        (found or self._histogram(key)).add(value)

    def _histogram(self, key: Labels) -> Histogram:
        if key not in self.histograms:
            self.histograms[key] = Histogram(BY_NAME[key[0]].buckets)
        return self.histograms[key]


def _is_sample(key: list[str]) -> bool:
    """Whether there is such a family, with so many labels."""
    family = BY_NAME.get(key[0])
    return family is not None and len(family.labels) == len(key) - 1
