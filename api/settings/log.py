"""The log: where it lies, what it is called, who may read it, who adds to it."""

import re
from dataclasses import dataclass
from pathlib import Path

from api.settings.environment import PREFIX, Unfit, variable, yes

MOST_DAYS = 36_500
"""A hundred years."""


@dataclass(frozen=True, slots=True)
class Log:
    """The log of all records, its variables named `CLEARANCE_LOG_<NAME>`."""

    directory: Path | None = None
    """Folder of tiles and checkpoint; in the data folder where it is not set."""
    origin: str | None = None
    """What the log is called, from its first start on; a host and a path, without scheme."""
    public: bool = True
    """Whether checkpoint and hash tiles are given without a credential."""
    sequence: bool = True
    """Whether this host adds to the log, if it has the key."""
    hot_days: int | None = None
    """Days after which records that have come to rest are kept in the log alone; None: never."""

    def __post_init__(self) -> None:
        origin = self.origin
        if origin is not None and (
            not origin.isascii() or set(origin) & set("+ \t\n") or not origin
        ):
            raise Unfit(f"{PREFIX}LOG_ORIGIN is a host and a path such as example.org/log")
        if self.hot_days is not None and not 0 <= self.hot_days <= MOST_DAYS:
            raise Unfit(f"{PREFIX}LOG_HOT_DAYS is from 0 to {MOST_DAYS}, not {self.hot_days}")

    @classmethod
    def from_environment(cls, directory: Path | None = None, hot_days: int | None = None) -> "Log":
        """What a flag gives, else what a variable says, else the default. Raises Unfit."""
        named, days = variable("LOG_DIRECTORY"), variable("LOG_HOT_DAYS")
        return cls(
            directory=directory or (Path(named) if named else None),
            origin=variable("LOG_ORIGIN"),
            public=yes("LOG_PUBLIC", otherwise=True),
            sequence=yes("LOG_SEQUENCE", otherwise=True),
            hot_days=hot_days if days is None or hot_days is not None else _number(days),
        )


def _number(days: str) -> int:
    """A number of days as it is written, of any size. Raises Unfit."""
    if not re.fullmatch(r"-?[0-9]{1,20}", days):
        raise Unfit(f"{PREFIX}LOG_HOT_DAYS is not a number: {days}")
    return int(days)
