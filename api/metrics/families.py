"""Every metric that there is: its name, what it tells, and what tells its samples apart.

No label has a value that a caller chooses: types are those of the procedures and of the registry,
codes those of the refusals, routes the templates of the addresses; whatever else there is, is
`other`.
"""

from typing import Final, Literal, NamedTuple

PREFIX: Final = "clearance_"
OTHER: Final = "other"
OPEN_TYPE: Final = "application/openmetrics-text"

QUICK: Final = (0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
"""Seconds, of what a server on the same network does."""
PATIENT: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""Seconds, of what somebody waits for."""
SIZES: Final = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024)


class Family(NamedTuple):
    """One metric, by its name without the prefix and without what its kind appends.

    `counter` and `histogram` add up over all processes, the dead ones too. `load` is of a process
    and adds up over those that live. `shared` is the same, whichever process is asked.
    """

    name: str
    kind: Literal["counter", "histogram", "load", "shared"]
    told: str
    labels: tuple[str, ...] = ()
    buckets: tuple[float, ...] = ()


FAMILIES: Final = (
    Family("events", "counter", "Events by their type and outcome.", ("type", "outcome")),
    Family("refusals", "counter", "Refused events by the code that decided.", ("code",)),
    Family("conflicts", "counter", "Events decided anew, because another process was quicker."),
    Family("commits", "counter", "Commits that the server answered."),
    Family("commit_seconds", "histogram", "Seconds of a call that commits.", (), QUICK),
    Family("commit_group_size", "histogram", "Commits in one call.", (), SIZES),
    Family(
        "http_requests",
        "counter",
        "Requests by method, template of the address, and status.",
        ("method", "route", "status"),
    ),
    Family(
        "http_request_seconds",
        "histogram",
        "Seconds until an answer begins, but for those for which it was held.",
        ("method", "route"),
        PATIENT,
    ),
    Family("deliveries", "counter", "Tried deliveries to webhooks by outcome.", ("outcome",)),
    Family("delivery_seconds", "histogram", "Seconds of a delivery.", (), PATIENT),
    Family("processes", "load", "Processes that are counted together and live."),
    Family("events_waiting", "load", "Events that wait at the desk for their subject."),
    Family("calls_waiting", "load", "Calls that wait for a round trip to the server.", ("call",)),
    Family("journal_entries_waiting", "load", "Entries of the journal that are not written yet."),
    Family("held_polls", "load", "Polls that are held until something changes."),
    Family("streams", "load", "Streams that are open."),
    Family("server_up", "shared", "Whether the database answers, 1 or 0."),
    Family("records", "shared", "Records that are committed."),
    Family("log_size", "shared", "Records that the last signed checkpoint covers."),
    Family("log_lag_records", "shared", "Committed records that no checkpoint covers yet."),
    Family("timers_late", "shared", "Subjects that have been due for more than a second."),
    Family("timers_late_seconds", "shared", "Since when the longest of them has been due."),
    Family("webhook_deliveries_waiting", "shared", "Deliveries that are to be tried still."),
    Family("webhook_dead_letters", "shared", "Deliveries that were given up and are kept."),
    Family("finding", "shared", "What is wrong, 1 where it is.", ("finding",)),
)

BY_NAME: Final = {family.name: family for family in FAMILIES}


def exposed(family: Family) -> str:
    """Its name as queries have it; a histogram's without `_bucket`, `_sum` and `_count`."""
    return f"{PREFIX}{family.name}{'_total' if family.kind == 'counter' else ''}"
