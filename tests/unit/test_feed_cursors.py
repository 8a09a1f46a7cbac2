"""Places in feeds as cursors: there and back, and nothing else is one."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.feed_cursors import LONGEST, PURPOSE, Track, positions_of
from api.problems import Problem
from api.sealing import WIDTH, Seal

SEAL = Seal(b"k" * 32, PURPOSE)
POSITIONS = st.lists(st.integers(0, 2 ** (8 * WIDTH) - 1), min_size=1, max_size=70)


@given(POSITIONS, st.data())
def test_a_track_is_where_it_came_to(positions: list[int], data: st.DataObject) -> None:
    track, moved = Track(SEAL, positions), list(positions)
    assert positions_of(SEAL, track.cursor.decode(), len(positions)) == positions
    for _ in range(3):
        partition = data.draw(st.integers(0, len(positions) - 1))
        moved[partition] = data.draw(st.integers(0, 2 ** (8 * WIDTH) - 1))
        track.move(partition, moved[partition])
    assert positions_of(SEAL, track.cursor.decode(), len(moved)) == moved


def test_it_says_nothing_of_the_place() -> None:
    """Neither by its length, nor by being the same again."""
    few, many = Track(SEAL, [0] * 64), Track(SEAL, [2**39] * 64)
    assert len(few.cursor) == len(many.cursor) < 500
    assert few.cursor == few.cursor != Track(SEAL, [0] * 64).cursor
    assert b"\0" * WIDTH not in base64.urlsafe_b64decode(few.cursor.split(b".")[1] + b"==")
    assert len(Track(SEAL, [0] * 1_024).cursor) < LONGEST


@given(st.one_of(st.text(max_size=100), st.binary(max_size=100).map(base64.urlsafe_b64encode)))
def test_whatever_else_is_sent_is_no_place(text: str | bytes) -> None:
    cursor = text if isinstance(text, str) else text.decode().rstrip("=")
    with pytest.raises(Problem):
        positions_of(SEAL, cursor, 64)


@pytest.mark.parametrize(
    ("seal", "number", "code"),
    [
        (Seal(b"l" * 32, PURPOSE), 64, "cursor-gone"),
        (Seal(b"l" * 32, PURPOSE), 3, "invalid-request"),
        (SEAL, 3, "invalid-request"),
    ],
)
def test_of_another_database_it_is_gone_and_of_another_number_it_is_none(
    seal: Seal, number: int, code: str
) -> None:
    with pytest.raises(Problem) as problem:
        positions_of(SEAL, Track(seal, [1] * number).cursor.decode(), 64)
    assert problem.value.code == code
