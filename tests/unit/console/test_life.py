"""What the records of an application tell of its life, now and at a moment."""

from typing import Any

import orjson
import pytest

from api.console.life import Life
from workflow.domain.history import Moment


def record(
    seq: int, day: str, move: tuple[str | None, str], data: dict[str, Any] | None = None
) -> dict[str, Any]:
    instant = f"2026-01-{day}T00:00:00.000Z"
    return {
        "seq": seq,
        "effective_at": instant,
        "recorded_at": f"2026-02-{day}T00:00:00.000Z",
        "from": move[0],
        "to": move[1],
        "data": data or {},
        "changes": {"set": {}},
    }


WRONG = record(3, "20", ("in_principle", "in_principle"), {"condition": "wrong"})
RIGHT = record(4, "22", ("in_principle", "in_principle"), {"condition": "c1"})
RESTATED = {
    "3": {"effective_at": WRONG["effective_at"], "changes": {"set": {}}},
    "5": {"effective_at": "2026-01-25T00:00:00.000Z", "changes": {"set": {}}},
}
RECORDS = [
    record(1, "10", (None, "submitted")),
    record(2, "15", ("submitted", "in_principle")),
    WRONG,
    RIGHT,
    record(
        5,
        "25",
        ("in_principle", "in_principle"),
        {"seq": 3, "with": {"data": {"condition": "c1"}}, "restated": RESTATED},
    ),
]


def life(moment: Moment | None = None, *seqs: int) -> Life:
    return Life(
        [orjson.dumps(one) for one in reversed(RECORDS) if not seqs or one["seq"] in seqs], moment
    )


@pytest.mark.parametrize(
    ("moment", "seqs"),
    [
        (None, [5, 4, 3, 2, 1]),
        (Moment("2026-01-21T00:00:00.000Z", None), [3, 2, 1]),
        (Moment(None, "2026-02-16T00:00:00.000Z"), [2, 1]),
        (Moment("2026-01-12T00:00:00.000Z", "2026-02-23T00:00:00.000Z"), [1]),
    ],
)
def test_of_a_moment_only_what_counted_then_is_told(moment: Moment | None, seqs: list[int]) -> None:
    found = life(moment)
    assert [one["seq"] for one in found.records] == seqs
    assert [orjson.loads(text)["seq"] for text in found.texts] == seqs
    assert found.changed_at == RECORDS[seqs[0] - 1]["effective_at"]


def test_it_knows_the_states_and_those_before_a_record() -> None:
    assert life().states() == {"submitted", "in_principle"}
    assert life().states(before=2) == {"submitted"}


def test_a_correction_belongs_to_what_it_puts_in_the_place_of_another() -> None:
    found = {name: [one["seq"] for one in some] for name, some in life().named("condition").items()}
    assert found == {"wrong": [3], "c1": [4, 5]}


def test_it_says_what_was_not_looked_at() -> None:
    assert life().gap is None
    assert life(None, 1, 5).gap == (2, 4)
