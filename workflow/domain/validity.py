"""How long a licence is valid and how often it may be used, where the procedure itself says so.

A licence of six months from 1 March is valid up to and including 31 August: on the day that bears
the same number the seventh month begins. Where a month has no such day, the last one is its last.
"""

from calendar import monthrange
from datetime import date, timedelta
from typing import TypedDict

from workflow.domain import clock
from workflow.domain.act import Act
from workflow.domain.application import Snapshot
from workflow.domain.procedure import LicenceRule
from workflow.domain.refusals import Refusal

BOUNDED = ("propose_licence", "grant_licence", "reissue_licence")
"""The effects that give a licence its terms."""


class Period(TypedDict):
    """The first and the last day of a licence, and how often it may be used."""

    valid_from: str
    valid_until: str
    max_uses: int | None


def period(act: Act) -> Period:
    """The terms that an act gives a licence; what it leaves open is as the procedure says, from
    the day on which it takes effect. Raises ValueError where neither says when it ends.
    """
    data, rule = act.data, act.procedure.licence
    first = data["valid_from"] or clock.day_in(act.effective_at, act.procedure.time_zone)
    last = data["valid_until"] or (rule and last_day(rule, date.fromisoformat(str(first))))
    if last is None:
        raise ValueError("a procedure lets a licence be granted without saying how long it lasts")
    uses = data["max_uses"] or (rule.max_uses if rule else None)
    return Period(valid_from=str(first), valid_until=str(last), max_uses=uses)


def last_day(rule: LicenceRule, first: date) -> date | None:
    """The last day that a licence valid from `first` on may have; None: any."""
    try:
        if rule.days is not None:
            return first + timedelta(days=rule.days - 1)
        return None if rule.months is None else _months_on(first, rule.months)
    except OverflowError:
        return date.max


def _months_on(first: date, months: int) -> date:
    years, month = divmod(first.month - 1 + months, 12)
    year = first.year + years
    if year > date.max.year:
        return date.max
    length = monthrange(year, month + 1)[1]
    if first.day > length:
        return date(year, month + 1, length)
    return date(year, month + 1, first.day) - timedelta(days=1)


# guard


def within_terms(_snapshot: Snapshot, act: Act) -> Refusal | None:
    """The licence is valid no longer, and used no more often, than the procedure says."""
    rule = act.procedure.licence
    if rule is None:
        return None
    terms = period(act)
    first, last, uses = terms["valid_from"], terms["valid_until"], terms["max_uses"]
    latest = last_day(rule, date.fromisoformat(first))
    if last < first:
        return Refusal("never-valid", {"valid_from": first, "valid_until": last})
    if latest is not None and date.fromisoformat(last) > latest:
        return Refusal("beyond-validity", {"valid_from": first, "latest": latest.isoformat()})
    if rule.max_uses is not None and uses is not None and uses > rule.max_uses:
        return Refusal("beyond-uses", {"max_uses": rule.max_uses})
    return None
