"""The one thing that a check raises."""


class Unsound(ValueError):
    """What was shown does not prove what it should; the message says why, in a sentence."""
