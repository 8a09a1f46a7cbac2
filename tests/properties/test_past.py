"""What was true and what was known, against a naive model; corrections, against a trail that was
right from the beginning.
"""

from typing import Any

import orjson
from hypothesis import given
from hypothesis import strategies as st

from tests.properties.effort import tried
from tests.properties.past import true_at
from tests.properties.runs import drawn_run
from tests.unit.acting import Case
from tests.unit.versions import both
from workflow.correcting import recall
from workflow.domain import history, ledger
from workflow.domain.application import fold
from workflow.domain.differences import difference
from workflow.domain.history import Moment
from workflow.domain.payloads import shaped
from workflow.domain.principal import Principal, Role
from workflow.domain.record import Decision
from workflow.domain.refusals import Refused
from workflow.domain.trail import verify
from workflow.machine import Engine

Record = dict[str, Any]


def records_of(case: Case) -> list[Record]:
    return [orjson.loads(text) for text in case.trail]


def poster(record: Record) -> Principal:
    """Who posted a record, again."""
    own = frozenset({record["authority"]} - {None})
    role = frozenset({Role(record["role"])})
    return Principal(record["principal"], record["organisation"], role, own)


@st.composite
def replacements(draw: st.DrawFn, records: list[Record], record: Record) -> Record | None:
    """Nothing, the same event at another time, or another event of this trail."""
    if draw(st.booleans()):
        return None
    like = record if draw(st.booleans()) else draw(st.sampled_from(records))
    data = {name: value for name, value in like["data"].items() if name != "restated"}
    return {
        "type": like["type"],
        "authority": draw(st.sampled_from([None, "miit", "mofcom"])),
        "effective_at": draw(st.sampled_from([None, *(one["effective_at"] for one in records)])),
        "reason": "because",
        "evidence": like["evidence"],
        "data": data,
    }


def attempted(data: st.DataObject, case: Case, tries: int) -> list[Decision]:
    """Corrections that were accepted, of as many as were tried."""
    made = []
    for _ in range(tries):
        records = records_of(case)
        record = data.draw(st.sampled_from(records[-6:][len(records) <= 6 :]))
        given = {"seq": record["seq"], "with": data.draw(replacements(records, record))}
        whole = shaped("correction", given)
        posting = case.posting(poster(record), "correct", "correction", whole)
        answer = recall(both(), case.document, posting, case.trail)
        if isinstance(answer, Decision):
            made.append(answer)
            case.decisions.append(answer)
            case.document = answer.after
    return made


def moments(records: list[Record]) -> st.SearchStrategy[str]:
    """Times at which something changes, and others."""
    times = sorted({one[name] for one in records for name in ("effective_at", "recorded_at")})
    return st.sampled_from([times[0][:4] + "-01-01T00:00:00.000Z", *times, "2099" + times[0][4:]])


def drawn_trail(data: st.DataObject, engine: Engine) -> Case:
    case = drawn_run(data, engine).case
    if len(case.decisions) > 1:
        attempted(data, case, data.draw(st.sampled_from([0, 0, 1, 3])))
    return case


@st.composite
def made_up(draw: st.DrawFn) -> list[Record]:
    """A trail of a small subject whose records take effect in any order: things are put in, are
    changed within, taken away and put in again; the state moves on.
    """
    fields = {"effective_at": at(0), "recorded_at": at(0), "data": {}, "hash": "1" * 64}
    things: dict[str, Any] = {"a": {}, "b": None, "state": "s1", "entered_at": at(0)}
    first = {f"/{name}": value for name, value in things.items()}
    records: list[Record] = [{**fields, "seq": 1, "changes": {"set": first}}]
    for seq in range(2, draw(st.integers(3, 9))):
        changes = draw(touches(things, seq))
        effective = at(draw(st.integers(0, 5)))
        if draw(st.booleans()):
            changes["set"]["/state"] = f"s{seq}"
        if "/state" in changes["set"] and draw(st.booleans()):
            entered = max(effective, things["entered_at"], at(draw(st.integers(0, 5))))
            changes["set"]["/entered_at"] = entered
        things = fold(things, changes)
        records.append({**fields, "seq": seq, "effective_at": effective, "changes": changes})
    return records


def at(hour: int) -> str:
    return f"2026-02-01T0{hour}:00:00.000Z"


@st.composite
def touches(draw: st.DrawFn, things: Record, seq: int) -> Any:
    """What one record does to what there is."""
    inner = things["a"]
    kinds = ["put", "b", "nothing", *(["within", "within", "away"] if inner else []), "whole"]
    name = draw(st.sampled_from(sorted(inner) or ["x"]))
    match draw(st.sampled_from(kinds)):
        case "put":
            return {"set": {f"/a/{draw(st.sampled_from('xyz'))}": {"n": seq}}}
        case "within":
            return {"set": {f"/a/{name}/n": seq}}
        case "away":
            return {"set": {}, "unset": [f"/a/{name}"]}
        case "whole":
            return {"set": {"/a": {key: {"n": seq} for key in inner}}}
        case "b":
            return {"set": {"/b": draw(st.sampled_from([None, seq]))}}
        case _:
            return {"set": {}}


@tried(100)
@given(data=st.data())
def test_as_of_is_what_the_naive_model_says_of_any_order(data: st.DataObject) -> None:
    records = data.draw(made_up())
    for hour in range(6):
        found = history.at(records, Moment(at(hour), None))
        assert found is not None
        assert found.snapshot == true_at(records, at(hour), None)


@tried(100)
@given(data=st.data())
def test_as_of_is_what_the_naive_model_says(engine: Engine, data: st.DataObject) -> None:
    case = drawn_trail(data, engine)
    records = records_of(case)
    if not records:
        return
    for _ in range(6):
        at = data.draw(moments(records))
        known_at = data.draw(st.none() | moments(records))
        found = history.at(records, Moment(at, known_at))
        assert (None if found is None else found.snapshot) == true_at(records, at, known_at)


