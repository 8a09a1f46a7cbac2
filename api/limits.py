"""How much one principal, or one address, may ask for; and how often an address may be wrong.

A bucket is one number, the moment at which it will be full again (the generic cell rate
algorithm, ITU-T I.371). A request is let in while there is a whole token; the further items of a
batch are owed, so that a batch may be larger than the bucket, and whoever owes waits. A bucket
that is full says no more than none at all, so what is kept is bounded by what is under way.
docs/decisions/0011-limits-in-the-process.md.
"""

import ipaddress
from collections.abc import Callable
from functools import lru_cache
from math import ceil
from operator import itemgetter
from time import monotonic

from api.problems import Problem
from api.settings import Bounds

CAPACITY = 10_000
"""Buckets that are not full, at the most."""

LONGEST = 45
"""Characters of an address (INET6_ADDRSTRLEN without its end); what is longer is none."""

ROUNDING = 0.001
"""Of a token, in favour of whoever asks: seconds are no whole numbers."""

Pair = tuple[bytes, bytes]


class Buckets:
    """A token bucket for each key: `rate` tokens a second, `size` at the most. The caller says
    what time it is, in seconds.
    """

    def __init__(self, rate: float, size: int, capacity: int = CAPACITY) -> None:
        self.size = size
        self._pause = 1 / rate
        self._capacity = capacity
        self._full_at: dict[str, float] = {}

    def __len__(self) -> int:
        return len(self._full_at)

    def tokens(self, key: str, now: float) -> float:
        """What is there; less than 0 is owed."""
        missing = self._full_at.get(key, now) - now
        return self.size if missing <= 0 else self.size + ROUNDING - missing / self._pause

    def wait(self, tokens: float, wanted: int) -> int:
        """Whole seconds, at least one, after which so many are there."""
        return max(ceil((wanted - tokens) * self._pause), 1)

    def take(self, key: str, cost: int, now: float) -> None:
        """Take tokens, whether they are there or not."""
        full_at = self._full_at.get(key)
        if full_at is None:
            if len(self._full_at) >= self._capacity:
                self._forget(now)
            full_at = now
        self._full_at[key] = (full_at if full_at > now else now) + cost * self._pause

    def _forget(self, now: float) -> None:
        """Drop the buckets that are full, and if need be those that are nearest to it: whoever
        owes is remembered longest, and half the room is won, so that it is seldom looked for.
        """
        kept = [pair for pair in self._full_at.items() if pair[1] > now]
        if len(kept) > self._capacity // 2:
            kept = sorted(kept, key=itemgetter(1))[-self._capacity // 2 :]
        self._full_at = dict(kept)


class Limits:
    """The limits of one process, which is one of `workers`."""

    def __init__(self, bounds: Bounds, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._principals = _second(bounds.rate_limit / bounds.workers)
        self._addresses = _second(bounds.address_rate_limit / bounds.workers)
        self._policy = (b"ratelimit-policy", b'"principal";q=%d;w=1' % self._principals.size)

    def charge_address(self, address: str | None) -> None:
        """A request from an address, before it is known who asks. Raises Problem (429)."""
        key, now = origin_of(address), self._clock()
        tokens = self._addresses.tokens(key, now)
        if tokens < 1:
            raise self._refused("address", self._addresses.wait(tokens, 1))
        self._addresses.take(key, 1, now)

    def charge(self, principal: str) -> tuple[Pair, Pair]:
        """A principal's request, and the header fields of its answer. Raises Problem (429)."""
        now = self._clock()
        tokens = self._principals.tokens(principal, now)
        if tokens < 1:
            raise self._refused("principal", self._principals.wait(tokens, 1))
        self._principals.take(principal, 1, now)
        return self._policy, (b"ratelimit", b'"principal";r=%d;t=1' % (tokens - 1))

    def charge_items(self, principal: str, address: str | None, items: int) -> None:
        """What a batch has beyond the one that its request was. Raises Problem (429) while an
        earlier batch is owed for.
        """
        key, now = origin_of(address), self._clock()
        for name, buckets, one in (
            ("address", self._addresses, key),
            ("principal", self._principals, principal),
        ):
            tokens = buckets.tokens(one, now)
            if tokens < 0:
                raise self._refused(name, buckets.wait(tokens, 0))
        self._addresses.take(key, max(items - 1, 0), now)
        self._principals.take(principal, max(items - 1, 0), now)

    def _refused(self, name: str, seconds: int) -> Problem:
        buckets = self._principals if name == "principal" else self._addresses
        detail = f"The limit of this {name} is used up; try again in {seconds} s."
        return Problem(
            "rate-limited", detail, headers=_used_up(name, seconds, f"q={buckets.size};w=1")
        )


class Attempts:
    """Wrong credentials from an address. A right one is never held up by them: the gate asks
    here only once it knows that a credential is wrong.
    """

    def __init__(self, bounds: Bounds, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._failures = Buckets(bounds.attempts / 60, bounds.attempts)

    def check(self, address: str | None) -> None:
        """Raises Problem (429) when there were too many."""
        tokens = self._failures.tokens(origin_of(address), self._clock())
        if tokens < 1:
            seconds = self._failures.wait(tokens, 1)
            detail = f"Too many credentials were wrong; try again in {seconds} s."
            policy = f"q={self._failures.size};w=60"
            raise Problem(
                "too-many-attempts", detail, headers=_used_up("attempts", seconds, policy)
            )

    def failed(self, address: str | None) -> None:
        """Another one was wrong."""
        self._failures.take(origin_of(address), 1, self._clock())


def _used_up(name: str, seconds: int, policy: str) -> dict[str, str]:
    """The header fields of an answer to whoever has used up a limit."""
    return {
        "Retry-After": str(seconds),
        "RateLimit": f'"{name}";r=0;t={seconds}',
        "RateLimit-Policy": f'"{name}";{policy}',
    }


def _second(rate: float) -> Buckets:
    """Buckets of what a second grants, and of one request at the least."""
    return Buckets(rate, max(int(rate), 1))


def origin_of(address: str | None) -> str:
    """What counts as one address: of IPv6 the first 64 bits, which one customer is given
    (RFC 6177); of a name that no network has, none.
    """
    return _origin(address) if address and len(address) <= LONGEST else ""


@lru_cache(maxsize=4096)
def _origin(address: str) -> str:
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return ""
    if parsed.version == 4:
        return address
    mapped = parsed.ipv4_mapped
    return str(mapped) if mapped else str(ipaddress.ip_network((int(parsed) >> 64 << 64, 64)))
