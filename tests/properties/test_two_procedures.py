"""An import and the application to the US authorities on which its gate hangs: corrected, migrated
and linked at random, in the engine and in reference models that share no code with it.
"""

from dataclasses import replace
from typing import Any

import hypothesis.stateful
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from pydantic import ValidationError

from tests.properties.acts import Posted, Somebody
from tests.properties.effort import tried
from tests.properties.exporting import BODIES, DEPARTMENTS, TABLE, Export
from tests.properties.lives import Life
from tests.properties.objections import Message
from tests.properties.people import (
    ANOTHER_BUYER,
    AUDITOR,
    BIS,
    CUSTOMS,
    MOFCOM,
    OFFICERS,
    OPERATOR,
    RECORDER,
    THE_BUYER,
    THE_LINK,
    principal,
)
from tests.properties.postings import LAGS, MAIN_LINE, OFFICIAL, START, Step, beginnings, steps
from tests.properties.reference import No
from tests.properties.runs import JUMPS, POOLS, Answer, Run, instant
from tests.properties.table import CLOCK, LINK
from tests.properties.test_reference import shown_by_engine, shown_by_reference
from tests.unit.acting import BUYER, Case, evidence
from tests.unit.correcting import Recalling
from tests.unit.versions import both
from workflow.domain import links
from workflow.domain.application import confirmed_state, standing
from workflow.domain.predicates import waiting_on
from workflow.domain.record import Decision
from workflow.domain.refusals import Refused

LINKED = "us-1"
SECOND_OF_BIS = Somebody("bis-b", "bis", "officer", frozenset({"bis"}))
DEPARTMENTAL = [Somebody(f"{one}-a", one, "officer", frozenset({one})) for one in DEPARTMENTS]
OF_THE_EXPORT = [BIS, SECOND_OF_BIS, *DEPARTMENTAL, THE_BUYER, RECORDER]
WHOEVER = [*OF_THE_EXPORT, ANOTHER_BUYER, AUDITOR, OPERATOR]

DATA: dict[str, st.SearchStrategy[dict[str, Any]]] = {
    "answer_appeal": st.fixed_dictionaries({"accept": st.booleans()}),
    "request_information": st.just({"query": "q1", "question": "Who?"}),
    "provide_information": st.just({"query": "q1", "answer": "We."}),
    "note": st.just({"text": "No comment."}),
}
STOPS: list[Step] = [
    (CUSTOMS, Posted("hold", "customs", {"hold": "h1", "blocks": ["record_shipment"]}, OFFICIAL)),
    (CUSTOMS, Posted("release", "customs", {"hold": "h1"}, OFFICIAL)),
    (MOFCOM, Posted("suspend", "mofcom", {}, OFFICIAL)),
    (MOFCOM, Posted("reinstate", "mofcom", {}, OFFICIAL)),
    (BIS, Posted("clear_export", "bis", {"reference": "BIS-4"}, OFFICIAL)),
    (CUSTOMS, Posted("note", "customs", {"text": "At the quay."}, OFFICIAL)),
]
WITHHELD: Step = (BIS, Posted("withhold_export", "bis", {"reference": "BIS-2"}, OFFICIAL))
SHIPMENT = Posted("record_shipment", "customs", {"shipment": "s2", "units": 1})
REVERSAL = Posted("reverse_shipment", "customs", {"shipment": "s0"})
TO_APPROVED: list[Step] = [
    (BIS, Posted("sign_off", "bis", {}, OFFICIAL)),
    (SECOND_OF_BIS, Posted("countersign", "bis", {}, OFFICIAL)),
    (BIS, Posted("approve", "bis", {}, OFFICIAL)),
]


@st.composite
def export_steps(draw: st.DrawFn, application: Export, now: int) -> Step:
    """One event on the application to the US authorities: mostly one that it knows."""
    here = [kind for kind, row in TABLE.items() if application.state in row.states]
    leading = [kind for kind in here if TABLE[kind].target not in (None, "returned_without_action")]
    kind = draw(st.sampled_from([*here, *leading * 4, *TABLE]))
    if kind == "confirm":
        seq = draw(st.integers(1, len(application.entries)))
        data, body = {"seq": seq}, application.entries[seq - 1].body
    else:
        data, body = draw(DATA.get(kind, st.just({}))), draw(st.sampled_from(TABLE[kind].by))
    fitting = [who for who in OF_THE_EXPORT if body in who.bodies or who.role != "officer"]
    who = draw(st.sampled_from([*fitting * 4, *WHOEVER]))
    lag = draw(LAGS)
    grades = draw(st.sampled_from([OFFICIAL, OFFICIAL, ("press_report",), ()]))
    named = draw(st.sampled_from([body, body, None, *BODIES]))
    at = None if lag is None else now + lag
    return who, Posted(kind, named, data, grades, at, draw(st.booleans()) or who.role == "buyer")


class Exported(Run):
    """The application to the US authorities in the engine, and in its reference model."""

    def __init__(self) -> None:
        engine = both().founding("us-export", 1)
        assert engine is not None
        self.case = Case(engine, POOLS)
        self.model = self.own = Export(BUYER, POOLS)
        self.now = START
        self.answers = []


