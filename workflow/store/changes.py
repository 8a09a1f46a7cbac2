"""What has changed since somebody looked, for whoever looks at the partitions again and again.

The bell tells it, so nobody asks the server about what stayed as it was. It tells nothing where it
is not heard; everything may have changed then. That is so now and then in any case: what nobody
rang for is seen all the same, later.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic
from typing import Final

LONGEST = 60.0
"""Seconds after which everything is looked at again."""


class Changes:
    """The partitions that one who looks is to look at next. `heard`: whether the bell is."""

    def __init__(self, partitions: int, heard: Callable[[], bool] = lambda: False) -> None:
        self.partitions: Final = partitions
        self._heard: Final = heard
        self._rung: set[int] = set()
        self._until = 0.0

    def ring(self, partition: int) -> None:
        """Something there may have changed."""
        self._rung.add(partition)

    def ring_all(self) -> None:
        """Anything may have changed."""
        self._rung.update(range(self.partitions))

    @contextmanager
    def taken(self) -> Iterator[list[int]]:
        """Those that may have changed since they were taken last. They are taken again where
        looking at them fails.
        """
        if not self._heard() or monotonic() >= self._until:
            self.ring_all()
            self._until = monotonic() + LONGEST
        rung, self._rung = self._rung, set()
        try:
            yield sorted(rung)
        except BaseException:
            self._rung |= rung
            raise
