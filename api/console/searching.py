"""What a search of the trails asks for, as it stands in the address of a page."""

from collections.abc import Callable, Iterable
from datetime import date, timedelta
from typing import NamedTuple

from api.console import past
from api.console.formats import ZONE
from api.console.naming import Names
from api.console.visit import Visit
from api.dossier.wording import GRADES
from api.problems import Problem
from workflow.domain import clock
from workflow.domain.history import Moment
from workflow.domain.principal import Principal
from workflow.domain.procedure import Procedure
from workflow.queries import Queries
from workflow.trails import TrailFilter, Wanted

STANDINGS, ORDERS = ("confirmed", "reported"), ("desc", "asc")
TERMS = (
    *("type", "authority", "actor", "application", "buyer", "procedure", "grade", "standing"),
    *("since", "until", "as_of", "known_at"),
)
"""The parameters that leave records out."""

NAMESAKES = 10

TICK = timedelta(milliseconds=1)


Name = dict[str, str]


class Search(NamedTuple):
    """Which records, in which order, and the moment that was asked about (None: the present).
    `namesakes`: buyers by id, where the buyer was named and it may be any of these.
    """

    wanted: Wanted
    newest: bool
    moment: Moment | None
    namesakes: dict[str, Name]


class Offered(NamedTuple):
    """What may be chosen: codes with their names, events by the procedure that has them."""

    events: dict[str, dict[str, str]]
    bodies: dict[str, str]
    procedures: dict[str, str]


async def search_of(visit: Visit) -> Search:
    """The search in the address. Days are those of the console's zone, the last one included.
    Raises Problem (422).
    """
    procedures = visit.parts.catalog.procedures()
    moment = past.moment_of(visit)
    until = day(visit, "until", clock.end_of)
    known = None if moment is None else moment.known_at
    ends = [clock.later(end, TICK) for end in (until, known) if end is not None]
    records = TrailFilter(
        type=visit.one_of("type", *_events(procedures), "create"),
        authority=visit.one_of("authority", *visit.parts.catalog.bodies, "buyer"),
        actor=visit.asked("actor"),
        since=day(visit, "since", clock.beginning_of),
        until=min(ends, default=None),
        grade=visit.one_of("grade", *GRADES),
        standing=visit.one_of("standing", *STANDINGS),
        as_of=None if moment is None else moment.as_of,
    )
    procedure = visit.one_of("procedure", *(one.name for one in procedures))
    buyer, namesakes = await buyer_named(visit.parts.queries, visit.reader, visit.asked("buyer"))
    wanted = Wanted(records, visit.asked("application"), buyer, procedure)
    return Search(wanted, visit.one_of("order", *ORDERS) != "asc", moment, namesakes)


async def buyer_named(
    queries: Queries, reader: Principal, text: str | None
) -> tuple[str | None, dict[str, Name]]:
    """The buyer that a text means: by its id, or by the beginning of a name that no other has. Of
    a name that several have, the text and who they are.
    """
    if text is None or await queries.buyer(reader, text) is not None:
        return text, {}
    rows, _ = await queries.overview(reader, NAMESAKES, None, 1, text)
    named = {row.buyer: row.name for row in rows}
    return (next(iter(named)), {}) if len(named) == 1 else (text, named)


def offered(visit: Visit) -> Offered:
    """What the fields of a search offer, in the words of the latest procedures; what an older one
    alone has, in its own.
    """
    regimes = [visit.names(one) for one in visit.parts.catalog.procedures()]
    events: dict[str, dict[str, str]] = {}
    bodies: dict[str, str] = {}
    for names in regimes:
        known = events.setdefault(names.title, {"create": names.event("create")})
        known |= {code: names.event(code) for code in names.procedure.events}
        bodies |= {code: names.short(code) for code in ("buyer", *names.procedure.authorities)}
    return Offered(events, bodies, {names.procedure.name: names.title for names in regimes})


def names_of(visit: Visit, record: dict[str, dict[str, str | int]]) -> Names | None:
    """What the procedure of a record calls its parts; None where it is not known here."""
    named = record["procedure"]
    found = visit.parts.catalog.find(str(named["name"]), int(named["version"]))
    return None if found is None else visit.names(found)


def _events(procedures: Iterable[Procedure]) -> set[str]:
    return {code for one in procedures for code in one.events}


def day(visit: Visit, name: str, edge: Callable[[date, str], str]) -> str | None:
    """A day in the address by its first or its last millisecond."""
    text = visit.asked(name)
    if text is None:
        return None
    try:
        return edge(date.fromisoformat(text), ZONE.key)
    except ValueError as error:
        errors = [{"pointer": f"/query/{name}", "detail": "not a day"}]
        raise Problem("invalid-request", "The day cannot be read.", errors) from error
