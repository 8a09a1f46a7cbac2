"""A change of law, tried on what happened: a trail replayed under a candidate, writing nothing.

Every act that counts is posted again under the candidate. What it refuses is left out, and the
rest goes on from there. Corrections apply; migrations have no meaning here, since the candidate
decides from the first record on. Acts that nobody posted, such as those of a clock of the
candidate's own, do not happen.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import orjson

from workflow.domain import history
from workflow.domain.corrections import reads_on
from workflow.domain.history import Moment
from workflow.domain.migration import mapped
from workflow.domain.procedure import Procedure
from workflow.domain.record import NOTHING, Document
from workflow.domain.refusals import Refusal, Refused
from workflow.machine import Engine
from workflow.replay import again, steps_of


@dataclass(frozen=True, slots=True)
class Objection:
    """A record that the candidate would refuse, and why."""

    seq: int
    type: str
    refusals: tuple[Refusal, ...]


@dataclass(frozen=True, slots=True)
class Simulated:
    """Where an application stands (`expected`: as the candidate calls that state), and where it
    would stand (None: it could not have been opened).
    """

    application: str
    buyer: str
    version: int
    state: str
    expected: str
    reached: str | None
    refused: tuple[Objection, ...]

    @property
    def elsewhere(self) -> bool:
        """Whether it would stand elsewhere."""
        return self.reached != self.expected


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

    def simulate(self, texts: Sequence[bytes]) -> Simulated:
        """Replay one trail, given as stored and checked."""
        trail: list[dict[str, Any]] = [orjson.loads(text) for text in texts]
        steps = [step for step in steps_of(trail).values() if not reads_on(step.record)]
        refused: list[Objection] = []
        reached = NOTHING
        for record, answer in again(self, steps, trail):
            if isinstance(answer, Refused):
                refused.append(Objection(record["seq"], record["type"], answer.refusals))
            else:
                reached = answer.after
        present = (history.at(trail, Moment(None, None)) or NOTHING).snapshot
        state, version = present["state"], present["procedure_version"]
        return Simulated(
            application=trail[0]["subject"].partition("/")[2],
            buyer=present["buyer"],
            version=version,
            state=state,
            expected=mapped(self.procedure, version, state) or state,
            reached=reached.snapshot.get("state"),
            refused=tuple(refused),
        )
