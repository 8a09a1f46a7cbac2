"""Deadlines and what the clock does about them, recomputed from a snapshot every time.

A deadline of an authority counts working days from the entry of its first state on. The day on
which it begins does not count, nor the days for which the applicant's information was awaited
(Administrative Licensing Law of the PRC, art. 42 and 45). When it has passed, the application is
overdue and nothing else happens. A deadline with an event is different: nothing stops or extends
it, and the clock posts its event on the day after its last.
"""

from datetime import date, timedelta
from functools import lru_cache
from typing import Any, NamedTuple

from workflow.domain import clock
from workflow.domain.act import Act
from workflow.domain.application import Extension, Snapshot
from workflow.domain.calendar import add_working_days, published_until, working_days_between
from workflow.domain.procedure import Deadline, Procedure
from workflow.domain.refusals import Refusal

DAY = timedelta(days=1)


class Limit(NamedTuple):
    """An authority's deadline as it stands: its last day and, where the applicant's information
    is awaited, since when the clock stands still; the last day is then as if it ran on.
    """

    deadline: Deadline
    last_day: date
    paused_since: str | None


class Timer(NamedTuple):
    """An event that the clock posts at an instant."""

    name: str
    event: str
    due: str

    def key(self, snapshot: Snapshot) -> str:
        """Its idempotency key, the same for whoever posts it."""
        return f"timer:{self.name}:{self.due}:{snapshot['entered_seq']}"


def carried(procedure: Procedure, snapshot: Snapshot, state: str) -> dict[str, str]:
    """The deadlines that run on when the application enters a state, and since when."""
    return {
        name: begun(snapshot, deadline)
        for name, deadline in procedure.deadlines.items()
        if state in deadline.states
        and snapshot["state"] in deadline.states
        and deadline.after is None
    }


def received(act: Act, state: str) -> dict[str, str]:
    """The deadlines of authorities that begin when an act enters a state, and since when, where
    it was received later than it took effect: nobody has to decide on what is not there.
    """
    if act.received_at == act.effective_at:
        return {}
    return {
        name: act.received_at
        for name, deadline in act.procedure.deadlines.items()
        if state in deadline.states and deadline.event is None
    }


def limit(procedure: Procedure, snapshot: Snapshot) -> Limit | None:
    """The authority's deadline that ends first; None where none runs."""
    found: Limit | None = None
    state = snapshot["state"]
    for deadline in procedure.deadlines.values():
        if deadline.event is None and state in deadline.states:
            one = _standing(procedure, snapshot, deadline)
            if found is None or one.last_day < found.last_day:
                found = one
    return found


def overdue_from(procedure: Procedure, snapshot: Snapshot) -> str | None:
    """The instant from which on the application is overdue; None: not by time alone."""
    found = limit(procedure, snapshot)
    if found is None or found.paused_since is not None:
        return None
    return clock.beginning_of(found.last_day + DAY, procedure.time_zone)


def timers(procedure: Procedure, snapshot: Snapshot) -> list[Timer]:
    """What the clock will post while the application stays as it is, the earliest first."""
    found: list[Timer] = []
    state = snapshot["state"]
    for name, deadline in procedure.deadlines.items():
        if deadline.event is not None and state in deadline.states:
            last = _ends(procedure, snapshot, deadline)
            if last is not None and last < date.max:
                due = clock.beginning_of(last + DAY, procedure.time_zone)
                found.append(Timer(name, deadline.event, due))
    found.sort(key=lambda timer: timer.due)
    return found


def shown(procedure: Procedure, snapshot: Snapshot) -> dict[str, Any]:
    """The authority's deadline as a reader is told. While it stands still nobody knows its end."""
    found = limit(procedure, snapshot)
    if found is None or found.paused_since is not None:
        since = None if found is None else found.paused_since
        return {"due": None, "paused_since": since, "provisional": False}
    return {
        "due": clock.end_of(found.last_day, procedure.time_zone),
        "paused_since": None,
        "provisional": found.last_day > published_until(procedure.calendar),
    }


