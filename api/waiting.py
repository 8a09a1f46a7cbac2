"""Holding an answer until there is something new: `Prefer: wait` (RFC 7240 section 4.3)."""

import asyncio
import re
from collections.abc import Iterator
from contextlib import contextmanager

from fastapi import Request

from api.auth import principal_of
from api.bodies import header
from api.lasting import Quota
from api.parts import parts_of
from api.readers import readmitted
from api.views import stored_tag

LONGEST = 30
"""Seconds for which an answer is held at the most."""

HELD = "held"
"""Where in its scope a request says for how many seconds its answer was held."""

_WAIT = re.compile(r'(?:^|[,;])\s*wait\s*=\s*"?([0-9]{1,9})"?\s*(?=$|[,;])', re.IGNORECASE)


def asked(request: Request) -> int | None:
    """For how many seconds the caller wants to wait, of those that are possible. What is not
    understood is ignored, and of several the first one counts (section 2).
    """
    found = _WAIT.search(header(request, b"prefer") or "")
    return None if found is None else min(int(found[1]), LONGEST)


def applied(seconds: int | None) -> dict[str, str]:
    """What an answer says of the wish."""
    return {} if seconds is None else {"Preference-Applied": f"wait={seconds}"}


@contextmanager
def _held(polls: Quota, principal: str) -> Iterator[None]:
    polls.take(principal)
    try:
        yield
    finally:
        polls.give_back(principal)


async def changed(request: Request, identifier: str, tag: str, seconds: int) -> bytes | None:
    """The application's document as soon as it has another tag, or else when the time is up, the
    service ends or the caller has gone; None where they may not see it, or not any more. It
    listens first, then reads, then sleeps, and whenever it wakes the caller must still have a good
    credential. Raises Problem: 401, and 429 where too many are held for them.
    """
    parts, clock = parts_of(request), asyncio.get_running_loop().time
    until = clock() + seconds
    with (
        _held(parts.lasting.polls, principal_of(request).identity),
        parts.lasting.sleeping(request.receive) as sleeper,
        parts.bell.listening(f"application/{identifier}", sleeper.ring),
    ):
        while True:
            reader = await readmitted(request)
            stored = await parts.queries.application(reader, identifier)
            over = sleeper.gone or parts.lasting.ending or clock() >= until
            if stored is None or stored_tag(stored) != tag or over:
                return stored
            del stored, reader  # whoever sleeps keeps nothing
            since = clock()
            await sleeper.sleep(until)
            request.scope[HELD] = request.scope.get(HELD, 0.0) + clock() - since
