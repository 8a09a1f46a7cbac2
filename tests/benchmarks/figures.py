"""What was measured, and whether it holds."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median


@dataclass(frozen=True, slots=True)
class Hold:
    """The value to hold: at least, or at most, so much."""

    value: float
    at_least: bool
    unit: str = "x"

    def met(self, measured: float) -> bool:
        """Whether a measured value holds."""
        return measured >= self.value if self.at_least else measured <= self.value

    def __str__(self) -> str:
        return f"{'>=' if self.at_least else '<='} {shown(self.value, self.unit)}"


@dataclass(frozen=True, slots=True)
class Figure:
    """One row: a value of each round, its hold (None: told for the record), and what else is
    told of it. `sides` says what was divided by what, as medians."""

    name: str
    values: Sequence[float]
    unit: str = "x"
    hold: Hold | None = None
    sides: str = ""

    @property
    def middle(self) -> float:
        """The median of the rounds."""
        return median(self.values)

    @property
    def spread(self) -> str:
        """The least and the greatest round."""
        low, high = min(self.values), max(self.values)
        return f"{shown(low, self.unit)} to {shown(high, self.unit)}"

    @property
    def verdict(self) -> str:
        """Met or missed; empty where nothing is held."""
        if self.hold is None:
            return ""
        return "met" if self.hold.met(self.middle) else "MISSED"


@dataclass(frozen=True, slots=True)
class Section:
    """A row of the list of figures to hold, with how it was measured."""

    title: str
    method: str
    figures: Sequence[Figure] = field(default_factory=tuple)


def ratio(
    name: str, ours: Sequence[float], theirs: Sequence[float], unit: str, hold: Hold | None = None
) -> Figure:
    """A figure of two sides measured in turn: one quotient for each round."""
    values = [one / other for one, other in zip(ours, theirs, strict=True)]
    sides = f"{shown(median(ours), unit)} : {shown(median(theirs), unit)}"
    return Figure(name, values, hold=hold, sides=sides)


def shown(value: float, unit: str) -> str:
    """A value with its unit, in as many digits as it deserves."""
    if unit == "x":
        return f"{value:.2f} x"
    if unit == "KiB":
        return f"{value / 1024:.2f} KiB"
    digits = 0 if value >= 100 else 1 if value >= 10 else 2
    return f"{value:,.{digits}f} {unit}"