class Imported(Run):
    """The import in the engine with its trail, and in the reference model that lives again."""

    def __init__(self) -> None:
        self.life = Life(BUYER, POOLS)
        self.recalling = Recalling(both())
        self.recalling.pools = POOLS
        self.case, self.model = self.recalling, self.life
        self.now = START
        self.answers = []

    def correct(self, who: Somebody, seq: int, instead: Posted | None) -> None:
        """Correct in both."""
        self.case.now = instant(self.now)
        told: Decision | Refused | Answer
        try:
            told = self.recalling.correct(
                principal(who), seq, written(instead) if instead else None, grade=()
            )
        except ValidationError:  # of what cannot be posted there is nothing to compare
            return
        self._compare(told, lambda: self.life.correct(who, seq, instead, self.now))

    def migrate(self) -> None:
        self.case.now = instant(self.now)
        told = self.recalling.migrate(principal(OPERATOR), 2, grade=())
        self._compare(told, lambda: self.life.migrate(OPERATOR, self.now))

    def hear(self, told: Decision | Refused, status: str, message: Message, at: int) -> None:
        self._compare(told, lambda: self.life.tell(THE_LINK, status, message, self.now, at))

    def _compare(self, told: Decision | Refused | Answer, live: Any) -> None:
        try:
            live()
        except No as no:
            self._note(told, no)
        else:
            self._note(told, None)


def written(posted: Posted) -> dict[str, Any]:
    """An event to take a record's place."""
    return {
        "type": posted.kind,
        "authority": posted.body,
        "effective_at": None if posted.at is None else instant(posted.at),
        "reason": "because" if posted.reason else None,
        "evidence": [dict(piece) for piece in evidence(*posted.grades)],
        "data": posted.data,
    }


class TwoProcedures(RuleBasedStateMachine):
    """Anybody does anything on either, and the worker takes its turns."""

    def __init__(self) -> None:
        super().__init__()
        self.home, self.abroad = Imported(), Exported()

    @initialize(data=st.data(), approved=st.booleans())
    def begin(self, data: st.DataObject, approved: bool) -> None:
        created = Posted("create", "buyer", {"pool": None}, OFFICIAL)
        for run in (self.home, self.abroad):
            run.begin((THE_BUYER, created))
        for step in data.draw(beginnings()):
            self.home.take(step)
        for step in TO_APPROVED if approved else []:
            self.abroad.take(step)

    @rule(jump=JUMPS)
    def wait(self, jump: int) -> None:
        for run in (self.home, self.abroad):
            run.now += jump

    @rule(stopped=st.sampled_from(STOPS))
    def stop_shipments(self, stopped: Step) -> None:
        self.home.take(stopped)

    @rule(data=st.data())
    def post(self, data: st.DataObject) -> None:
        self.home.take(data.draw(steps(self.home.model, self.home.now)))

    @rule(data=st.data())
    def post_abroad(self, data: st.DataObject) -> None:
        self.abroad.take(data.draw(export_steps(self.abroad.own, self.abroad.now)))

    @rule(withheld=st.booleans())
    def link(self, withheld: bool) -> None:
        if withheld:
            self.home.take(WITHHELD)
        self.home.take((THE_BUYER, Posted("link_export", None, {"application": LINKED})))

    @rule()
    def turn(self) -> None:
        """What is there to be told is told, and the model finds the same."""
        case, model, other = self.home.case, self.home.life, self.abroad.own
        procedure, linked = case.engine.procedure, self.abroad.case.snapshot
        news = links.news(procedure, case.snapshot, LINKED, linked)
        assert (news and (news.status, news.seq)) == expected_news(model, other)
        if news is None or procedure.states[case.state].final:
            return
        seq, sure = other.moved()
        at = max(other.entered, model.entered)
        reference = {"reference": links.reference(LINKED, news.seq)}
        case.now = instant(self.home.now)
        posting = case.posting(
            principal(THE_LINK),
            links.telling(procedure, news),
            links.REFERRING,
            reference,
            grade=(),
            at=instant(at),
        )
        posting = posting._replace(linked=links.seen(LINKED, linked))
        answer = case.engine.decide(case.document, posting)
        if isinstance(answer, Decision):
            case.decisions.append(answer)
            case.document = answer.after
        message = Message(LINKED, seq, other.entered, sure)
        self.home.hear(answer, news.status, message, at)

    @rule(data=st.data())
    def correct(self, data: st.DataObject) -> None:
        life = self.home.life
        last = len(life.entries)
        seq = data.draw(st.sampled_from([*range(1, last + 2), *range(max(2, last - 5), last + 1)]))
        place = life.firsts[min(seq, last) - 1]
        others = [*OFFICERS, THE_BUYER, RECORDER]
        who = data.draw(st.sampled_from([*[place.who] * 24, *others]))
        likes = [None, place.posted, SHIPMENT, REVERSAL, "another"]
        like = data.draw(st.sampled_from(likes))
        if like == "another":
            _, like = data.draw(steps(life, self.home.now))
        elif isinstance(like, Posted) and like.kind == "record_shipment":
            like = replace(like, data={**like.data, "units": data.draw(st.sampled_from([1, 2, 9]))})
        if isinstance(like, Posted):
            named = None if like.body in (CLOCK, LINK) else like.body
            body = data.draw(st.sampled_from([named, None]))
            at = data.draw(st.sampled_from([None, like.at]))
            like = Posted(like.kind, body, like.data, OFFICIAL, at, like.reason)
            if like.kind in ("correct", "migrate"):
                like = None
        if who.role != "system":
            self.home.correct(who, seq, like)

    @rule(meant=st.integers(0, 9))
    def migrate(self, meant: int) -> None:
        if meant == 0:
            self.home.migrate()

    @invariant()
    def they_answer_and_stand_alike(self) -> None:
        for run in (self.home, self.abroad):
            for told, expected in run.answers:
                assert told == expected
            run.answers.clear()
        if self.home.model.entries:
            assert shown_by_engine(self.home) == shown_by_reference(self.home)
            corrected = self.home.case.snapshot["corrections"].items()
            assert {int(seq): by for seq, by in corrected} == self.home.life.by
            assert shown_abroad(self.abroad) == reference_abroad(self.abroad)


