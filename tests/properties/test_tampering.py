"""Whoever changes an exported trail is found out; only a cut tail needs the head to be seen."""

import json
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.properties.effort import tried
from tests.unit.acting import RECORDER, Case, accepted, carry
from tests.unit.journeys import TO_LICENSED
from workflow.domain import canonical
from workflow.domain.record import hash_of
from workflow.domain.trail import Checker, Verdict, verify
from workflow.machine import Engine


@pytest.fixture(scope="module")
def trail(engine: Engine) -> list[bytes]:
    """The trail of a licensed application, with two notes."""
    case = Case(engine)
    accepted(case.create(reference="EC-2026-001"))
    carry(case, *TO_LICENSED)
    accepted(case.post(RECORDER, "note", None, {"text": "芯片 “quoted” \\ \u2028 😀"}))
    accepted(case.post(RECORDER, "note", "bis", {"text": "No comment.", "topic": "silence"}))
    return case.trail


def exported(trail: list[bytes]) -> bytes:
    """JSON lines."""
    return b"".join(text + b"\n" for text in trail)


def imported(lines: bytes) -> Verdict:
    """The verdict on JSON lines."""
    return verify(lines.removesuffix(b"\n").split(b"\n"))


def test_the_untouched_trail_is_sound(trail: list[bytes]) -> None:
    verdict = imported(exported(trail))
    assert verdict.ok
    assert verdict.checked == len(trail)


@tried(400)
@given(data=st.data())
def test_any_changed_byte_is_found(trail: list[bytes], data: st.DataObject) -> None:
    lines = bytearray(exported(trail))
    place = data.draw(st.integers(0, len(lines) - 2))
    lines[place] ^= data.draw(st.integers(1, 255))
    verdict = imported(bytes(lines))
    assert not verdict.ok
    assert verdict.first_bad == exported(trail)[:place].count(b"\n") + 1
    assert verdict.reason


@tried(100)
@given(data=st.data())
def test_any_lost_or_added_byte_is_found(trail: list[bytes], data: st.DataObject) -> None:
    lines = exported(trail)
    place = data.draw(st.integers(0, len(lines) - 2))
    shorter = lines[:place] + lines[place + data.draw(st.integers(1, 40)) :]
    longer = lines[:place] + bytes([data.draw(st.integers(0, 255))]) + lines[place:]
    assert not imported(longer).ok
    assert not imported(shorter).ok


@tried(60)
@given(data=st.data())
def test_a_dropped_record_is_found(trail: list[bytes], data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(trail) - 2))
    verdict = verify(trail[:place] + trail[place + 1 :])
    assert verdict.first_bad == place + 1


@tried(60)
@given(data=st.data())
def test_reordered_records_are_found(trail: list[bytes], data: st.DataObject) -> None:
    order = data.draw(st.permutations(range(len(trail))))
    first_moved = next((n for n, place in enumerate(order) if n != place), None)
    verdict = verify([trail[place] for place in order])
    assert verdict.first_bad == (None if first_moved is None else first_moved + 1)


@tried(60)
@given(data=st.data())
def test_a_record_told_twice_or_taken_from_elsewhere_is_found(
    engine: Engine, trail: list[bytes], data: st.DataObject
) -> None:
    foreign = Case(engine)
    foreign.asked = 900
    accepted(foreign.create())
    source = data.draw(st.sampled_from([*trail, *foreign.trail]))
    place = data.draw(st.integers(0, len(trail)))
    verdict = verify([*trail[:place], source, *trail[place:]])
    assert not verdict.ok
    assert verdict.first_bad in (place + 1, place + 2)


@tried(30)
@given(data=st.data())
def test_a_cut_tail_shows_only_against_the_head(trail: list[bytes], data: st.DataObject) -> None:
    kept = data.draw(st.integers(0, len(trail) - 1))
    verdict = verify(trail[:kept])
    assert verdict.ok
    assert verdict.checked == kept
    assert verdict.head != orjson.loads(trail[-1])["hash"]


def forged(text: bytes, **fields: Any) -> bytes:
    """A record with other fields and the hash that fits them."""
    record = {**json.loads(text), **fields}
    record["hash"] = hash_of(record)
    return canonical.encode(record)


FORGERIES: list[dict[str, Any]] = [
    {"prev": "f" * 64},
    {"seq": 7},
    {"subject": "application/another"},
    {"recorded_at": "2020-01-01T00:00:00.000Z"},
    {"recorded_at": 5},
    {"recorded_at": None},
    {"changes": {"set": {"/state/deeper": 1}}},
    {"changes": {"set": {"/nothing/there": 1}}},
    {"changes": {"set": {}, "unset": ["/nothing"]}},
    {"changes": {"set": {}, "unset": [5]}},
    {"changes": {"set": {}, "unset": 5}},
    {"changes": {"set": []}},
    {"changes": {}},
    {"changes": []},
    {"changes": None},
    {"salt": None, "extra": 1},
]


@pytest.mark.parametrize("fields", FORGERIES, ids=str)
def test_a_forgery_with_its_own_hash_is_found_without_a_fault(
    trail: list[bytes], fields: dict[str, Any]
) -> None:
    verdict = verify([*trail[:2], forged(trail[2], **fields)])
    assert verdict.first_bad == 3
    assert verdict.reason
    assert verdict.checked == 2


@pytest.mark.parametrize("text", [b"", b"null", b"[]", b"{}", b"5", b"[" * 700 + b"]" * 700])
def test_what_is_no_record_is_found(trail: list[bytes], text: bytes) -> None:
    verdict = verify([trail[0], text])
    assert verdict.first_bad == 2


def test_nothing_is_taken_after_the_first_bad_record(trail: list[bytes]) -> None:
    checker = Checker()
    assert [checker.take(text) for text in (trail[0], b"{}", trail[1])] == [True, False, False]
    verdict = checker.verdict()
    assert (verdict.checked, verdict.first_bad) == (1, 2)
    assert verdict.head == orjson.loads(trail[0])["hash"]


def test_another_spelling_of_the_same_record_is_found(trail: list[bytes]) -> None:
    spaced = json.dumps(json.loads(trail[0])).encode()
    verdict = verify([spaced])
    assert verdict.first_bad == 1
    assert verdict.reason == "the record is not written in canonical form"
