"""An event that must say on which version it is decided."""

from dataclasses import replace

from tests.unit.acting import BUYER, RECORDER, THE_BUYER, Case, accepted, decisive
from workflow.domain.record import Decision
from workflow.domain.refusals import Kind
from workflow.machine import Engine


def demanding(engine: Engine) -> Engine:
    """The same procedure, in which a withdrawal must carry If-Match."""
    events = dict(engine.procedure.events)
    events["withdraw"] = replace(events["withdraw"], if_match=True)
    return Engine(replace(engine.procedure, events=events))


def test_without_if_match_the_event_is_refused(engine: Engine) -> None:
    case = Case(demanding(engine))
    accepted(case.create(buyer=BUYER))
    assert decisive(case.post(THE_BUYER, "withdraw")) == (Kind.UNCONDITIONAL, "if-match-required")
    posting = case.posting(THE_BUYER, "withdraw", "empty", {})
    decided = case.engine.decide(case.document, posting._replace(conditional=True))
    assert isinstance(decided, Decision)


def test_who_may_not_act_is_told_that_first(engine: Engine) -> None:
    case = Case(demanding(engine))
    accepted(case.create(buyer=BUYER))
    assert decisive(case.post(RECORDER, "withdraw", "miit")) == (Kind.FORBIDDEN, "wrong-authority")
