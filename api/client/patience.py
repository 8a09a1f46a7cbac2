"""How long a call tries: repeats with growing, jittered pauses until a deadline."""

import asyncio
import random
from dataclasses import dataclass
from time import monotonic

from api.client.faults import Unavailable


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds: for a whole call with its repeats, for one attempt, and of the pauses between."""

    call: float = 30.0
    attempt: float = 15.0
    first_pause: float = 0.1
    longest_pause: float = 3.0


class Trying:
    """The attempts of one call, whose answer may be held back for `hold` seconds."""

    def __init__(self, patience: Patience, key: str | None = None, hold: float = 0.0) -> None:
        self._patience, self._key, self._hold = patience, key, hold
        self.restart()

    def restart(self) -> None:
        """Something was achieved: the patience begins anew."""
        self._deadline = monotonic() + self._patience.call + self._hold
        self._pause = self._patience.first_pause

    @property
    def time_left(self) -> float:
        """Seconds that the next attempt may take."""
        left = self._deadline - monotonic()
        return max(min(left, self._patience.attempt + self._hold), 0.001)

    async def pause(self, why: str, wanted: float | None = None) -> None:
        """Wait for the next attempt: `wanted` seconds (Retry-After, RFC 9110 section 10.2.3) at
        the least, and a random part more, so that clients do not come back all at once. Raises
        Unavailable when the deadline would pass meanwhile.
        """
        pause = max(wanted or 0.0, self._pause * random.uniform(0.5, 1.0))  # noqa: S311
        self._pause = min(self._pause * 2, self._patience.longest_pause)
        if monotonic() + pause >= self._deadline:
            raise Unavailable(why, self._key)
        await asyncio.sleep(pause)