@tried(100)
@given(data=st.data())
def test_known_at_is_what_was_answered_then(engine: Engine, data: st.DataObject) -> None:
    case = drawn_trail(data, engine)
    records = records_of(case)
    if not records:
        return
    known_at = data.draw(moments(records))
    answered = [one.after for one in case.decisions if one.record["recorded_at"] <= known_at]
    assert history.at(records, Moment(None, known_at)) == (answered[-1] if answered else None)
    assert history.at(records, Moment(None, None)) == case.document


@tried(100)
@given(data=st.data())
def test_as_of_the_end_the_states_are_those_of_the_present(
    engine: Engine, data: st.DataObject
) -> None:
    case = drawn_trail(data, engine)
    if case.document.version:
        end = history.at(records_of(case), Moment("2099-01-01T00:00:00.000Z", None))
        assert end is not None
        names = ("state", "entered_at", "entered_seq", "entered_by", "unconfirmed", "persons")
        assert {name: end.snapshot[name] for name in names} == {
            name: case.document.snapshot[name] for name in names
        }


@tried(100)
@given(data=st.data())
def test_a_corrected_trail_counts_as_if_it_had_been_right(
    engine: Engine, data: st.DataObject
) -> None:
    """Its restated records, folded in order, are the present; so are its own changes."""
    case = drawn_run(data, engine).case
    if len(case.decisions) < 2 or not attempted(data, case, 4):
        return
    verdict = verify(case.trail)
    assert (verdict.ok, verdict.snapshot) == (True, case.document.snapshot)
    folded: dict[str, Any] = {}
    for counted in history.counted(records_of(case)).values():
        folded = fold(folded, counted.changes)
    assert folded == case.document.snapshot


def lived_again(case: Case, seq: int, instead: Record | None) -> Case | None:
    """Another application that lives the same life with one event in another's place; None where
    some event is refused.
    """
    other = Case(case.engine, case.pools)
    for record in records_of(case):
        told = record if record["seq"] != seq else instead
        if told is None:
            continue
        other.now = case.now if record["seq"] == seq else record["recorded_at"]
        posting = other.posting(
            poster(record), told["type"], "", told["data"], reason=told["reason"]
        )
        authority = told["authority"] or record["authority"]
        event = posting.event._replace(
            authority=authority,
            effective_at=told["effective_at"] or record["effective_at"],
            evidence=tuple(told["evidence"]),
            data=told["data"],
        )
        if record["seq"] == 1:
            answer = case.engine.create(posting._replace(event=event))
        else:
            payload = case.engine.procedure.events[told["type"]].payload
            event = event._replace(payload=payload, data=shaped(payload, told["data"]))
            answer = case.engine.decide(other.document, posting._replace(event=event))
        if not isinstance(answer, Decision):
            return None
        other.decisions.append(answer)
        other.document = answer.after
    return other


def stopped(case: Case, record: Record, corrected: Case) -> bool:
    """Whether a correction is what it was not, another act or a further shipment, where shipments
    are stopped, or the state would not take that act any more.
    """
    before, after = (ledger.shipped(one.snapshot) or 0 for one in (case, corrected))
    kind = corrected.decisions[record["seq"] - 1].record["type"]
    return after > before or kind != record["type"]


FACTS = ("state", "order", "proposal", "licence", "gates", "conditions_none", "pool", "buyer")
"""What of a snapshot names no record."""


@tried(100)
@given(data=st.data())
def test_a_correction_is_accepted_just_when_all_could_have_happened_so(
    engine: Engine, data: st.DataObject
) -> None:
    case = drawn_run(data, engine).case
    records = records_of(case)
    ours = [one for one in records[1:] if one["role"] != "system"]
    if not ours or any(one["type"] in ("confirm", "hold") for one in records):
        return  # they name records, or might stop the correction
    record = data.draw(st.sampled_from(ours[-6:]))
    kinds = {one["type"]: one for one in ours}
    like = data.draw(st.sampled_from([None, record, *kinds.values()]))
    instead = None if like is None else {name: like[name] for name in GIVEN}
    whole = shaped("correction", {"seq": record["seq"], "with": instead})
    posting = case.posting(poster(record), "correct", "correction", whole)
    answer = recall(both(), case.document, posting, case.trail)
    if isinstance(answer, Refused) and answer.decisive.code in ("relied-upon", "confirmed-already"):
        return  # nobody's word is changed behind their back, whatever could have happened
    expected = lived_again(case, record["seq"], instead)
    if isinstance(answer, Refused) and expected is not None and stopped(case, record, expected):
        return  # nothing is done by correcting that is stopped now
    assert isinstance(answer, Decision) == (expected is not None)
    if expected is not None and isinstance(answer, Decision):
        for fact in FACTS:
            assert answer.after.snapshot[fact] == expected.document.snapshot[fact]


GIVEN = ("type", "authority", "effective_at", "reason", "evidence", "data")
VALUES = st.recursive(
    st.none() | st.integers(0, 3) | st.just("x"),
    lambda inner: st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
)
SNAPSHOTS = st.dictionaries(st.sampled_from("abcd"), VALUES, max_size=4)


@given(before=SNAPSHOTS, after=SNAPSHOTS)
def test_a_difference_folds_the_one_into_the_other(
    before: dict[str, Any], after: dict[str, Any]
) -> None:
    changes = difference(before, after)
    assert fold(before, changes) == after
    paths = [*changes["set"], *changes.get("unset", [])]
    assert not [one for one in paths for other in paths if other.startswith(f"{one}/")]
    assert difference(after, after) == {"set": {}}
