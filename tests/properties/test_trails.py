"""What holds for the trail of every application, however it came about."""

import copy
import json
from itertools import pairwise
from typing import cast

import orjson
import rfc8785
from hypothesis import assume, event, given
from hypothesis import strategies as st

from tests.properties.effort import tried
from tests.properties.runs import Run, drawn_run
from workflow.domain import canonical, terms
from workflow.domain.act import Posting
from workflow.domain.application import Snapshot, fold
from workflow.domain.record import FIELDS, GENESIS, Decision, Document
from workflow.domain.refusals import Refused
from workflow.domain.trail import Checker, verify
from workflow.machine import Engine


def some_run(data: st.DataObject, engine: Engine) -> Run:
    run = drawn_run(data, engine, longest=12)
    assume(run.model.entries)
    return run


def begins(shorter: str, longer: str) -> bool:
    return longer == shorter or longer.startswith(f"{shorter}/")


@tried(60)
@given(data=st.data())
def test_folding_the_changes_of_a_trail_gives_the_stored_snapshot(
    engine: Engine, data: st.DataObject
) -> None:
    run = some_run(data, engine)
    snapshot: dict[str, object] = {}
    for text in run.case.trail:
        snapshot = fold(snapshot, orjson.loads(text)["changes"])
    assert canonical.encode(snapshot) == canonical.encode(run.case.document.snapshot)
    verdict = verify(run.case.trail)
    assert verdict.ok
    assert verdict.checked == run.case.document.version
    assert verdict.head == run.case.document.head
    assert canonical.encode(verdict.snapshot) == canonical.encode(run.case.document.snapshot)


@tried(60)
@given(data=st.data())
def test_checking_a_trail_leads_to_each_document_on_the_way(
    engine: Engine, data: st.DataObject
) -> None:
    checker = Checker()
    for decision in some_run(data, engine).case.decisions:
        assert checker.take(decision.text)
        assert checker.document().encode() == decision.after.encode()


@tried(60)
@given(data=st.data())
def test_no_pointer_is_the_beginning_of_another(engine: Engine, data: st.DataObject) -> None:
    for text in some_run(data, engine).case.trail:
        changes = json.loads(text)["changes"]
        pointers = [*changes["set"], *changes.get("unset", [])]
        for place, pointer in enumerate(pointers):
            assert pointer.startswith("/")
            assert not any(begins(pointer, other) for other in pointers[place + 1 :])
            assert not any(begins(other, pointer) for other in pointers[place + 1 :])


@tried(60)
@given(data=st.data())
def test_every_record_is_canonical_whole_and_linked(engine: Engine, data: st.DataObject) -> None:
    run = some_run(data, engine)
    records = [json.loads(text) for text in run.case.trail]
    assert [rfc8785.dumps(record) for record in records] == run.case.trail
    assert all(record.keys() == FIELDS for record in records)
    assert [record["seq"] for record in records] == list(range(1, len(records) + 1))
    assert [record["prev"] for record in records] == [GENESIS, *(x["hash"] for x in records)][:-1]
    assert run.case.document.head == records[-1]["hash"]
    for one, other in pairwise(records):
        assert one["recorded_at"] <= other["recorded_at"], "recorded_at ran backwards"
        assert one["to"] == other["from"]


@tried(60)
@given(data=st.data())
def test_a_document_is_read_as_it_was_written(engine: Engine, data: st.DataObject) -> None:
    run = some_run(data, engine)
    for decision in run.case.decisions:
        read = Document.decode(decision.after.encode())
        assert read == decision.after
        assert read.encode() == decision.after.encode()


@tried(60)
@given(data=st.data())
def test_what_is_said_to_stay_in_its_place_does(engine: Engine, data: st.DataObject) -> None:
    stayed = 0
    for decision in some_run(data, engine).case.decisions[1:]:
        before, after = (
            cast(Snapshot, document.snapshot) for document in (decision.before, decision.after)
        )
        if terms.same_place(before, after):
            stayed += 1
            assert terms.of_application("a1", before, engine.procedure) == terms.of_application(
                "a1", after, engine.procedure
            )
        elif decision.record["type"] == "note":
            assert decision.record["authority"] not in before["acted"]
    event(f"stayed {min(stayed, 3)} times")


class Listening(Engine):
    """Remembers what it was asked, and decides everything twice: on the pending document, and
    on the same one as it would come from the store."""

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine.procedure)
        self.differing: list[str] = []

    def decide(self, before: Document, posting: Posting, asked: bool = True) -> Decision | Refused:
        stored, kept = before.encode(), copy.deepcopy(before)
        event = copy.deepcopy(posting.event)
        first = super().decide(before, posting, asked)
        again = super().decide(before, posting, asked)
        afresh = super().decide(Document.decode(stored), posting, asked)
        if before != kept or before.encode() != stored:
            self.differing.append("deciding changed the document")
        if posting.event != event:
            self.differing.append("deciding changed the event")
        if not (plain(first) == plain(again) == plain(afresh)):
            self.differing.append(f"{plain(first)} is not {plain(again)} or {plain(afresh)}")
        return first


def plain(answer: Decision | Refused) -> tuple[object, ...]:
    if isinstance(answer, Decision):
        return answer.text, answer.after.encode()
    refusals = ((one.code, one.detail, one.field) for one in answer.refusals)
    return *refusals, answer.state, answer.allowed


@tried(60)
@given(data=st.data())
def test_deciding_mutates_nothing_and_gives_the_same_bytes_again(
    engine: Engine, data: st.DataObject
) -> None:
    listening = Listening(engine)
    run = drawn_run(data, listening, longest=12)
    assert listening.differing == []
    for decision in run.case.decisions:
        assert canonical.encode(decision.record) == decision.text, "a record changed later"


@tried(60)
@given(data=st.data())
def test_every_refusal_is_told_in_both_languages(engine: Engine, data: st.DataObject) -> None:
    heard: list[Refused] = []

    class Hearing(Engine):
        def decide(
            self, before: Document, posting: Posting, asked: bool = True
        ) -> Decision | Refused:
            answer = super().decide(before, posting, asked)
            if isinstance(answer, Refused):
                heard.append(answer)
            return answer

    drawn_run(data, Hearing(engine.procedure), longest=12)
    for refused in heard:
        for one in refused.refusals:
            told = one.detail
            assert told.en
            assert told.zh
            assert "{" not in told.en + told.zh
            assert "None" not in told.en + told.zh, one
