"""Random runs: the same events posted to the engine and to the reference model."""

from datetime import UTC, datetime

from hypothesis import strategies as st
from pydantic import ValidationError

from tests.properties.acts import Posted, Somebody
from tests.properties.people import principal
from tests.properties.postings import CREATIONS, START, Step, beginnings, steps
from tests.properties.reference import Application, No
from tests.unit.acting import BUYER, Case
from workflow.domain.record import Decision
from workflow.domain.refusals import Kind, Refused
from workflow.machine import Engine

POOLS = frozenset({"joint-1", "joint-2"})
STATUS = {Kind.INVALID: 422, Kind.FORBIDDEN: 403, Kind.CONFLICT: 409}
JUMPS = st.sampled_from([*[0, 0, 1, 1_000, 86_400_000, -1, -3_600_000] * 4, 61 * 86_400_000])

Answer = tuple[int, frozenset[str]]
"""201, or the status of a refusal with its codes."""


def instant(milliseconds: int) -> str:
    whole = datetime.fromtimestamp(milliseconds // 1_000, UTC).strftime("%Y-%m-%dT%H:%M:%S")
    return f"{whole}.{milliseconds % 1_000:03d}Z"


class Run:
    """One application in the engine, and the same one in the reference model."""

    def __init__(self, engine: Engine) -> None:
        self.case = Case(engine, POOLS)
        self.model = Application(BUYER, POOLS)
        self.now = START
        self.answers: list[tuple[Answer, Answer]] = []

    def begin(self, step: Step) -> None:
        """Create in both."""
        who, posted = step
        self.case.now = instant(self.now)
        told = self.case.create(
            principal(who),
            posted.grades,
            pool=posted.data["pool"],
            authority=posted.body,
            at=None if posted.at is None else instant(posted.at),
        )
        try:
            self.model.create(who, posted, self.now)
        except No as no:
            self._note(told, no)
        else:
            self._note(told, None)

    def take(self, step: Step) -> None:
        """Post to both."""
        who, posted = step
        self.case.now = instant(self.now)
        told = self._engine(who, posted)
        try:
            self.model.post(who, posted, self.now)
        except No as no:
            self._note(told, no)
        else:
            self._note(told, None)

    def _engine(self, who: Somebody, posted: Posted) -> Decision | Refused | Answer:
        try:
            return self.case.post(
                principal(who),
                posted.kind,
                posted.body,
                posted.data,
                grade=posted.grades,
                reason="because" if posted.reason else None,
                at=None if posted.at is None else instant(posted.at),
            )
        except ValidationError:
            return 422, frozenset({"invalid-event"})

    def _note(self, told: Decision | Refused | Answer, no: No | None) -> None:
        expected: Answer = (201, frozenset()) if no is None else (no.status, no.codes)
        self.answers.append((answered(told), expected))


def answered(told: Decision | Refused | Answer) -> Answer:
    """The engine's answer, as the reference tells it."""
    if isinstance(told, Decision):
        return 201, frozenset()
    if isinstance(told, Refused):
        return STATUS[told.decisive.kind], frozenset(one.code for one in told.refusals)
    return told


def drawn_run(data: st.DataObject, engine: Engine, longest: int = 24) -> Run:
    """A run of random events; an application that could not be created stays empty."""
    run = Run(engine)
    run.begin(data.draw(CREATIONS))
    if not run.model.entries:
        return run
    for step in data.draw(beginnings()):
        run.take(step)
    for _ in range(data.draw(st.sampled_from([0, 1, longest // 2, longest]))):
        run.now += data.draw(JUMPS)
        run.take(data.draw(steps(run.model, run.now)))
    return run
