"""What those who work tell whoever counts. They know nothing of metrics, and wait for nothing."""

from typing import Final, Protocol


class Observer(Protocol):
    """Told of everything that is counted, in the process in which it happens. It must return at
    once, and never raise.
    """

    def settled(self, kind: str, outcome: str, code: str | None = None) -> None:
        """An event of this type has its outcome; a refused one the code that decided."""

    def committed(self, seconds: float, commits: int) -> None:
        """The server answered a call with so many commits, after so many seconds."""

    def stale(self, events: int) -> None:
        """So many events were decided on a document that somebody else had moved on; they are
        decided anew.
        """

    def delivered(self, outcome: str, seconds: float) -> None:
        """A delivery to a webhook was tried, which took so many seconds."""


class _Silent:
    """Counts nothing."""

    def settled(self, kind: str, outcome: str, code: str | None = None) -> None:
        pass

    def committed(self, seconds: float, commits: int) -> None:
        pass

    def stale(self, events: int) -> None:
        pass

    def delivered(self, outcome: str, seconds: float) -> None:
        pass


SILENT: Final[Observer] = _Silent()
"""Where nobody counts."""
