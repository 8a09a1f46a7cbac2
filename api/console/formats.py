"""How numbers and times are written in a language of the console."""

from datetime import UTC, datetime
from typing import Final
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime
from markupsafe import Markup

ZONE = ZoneInfo("Asia/Shanghai")
"""The zone of every time on a page; UTC stands beside it."""

WAN, YI = 10**4, 10**8
"""What large numbers are counted in, in Chinese."""

LOCALES = {"en": "en_GB", "zh": "zh_Hans_CN"}
DAYS = {"en": "d MMM y", "zh": "y年M月d日"}
TIMES = {"en": "d MMM y, HH:mm", "zh": "y年M月d日 HH:mm"}


class Formats:
    """Writes numbers and times in one language."""

    def __init__(self, language: str) -> None:
        self._language: Final = language
        self._locale: Final = LOCALES[language]

    def number(self, count: int) -> str:
        """A whole number: 400,000, or 40万 where nothing of it would be lost."""
        if self._language == "zh":
            for unit, word in ((YI, "亿"), (WAN, "万")):
                if count and count % unit == 0:
                    return f"{count // unit:,}{word}"
        return f"{count:,}"

    def percent(self, basis_points: int) -> str:
        """A share: 2,500 basis points are 25%."""
        return f"{basis_points / 100:g}%"

    def time(self, instant: str) -> Markup:
        """An instant to the minute, with the second in UTC on hover."""
        return self._element(datetime.fromisoformat(instant), TIMES[self._language])

    def day(self, instant: str) -> Markup:
        """The day of an instant."""
        return self._element(datetime.fromisoformat(instant), DAYS[self._language])

    def date(self, day: str) -> Markup:
        """A day that is one in itself, such as the last of a licence's validity."""
        told = format_date(datetime.fromisoformat(day).date(), DAYS[self._language], self._locale)
        return Markup('<time datetime="{}">{}</time>').format(day, told)

    def _element(self, moment: datetime, pattern: str) -> Markup:
        there = moment.astimezone(UTC)
        return Markup('<time datetime="{}" title="{}">{}</time>').format(
            f"{there:%Y-%m-%dT%H:%M:%SZ}",
            f"{there:%Y-%m-%d %H:%M:%S} UTC",
            format_datetime(moment, pattern, ZONE, self._locale),
        )
