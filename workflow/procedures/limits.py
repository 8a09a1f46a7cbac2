"""What the deadlines of a procedure file must hold, so that the clock can do what they say."""

from collections.abc import Iterator

from workflow.domain import calendar
from workflow.domain.principal import CLOCK
from workflow.procedures.flow import Found, ways_of
from workflow.procedures.format import DeadlineEntry, ProcedureFile
from workflow.procedures.names import unknown

TIMELY = {"working_days": "time_has_come", "after": "validity_over"}
"""How a deadline is given -> the guard by which its event looks at the time itself."""


def problems_of_deadlines(file: ProcedureFile) -> Iterator[Found]:
    """What is wrong with the deadlines and the calendar that they are counted in."""
    if not calendar.known(file.calendar):
        yield ("calendar",), f"there is no calendar of `{file.calendar}`"
    for name, deadline in file.deadlines.items():
        yield from _measure(name, deadline)
        if deadline.event is not None:
            yield from _event(file, name, deadline, deadline.event)


def _measure(name: str, deadline: DeadlineEntry) -> Iterator[Found]:
    path = ("deadlines", name)
    if (deadline.working_days is None) == (deadline.after is None):
        yield path, f"`{name}` needs either `working_days` or `after`"
    if deadline.event is None and deadline.after is not None:
        yield (*path, "after"), "`after` needs an `event`; an authority's deadline has working days"
    if deadline.event is not None and deadline.extension:
        yield (*path, "extension"), "a deadline with an `event` is not extended"


def _event(file: ProcedureFile, name: str, deadline: DeadlineEntry, kind: str) -> Iterator[Found]:
    path = ("deadlines", name, "event")
    event = file.events.get(kind)
    if event is None:
        yield path, unknown("event", kind, file.events)
        return
    if event.by != [CLOCK]:
        yield path, f"`{kind}` is not an act of `{CLOCK}` alone"
    sources = {source for way in ways_of(file, kind) for source in way.sources}
    for state in deadline.states:
        if state not in sources:
            yield path, f"`{kind}` is not possible in `{state}`"
    guard = TIMELY["working_days" if deadline.after is None else "after"]
    if guard not in event.guards:
        yield path, f"`{kind}` needs the guard `{guard}`"
