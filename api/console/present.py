"""Where applications stand now, and which of them stand still: counted over all that somebody sees
of a procedure, a stretch at a time, so that others are answered in between.
"""

from bisect import insort
from dataclasses import dataclass, field
from typing import Final, Literal, NamedTuple, cast

from workflow.catalog import Catalog
from workflow.domain import deadlines
from workflow.domain.application import Snapshot
from workflow.domain.principal import Principal
from workflow.domain.procedure import Procedure
from workflow.domain.record import Document
from workflow.queries import Queries
from workflow.service import now

STRETCHES = 500
"""Stretches of 200 applications that are read at the most, the oldest of each state first; about
40 microseconds an application (`python -m tests.benchmarks.pages`).
"""

STUCK = 50
"""Applications that are told of those that stand still."""

Longest = Literal["state", "limit"]
"""Where an application is the longest: in its present state, or beyond its time limit."""

Item = tuple[str, Document]


class Presence(NamedTuple):
    """How many applications are in a state, and since when the one is that came first, whose
    arrival may be only `reported`; None: that was not looked for. `exact`: there are no more.
    """

    state: str
    there: int
    since: str | None = None
    reported: bool = False
    exact: bool = True


class Still(NamedTuple):
    """One that has not moved on, and since when."""

    since: str
    application: str
    document: Document


@dataclass
class Census:
    """Where a procedure's applications stand. `moving`: how many are on the main line and not at
    its end; `overdue`: how many are beyond their time limit; `longest`: the first of both.
    `whole`: all of these were read.
    """

    presences: list[Presence] = field(default_factory=list)
    moving: int = 0
    overdue: int = 0
    longest: dict[Longest, list[Still]] = field(default_factory=lambda: {"state": [], "limit": []})
    whole: bool = True

    def keep(self, kind: Longest, one: Still) -> None:
        """Keep one if it is among the longest."""
        kept = self.longest[kind]
        if len(kept) == STUCK and one.since > kept[-1].since:
            return
        insort(kept, one, key=lambda still: (still.since, still.application))
        del kept[STUCK:]


async def census(
    queries: Queries, catalog: Catalog, reader: Principal, procedure: Procedure
) -> Census:
    """What the reader sees. The states in which nothing ends are read, and those of which no index
    tells how many are there.
    """
    told = await queries.in_states(reader, procedure.name)
    reading = _Reading(queries, catalog, reader, procedure, now())
    moving, found = _moving(procedure), reading.found
    for state in _states(catalog, procedure):
        there, ends = told.get(state), _ends(procedure, state)
        if there is None or (there and not ends):
            one = await reading.state(state, state in moving)
            if there is not None:
                one = one._replace(there=there, exact=True)
            elif not one.exact:
                found.whole = False
        else:
            one = Presence(state, there)
        if one.there or not one.exact:
            found.presences.append(one)
        if state in moving:
            found.moving += one.there
    return found


class _Reading:
    """Reads states one after the other, as far as the bound allows."""

    def __init__(
        self,
        queries: Queries,
        catalog: Catalog,
        reader: Principal,
        procedure: Procedure,
        at: str,
    ) -> None:
        self.found: Final = Census()
        self._queries: Final = queries
        self._catalog: Final = catalog
        self._reader: Final = reader
        self._procedure: Final = procedure
        self._at: Final = at
        self._left = STRETCHES

    async def state(self, state: str, moving: bool) -> Presence:
        """What is read of one state; whether it is on the way."""
        there, first = 0, None
        async for stretch in self._queries.oldest_first(self._reader, (f"state={state}",)):
            if self._left == 0:
                self.found.whole = False
                return _presence(state, there, first, exact=False)
            self._left -= 1
            for item in stretch:
                snapshot = cast(Snapshot, item[1].snapshot)
                if (snapshot["procedure"], snapshot["state"]) != (self._procedure.name, state):
                    continue
                there += 1
                if first is None or snapshot["entered_at"] < first["entered_at"]:
                    first = snapshot
                if moving:
                    self.found.keep("state", Still(snapshot["entered_at"], *item))
                self._late(item)
        return _presence(state, there, first, exact=True)

    def _late(self, item: Item) -> None:
        """Count one that is beyond its time limit."""
        procedure, snapshot = self._catalog.engine(item[1]).procedure, item[1].snapshot
        limit = deadlines.overdue_from(procedure, cast(Snapshot, snapshot))
        if limit is not None and limit <= self._at:
            self.found.overdue += 1
            self.found.keep("limit", Still(limit, *item))


def _presence(state: str, there: int, first: Snapshot | None, exact: bool) -> Presence:
    if first is None:
        return Presence(state, there, exact=exact)
    reported = str(first["entered_seq"]) in first["unconfirmed"]
    return Presence(state, there, first["entered_at"], reported, exact)


def _states(catalog: Catalog, procedure: Procedure) -> list[str]:
    """Those of the procedure in its order, then what only other versions of it have."""
    versions = [one for one in catalog.procedures() if one.name == procedure.name]
    return list(dict.fromkeys(state for one in (procedure, *versions) for state in one.states))


def _main(procedure: Procedure) -> list[str]:
    return [name for name, state in procedure.live_states.items() if state.line == "main"]


def _moving(procedure: Procedure) -> list[str]:
    """The states of the main line but its end."""
    return [name for name in _main(procedure)[:-1] if not procedure.states[name].final]


def _ends(procedure: Procedure, state: str) -> bool:
    """Whether applications come to an end there, so that there are ever more of them."""
    known = procedure.states.get(state)
    return known is not None and (known.final or state == _main(procedure)[-1])