def expected_news(life: Life, other: Export) -> tuple[str, int] | None:
    """What the link has to tell, as the models have it."""
    if life.links()[-1:] != [LINKED]:
        return None
    last, says = life.told_by_link(), other.says()
    known = None if last is None else {"clear_export": "open"}.get(last.kind, "shut")
    status = says or "shut"
    if status == known or (says is None and known is None):
        return None
    seq, _ = other.moved()
    return None if life.overruled(status, other.entered) else (status, seq)


def shown_abroad(run: Run) -> dict[str, Any]:
    snapshot = run.case.snapshot
    votes = snapshot["votes"]["concur"].items()
    return {
        "version": run.case.document.version,
        "state": snapshot["state"],
        "entered_at": snapshot["entered_at"],
        "standing": standing(snapshot),
        "confirmed_state": confirmed_state(snapshot),
        "votes": {body: vote["seq"] for body, vote in votes},
        "awaited": waiting_on(run.case.engine.procedure, snapshot),
        "acted": set(snapshot["acted"]),
    }


def reference_abroad(run: Run) -> dict[str, Any]:
    model = run.model
    return {
        "version": len(model.entries),
        "state": model.state,
        "entered_at": instant(model.entered),
        "standing": model.standing(),
        "confirmed_state": model.confirmed_state(),
        "votes": model.votes(),
        "awaited": model.awaited(),
        "acted": model.acted(),
    }


def test_both_procedures_and_their_models_agree() -> None:
    effort = settings(tried(40), stateful_step_count=25)
    hypothesis.stateful.run_state_machine_as_test(TwoProcedures, settings=effort)


def test_the_road_from_a_withheld_gate_to_a_corrected_shipment() -> None:
    """One way through all of it, so that it is known to be gone."""
    machine = TwoProcedures()
    created = Posted("create", "buyer", {"pool": None}, OFFICIAL)
    for run in (machine.home, machine.abroad):
        run.begin((THE_BUYER, created))
    for step in MAIN_LINE:
        machine.home.take(step)
    machine.link(withheld=True)
    for step in TO_APPROVED:
        machine.abroad.take(step)
    machine.turn()
    assert machine.home.case.snapshot["gates"] == {"export": "shut"}
    machine.home.take((BIS, Posted("clear_export", "bis", {"reference": "BIS-3"}, OFFICIAL)))
    machine.turn()
    machine.home.migrate()
    shipment = len(MAIN_LINE) + 1
    more = Posted("record_shipment", "customs", {"shipment": "s0", "units": 3}, OFFICIAL)
    who = machine.home.life.firsts[shipment - 1].who
    machine.home.correct(who, shipment, more)
    assert machine.home.answers[-1] == ((201, frozenset()), (201, frozenset()))
    machine.they_answer_and_stand_alike()
    machine.stop_shipments(STOPS[-1])
    noted = len(machine.home.life.entries)
    for stop, go, code in (
        (STOPS[0], STOPS[1], "held"),
        (STOPS[2], STOPS[3], "transition-not-allowed"),
        (WITHHELD, STOPS[4], "gate-shut"),
    ):
        machine.stop_shipments(stop)
        for seq, units in ((shipment, 4), (noted, 1)):
            name = "s0" if seq == shipment else "s2"
            told = replace(more, data={"shipment": name, "units": units})
            machine.home.correct(who, seq, told)
            refused = (409, frozenset({code}))
            assert machine.home.answers[-1] == (refused, refused)
        machine.stop_shipments(go)
        machine.they_answer_and_stand_alike()
    licence = machine.home.case.snapshot["licence"]
    assert licence is not None
    assert licence["shipments"] == {"s0": 3}
