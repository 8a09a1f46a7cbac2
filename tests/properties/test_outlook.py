"""What is told before anybody posts is what posting comes to, whatever the data."""

from dataclasses import replace
from itertools import product
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.properties.acts import Posted
from tests.properties.effort import tried
from tests.properties.people import (
    CUSTOMS,
    EVERYBODY,
    MIIT,
    MOFCOM,
    NDRC,
    RECORDER,
    SECOND_OF_MOFCOM,
    THE_BUYER,
    principal,
)
from tests.properties.postings import MAIN_LINE, OFFICIAL, PROPOSAL, Step
from tests.properties.runs import Run, drawn_run
from tests.properties.tries import LINKED_BY_NOBODY, tries
from workflow.domain import draws, reservations
from workflow.domain.foresight import SAMPLES
from workflow.domain.payloads import PAYLOADS
from workflow.domain.principal import Principal
from workflow.domain.record import Decision
from workflow.domain.rules import EFFECTS
from workflow.machine import Engine, Outlook

Pools = dict[str, dict[str, Any]]

BY_THE_TRAIL = {"correct"}
"""Events that may be refused although they are told as possible, since more is read than the
application as it stands: what stands in a correction's way, the records say that lead to it.
"""

DRAWN = [0, 3, 400, 1_000]


def pool_of(drawn: int) -> dict[str, Any]:
    """A pool of exactly 403 units, so many of which are gone."""
    claim = {"units": 403, "bound": "exactly", "buyers": [], "superseded_by": None}
    return {"claims": {"k1": claim}, "drawn": drawn, "reserved": 0, "reservations": {}}


def answer(run: Run, who: Principal, kind: str, body: str | None, data: Any, pools: Pools) -> bool:
    """Whether an event is accepted: by the engine, and by the pools that it draws from."""
    told = run.case.ask(who, kind, body, data)
    if not isinstance(told, Decision):
        return False
    moved = draws.moves(told.before.snapshot, told.after.snapshot).items()
    return not any(
        units > 0 and reservations.beyond(pools[one], one, units) for one, units in moved
    )


def looked_at(run: Run, who: Principal, pools: Pools) -> Outlook:
    """What somebody is told who may know of the application's own pool alone."""
    own = run.case.snapshot["pool"]
    known = {} if own is None else {own: pools[own]}
    return run.case.engine.outlook(run.case.document, who, run.case.now, None, known)


def mistaken(run: Run, who: Principal, pools: Pools) -> list[str]:
    """Where what is told is not what posting comes to."""
    found, snapshot = looked_at(run, who, pools), run.case.snapshot
    records, wrong = run.case.document.version, []
    others = run.case.others
    others[LINKED_BY_NOBODY] = others["us-1"]._replace(application=LINKED_BY_NOBODY)
    for kind, _ in found.refused:
        for body in (None, *run.case.engine.procedure.events[kind].by):
            for data in tries(kind, snapshot, records):
                if answer(run, who, kind, body, data, pools):
                    wrong.append(f"{kind} of {body} is refused, but {data} is accepted")
    for kind, body in found.allowed:
        every = tries(kind, snapshot, records)
        one = any(answer(run, who, kind, body, data, pools) for data in every)
        if not one and kind not in BY_THE_TRAIL:
            wrong.append(f"{kind} of {body} is possible, but none of {every} is accepted")
    return wrong


@tried(40)
@given(data=st.data())
def test_refused_is_refused_with_any_data_and_allowed_is_accepted_with_some(
    engine: Engine, data: st.DataObject
) -> None:
    run = drawn_run(data, engine)
    if not run.model.entries:
        return
    drawn = data.draw(st.sampled_from(DRAWN))
    pools = {"joint-1": pool_of(drawn), "joint-2": pool_of(0)}
    for who in data.draw(st.lists(st.sampled_from(EVERYBODY), min_size=3, max_size=3)):
        assert mistaken(run, principal(who), pools) == []


REPORT = ("press_report",)
LIFE: list[Step] = [
    *MAIN_LINE[:1],
    (MIIT, Posted("extend_deadline", "miit", {"working_days": 5}, OFFICIAL)),
    (RECORDER, Posted("request_information", "miit", {"query": "q1", "question": "Who?"}, REPORT)),
    (THE_BUYER, Posted("provide_information", "buyer", {"query": "q1", "answer": "We."}, OFFICIAL)),
    (MIIT, Posted("confirm", "miit", {"seq": 4}, OFFICIAL)),
    (NDRC, Posted("hold", "ndrc", {"hold": "h1", "blocks": ["amend"]}, OFFICIAL)),
    *MAIN_LINE[1:4],
    (MOFCOM, Posted("propose_condition", "mofcom", {"condition": "c2", "kind": "other"}, OFFICIAL)),
    (NDRC, Posted("consent", "ndrc", {"condition": "c1"}, OFFICIAL)),
    (MOFCOM, Posted("waive_condition", "mofcom", {"condition": "c2"}, OFFICIAL)),
    (NDRC, Posted("release", "ndrc", {"hold": "h1"}, OFFICIAL)),
    (NDRC, Posted("hold", "ndrc", {"hold": "h2", "blocks": ["withdraw"]}, OFFICIAL)),
    *MAIN_LINE[4:9],
    (MOFCOM, replace(MAIN_LINE[9][1], data={**PROPOSAL, "max_uses": 1})),
    *MAIN_LINE[10:],
    (CUSTOMS, Posted("reverse_shipment", "customs", {"shipment": "s0"}, OFFICIAL)),
    (NDRC, Posted("meet_condition", "ndrc", {"condition": "c1"}, OFFICIAL)),
]
"""A life in which much gets in the way of much: the steps of the main line, and others between."""

MET = {
    *("unknown-condition", "condition-settled", "condition-of-another", "condition-not-accepted"),
    *("conditions-exist", "conditions-not-fixed", "unknown-shipment", "shipment-reversed"),
    *("unknown-query", "query-answered", "unknown-hold", "hold-of-another", "hold-released"),
    *("deadline-extended", "extension-too-long", "nothing-to-confirm", "not-correctable"),
    *("uses-exhausted", "beyond-pool", "held", "licence-not-proposed"),
}
"""What is told in it, among other things."""


def test_every_step_of_a_life_is_told_as_it_is(engine: Engine) -> None:
    run, met = Run(engine), set[str]()
    run.begin((THE_BUYER, Posted("create", "buyer", {"pool": "joint-1"}, OFFICIAL)))
    for number, step in enumerate(LIFE):
        for who, drawn in product((MIIT, NDRC, SECOND_OF_MOFCOM, CUSTOMS, THE_BUYER), (0, 400)):
            pools = {"joint-1": pool_of(drawn), "joint-2": pool_of(0)}
            assert mistaken(run, principal(who), pools) == [], f"before step {number}"
            told = looked_at(run, principal(who), pools).refused
            met |= {refusal.code for _, reasons in told for refusal in reasons}
        run.take(step)
        assert run.answers[-1][0] == (201, frozenset()), f"step {number}"
    assert met >= MET


def test_every_payload_has_samples_and_every_effect_can_be_tried(engine: Engine) -> None:
    assert SAMPLES.keys() == PAYLOADS.keys()
    assert {payload for one in EFFECTS.values() for payload in one.payloads} <= SAMPLES.keys()
