"""How long a fault is tried: a short round in the normal run, `make faults ROUNDS=n` a campaign.

200 rounds make the numbers of the campaign: 200 kills of each kind, 1,000 races, 500 power
cuts, 10,000 lost replies, 100,000 operations in linearizable histories.
"""

import os

ROUNDS = int(os.environ.get("ROUNDS", "0"))


def rounds(short: int) -> range:
    """One number for each round: so many in the short round."""
    return range(ROUNDS or short)
