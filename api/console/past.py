"""The moment that a page is asked about: `as_of` (what was true), `known_at` (what was known)."""

from datetime import date, datetime

from api.console.formats import ZONE
from api.console.visit import Visit
from api.problems import Problem
from workflow.domain import clock
from workflow.domain.history import Moment

DAY = len("2026-01-30")


def moment_of(visit: Visit) -> Moment | None:
    """The moment in the address; None: the present. Raises Problem (422); so for one to come, of
    which nobody knows anything.
    """
    as_of, known_at = visit.asked("as_of"), visit.asked("known_at")
    if as_of is None and known_at is None:
        return None
    return Moment(_instant("as_of", as_of), _instant("known_at", known_at))


def _instant(name: str, text: str | None) -> str | None:
    """A time as a form sends it, in the zone of the console where it names none; a day is meant
    with its last moment.
    """
    if text is None:
        return None
    try:
        instant = _read(text)
    except (ValueError, OverflowError) as error:
        errors = [{"pointer": f"/query/{name}", "detail": "not a time"}]
        raise Problem("invalid-request", "The time cannot be read.", errors) from error
    if instant > clock.end_of(datetime.now(ZONE).date(), ZONE.key):
        errors = [{"pointer": f"/query/{name}", "detail": "in the future"}]
        raise Problem("invalid-request", "The time has not come yet.", errors)
    return instant


def _read(text: str) -> str:
    if len(text) == DAY:
        return clock.end_of(date.fromisoformat(text), ZONE.key)
    moment = datetime.fromisoformat(text.replace(" ", "+"))
    return clock.instant(moment if moment.tzinfo else moment.replace(tzinfo=ZONE))
