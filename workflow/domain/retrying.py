"""When a delivery that failed is tried again (Standard Webhooks, "Deliverability and reliability").

Ten tries over about three days. What the receiver asks for by `Retry-After` is honoured where it
is later, a day at the most.
"""

DELAYS = (5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400)
"""Seconds from one try to the next: 5 s, 5 and 30 min, 2, 5, 10, 14, 20 and 24 h."""

SPREAD = 0.2
"""The part of a delay by which it may be longer, so that receivers that failed at once are not
all tried at once again.
"""

LONGEST = 86_400.0
"""Seconds for which a receiver may ask to be left alone."""

GIVEN_UP = 5 * 86_400_000
"""Milliseconds without any delivery, while there were some to make, after which the webhook
rests.
"""


def delay(attempts: int, chance: float, retry_after: float | None) -> float | None:
    """Seconds until the next try after so many have failed; None: there is none. `chance` is from
    0 to 1.
    """
    if attempts > len(DELAYS):
        return None
    planned = DELAYS[attempts - 1] * (1 + SPREAD * chance)
    return max(planned, min(retry_after or 0.0, LONGEST))