def working_days_left(procedure: Procedure, snapshot: Snapshot, now: str) -> int | None:
    """The working days after today, in the procedure's zone, up to the deadline and with its last
    day; below zero once it has passed. Of a clock that stands still, those that were left; of one
    that had not begun, all.
    """
    found = limit(procedure, snapshot)
    if found is None:
        return None
    counted_from = max(found.paused_since or now, begun(snapshot, found.deadline))
    today = clock.day_in(counted_from, procedure.time_zone)
    return working_days_between(today, found.last_day, procedure.calendar)


def extended(snapshot: Snapshot, deadline: Deadline) -> Extension | None:
    """The extension of a deadline that counts; one from before it began anew does not."""
    extension = snapshot["extensions"].get(deadline.id)
    since = begun(snapshot, deadline)
    return extension if extension is not None and extension["effective_at"] >= since else None


# guard


def time_has_come(snapshot: Snapshot, act: Act) -> Refusal | None:
    """The clock would post this event by now."""
    for timer in timers(act.procedure, snapshot):
        if timer.event == act.spec.type and timer.due <= act.effective_at:
            return None
    return Refusal("not-yet-due", {"type": act.spec.type})


def _standing(procedure: Procedure, snapshot: Snapshot, deadline: Deadline) -> Limit:
    """Where a deadline stands: every wait for information moves its last day."""
    zone, country = procedure.time_zone, procedure.calendar
    since = begun(snapshot, deadline)
    days = deadline.working_days or 0
    extension = extended(snapshot, deadline)
    if extension is not None:
        days += extension["working_days"]
    last = _counted(f"{since[:19]}Z", days, zone, country)
    if not snapshot["queries"]:
        return Limit(deadline, last, None)
    start = clock.day_in(since, zone)
    for asked_at, answered_at in _waits(snapshot):
        began = max(clock.day_in(asked_at, zone), start)
        if began > last:  # it had passed already
            break
        if answered_at is None:
            return Limit(deadline, last, max(asked_at, since))
        ended = clock.day_in(answered_at, zone)
        if ended > began:
            moved = add_working_days(last, working_days_between(began, ended, country), country)
            last = max(moved, add_working_days(ended - DAY, 1, country))
    return Limit(deadline, last, None)


@lru_cache(maxsize=4096)
def _counted(since: str, days: int, zone: str, country: str) -> date:
    """The day so many working days after that of an instant, which is given to the second: of
    the applications of a busy second one asks, the others are told.
    """
    return add_working_days(clock.day_in(since, zone), days, country)


def begun(snapshot: Snapshot, deadline: Deadline) -> str:
    """When it began: with the present state, unless it ran on from an earlier one, or what the
    applicant sent was received later.
    """
    return snapshot["clocks"].get(deadline.id, snapshot["entered_at"])


def _waits(snapshot: Snapshot) -> list[tuple[str, str | None]]:
    """When information was awaited from the applicant: from, to (None: it still is)."""
    queries = sorted(snapshot["queries"].values(), key=lambda query: query["asked_at"])
    waits: list[tuple[str, str | None]] = []
    for query in queries:
        asked, answered = query["asked_at"], query["answered_at"]
        if waits and (waits[-1][1] is None or asked <= waits[-1][1]):
            asked, end = waits.pop()
            answered = None if None in (end, answered) else max(end or "", answered or "")
        waits.append((asked, answered))
    return waits


def _ends(procedure: Procedure, snapshot: Snapshot, deadline: Deadline) -> date | None:
    """The last day of a deadline that nothing stops; None where the licence is still to come."""
    if deadline.working_days is not None:
        since = f"{begun(snapshot, deadline)[:19]}Z"
        return _counted(since, deadline.working_days, procedure.time_zone, procedure.calendar)
    licence = snapshot["licence"]
    return None if licence is None else date.fromisoformat(licence["valid_until"])
