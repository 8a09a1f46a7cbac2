"""Python's garbage collector in a process that serves. What a start makes stays, and nothing on the
path of an event makes cycles: looking for them costs time and finds next to nothing.
"""

import gc


def wait() -> None:
    """Look at nothing while a process starts: that takes a sixth of the start."""
    gc.disable()


def calm() -> None:
    """Leave what a start has made out of sight from here on, and look less often."""
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
    gc.enable()
