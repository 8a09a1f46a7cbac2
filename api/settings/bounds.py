"""What one client may take, and what is kept of those who try."""

from dataclasses import dataclass, fields

from api.settings.environment import PREFIX, Unfit

LEAST = 10_000
"""Entries of the journal that are kept in any case: of fewer, a hundredth would tell of nobody."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """What one client may take of the service. Rates are a second, times in seconds."""

    rate_limit: int = 10_000
    """Requests of a principal; an event of a batch counts as one."""
    address_rate_limit: int = 20_000
    """Requests from an address, whoever asks."""
    attempts: int = 20
    """Wrong credentials from an address, a minute."""
    workers: int = 1
    """Processes of `clearance serve`. They share the limits: each grants its part."""
    connections: int = 10_000
    held_polls: int = 6_000
    """Polls of one principal that are held at a process."""
    streams: int = 100
    """Streams that one principal may have open at a process."""
    header_timeout: float = 10.0
    """For a request's header, from the connection or the end of the answer before."""
    body_timeout: float = 30.0
    chunk_timeout: float = 10.0
    """Between two pieces of a body."""
    answer_timeout: float = 30.0
    """In which a reader must take an answer, or at least 64 KiB of it."""
    journal_entries: int = 1_000_000
    """Of the journal of access that are kept, all clients together; at least `LEAST`."""

    def __post_init__(self) -> None:
        for one in fields(self):
            if not getattr(self, one.name) > 0:
                raise Unfit(f"{PREFIX}{one.name.upper()} must be more than 0")
        if self.journal_entries < LEAST:
            raise Unfit(f"{PREFIX}JOURNAL_ENTRIES must be at least {LEAST}")
