"""What was found about a set-up, by a name that never changes its meaning."""

from enum import StrEnum
from typing import NamedTuple


class Level(StrEnum):
    """How bad it is."""

    WELL = "well"
    """It is as it should be."""
    DOUBTFUL = "doubtful"
    """It may be meant so."""
    WRONG = "wrong"
    """The service does not start, stands still, or may lose something."""


class Finding(NamedTuple):
    """Something that was looked at. `values` fill the sentences that the name stands for."""

    name: str
    level: Level
    values: dict[str, str]


def well(name: str, **values: object) -> Finding:
    """It is as it should be."""
    return _found(name, Level.WELL, values)


def doubtful(name: str, **values: object) -> Finding:
    """It may be meant so."""
    return _found(name, Level.DOUBTFUL, values)


def wrong(name: str, **values: object) -> Finding:
    """It has to be mended."""
    return _found(name, Level.WRONG, values)


def _found(name: str, level: Level, values: dict[str, object]) -> Finding:
    return Finding(name, level, {key: str(value).rstrip(".") for key, value in values.items()})
