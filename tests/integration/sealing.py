"""A log as it is read: a list of entries, without tiles and signatures."""

from collections.abc import Sequence

from workflow.store import Store


class SealedLog:
    """Takes every record in the order of the feeds, as the sequencer does."""

    def __init__(self) -> None:
        self.written: list[bytes] = []
        self.size = 0
        self._positions: list[int] = []

    def entries(self, indexes: Sequence[int]) -> list[bytes]:
        if not all(0 <= index < self.size for index in indexes):
            raise LookupError("no such entry")
        return [self.written[index] for index in indexes]

    async def read(self, indexes: Sequence[int]) -> list[bytes]:
        """The same, as a store takes it."""
        return self.entries(indexes)

    async def take(self, store: Store) -> None:
        """Write down what is new, note its places and publish it."""
        self._positions = self._positions or [0] * store.feeds.partitions
        while runs := await store.feeds.after(self._positions, 1_000):
            for run in runs:
                for subject, seq, record in zip(*run[1:], strict=True):
                    await store.place([(subject.decode(), int(seq), [len(self.written)])])
                    self.written.append(record)
                self._positions[run.partition] += len(run.records)
        self.size = len(self.written)
