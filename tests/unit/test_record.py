"""Records and the documents they lead to: folding changes, linking hashes."""

import hashlib
import json
from typing import Any

import pytest

from tests.unit.acting import Case, accepted
from tests.unit.journeys import GRANT
from workflow.domain.application import Changes, fold
from workflow.domain.record import GENESIS, NOTHING, Document, hash_of


def test_a_change_sets_and_removes_by_pointer() -> None:
    before = {"a": 1, "b": {"c": {"d": 2, "e": 3}}, "f": {"g": 4}}
    changes = Changes(set={"/a": 5, "/b/c/d": 6, "/b/x": 7, "/new": []}, unset=["/b/c/e", "/f/g"])
    assert fold(before, changes) == {"a": 5, "b": {"c": {"d": 6}, "x": 7}, "f": {}, "new": []}


def test_folding_leaves_the_given_snapshot_alone() -> None:
    before: dict[str, Any] = {"b": {"c": {"d": 2}}, "other": {"x": 1}}
    copy = json.loads(json.dumps(before))
    after = fold(before, Changes(set={"/b/c/d": 6, "/b/c/e": 7}, unset=["/other/x"]))
    assert before == copy
    assert after["b"]["c"] == {"d": 6, "e": 7}


def test_what_is_not_touched_is_shared() -> None:
    before = {"a": {"x": 1}, "b": {"y": 1}}
    after = fold(before, Changes(set={"/a/x": 2}))
    assert after["b"] is before["b"]


@pytest.mark.parametrize(
    "changes", [Changes(set={"/a/b": 1}), Changes(set={}, unset=["/a"]), Changes(set={"/x/y/z": 1})]
)
def test_a_change_to_what_is_not_there_is_an_error(changes: Changes) -> None:
    with pytest.raises(KeyError):
        fold({"x": {}}, changes)


def test_the_hash_is_over_the_record_without_it(case: Case) -> None:
    text = accepted(case.post(*GRANT)).text
    record = json.loads(text)
    told = record.pop("hash")
    plain = json.dumps(record, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert told == hashlib.sha256(plain.encode()).hexdigest()
    assert told == hash_of({**record, "hash": "whatever"})
    assert told == case.document.head


def test_records_are_linked_by_hash(case: Case) -> None:
    accepted(case.post(*GRANT))
    first, second = (json.loads(text) for text in case.trail)
    assert first["prev"] == GENESIS == "0" * 64
    assert second["prev"] == first["hash"]


def test_the_salt_changes_the_hash(case: Case) -> None:
    posting = case.posting(GRANT[0], GRANT[1], "empty", {})
    one = accepted(case.engine.decide(case.document, posting))
    other = accepted(case.engine.decide(case.document, posting._replace(salt="f" * 32)))
    assert one.record["hash"] != other.record["hash"]
    assert one.after.snapshot == other.after.snapshot


def test_the_stored_form_is_one_line_and_read_back_whole(case: Case) -> None:
    accepted(case.post(*GRANT))
    stored = case.document.encode()
    version, head, recorded_at, snapshot = stored.decode().split(" ", 3)
    assert (int(version), head, recorded_at) == (2, case.document.head, case.now)
    assert json.loads(snapshot) == case.snapshot
    assert Document.decode(stored) == case.document
    assert b"\n" not in stored


def test_nothing_is_what_a_subject_is_before_its_first_record() -> None:
    assert (NOTHING.version, NOTHING.head, NOTHING.snapshot) == (0, GENESIS, {})
