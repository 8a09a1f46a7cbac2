"""Why events were refused, as far as the journal of access has it."""

from collections.abc import Sequence
from typing import NamedTuple

from api.console import figures
from api.console.figures import Cause
from api.journal import Filter, Journal, What
from api.journal import page as journal_page
from workflow.domain import clock

PAGE, PAGES = 1_000, 20
"""Refused attempts that are read at a time, and how often."""


class Refusals(NamedTuple):
    """Why events were refused; `whole`: there are no others in the period. `since`: the first
    attempt that was looked at.
    """

    causes: Sequence[Cause]
    whole: bool
    since: str | None


async def counted(journal: Journal, since: str | None) -> Refusals:
    """The newest refused attempts of those from an instant on (None: of all)."""
    begin = None if since is None else clock.milliseconds(since)
    wanted = Filter(what=What.REFUSED, since=begin)
    causes, first, place = figures.Causes(), None, None
    for _ in range(PAGES):
        found = await journal_page(journal, wanted, PAGE, place, newest=True)
        causes.take(figures.of_events(found.entries))
        first = min((one["at"] for one in found.entries), default=first)
        place = found.next
        if place is None:
            break
    return Refusals(causes.told(), place is None, first)
