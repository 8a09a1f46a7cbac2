"""A change of law, tried on what happened: a trail replayed under a candidate, writing nothing.

Every act that counts is posted again under the candidate. What it refuses is left out, and the
rest goes on from there. Corrections apply; migrations have no meaning here, since the candidate
decides from the first record on. Acts that nobody posted, such as those of a clock of the
candidate's own, do not happen; but the time limits that would run are compared with those that do.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final, NamedTuple, cast

import orjson

from workflow.domain import clock, deadlines, history
from workflow.domain.application import Snapshot
from workflow.domain.corrections import reads_on
from workflow.domain.draws import share_of
from workflow.domain.history import Moment
from workflow.domain.migration import mapped
from workflow.domain.procedure import Procedure
from workflow.domain.record import NOTHING, Document
from workflow.domain.refusals import Refusal, Refused
from workflow.machine import Engine
from workflow.replay import again, steps_of

DAY = timedelta(days=1)


class Limits(NamedTuple):
    """The time limits that run at an instant. `last_days`: the last day of each by its id, counted
    as if it ran on where it stands still; `overdue`: the first day after the authority's, where
    that is over. Days are those of the procedure's zone (ISO 8601).
    """

    last_days: Mapping[str, str]
    overdue: str | None


Running = Callable[[Mapping[str, Any]], Limits | None]
"""The limits that run for an application as it stands (a snapshot); None: nobody knows."""


@dataclass(frozen=True, slots=True)
class Objection:
    """A record that the candidate would refuse, and why."""

    seq: int
    type: str
    refusals: tuple[Refusal, ...]


class Otherwise(NamedTuple):
    """What would be other than it is, beside the state. `kind`: gate, licence, draw (the units
    that are taken from a pool), deadline (its last day) or overdue (since which day); `name`: which
    gate, which part of the licence (None: the whole, by its number), which pool, which time limit.
    None: there is none.
    """

    kind: str
    name: str | None
    present: str | int | None
    reached: str | int | None


@dataclass(frozen=True, slots=True)
class Simulated:
    """Where an application stands (`expected`: as the candidate calls that state), and where it
    would stand (None: it could not have been opened), with what else would be other then. `timed`:
    its time limits were compared, too; not so where nobody knows the rules that it stands under.
    """

    application: str
    buyer: str
    version: int
    state: str
    expected: str
    reached: str | None
    refused: tuple[Objection, ...]
    otherwise: tuple[Otherwise, ...]
    timed: bool

    @property
    def elsewhere(self) -> bool:
        """Whether it would stand elsewhere."""
        return self.reached != self.expected

    @property
    def differs(self) -> bool:
        """Whether anything would be other than it is."""
        return bool(self.elsewhere or self.refused or self.otherwise)


class Candidate:
    """The rules of one procedure, whatever version a trail names."""

    def __init__(self, procedure: Procedure) -> None:
        self.procedure: Final = procedure
        self._engine: Final = Engine(procedure)

    def engine(self, _document: Document) -> Engine:
        """Its own engine."""
        return self._engine

    def founding(self, _name: str, _version: int) -> Engine:
        """Its own engine."""
        return self._engine

    def find(self, _name: str, _version: int) -> None:
        """No version to migrate to."""

    def simulate(self, texts: Sequence[bytes], now: str, running: Running) -> Simulated:
        """Replay one trail, given as stored and checked, with what is known of the time limits that
        run by now (an instant).
        """
        trail: list[dict[str, Any]] = [orjson.loads(text) for text in texts]
        steps = [step for step in steps_of(trail).values() if not reads_on(step.record)]
        refused: list[Objection] = []
        reached = NOTHING
        for record, answer in again(self, steps):
            if isinstance(answer, Refused):
                refused.append(Objection(record["seq"], record["type"], answer.refusals))
            else:
                reached = answer.after
        present = (history.at(trail, Moment(None, None)) or NOTHING).snapshot
        state, version = present["state"], present["procedure_version"]
        limits = running(present)
        otherwise = [*_otherwise(present, reached.snapshot)]
        if limits is not None and reached.snapshot:
            own = limits_of(self.procedure, cast(Snapshot, reached.snapshot), now)
            otherwise += _timed(limits, own)
        return Simulated(
            application=trail[0]["subject"].partition("/")[2],
            buyer=present["buyer"],
            version=version,
            state=state,
            expected=mapped(self.procedure, version, state) or state,
            reached=reached.snapshot.get("state"),
            refused=tuple(refused),
            otherwise=tuple(otherwise),
            timed=limits is not None,
        )


def limits_of(procedure: Procedure, snapshot: Snapshot, now: str) -> Limits:
    """The time limits that run under a procedure by now."""
    zone = procedure.time_zone
    last_days = {
        timer.name: (clock.day_in(timer.due, zone) - DAY).isoformat()
        for timer in deadlines.timers(procedure, snapshot)
    }
    found = deadlines.limit(procedure, snapshot)
    if found is not None:
        last_days[found.deadline.id] = found.last_day.isoformat()
    since = deadlines.overdue_from(procedure, snapshot)
    late = since is not None and since <= now
    return Limits(last_days, clock.day_in(since, zone).isoformat() if since and late else None)


def _otherwise(present: Mapping[str, Any], reached: Mapping[str, Any]) -> Iterator[Otherwise]:
    """Gates, licence and draws, where they differ; of what could not be opened nothing."""
    if not reached:
        return
    yield from _each("gate", present["gates"], reached["gates"])
    held, other = present["licence"], reached["licence"]
    if held and other:
        yield from _each("licence", _terms(held), _terms(other))
    elif held or other:
        numbers = (one["number"] if one else None for one in (held, other))
        yield Otherwise("licence", None, *numbers)
    yield from _each("draw", _drawn(present), _drawn(reached))


def _timed(present: Limits, reached: Limits) -> Iterator[Otherwise]:
    yield from _each("deadline", present.last_days, reached.last_days)
    if (present.overdue is None) != (reached.overdue is None):
        yield Otherwise("overdue", None, present.overdue, reached.overdue)


def _each(kind: str, present: Mapping[str, Any], reached: Mapping[str, Any]) -> Iterator[Otherwise]:
    for name in dict.fromkeys((*present, *reached)):
        was, would_be = present.get(name), reached.get(name)
        if was != would_be:
            yield Otherwise(kind, name, was, would_be)


def _terms(licence: Mapping[str, Any]) -> dict[str, Any]:
    """A licence without its list of shipments; what they come to stays."""
    return {name: value for name, value in licence.items() if not isinstance(value, dict)}


def _drawn(snapshot: Mapping[str, Any]) -> dict[str, int]:
    taken = share_of(cast(Snapshot, snapshot)).drawn
    return {snapshot["pool"]: taken} if snapshot["pool"] and taken else {}
