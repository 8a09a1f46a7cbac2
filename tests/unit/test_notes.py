"""Notes: they move nothing, and the snapshot carries the latest five."""

import pytest

from tests.unit.acting import RECORDER, Case, accepted, officer
from workflow.domain.application import NOTE_EXCERPT, NOTES_KEPT


def test_a_note_changes_nothing_else(case: Case) -> None:
    before = dict(case.snapshot)
    record = accepted(case.post(RECORDER, "note", None, {"text": "Scrutiny.", "topic": "letter"}))
    assert record.record["from"] == record.record["to"] == "submitted"
    after = dict(case.snapshot)
    assert after.pop("notes") == {
        "2": {
            "text": "Scrutiny.",
            "truncated": False,
            "topic": "letter",
            "authority": None,
            "effective_at": case.now,
        }
    }
    before.pop("notes")
    assert after == before


@pytest.mark.parametrize("count", [1, 4, 5, 6, 12])
def test_the_latest_five_are_carried_and_the_trail_has_all(case: Case, count: int) -> None:
    for number in range(count):
        accepted(case.post(RECORDER, "note", None, {"text": f"note {number}"}))
    kept = [case.snapshot["notes"][seq]["text"] for seq in sorted(case.snapshot["notes"], key=int)]
    assert kept == [f"note {number}" for number in range(count)][-NOTES_KEPT:]
    texts = [one.record["data"]["text"] for one in case.decisions[1:]]
    assert texts == [f"note {number}" for number in range(count)]


@pytest.mark.parametrize(
    ("length", "truncated"), [(NOTE_EXCERPT, False), (NOTE_EXCERPT + 1, True), (4_000, True)]
)
def test_a_long_note_is_carried_by_its_beginning(case: Case, length: int, truncated: bool) -> None:
    record = accepted(case.post(officer("bis"), "note", None, {"text": "芯" * length})).record
    excerpt = case.snapshot["notes"]["2"]
    assert excerpt["text"] == "芯" * NOTE_EXCERPT
    assert excerpt["truncated"] is truncated
    assert excerpt["authority"] == "bis"
    assert record["data"]["text"] == "芯" * length
